/** Lines that are printed to a pipe which nobody reads any more. Seen in a process of its own, which would die of it. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { printTo } from '../../../src/client/print-to';
import { until } from '../../support/until';

const ROOT = join(__dirname, '../../..');

/** Prints once it is told to, long enough for the pipe's error to come back. */
const PRINT = `
  const { printTo } = require('./src/client/print-to.ts');
  const { setTimeout: pause } = require('node:timers/promises');
  process.stdin.once('data', async () => {
    const print = [printTo(process.stdout), printTo(process.stderr)];
    for (let line = 0; line < 5; line += 1) {
      for (const each of print) each('line ' + line);
      await pause(5);
    }
    process.exit(0);
  });
  process.stdin.resume();
`;

test.each(['stdout', 'stderr'] as const)(
  'the end of the reader of %s does not end the waiting process',
  async (name) => {
    const args = ['-r', './test/support/register-typescript.cjs', '-e', PRINT];
    const child = spawn(process.execPath, args, { cwd: ROOT, stdio: ['pipe', 'pipe', 'pipe'] });
    const [closed, other] = name === 'stdout' ? [child.stdout, child.stderr] : [child.stderr, child.stdout];
    let seen = '';
    other.setEncoding('utf8').on('data', (text: string) => (seen += text));
    closed.destroy();
    await once(closed, 'close');
    child.stdin.write('go\n');
    const [code] = (await once(child, 'close')) as [number | null];
    expect({ code, seen }).toEqual({
      code: 0,
      seen: 'line 0\nline 1\nline 2\nline 3\nline 4\n',
    });
  },
);

test('a stream that is read is printed to line by line, and left as it was', async () => {
  const stream = new PassThrough({ highWaterMark: 1 });
  const print = printTo(stream);
  for (let line = 0; line < 50; line += 1) print(String(line));
  expect(stream.listenerCount('error')).toBe(1);
  stream.resume();
  await until(() => stream.listenerCount('error') === 0, { what: 'all lines to be taken' });
});
