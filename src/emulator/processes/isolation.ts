/**
 * Finds out, once when the emulator starts, what the host allows its programs: namespaces for /opt/ml and for the
 * network, as root or within a user namespace. It does so by starting a small program in just that way.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { createLauncher, NO_ISOLATION } from './launcher';
import type { Isolation } from './launcher';

const PROBE_LIMIT_MS = 5_000;

/** An exit code that no failing tool answers with. */
const FOUND = 42;

/** The host stays what it is: emulators of one process ask it once. */
let found: Promise<Isolation> | undefined;

export async function probeIsolation(folder: string): Promise<Isolation> {
  found ??= probe(folder);
  try {
    return await found;
  } catch (error) {
    found = undefined;
    throw error;
  }
}

async function probe(folder: string): Promise<Isolation> {
  if (process.platform !== 'linux') return NO_ISOLATION;
  const userNamespaces = process.getuid?.() === 0 ? [false, true] : [true];
  for (const userNamespace of userNamespaces) {
    const isolation: Isolation = { ownOptMl: true, ownNetwork: false, userNamespace };
    if (await tryIsolation(isolation, folder)) {
      const withNetwork = { ...isolation, ownNetwork: true };
      return (await tryIsolation(withNetwork, folder)) ? withNetwork : isolation;
    }
  }
  return NO_ISOLATION;
}

async function tryIsolation(isolation: Isolation, folder: string): Promise<boolean> {
  const scratchFolder = mkdtempSync(path.join(folder, 'probe-'));
  try {
    writeFileSync(path.join(scratchFolder, 'here'), '');
    const program = createLauncher(isolation, 'probe').start({
      command: ['sh', '-c', `test -e /opt/ml/here && exit ${String(FOUND)}`],
      workingFolder: '/',
      env: { PATH: process.env.PATH ?? '' },
      baseFolder: scratchFolder,
      scratchFolder,
      network: isolation.ownNetwork ? 'none' : 'shared',
    });
    program.stdout.resume();
    program.stderr.resume();
    const limit = setTimeout(() => {
      program.signal('SIGKILL');
    }, PROBE_LIMIT_MS);
    const end = await program.ended;
    clearTimeout(limit);
    program.killRemains();
    return 'code' in end && end.code === FOUND;
  } finally {
    rmSync(scratchFolder, { recursive: true, force: true });
  }
}
