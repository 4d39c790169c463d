/**
 * Deaths that a killed worker is not: frozen and back again, deaf for a while, out of memory, told to end amid a create;
 * and Temporal away for longer than any heartbeat. Real processes, a server of their own.
 */
import { DescribeTrainingJobCommand } from '@aws-sdk/client-sagemaker';
import type { WorkflowHandle } from '@temporalio/client';
import { join } from 'node:path';
import { PROGRESS_QUERY, TASK_QUEUE, type FitInput, type FitResult, type Progress } from '../../src/contract';
import { startKillRig, type KillRig } from '../support/kill-rig';
import { endProcesses, type TestProcess } from '../support/processes';
import { DATA_BUCKET, ESTIMATOR, uniqueName } from '../support/rig';
import { until } from '../support/until';

const LIMIT_MS = 90_000;
/** The least that a worker puts into a plan. */
const HEARTBEAT_TIMEOUT_MS = 5_000;
jest.setTimeout(240_000);

let rig: KillRig;
beforeAll(async () => {
  rig = await startKillRig();
});
afterAll(() => rig.close());
beforeEach(() => rig.control.setClock({ phases: { Training: 600_000 } }));
afterEach(async () => {
  await endProcesses();
  await rig.control.clearFaults();
});

const letTrainingEnd = () => rig.control.setClock({ phases: { Training: 20 } });

function start(jobName: string): Promise<WorkflowHandle> {
  const input: FitInput = { estimator: ESTIMATOR, fit: { inputs: `s3://${DATA_BUCKET}/iris`, jobName } };
  return rig.client.workflow.start('fit', { taskQueue: TASK_QUEUE, workflowId: jobName, args: [input] });
}

/** Starts a run and waits until its wait for the training is under way, and has told that it lives. */
async function startTraining(): Promise<WorkflowHandle> {
  const handle = await start(uniqueName());
  await until(async () => (await handle.query<Progress>(PROGRESS_QUERY)).trainingJob?.secondaryStatus === 'Training', {
    what: 'the training',
    limitMs: LIMIT_MS,
  });
  await until(async () => (await pendingOf(handle)).heartbeats, { what: 'the wait', limitMs: LIMIT_MS });
  return handle;
}

/** The one activity that a run of `fit` has under way. */
async function pendingOf(handle: WorkflowHandle): Promise<{ attempt: number; pid: number; heartbeats: boolean }> {
  const { raw } = await handle.describe();
  const [pending] = raw.pendingActivities ?? [];
  return {
    attempt: pending?.attempt ?? 0,
    pid: parseInt(pending?.lastWorkerIdentity ?? '', 10),
    heartbeats: Boolean(pending?.lastHeartbeatTime) && !raw.pendingWorkflowTask,
  };
}

const untilTakenOver = (handle: WorkflowHandle, by: TestProcess) =>
  until(
    async () => {
      const { attempt, pid } = await pendingOf(handle);
      return attempt > 1 && pid === by.pid;
    },
    { what: 'another worker to take over', limitMs: LIMIT_MS },
  );

/** How often each activity was answered, by the process that the server took the answer from. */
async function answersOf(handle: WorkflowHandle): Promise<string[]> {
  const { events = [] } = await handle.fetchHistory();
  const names = new Map(
    (events ?? []).map((event) => [
      String(event.eventId),
      event.activityTaskScheduledEventAttributes?.activityType?.name ?? '',
    ]),
  );
  return (events ?? []).flatMap(({ activityTaskCompletedEventAttributes: completed }) =>
    completed
      ? [`${names.get(String(completed.scheduledEventId)) ?? ''} by ${String(parseInt(completed.identity ?? '', 10))}`]
      : [],
  );
}

async function expectOneJob(name: string, isAdopted = false): Promise<void> {
  const effective = (await rig.callsFor('CreateTrainingJob', name)).filter(({ status }) => status === 200);
  expect(effective).toHaveLength(1);
  expect(await rig.callsFor('StopTrainingJob', name)).toEqual([]);
  const { ledger } = (await rig.client.workflow.getHandle(name).result()) as FitResult;
  const reason = isAdopted ? { reason: 'adopted: its create took effect without an answer' } : {};
  expect(ledger).toEqual([{ kind: 'training job', name, state: 'made', arn: expect.any(String) as string, ...reason }]);
}

/** A call that is held is not sent again meanwhile. */
const PATIENT = { TEMPORAL_SAGEMAKER_REQUEST_TIMEOUT_MS: '5000' };

it('a worker frozen past its time-outs and then let go on: its late answers are refused, and nothing is done twice', async () => {
  const workers = await Promise.all([rig.startWorker(PATIENT), rig.startWorker(PATIENT)]);
  const name = uniqueName();
  const [rule] = await rig.control.addFaults([
    { operation: 'CreateTrainingJob', resource: name, action: 'hold', when: 'after' },
  ]);
  const handle = await start(name);
  await rig.control.untilHeld(rule!.id, 60_000);
  const frozenPid = (await pendingOf(handle)).pid;
  const [frozen] = workers.filter(({ pid }) => pid === frozenPid);
  const [other] = workers.filter(({ pid }) => pid !== frozenPid);
  frozen!.kill('SIGSTOP');
  // Its answer is there for it when it goes on.
  await rig.control.release(rule!.id);
  await until(async () => (await answersOf(handle)).includes(`createTrainingJob by ${String(other!.pid)}`), {
    what: 'the other worker to adopt the job',
    limitMs: LIMIT_MS,
  });
  frozen!.kill('SIGCONT');
  await letTrainingEnd();
  await handle.result();

  await expectOneJob(name, true);
  const answers = await answersOf(handle);
  expect(answers.filter((answer) => answer.startsWith('createTrainingJob'))).toHaveLength(1);
  expect(frozen!.isRunning()).toBe(true);
});

