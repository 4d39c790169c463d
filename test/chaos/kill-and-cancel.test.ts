/**
 * Servers die and workers are told to end, someone presses cancel, and in the end there is one training job, one of each
 * hosting resource, and the outcome that AWS's side has. Real processes; barriers, no sleeps. Workers killed at exact
 * points are in `kill-table.test.ts`.
 */
import {
  DescribeTrainingJobCommand,
  ListEndpointConfigsCommand,
  ListEndpointsCommand,
  ListModelsCommand,
} from '@aws-sdk/client-sagemaker';
import type { WorkflowHandle } from '@temporalio/client';
import { PROGRESS_QUERY, TASK_QUEUE, type FitThenDeployResult, type Progress } from '../../src/contract';
import { activitiesAtCancel, whenCancelled } from '../support/cancels';
import { failureOfRun } from '../support/failures';
import { startKillRig, type KillRig } from '../support/kill-rig';
import { endProcesses, type TestProcess } from '../support/processes';
import { mainJob, uniqueName } from '../support/rig';
import { until } from '../support/until';

jest.setTimeout(240_000);

const LIMIT_MS = 60_000;

let rig: KillRig;
let worker: TestProcess;
beforeAll(async () => {
  rig = await startKillRig();
});
afterAll(async () => {
  await rig.close();
});
beforeEach(async () => {
  worker = await rig.startWorker();
});
afterEach(async () => {
  await endProcesses();
  await rig.control.clearFaults();
  await rig.control.setClock({ phases: { Training: 50, Creating: 50 } });
});

const start = (name: string): Promise<WorkflowHandle> =>
  rig.client.workflow.start('fitThenDeploy', { taskQueue: TASK_QUEUE, workflowId: name, args: [mainJob(name)] });

const statusOf = async (name: string) =>
  (await rig.sagemaker.send(new DescribeTrainingJobCommand({ TrainingJobName: name }))).TrainingJobStatus;

const untilTraining = (name: string) =>
  until(
    async () =>
      (await rig.sagemaker.send(new DescribeTrainingJobCommand({ TrainingJobName: name }))).SecondaryStatus ===
      'Training',
    { what: `${name} to train`, limitMs: LIMIT_MS },
  );

/**
 * The workflow knows that the training is under way and has nothing to do but wait. A worker killed within a workflow
 * task keeps Temporal waiting for that task for up to 10 s, its workflow task timeout; that is another case than having
 * no worker.
 */
async function untilIdle(handle: WorkflowHandle): Promise<void> {
  await until(async () => (await handle.query<Progress>(PROGRESS_QUERY)).trainingJob?.secondaryStatus === 'Training', {
    what: 'the workflow to hear of the training',
    limitMs: LIMIT_MS,
  });
  await until(
    async () => {
      const { raw } = await handle.describe();
      return !raw.pendingWorkflowTask && raw.pendingActivities?.some(({ lastHeartbeatTime }) => lastHeartbeatTime);
    },
    { what: 'the wait to be under way', limitMs: LIMIT_MS },
  );
}

/** The wait as the server knows it: its attempt, the process that it is in, and whether the attempt before ran out of time. */
async function waitOf(handle: WorkflowHandle): Promise<{ attempt: number; pid: number; isTimedOut: boolean }> {
  const [wait] = (await handle.describe()).raw.pendingActivities ?? [];
  return {
    attempt: wait?.attempt ?? 0,
    pid: parseInt(wait?.lastWorkerIdentity ?? '', 10),
    isTimedOut: Boolean(wait?.lastFailure?.timeoutFailureInfo),
  };
}

/** Runs whose training is waited for. */
async function startTrainings(): Promise<WorkflowHandle[]> {
  await rig.control.setClock({ phases: { Training: 600_000 } });
  const handles = await Promise.all([uniqueName(), uniqueName(), uniqueName()].map(start));
  await Promise.all(handles.map(untilIdle));
  return handles;
}

/** Each run asks for the stop in the very task in which it hears of the cancel, and ends with its job stopped. */
async function expectStopped(handles: readonly WorkflowHandle[]): Promise<void> {
  for (const handle of handles) {
    expect((await failureOfRun(handle)).code).toBe('Cancelled');
    expect(await statusOf(handle.workflowId)).toBe('Stopped');
    expect(await activitiesAtCancel(handle)).toContain('stopTrainingJob');
  }
}

const whenStopped = (handles: readonly WorkflowHandle[]): Promise<number[]> =>
  Promise.all(
    handles.map(async ({ workflowId }) =>
      Date.parse((await rig.callsFor('StopTrainingJob', workflowId))[0]?.time ?? ''),
    ),
  );

/** Within 2 s; a machine that is busy may hold up one of three, and not for long. */
function expectPrompt(delaysMs: readonly number[]): void {
  expect(Math.min(...delaysMs)).toBeLessThanOrEqual(2_000);
  expect(Math.max(...delaysMs)).toBeLessThanOrEqual(15_000);
}

async function hold(operation: string, resource: string, when: 'before' | 'after'): Promise<string> {
  const [rule] = await rig.control.addFaults([{ operation, resource, action: 'hold', when }]);
  return rule!.id;
}

