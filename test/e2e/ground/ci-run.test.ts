/** `.ci/run` counts truly: it runs here in a scratch folder, with scripts in the place of npm and apt-get. */
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { endProcesses, runProcess, type ProcessEnd } from '../../support/processes';
import { makeScratchFolder, removeScratchFolders } from '../../support/scratch';

const ROOT = join(__dirname, '../../..');

afterEach(async () => {
  await endProcesses();
  removeScratchFolders();
});

/** What each `npm ...` does: shell lines, by its arguments. */
type Behaviours = Record<string, string>;

const totals = (room: string, passed: number, failed: number): string =>
  `mkdir -p .cache/test-totals; echo '{"passed":${String(passed)},"failed":${String(failed)},"skipped":3}' > .cache/test-totals/${room}.json`;

const ALL_WELL: Behaviours = {
  test: totals('default', 40, 0),
  'run lint': 'exit 0',
  'run format:check': 'exit 0',
  // Without test files Jest passes and writes no totals.
  'run test:docs': 'exit 0',
  'run test:conformance': totals('conformance', 5, 0),
  'run test:chaos': totals('chaos', 6, 0),
  'run test:e2e': totals('e2e', 7, 0),
};

async function runCi(
  behaviours: Behaviours,
  files: Record<string, string> = {},
): Promise<ProcessEnd & { lines: string[] }> {
  const cases = Object.entries(behaviours).map(([args, lines]) => `'${args}') ${lines} ;;`);
  const folder = makeScratchFolder({
    'bin/npm': `#!/bin/sh\ncase "$*" in\n${cases.join('\n')}\nesac\n`,
    'bin/apt-get': '#!/bin/sh\nexit 1\n',
    ...files,
  });
  cpSync(join(ROOT, '.ci'), join(folder, '.ci'), { recursive: true });
  const end = await runProcess(join(folder, '.ci/run'), [], {
    cwd: '/',
    env: { ...process.env, PATH: `${join(folder, 'bin')}:${process.env.PATH ?? ''}` },
  });
  return { ...end, lines: end.stdout.trim().split('\n') };
}

test('the last line is the sum of all rooms and checks', async () => {
  const { code, lines } = await runCi(ALL_WELL);
  expect(lines.at(-1)).toBe('60 passed, 0 failed');
  expect(code).toBe(0);
});

test.each<[what: string, change: Behaviours, line: string]>([
  ['failed tests count', { test: `${totals('default', 38, 2)}; exit 1` }, '58 passed, 2 failed'],
  ['a lint that complains is one failure', { 'run lint': 'exit 1' }, '59 passed, 1 failed'],
  ['a room that crashes without totals is one failure', { 'run test:chaos': 'exit 134' }, '54 passed, 1 failed'],
  [
    'a bad end after good tests is one failure',
    { 'run test:e2e': `${totals('e2e', 7, 0)}; exit 1` },
    '60 passed, 1 failed',
  ],
  ['an npm test that cannot begin is one failure', { test: 'exit 1' }, '20 passed, 1 failed'],
])('%s', async (_what, change, line) => {
  const { code, lines } = await runCi({ ...ALL_WELL, ...change });
  expect(lines.at(-1)).toBe(line);
  expect(code).toBe(1);
});

test('a room that has tests but leaves no totals is one failure, and totals of an earlier run do not count', async () => {
  const { code, lines } = await runCi(ALL_WELL, {
    'test/docs/readme.test.ts': '',
    '.cache/test-totals/docs.json': '{"passed":99,"failed":0}',
  });
  expect(lines.at(-1)).toBe('60 passed, 1 failed');
  expect(code).toBe(1);
});
