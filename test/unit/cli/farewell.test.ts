/** What is said of a run that is let go of: where it stands, and two commands. */
import { describeLeaving, describeStopping, describeUnknownStart } from '../../../src/cli/farewell';
import type { CommandArguments } from '../../../src/cli/program-name';

const commandLine = (command: string, { name, options = [] }: CommandArguments = {}): string =>
  ['run-me', command, ...options, ...(name === undefined ? [] : [name])].join(' ');
const RUN = { workflowId: 'digits-1', runId: 'r' };

test.each([
  [{}, 'digits-1 has been started, and goes on'],
  [{ startedAtMs: 0 }, 'digits-1 has been started after 2m 05s, and goes on'],
  [{ startedAtMs: 0, progress: { stage: 'Preparing' as const } }, 'digits-1 is at Preparing after 2m 05s, and goes on'],
  [
    {
      startedAtMs: 0,
      progress: {
        stage: 'Training' as const,
        trainingJob: { name: 'digits-1', secondaryStatus: 'Downloading', transitions: [], metrics: [] },
      },
    },
    'digits-1 is at Training (training job Downloading) after 2m 05s, and goes on',
  ],
  [
    { progress: { stage: 'Deploying' as const, endpoint: { name: 'e', status: 'Creating' } } },
    'digits-1 is at Deploying (endpoint Creating), and goes on',
  ],
])('%j', (known, line) => {
  const { lines, details } = describeLeaving({ commandLine }, { ...RUN, ...known }, 125_000);
  expect(lines).toEqual([
    line,
    'follow it again: run-me attach digits-1',
    'stop it and remove what it made: run-me cancel digits-1',
  ]);
  expect(details).toMatchObject({
    ...RUN,
    next: { attach: 'run-me attach digits-1', cancel: 'run-me cancel digits-1' },
  });
});

test('of a run that has been told to stop, how to see its end', () => {
  expect(describeStopping({ commandLine }, RUN).lines).toEqual([
    'digits-1 has been told to stop, and goes on doing so',
    'follow it again: run-me attach digits-1',
    'wait for its end: run-me cancel digits-1',
  ]);
});

test('of a start that was on its way, how to find out', () => {
  expect(describeUnknownStart({ commandLine }).lines).toEqual([
    'the run may have been started: run-me status --since 5m',
  ]);
});
