/** The bootstrap makes a clone ready, no more than needed, unharmed by kills and by other starts; then it gets out of the way. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { endProcesses, isAlive, runProcess } from '../../support/processes';
import { removeScratchFolders } from '../../support/scratch';
import { until } from '../../support/until';
import { lockWith, makeClone } from './scratch-clone';

const ROOT = join(__dirname, '../../..');

afterEach(async () => {
  await endProcesses();
  removeScratchFolders();
});

describe('making ready', () => {
  test('a fresh clone is installed and built before the command runs; the second start does and says nothing', async () => {
    const clone = makeClone({ NODE_ENV: 'production', CI: 'true' });
    const first = await clone.run('--check-types', '--', 'greet', 'a', 'b c');
    expect(first).toMatchObject({ code: 0, stdout: 'hello a b c\n' });
    expect(first.stderr).toMatch(/installing packages .*building lib\/.*done in/s);
    expect(clone.takeLog().sort()).toEqual(['npm', 'tsc', 'types']);
    expect(clone.read('npm-arguments')).toMatch(/^ci --include=dev /);
    expect(clone.read('lib/index.js')).toBe('first\n');
    expect(clone.read('lib/data/constraints.json')).toBe('{}\n');

    const second = await clone.run('--check-types', '--', 'greet');
    expect(second).toMatchObject({ code: 0, stdout: 'hello \n', stderr: '' });
    expect(clone.takeLog()).toEqual([]);
  });

  test('only what has changed is done again', async () => {
    const clone = makeClone();
    await clone.run('--', 'greet');
    clone.takeLog();

    clone.write('src/index.ts', 'second\n');
    await clone.run('--', 'greet');
    expect(clone.takeLog()).toEqual(['tsc']);
    expect(clone.read('lib/index.js')).toBe('second\n');

    clone.write('package-lock.json', lockWith('2.0.0'));
    await clone.run('--', 'greet');
    expect(clone.takeLog()).toEqual(['npm', 'tsc']);
  });

  test('a build that fails shows why, keeps the last lib/ and runs nothing', async () => {
    const clone = makeClone();
    await clone.run('--', 'greet');
    clone.write('src/index.ts', 'mistake\n');
    const failed = await clone.run('--', 'greet');
    expect(failed).toMatchObject({ code: 1, stdout: '' });
    expect(failed.stderr).toMatch('src/index.ts(1,1): error');
    expect(clone.read('lib/index.js')).toBe('first\n');
  });

  test('a type check that fails runs nothing, and is asked again', async () => {
    const clone = makeClone();
    await clone.run('--', 'greet');
    clone.write('src/index.ts', 'mistake\n');
    for (const _time of [1, 2]) {
      const failed = await clone.run('--check-types', '--', 'greet');
      expect(failed).toMatchObject({ code: 1, stdout: '' });
      expect(clone.takeLog()).toContain('types');
    }
  });

  test('a Node that is too old is told so in one sentence', async () => {
    const check = join(ROOT, 'scripts/bootstrap/check-node-version.mjs');
    const script = `import(${JSON.stringify(check)}).then(({ checkNodeVersion: check }) =>
      console.log(JSON.stringify(['18.20.1', '20.18.9', '20.19.0', '20.20.2', '24.0.0'].map((v) => check(v, '/n')))))`;
    const { stdout } = await runProcess(process.execPath, ['-e', script]);
    expect(JSON.parse(stdout)).toEqual([
      expect.stringMatching(/needs Node.js 20.19 or newer, and this is 18.20.1 \(\/n\)/),
      expect.stringMatching('20.18.9'),
      null,
      null,
      null,
    ]);
  });
});

describe('two starts at once', () => {
  test('install and build once; the second says what it waits for', async () => {
    const clone = makeClone();
    clone.hold('npm');
    const first = clone.start('--', 'greet', 'first');
    await clone.begun('npm');
    const second = clone.start('--', 'greet', 'second');
    await second.waitForOutput(/waiting for another install in this clone to end \[pid=\d+\]/);
    clone.release('npm');
    const ends = await Promise.all([first.ended, second.ended]);
    expect(ends).toMatchObject([
      { code: 0, stdout: 'hello first\n' },
      { code: 0, stdout: 'hello second\n' },
    ]);
    expect(clone.takeLog()).toEqual(['npm', 'tsc']);
  });
});

describe('being killed', () => {
  test('an install whose starter was killed is waited for, not disturbed', async () => {
    const clone = makeClone();
    clone.hold('npm');
    const killed = clone.start('--', 'greet');
    await clone.begun('npm');
    await until(() => (JSON.parse(clone.read('.cache/install.lock')) as { pids: number[] }).pids.length === 2, {
      what: 'npm to stand in the lock',
    });
    killed.kill('SIGKILL');
    await until(() => !killed.isRunning(), { what: 'the starter to be dead' });

    const next = clone.start('--', 'greet');
    await next.waitForOutput(/waiting for another install/);
    clone.release('npm');
    await expect(next.ended).resolves.toMatchObject({ code: 0 });
    expect(clone.takeLog()).toEqual(['npm', 'tsc']);
  });

  test('an install that was killed is done again', async () => {
    const clone = makeClone();
    clone.hold('npm');
    const killed = clone.start('--', 'greet');
    process.kill(await clone.begun('npm'), 'SIGKILL');
    await expect(killed.ended).resolves.toMatchObject({ code: 1, stderr: expect.stringMatching('SIGKILL') as string });
    clone.release('npm');
    await expect(clone.run('--', 'greet')).resolves.toMatchObject({ code: 0 });
  });

  test('a build that was killed leaves no half lib/, and the next start builds', async () => {
    const clone = makeClone();
    clone.hold('tsc');
    const build = clone.start('--', 'greet');
    const tsc = await clone.begun('tsc');
    const builder = Number(/"pids":\[(\d+)/.exec(clone.read('.cache/build.lock'))?.[1]);
    process.kill(builder, 'SIGKILL');
    process.kill(tsc, 'SIGKILL');
    await expect(build.ended).resolves.toMatchObject({ code: 1 });
    expect(clone.has('lib')).toBe(false);

    clone.release('tsc');
    await expect(clone.run('--', 'greet')).resolves.toMatchObject({ code: 0 });
    expect(readdirSync(join(clone.folder, 'lib')).sort()).toEqual(['.key', 'data', 'half.js', 'index.js']);
    expect(readdirSync(clone.folder).filter((name) => name.startsWith('.lib-'))).toEqual([]);
  });

  test('a signal while making ready ends everything that was begun', async () => {
    const clone = makeClone();
    clone.hold('tsc');
    const start = clone.start('--', 'greet');
    const tsc = await clone.begun('tsc');
    start.kill('SIGTERM');
    await expect(start.ended).resolves.toMatchObject({ code: null, signal: 'SIGTERM', stdout: '' });
    expect(isAlive(tsc)).toBe(false);
    expect(clone.has('.cache/build.lock')).toBe(false);
    expect(readdirSync(clone.folder).filter((name) => name.startsWith('.lib-'))).toEqual([]);
  });
});

describe('the command', () => {
  let clone: ReturnType<typeof makeClone>;
  beforeEach(async () => {
    clone = makeClone();
    await clone.run('--', 'greet');
  });

  test('its exit code is ours', async () => {
    await expect(clone.run('--', 'node', '-e', 'process.exit(7)')).resolves.toMatchObject({ code: 7, stderr: '' });
  });

  test('the signal that kills it kills us', async () => {
    const { code, signal } = await clone.run('--', 'node', '-e', 'process.kill(process.pid, "SIGKILL")');
    expect({ code, signal }).toEqual({ code: null, signal: 'SIGKILL' });
  });

  test.each(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)(
    '%s reaches it, and what it makes of it comes back',
    async (signal) => {
      const script = `process.once('${signal}', () => { console.log('got it'); process.exit(5); });
      setInterval(() => {}, 1000); console.log('ready');`;
      const start = clone.start('--', 'node', '-e', script);
      await start.waitForOutput(/ready/);
      start.kill(signal);
      await expect(start.ended).resolves.toMatchObject({ code: 5, stdout: 'ready\ngot it\n' });
    },
  );

  test('one that is not there is told by name', async () => {
    const end = await clone.run('--', 'no-such-program');
    expect(end).toMatchObject({ code: 127, stderr: expect.stringMatching(/no-such-program cannot be run/) as string });
  });

  test('without one, the usage is told', async () => {
    for (const args of [[], ['greet'], ['--'], ['--other', '--', 'greet']]) {
      const end = await clone.run(...args);
      expect(end).toMatchObject({ code: 2, stderr: expect.stringMatching(/^usage: /) as string });
    }
  });
});
