/**
 * Finding and getting the Temporal CLI, with small scripts in the place of `temporal` and `go`. What needs two processes
 * or a killed one runs `search-cli.ts` beside this file.
 */
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { findTemporalCli } from '../../../src/temporal-server';
import { endProcesses, isAlive, startTypeScript, type TestProcess } from '../../support/processes';
import { makeScratchFolder, removeScratchFolders } from '../../support/scratch';
import { until } from '../../support/until';

const CLI = '#!/bin/sh\necho "temporal version 0.0.0-TEST (Server 0, UI 0)"\n';
const BROKEN_CLI = '#!/bin/sh\necho "no such thing" >&2\nexit 3\n';

/** Writes down each start, waits while a file named `hold` lies beside it, then "installs" the CLI. */
const GO = `#!/bin/sh
PATH=/usr/bin:/bin
folder=$(dirname "$0")
echo "$$ $*" >> "$folder/starts"
printf '#!/bin/sh\\n' > "$GOBIN/temporal"
while [ -e "$folder/hold" ]; do sleep 0.05; done
printf 'echo "temporal version 0.0.0-BUILT"\\n' >> "$GOBIN/temporal"
chmod +x "$GOBIN/temporal"
`;

const CACHE = 'cache/temporal-sagemaker/temporal-cli-1.5.1';

afterEach(async () => {
  await endProcesses();
  removeScratchFolders();
});

/** A scratch folder with the given files, and an environment that sees nothing else. */
function makeWorld(files: Record<string, string>): { folder: string; env: NodeJS.ProcessEnv } {
  const folder = makeScratchFolder(files);
  return { folder, env: { PATH: join(folder, 'bin'), XDG_CACHE_HOME: join(folder, 'cache') } };
}

function startSearch(env: NodeJS.ProcessEnv): TestProcess {
  return startTypeScript(join(__dirname, 'search-cli.ts'), [], { env });
}

const unfinished = (folder: string): string[] =>
  readdirSync(join(folder, CACHE)).filter((name) => name.startsWith('unfinished-'));

describe('where it is looked for, in order', () => {
  const everywhere = { 'given/temporal': CLI, 'bin/temporal': CLI, [`${CACHE}/temporal`]: CLI };

  test('TEMPORAL_CLI_PATH goes before all', async () => {
    const { folder, env } = makeWorld(everywhere);
    const given = join(folder, 'given/temporal');
    await expect(findTemporalCli({ env: { ...env, TEMPORAL_CLI_PATH: given } })).resolves.toEqual({
      path: given,
      source: 'TEMPORAL_CLI_PATH',
    });
  });

  test('a TEMPORAL_CLI_PATH that does not work is an error, not a reason to take another', async () => {
    const { folder, env } = makeWorld({ ...everywhere, 'given/temporal': BROKEN_CLI });
    const search = findTemporalCli({ env: { ...env, TEMPORAL_CLI_PATH: join(folder, 'given/temporal') } });
    await expect(search).rejects.toThrow(/TEMPORAL_CLI_PATH=.* cannot be used: .*ended with 3: no such thing/);
  });

  test('PATH goes before the cache', async () => {
    const { folder, env } = makeWorld(everywhere);
    const found = await findTemporalCli({ env });
    expect(found).toEqual({ path: join(folder, 'bin/temporal'), source: 'PATH' });
  });

  test('another program of that name on PATH is passed over', async () => {
    const { folder, env } = makeWorld({ ...everywhere, 'bin/temporal': '#!/bin/sh\necho "a calendar"\n' });
    const found = await findTemporalCli({ env });
    expect(found).toEqual({ path: join(folder, CACHE, 'temporal'), source: 'cache' });
  });

  test('Go is asked last, and what it builds is kept', async () => {
    const { folder, env } = makeWorld({ 'bin/go': GO });
    const cached = join(folder, CACHE, 'temporal');
    const messages: string[] = [];
    const onProgress = (message: string): number => messages.push(message);

    await expect(findTemporalCli({ env, onProgress, getBy: ['go'] })).resolves.toEqual({ path: cached, source: 'go' });
    expect(messages).toEqual([expect.stringMatching(/^building the Temporal CLI with Go/)]);
    expect(readFileSync(join(folder, 'bin/starts'), 'utf8')).toMatch(
      /^\d+ install github.com\/temporalio\/cli\/cmd\/temporal@v1.5.1\n$/,
    );

    await expect(findTemporalCli({ env, getBy: ['go'] })).resolves.toEqual({ path: cached, source: 'cache' });
    expect(unfinished(folder)).toEqual([]);
  });
});