it('a worker frozen amid a wait, past its heartbeat, and then let go on: one worker is heard, once', async () => {
  const frozen = await rig.startWorker();
  const handle = await startTraining();
  const other = await rig.startWorker();
  frozen.kill('SIGSTOP');
  await untilTakenOver(handle, other);
  frozen.kill('SIGCONT');
  await letTrainingEnd();
  await handle.result();
  await expectOneJob(handle.workflowId);
  const statuses = (await answersOf(handle)).filter((answer) => answer.startsWith('awaitTrainingJobChange'));
  const { trainingJob } = await handle.query<Progress>(PROGRESS_QUERY);
  expect(statuses.length).toBeLessThanOrEqual(trainingJob?.transitions.length ?? 0);
  expect(frozen.isRunning()).toBe(true);
});

const PRELOAD = { NODE_OPTIONS: `--require=${join(__dirname, '../support/hurt-on-signal.cjs')}` };

it('a worker whose event loop is blocked past its heartbeat: the wait is asked anew, and nothing is done twice', async () => {
  const blocked = await rig.startWorker({ ...PRELOAD, HURT: 'block', HURT_MS: String(4 * HEARTBEAT_TIMEOUT_MS) });
  const handle = await startTraining();
  await rig.startWorker();
  blocked.kill('SIGUSR2');
  await blocked.waitForOutput(/"hurt":true/);
  // The threads beneath the event loop go on taking tasks: it may be the blocked one that is given it, for later.
  await until(async () => (await pendingOf(handle)).attempt > 1, {
    what: 'the wait to be asked anew',
    limitMs: LIMIT_MS,
  });
  await letTrainingEnd();
  await handle.result();
  await expectOneJob(handle.workflowId);
  expect(blocked.isRunning()).toBe(true);
  // It is free again when it ends as it is told to.
  blocked.kill('SIGTERM');
  expect((await blocked.ended).code).toBe(0);
});

it('a worker out of memory: another goes on, and nothing is done twice', async () => {
  const NODE_OPTIONS = `${PRELOAD.NODE_OPTIONS} --max-old-space-size=200`;
  const starved = await rig.startWorker({ NODE_OPTIONS, HURT: 'memory' });
  const handle = await startTraining();
  const other = await rig.startWorker();
  starved.kill('SIGUSR2');
  expect(await starved.ended).toMatchObject({ signal: 'SIGABRT' });
  await untilTakenOver(handle, other);
  await letTrainingEnd();
  await handle.result();
  await expectOneJob(handle.workflowId);
});

it('a worker told to end amid a create lets it have its answer: exit code 0, one attempt, nothing lost', async () => {
  const ending = await rig.startWorker(PATIENT);
  const name = uniqueName();
  const [rule] = await rig.control.addFaults([
    { operation: 'CreateTrainingJob', resource: name, action: 'hold', when: 'before' },
  ]);
  const handle = await start(name);
  await rig.control.untilHeld(rule!.id, 60_000);
  ending.kill('SIGTERM');
  await rig.control.release(rule!.id);
  expect((await ending.ended).code).toBe(0);
  const answers = await answersOf(handle);
  expect(answers).toContain(`createTrainingJob by ${String(ending.pid)}`);
  await letTrainingEnd();
  await rig.startWorker();
  await handle.result();
  await expectOneJob(name);
  expect(await rig.callsFor('CreateTrainingJob', name)).toHaveLength(1);
});

it('Temporal away for longer than any heartbeat, during a training: the training ends by itself, and is heard of', async () => {
  const worker = await rig.startWorker();
  const handle = await startTraining();
  process.kill(rig.server().pid, 'SIGKILL');
  await rig.server().exited;
  const awaySinceMs = performance.now();
  await letTrainingEnd();
  const describe = new DescribeTrainingJobCommand({ TrainingJobName: handle.workflowId });
  await until(async () => (await rig.sagemaker.send(describe)).TrainingJobStatus === 'Completed', {
    what: 'the job to complete',
    limitMs: LIMIT_MS,
  });
  // Ten minutes, compressed to what tells them from a moment: the wait's heartbeat time-out has passed.
  await until(() => performance.now() - awaySinceMs > HEARTBEAT_TIMEOUT_MS, { what: 'Temporal to be away for long' });
  await rig.restartServer();
  await until(async () => (await handle.describe()).status.name === 'COMPLETED', {
    what: 'the run to end',
    limitMs: LIMIT_MS,
  });
  await expectOneJob(handle.workflowId);
  expect(worker.isRunning()).toBe(true);
});
