/** The table of runs: columns apart by blanks, nothing in it that could move a cursor. */
import type { RunStatus } from '../../../src/client';
import { describeRuns, runFields } from '../../../src/cli/run-table';

const STARTED = '2026-03-01T12:00:00.000Z';
const run = (further: Partial<RunStatus>): RunStatus => ({
  ...{ workflowId: 'digits-1', runId: 'r2', firstRunId: 'r1', workflowType: 'fit' },
  ...{ status: 'RUNNING', closed: false, startTime: STARTED, stage: 'Training' },
  ...further,
});

test('a line a run, as wide as what is in it', () => {
  const runs = [
    run({}),
    run({
      workflowId: 'a-much-longer-name',
      workflowType: 'fitThenDeploy',
      status: 'TERMINATED',
      stage: 'Failed',
      closed: true,
      closeTime: '2026-03-01T13:01:00.000Z',
    }),
  ];
  const local = new Date(STARTED).toLocaleString('sv-SE');
  expect(describeRuns(runs, Date.parse(STARTED) + 4_200).split('\n')).toEqual([
    'RUN                 TYPE           STAGE                            STARTED              TOOK',
    `digits-1            fit            Training                         ${local}  4.2 s`,
    `a-much-longer-name  fitThenDeploy  Failed (TERMINATED in Temporal)  ${local}  1h 01m`,
  ]);
});

test('a hostile Workflow Id stays in its cell', () => {
  const lines = describeRuns([run({ workflowId: '\u001b[2Ja\nb\tc' })], 0).split('\n');
  expect(lines).toHaveLength(2);
  expect(lines[1]).toMatch(/^\[2Ja b c {2}fit/);
});

test('no run is no table', () => {
  expect(describeRuns([], 0)).toBe('');
});

test('programs get the first run id, which attach and the tags of resources go by', () => {
  expect(runFields(run({ endpointName: 'e' }))).toEqual({
    ...{ workflowId: 'digits-1', runId: 'r1', workflowType: 'fit', stage: 'Training', temporalStatus: 'RUNNING' },
    ...{ closed: false, startTime: STARTED, endpointName: 'e' },
  });
});
