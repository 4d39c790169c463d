/**
 * Twenty workers die under one wait, one after the other, half of them killed -9 and half told to end. The wait goes on
 * each time, in the next worker, and Temporal's history does not grow by one event: only the attempt number does.
 *
 * A hard kill is noticed when the heartbeat time-out has passed. It stands in the run's plan and is at least 5 s; here the
 * worker that plans is made to say 2 s, which spares half a minute.
 */
import { historyToJSON } from '@temporalio/common/lib/proto-utils';
import { NativeConnection, type ActivityInterceptorsFactory } from '@temporalio/worker';
import { PROGRESS_QUERY, TASK_QUEUE, type FitInput, type FitResult, type Progress } from '../../src/contract';
import type { Plan } from '../../src/domain/plan';
import { createWorker } from '../../src/worker';
import { millisecondsOf } from '../support/event-time';
import { startKillRig, type KillRig } from '../support/kill-rig';
import { endProcesses } from '../support/processes';
import { quietRuntime } from '../support/quiet-runtime';
import { DATA_BUCKET, ESTIMATOR, uniqueName, type Handle } from '../support/rig';
import { workflowBundle } from '../support/temporal';
import { until } from '../support/until';

const RESTARTS = 20;
const HEARTBEAT_TIMEOUT_MS = 2_000;
const LIMIT_MS = 60_000;
jest.setTimeout(600_000);

let rig: KillRig;
beforeAll(async () => {
  quietRuntime();
  rig = await startKillRig();
});
afterAll(async () => {
  await endProcesses();
  await rig.close();
});

const saySooner: ActivityInterceptorsFactory = ({ info }) => ({
  inbound: {
    async execute(input, next) {
      const answer = await next(input);
      if (info.activityType !== 'prepare') return answer;
      const plan = answer as Plan;
      return { ...plan, run: { ...plan.run, heartbeatTimeoutMs: HEARTBEAT_TIMEOUT_MS } };
    },
  },
});

/** A worker in this process, which plans with the short heartbeat time-out. */
async function startPlanner(): Promise<() => Promise<void>> {
  const connection = await NativeConnection.connect({ address: rig.server().address });
  const worker = await createWorker({
    connection,
    taskQueue: TASK_QUEUE,
    pollMinIntervalMs: 100,
    pollMaxIntervalMs: 250,
    shutdownGraceTimeMs: 500,
    worker: { workflowBundle: workflowBundle(), interceptors: { activity: [saySooner] } },
  });
  const ended = worker.run();
  return async () => {
    worker.shutdown();
    await ended;
    await connection.close();
  };
}

async function startTraining(): Promise<Handle> {
  const jobName = uniqueName();
  const input: FitInput = { estimator: ESTIMATOR, fit: { inputs: `s3://${DATA_BUCKET}/iris`, jobName } };
  const handle = await rig.client.workflow.start('fit', { taskQueue: TASK_QUEUE, workflowId: jobName, args: [input] });
  await until(async () => (await handle.query<Progress>(PROGRESS_QUERY)).trainingJob?.secondaryStatus === 'Training', {
    what: 'the training',
    limitMs: LIMIT_MS,
  });
  return handle;
}

/** The wait as the server knows it: its attempt, when that was started, and in which process. */
async function waitOf(handle: Handle): Promise<{ attempt: number; startedMs: number; pid: number }> {
  const [wait] = (await handle.describe()).raw.pendingActivities ?? [];
  return {
    attempt: wait?.attempt ?? 0,
    startedMs: millisecondsOf(wait?.lastStartedTime),
    pid: parseInt(wait?.lastWorkerIdentity ?? '', 10),
  };
}

/** The wait once an attempt of this number, or of a higher one, is under way. */
const untilAttempt = (handle: Handle, least: number) =>
  until(
    async () => {
      const wait = await waitOf(handle);
      return wait.attempt >= least && wait.startedMs > 0 && !Number.isNaN(wait.pid) && wait;
    },
    { what: `attempt ${String(least)} of the wait`, limitMs: LIMIT_MS },
  );

interface EventOfHistory {
  eventType: string;
  activityTaskScheduledEventAttributes?: { activityType: { name: string } };
}

