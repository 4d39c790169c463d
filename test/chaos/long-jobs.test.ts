/**
 * A job may run for 28 days, and Temporal ends a run whose history has 51,200 events. The history of a wait grows with
 * changes of status and not with time: thousands of reads, as 28 days have, add nothing. The days are compressed into the
 * number of reads.
 */
import { PROGRESS_QUERY, type FitInput, type Progress } from '../../src/contract';
import { intervalMs } from '../../src/domain/pacing';
import { DATA_BUCKET, ESTIMATOR, startRig, uniqueName, type Handle, type Rig } from '../support/rig';
import { until } from '../support/until';

const LIMIT_MS = 180_000;
const READS = 2_000;
const EVENTS_PER_CHANGE_MAX = 8;
const EVENTS_MAX = 10_000;
jest.setTimeout(240_000);

let rig: Rig;
beforeAll(async () => {
  // As often as the reader can: a hundred times in a second.
  rig = await startRig({ worker: { pollMinIntervalMs: 1, pollMaxIntervalMs: 1, readsPerSecond: 1_000 } });
});
afterAll(() => rig.close());

const readsOf = async (name: string): Promise<number> =>
  (await rig.calls('DescribeTrainingJob')).filter(({ resource }) => resource === name).length;

const eventsOf = async (handle: Handle): Promise<number> => (await handle.fetchHistory()).events?.length ?? 0;

/** Each spot interruption takes a job through these again. */
const ROUND = ['Training', 'Interrupted', 'Restarting', 'Downloading'];
const ROUNDS = 25;

it(`${String(READS)} reads of a job that trains add no event to its run's history`, async () => {
  await rig.control.setClock({ phases: { Training: 600_000 } });
  const name = uniqueName();
  const input: FitInput = { estimator: ESTIMATOR, fit: { inputs: `s3://${DATA_BUCKET}/iris`, jobName: name } };
  const handle = await rig.start('fit', input);
  await until(async () => (await handle.query<Progress>(PROGRESS_QUERY)).trainingJob?.secondaryStatus === 'Training', {
    what: 'the training',
    limitMs: LIMIT_MS,
  });
  await until(async () => !(await handle.describe()).raw.pendingWorkflowTask, { what: 'the workflow to be idle' });
  const before = await eventsOf(handle);
  const first = await readsOf(name);
  await until(async () => (await readsOf(name)) - first >= READS, {
    what: 'the reads',
    limitMs: LIMIT_MS,
    intervalMs: 500,
  });
  expect(await eventsOf(handle)).toBe(before);
  await rig.control.setClock({ phases: { Training: 20 } });
  await handle.result();
});

it('a job of many interruptions adds at most 8 events for each change of its status', async () => {
  const name = uniqueName();
  const steps = Array.from({ length: ROUNDS }, () => ROUND)
    .flat()
    .map((secondaryStatus) => ({ secondaryStatus, durationMs: 250 }));
  await rig.control.addOutcomes([{ kind: 'training job', resource: name, steps, end: { status: 'Completed' } }]);
  const input: FitInput = { estimator: ESTIMATOR, fit: { inputs: `s3://${DATA_BUCKET}/iris`, jobName: name } };
  const handle = await rig.start('fit', input);
  await handle.result();
  const { events } = await handle.fetchHistory();
  const waits = (events ?? []).filter(
    (event) => event.activityTaskScheduledEventAttributes?.activityType?.name === 'awaitTrainingJobChange',
  ).length;
  const begin = (events ?? []).findIndex(
    (event) => event.activityTaskScheduledEventAttributes?.activityType?.name === 'awaitTrainingJobChange',
  );
  expect(waits).toBeGreaterThan(ROUNDS);
  const perChange = ((events?.length ?? 0) - begin) / waits;
  expect(perChange).toBeLessThanOrEqual(EVENTS_PER_CHANGE_MAX);
  // A job that changes its status every half an hour for 28 days stays within a fifth of Temporal's limit.
  const changes = (28 * 86_400) / 1_800;
  expect(changes * perChange).toBeLessThan(EVENTS_MAX);
});

it('28 days have some eighty thousand reads at the longest interval, and none of them is an event', () => {
  const pace = { minIntervalMs: 5_000, maxIntervalMs: 30_000, readsPerSecond: 10 };
  const watch = {
    name: 'a training job',
    status: 'Training',
    sinceMs: 0,
    lastReadMs: 0,
    hurriedMs: undefined,
    failures: 0,
    isBeingRead: false,
    spread: 0,
  };
  let reads = 0;
  for (let nowMs = 0; nowMs < 28 * 86_400_000; reads++) nowMs += intervalMs(watch, nowMs, pace);
  expect(reads).toBeGreaterThan(80_000);
  expect(reads).toBeLessThan(82_000);
});
