/** The lock between processes: one holder at a time, also where the last one died with it. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { holdLock } from '../../../src/temporal-server/hold-lock';
import { endProcesses, runProcess, startProcess } from '../../support/processes';
import { makeScratchFolder, removeScratchFolders } from '../../support/scratch';

const LOCK = JSON.stringify(join(__dirname, '../../../src/temporal-server/hold-lock.js'));

/** Takes the lock several times; writes down when it goes in and out. */
const CONTEND = `
const { holdLock } = require(${LOCK});
const fs = require('node:fs');
const [file, log] = process.argv.slice(1);
(async () => {
  for (let round = 0; round < 3; round += 1) {
    const lock = await holdLock(file);
    fs.appendFileSync(log, 'in ' + process.pid + '\\n');
    await new Promise((resolve) => setTimeout(resolve, 5));
    fs.appendFileSync(log, 'out ' + process.pid + '\\n');
    await lock.release();
  }
})();
`;

const HOLD = `require(${LOCK}).holdLock(process.argv[1]).then(() => { console.log('held'); setInterval(() => {}, 1000); });`;

afterEach(async () => {
  await endProcesses();
  removeScratchFolders();
});

/** The id of a process that has been, and is no more. */
async function findDeadPid(): Promise<number> {
  const { stdout } = await runProcess(process.execPath, ['-p', 'process.pid']);
  return Number(stdout);
}

test('the second waits until the first gives it back', async () => {
  const file = join(makeScratchFolder(), 'deep/lock');
  const first = await holdLock(file);
  const waitedFor: (number | undefined)[] = [];
  const second = holdLock(file, {
    onWait: (pid) => {
      waitedFor.push(pid);
      void first.release();
    },
  });
  await (await second).release();
  expect(waitedFor).toEqual([process.pid]);
  expect(existsSync(file)).toBe(false);
});

test('a wait can be given up', async () => {
  const file = join(makeScratchFolder(), 'lock');
  const first = await holdLock(file);
  const giveUp = new AbortController();
  const waiting = holdLock(file, { signal: giveUp.signal, onWait: () => giveUp.abort() });
  await expect(waiting).rejects.toThrow();
  await first.release();
});

test('the lock of a process that was killed is taken at once', async () => {
  const file = join(makeScratchFolder(), 'lock');
  const holder = startProcess(process.execPath, ['-e', HOLD, file]);
  await holder.waitForOutput(/held/);
  holder.kill('SIGKILL');
  await holder.ended;

  const lock = await holdLock(file, {
    onWait: () => {
      throw new Error('nobody is there to wait for');
    },
  });
  await lock.release();
});

test('a lock stays held while one of its processes lives', async () => {
  const file = join(makeScratchFolder(), 'lock');
  const living = startProcess(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
  const pids = [await findDeadPid(), living.pid];
  writeFileSync(file, JSON.stringify({ host: hostname(), id: 'x', pids }));
  const next = holdLock(file, { onWait: () => living.kill('SIGKILL') });
  await (await next).release();
  await living.ended;
});

test('releasing a lock that somebody else holds by now leaves it alone', async () => {
  const file = join(makeScratchFolder(), 'lock');
  const first = await holdLock(file);
  const others = JSON.stringify({ host: hostname(), id: 'other', pids: [process.pid] });
  writeFileSync(file, others);
  await first.release();
  expect(readFileSync(file, 'utf8')).toBe(others);
});

test('of many that find a stale lock, one at a time gets in', async () => {
  const folder = makeScratchFolder();
  const [file, log] = [join(folder, 'lock'), join(folder, 'log')];
  writeFileSync(file, JSON.stringify({ host: hostname(), id: 'stale', pids: [await findDeadPid()] }));

  const contenders = Array.from({ length: 6 }, () => runProcess(process.execPath, ['-e', CONTEND, file, log]));
  for (const { code, stderr } of await Promise.all(contenders))
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });

  const lines = readFileSync(log, 'utf8').trim().split('\n');
  expect(lines).toHaveLength(6 * 3 * 2);
  for (let index = 0; index < lines.length; index += 2) {
    expect(lines[index + 1]).toBe(lines[index]?.replace('in', 'out'));
  }
  expect(readdirSync(folder)).toEqual(['log']);
});
