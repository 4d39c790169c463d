/**
 * An emulator in a process of its own whose folder lies on a disk of a megabyte. It is told by lines on stdin to fill the
 * disk up, to free it again and to begin anew in the same folder, and prints a line when it has. Run by
 * `test/chaos/disk-full.test.ts` in a mount namespace, with the disk's folder as its argument.
 */
import { closeSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { startEmulator, type Emulator } from '../../src/emulator';

const [, , disk = ''] = process.argv;
const filler = join(disk, 'filler');

let emulator: Emulator;
async function start(port = 0): Promise<void> {
  emulator = await startEmulator({
    folder: join(disk, 'emulator'),
    port,
    simulated: true,
    images: { scripted: join(__dirname, 'algorithms/scripted') },
    phases: { Starting: 20, Downloading: 20, Training: 20, Uploading: 20 },
    onWarning: (message) => process.stderr.write(`${message}\n`),
  });
  const { url, region, credentials } = emulator;
  print({ started: true, url, region, ...credentials });
}

/** To the last byte: a file system gives room by pages, and the last writes are small. */
function fill(): void {
  const file = openSync(filler, 'a');
  for (const bytes of [65_536, 4_096, 1]) {
    try {
      for (;;) writeSync(file, Buffer.alloc(bytes));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
    }
  }
  closeSync(file);
  print({ filled: true });
}

const ORDERS: Record<string, () => void | Promise<void>> = {
  fill,
  free() {
    rmSync(filler);
    print({ freed: true });
  },
  async restart() {
    await emulator.close();
    await start(Number(new URL(emulator.url).port));
  },
};

function print(what: object): void {
  process.stdout.write(`${JSON.stringify(what)}\n`);
}

void start();
createInterface(process.stdin).on('line', (order) => void ORDERS[order]?.());