/** Exactly one create of each kind took effect, and every other try was told that the name is taken. */
async function expectOneOfEach(name: string): Promise<void> {
  const creates = ['CreateTrainingJob', 'CreateModel', 'CreateEndpointConfig', 'CreateEndpoint'];
  for (const operation of creates) {
    const calls = (await rig.control.calls({ operation })).filter(({ resource }) => resource?.startsWith(name));
    expect({ operation, effects: calls.filter(({ status }) => status === 200).length }).toEqual({
      operation,
      effects: 1,
    });
    expect(calls.every(({ status }) => status === 200 || status === 400)).toBe(true);
  }
}

async function expectDelivered(handle: WorkflowHandle, name: string): Promise<void> {
  const result = (await handle.result()) as FitThenDeployResult;
  expect(result).toMatchObject({ trainingJobName: name, endpointName: name });
  expect(await statusOf(name)).toBe('Completed');
  await expectOneOfEach(name);
}

async function expectNothingServed(name: string): Promise<void> {
  const filter = { NameContains: name };
  expect((await rig.sagemaker.send(new ListEndpointsCommand(filter))).Endpoints).toEqual([]);
  expect((await rig.sagemaker.send(new ListEndpointConfigsCommand(filter))).EndpointConfigs).toEqual([]);
  expect((await rig.sagemaker.send(new ListModelsCommand(filter))).Models).toEqual([]);
}

describe('the worker told to end', () => {
  it('hands its wait over to another at once, and touches no job', async () => {
    await rig.control.setClock({ phases: { Training: 600_000 } });
    const name = uniqueName();
    const handle = await start(name);
    await untilIdle(handle);
    const second = await rig.startWorker();
    expect(await waitOf(handle)).toMatchObject({ attempt: 1, pid: worker.pid });
    worker.kill('SIGTERM');
    expect((await worker.ended).code).toBe(0);
    await until(async () => (await waitOf(handle)).pid === second.pid, { what: 'the other worker', limitMs: 60_000 });
    // Given back, and not given up for lost when its heartbeats had stayed away.
    expect(await waitOf(handle)).toEqual({ attempt: 2, pid: second.pid, isTimedOut: false });
    await rig.control.setClock({ phases: { Training: 20 } });
    await expectDelivered(handle, name);
    expect(await rig.callsFor('StopTrainingJob', name)).toEqual([]);
    expect(second.isRunning()).toBe(true);
  });
});

describe('the Temporal server killed -9', () => {
  it('and started again on its database: the run goes on, with the same worker', async () => {
    await rig.control.setClock({ phases: { Training: 600_000 } });
    const name = uniqueName();
    const handle = await start(name);
    await untilTraining(name);
    process.kill(rig.server().pid, 'SIGKILL');
    await rig.server().exited;
    await rig.restartServer();
    await rig.control.setClock({ phases: { Training: 20 } });
    // The client's own call fails while the server is away; the run does not.
    await until(async () => (await handle.describe()).status.name === 'COMPLETED', {
      what: 'the run to end',
      limitMs: 60_000,
    });
    await expectDelivered(handle, name);
    expect(worker.isRunning()).toBe(true);
  });
});

describe('cancel', () => {
  it('while the training runs: the stop leaves within 2 s and the run ends when it was seen', async () => {
    const handles = await startTrainings();
    for (const handle of handles) await handle.cancel();
    await expectStopped(handles);
    const cancelledMs = await Promise.all(handles.map(whenCancelled));
    const delaysMs = (await whenStopped(handles)).map((stoppedMs, at) => stoppedMs - (cancelledMs[at] ?? 0));
    expectPrompt(delaysMs);
  });

  it('while no worker lives: the stop leaves within 2 s of one starting', async () => {
    const handles = await startTrainings();
    worker.kill('SIGKILL');
    await worker.ended;
    for (const handle of handles) await handle.cancel();
    await rig.startWorker();
    const startedMs = Date.now();
    await expectStopped(handles);
    expectPrompt((await whenStopped(handles)).map((stoppedMs) => stoppedMs - startedMs));
  });

  it.each(['before', 'after'] as const)(
    'while the create is held %s its effect, and the worker killed: nothing runs on',
    async (when) => {
      await rig.control.setClock({ phases: { Training: 60_000 } });
      const name = uniqueName();
      const rule = await hold('CreateTrainingJob', name, when);
      const handle = await start(name);
      await rig.control.untilHeld(rule, 30_000);
      await handle.cancel();
      worker.kill('SIGKILL');
      await worker.ended;
      await rig.control.clearFaults(rule);
      await rig.startWorker();
      expect((await failureOfRun(handle)).code).toBe('Cancelled');
      expect(await statusOf(name)).toBe('Stopped');
      expect((await rig.callsFor('CreateTrainingJob', name)).filter(({ status }) => status === 200)).toHaveLength(1);
    },
  );

  it('while the endpoint is being created, and the worker killed: endpoint, config and model go', async () => {
    await rig.control.setClock({ phases: { Creating: 600_000 } });
    const name = uniqueName();
    const handle = await start(name);
    await until(async () => (await rig.callsFor('CreateEndpoint', name)).length > 0, {
      what: 'the endpoint',
      limitMs: 30_000,
    });
    await handle.cancel();
    worker.kill('SIGKILL');
    await worker.ended;
    await rig.startWorker();
    await rig.control.setClock({ phases: { Creating: 20 } });
    expect((await failureOfRun(handle)).code).toBe('Cancelled');
    await expectNothingServed(name);
    expect(await statusOf(name)).toBe('Completed');
  });
});