describe('where nothing works', () => {
  test('one error lists every way with its reason, and what to install', async () => {
    const { env } = makeWorld({
      'bin/temporal': BROKEN_CLI,
      'bin/go': '#!/bin/sh\necho "go: module lookup disabled" >&2\nexit 1\n',
    });
    const error = await findTemporalCli({ env, getBy: ['go'] }).catch((error: unknown) => error as Error);
    const lines = (error as Error).message.split('\n');
    expect(lines).toEqual([
      expect.stringContaining('no way to get the Temporal CLI worked'),
      expect.stringMatching(/ - TEMPORAL_CLI_PATH: not set/),
      expect.stringMatching(/ - PATH: .*ended with 3: no such thing \[path=/),
      expect.stringMatching(/ - cache: nothing there yet \[folder=/),
      expect.stringMatching(/ - go install .*@v1.5.1: ended with 1: go: module lookup disabled/),
      expect.stringContaining('TEMPORAL_CLI_PATH'),
      expect.stringContaining('install Go'),
    ]);
  });

  test('a build that ends well but makes nothing that runs is a failure, and is not kept', async () => {
    const { folder, env } = makeWorld({ 'bin/go': `#!/bin/sh\nexit 0\n` });
    await expect(findTemporalCli({ env, getBy: ['go'] })).rejects.toThrow(/go install .*not found/);
    expect(readdirSync(join(folder, CACHE))).toEqual([]);
  });

  test('a cache that cannot be made is a reason too', async () => {
    const { env } = makeWorld({ cache: 'a file, not a folder', 'bin/go': GO });
    await expect(findTemporalCli({ env, getBy: ['go'] })).rejects.toThrow(/ - cache: cannot be made: /);
  });
});

describe('several processes', () => {
  test('two at once build once: the second waits and takes what the first has built', async () => {
    const { folder, env } = makeWorld({ 'bin/go': GO, 'bin/hold': '' });
    const first = startSearch(env);
    await until(() => existsSync(join(folder, 'bin/starts')), { what: 'the first build to begin', limitMs: 30_000 });
    const second = startSearch(env);
    await second.waitForOutput(/waiting for the Temporal CLI that another process gets \[pid=(\d+)\]/);
    release(folder);

    const ends = await Promise.all([first.ended, second.ended]);
    expect(ends.map(({ stdout }) => JSON.parse(stdout) as unknown)).toEqual([
      { path: join(folder, CACHE, 'temporal'), source: 'go' },
      { path: join(folder, CACHE, 'temporal'), source: 'cache' },
    ]);
    expect(countBuilds(folder)).toBe(1);
  });

  test('a killed build leaves no half binary and no lock: the next search builds anew', async () => {
    const { folder, env } = makeWorld({ 'bin/go': GO, 'bin/hold': '' });
    const killed = startSearch(env);
    await until(() => unfinished(folder).length > 0 && countBuilds(folder) === 1, {
      what: 'the build to begin',
      limitMs: 30_000,
    });
    killed.kill('SIGKILL');
    await killed.ended;
    expect(existsSync(join(folder, CACHE, 'temporal'))).toBe(false);
    const go = Number(/^\d+/.exec(readFileSync(join(folder, 'bin/starts'), 'utf8'))?.[0]);
    await until(() => !isAlive(go), { what: 'the orphaned build to be ended' });

    release(folder);
    await expect(findTemporalCli({ env, getBy: ['go'] })).resolves.toMatchObject({ source: 'go' });
    expect(readdirSync(join(folder, CACHE))).toEqual(['temporal']);
  });

  test('giving up ends the build and leaves nothing behind', async () => {
    const { folder, env } = makeWorld({ 'bin/go': GO, 'bin/hold': '' });
    const giveUp = new AbortController();
    const search = findTemporalCli({ env, getBy: ['go'], signal: giveUp.signal });
    const ended = expect(search).rejects.toThrow('enough');
    await until(() => countBuilds(folder) === 1, { what: 'the build to begin' });
    giveUp.abort(new Error('enough'));
    await ended;
    expect(readdirSync(join(folder, CACHE))).toEqual([]);
  });
});

function countBuilds(folder: string): number {
  const starts = join(folder, 'bin/starts');
  return existsSync(starts) ? readFileSync(starts, 'utf8').trim().split('\n').length : 0;
}

/** Lets the builds that hold go on. */
function release(folder: string): void {
  rmSync(join(folder, 'bin/hold'));
}