async function historyOf(handle: Handle): Promise<string[]> {
  const { events } = JSON.parse(historyToJSON(await handle.fetchHistory())) as { events: EventOfHistory[] };
  return events.map((event) =>
    [event.eventType, event.activityTaskScheduledEventAttributes?.activityType.name].filter(Boolean).join(' '),
  );
}

/** A history as what stands before its waits, and what each of them added. */
function splitByWaits(history: string[]): { before: string[]; waits: string[][] } {
  const starts = history.flatMap((event, index) => (event.endsWith(' awaitTrainingJobChange') ? [index] : []));
  const waits = starts.map((start, nth) => history.slice(start, starts[nth + 1]));
  return { before: history.slice(0, starts[0]), waits };
}

it('one wait outlives twenty workers: the attempt number grows, and nothing else', async () => {
  const stopPlanner = await startPlanner();
  await rig.control.setClock({ phases: { Starting: 0, Downloading: 0, Uploading: 0 } });
  const calm = await startTrainingToItsEnd();
  await rig.control.setClock({ phases: { Training: 600_000 } });
  const handle = await startTraining();
  await until(async () => (await waitOf(handle)).attempt === 1, { what: 'the wait', limitMs: LIMIT_MS });
  // Two at a time: the other one takes the wait over.
  const workers = await Promise.all([rig.startWorker(), rig.startWorker()]);
  await stopPlanner();
  let wait = await untilAttempt(handle, 2);
  const before = await historyOf(handle);

  const resumes: { how: string; ms: number }[] = [];
  for (let restart = 1; restart <= RESTARTS; restart++) {
    const how = restart % 2 === 0 ? 'SIGTERM' : 'SIGKILL';
    const at = workers.findIndex(({ pid }) => pid === wait.pid);
    const [worker] = workers.splice(at, 1);
    const killedMs = Date.now();
    worker!.kill(how);
    wait = await untilAttempt(handle, wait.attempt + 1);
    resumes.push({ how, ms: Math.round(wait.startedMs - killedMs) });
    workers.push(await rig.startWorker());
  }

  expect(await historyOf(handle)).toEqual(before);
  expect(wait.attempt).toBeGreaterThan(RESTARTS);
  // What else the machine does may hold up one or two, and none for long.
  expect(resumes.filter(({ ms }) => ms > HEARTBEAT_TIMEOUT_MS + 2_000).length).toBeLessThanOrEqual(2);
  expect(resumes.filter(({ ms }) => ms > HEARTBEAT_TIMEOUT_MS + 15_000)).toEqual([]);
  expect(await rig.callsFor('StopTrainingJob', handle.workflowId)).toEqual([]);

  await rig.control.setClock({ phases: { Training: 20 } });
  expect((await handle.result()) as FitResult).toMatchObject({ trainingJobName: handle.workflowId });
  // As many events as without any restart, but for those of a status that the one has seen and the other has not.
  const restarted = splitByWaits(await historyOf(handle));
  const undisturbed = splitByWaits(calm);
  expect(restarted.before).toEqual(undisturbed.before);
  expect(restarted.waits.at(-1)).toEqual(undisturbed.waits.at(-1));
  expect(new Set(restarted.waits.slice(0, -1).map((events) => events.join()))).toEqual(
    new Set(undisturbed.waits.slice(0, -1).map((events) => events.join())),
  );
  process.stdout.write(`${drawResumes(resumes)}\n`);
});

async function startTrainingToItsEnd(): Promise<string[]> {
  await rig.control.setClock({ phases: { Training: 600_000 } });
  const handle = await startTraining();
  await rig.control.setClock({ phases: { Training: 20 } });
  await handle.result();
  return historyOf(handle);
}

function drawResumes(resumes: { how: string; ms: number }[]): string {
  const lines = ['SIGKILL', 'SIGTERM'].map((how) => {
    const all = resumes.filter((resume) => resume.how === how).map(({ ms }) => ms);
    const sorted = [...all].sort((one, other) => one - other);
    const [median, most] = [sorted[Math.floor(sorted.length / 2)], sorted.at(-1)];
    return `  ${how}: ${String(all.length)} restarts, the wait went on after ${String(median)} ms (median), ${String(most)} ms at most`;
  });
  return [
    `one wait, ${String(RESTARTS)} restarts, heartbeat time-out ${String(HEARTBEAT_TIMEOUT_MS)} ms`,
    ...lines,
  ].join('\n');
}
