/**
 * Only a person's cancel stops a training job. Whatever else ends or interrupts a run, or a step of it, leaves the job
 * alone: a terminate, a workflow time-out, a wait that is paused or reset. Only a run that fails stops it too: it ends, and
 * leaves no bill behind.
 */
import type { WorkflowHandle } from '@temporalio/client';
import type { ActivityInterceptorsFactory } from '@temporalio/worker';
import type { temporal } from '@temporalio/proto';
import { PROGRESS_QUERY, type FitThenDeployInput, type Progress } from '../../src/contract';
import { failureOfRun } from '../support/failures';
import { fitInput, mainJob, startRig, uniqueName, type Handle, type Rig } from '../support/rig';
import { workflowBundle } from '../support/temporal';
import { until } from '../support/until';

type PendingActivity = temporal.api.workflow.v1.IPendingActivityInfo;

const LIMIT_MS = 60_000;
jest.setTimeout(120_000);

let rig: Rig;
beforeAll(async () => {
  const interceptors = { activity: [keepTimeoutFromPrepare] };
  rig = await startRig({ worker: { worker: { workflowBundle: workflowBundle(), interceptors } } });
});
afterAll(() => rig.close());
beforeEach(() => rig.control.setClock({ phases: { Training: 600_000, Creating: 600_000 } }));

/** A run whose time-out would end it early is refused; so that one gets as far as that, the refusal is kept from it. */
const keepTimeoutFromPrepare: ActivityInterceptorsFactory = ({ info }) => ({
  inbound: {
    execute(input, next) {
      const [type, raw, identity] = input.args;
      if (info.activityType !== 'prepare') return next(input);
      return next({ ...input, args: [type, raw, { ...(identity as object), timeoutMs: undefined }] });
    },
  },
});

async function startTraining(name: string, options: Parameters<Rig['start']>[2] = {}): Promise<Handle> {
  const handle = await rig.start('fit', fitInput(name), options);
  await until(async () => (await handle.query<Progress>(PROGRESS_QUERY)).trainingJob?.secondaryStatus === 'Training', {
    what: 'the training',
    limitMs: LIMIT_MS,
  });
  return handle;
}

const statusOf = async (handle: WorkflowHandle | Handle) => (await handle.describe()).status.name;

async function waitOf(handle: Handle): Promise<PendingActivity | undefined> {
  const { raw } = await handle.describe();
  return raw.pendingActivities?.find(({ activityType }) => activityType?.name?.startsWith('await'));
}

const untilWaitIs = (handle: Handle, what: string, isSo: (wait: PendingActivity) => boolean) =>
  until(
    async () => {
      const wait = await waitOf(handle);
      return wait !== undefined && isSo(wait) && wait;
    },
    { what: `the wait to be ${what}`, limitMs: LIMIT_MS },
  );

const attemptOf = ({ attempt }: PendingActivity): number => Number(attempt);

/** What stands under this name, as `kind: status`. */
async function standing(name: string): Promise<string[]> {
  const all = (await rig.control.resources()).filter((resource) => resource.name.startsWith(name));
  return all.map(({ kind, description: { TrainingJobStatus: job, EndpointStatus: endpoint } }) => {
    const status = job ?? endpoint;
    return typeof status === 'string' ? `${kind}: ${status}` : kind;
  });
}

/** Stops and deletes of what bears this name, whether they took effect or not. */
const endingsOf = async (name: string) =>
  (await rig.control.calls()).filter(
    ({ operation, resource }) => /^(Stop|Delete)/.test(operation) && resource?.startsWith(name),
  );

async function expectJobUntouched(name: string): Promise<void> {
  expect(await endingsOf(name)).toEqual([]);
  expect(await standing(name)).toEqual(['training-job: InProgress']);
  await rig.control.setClock({ phases: { Training: 20 } });
  await until(async () => (await standing(name))[0] === 'training-job: Completed', { what: 'the job to complete' });
}

const ENDED_FROM_OUTSIDE = {
  from: ['naming' as const],
  reason: 'Temporal ended it without a word to it',
};

describe('a training job runs on', () => {
  it('when its run is terminated', async () => {
    const name = uniqueName();
    const handle = await startTraining(name);
    rig.exempt(handle.workflowId, ENDED_FROM_OUTSIDE);
    await handle.terminate('someone was in a hurry');
    expect(await statusOf(handle)).toBe('TERMINATED');
    await expectJobUntouched(name);
  });

  it('when its run is out of the workflow’s time', async () => {
    const name = uniqueName();
    // The training has to begin within it, on a loaded machine too.
    const handle = await startTraining(name, { workflowExecutionTimeout: '25 seconds' });
    rig.exempt(handle.workflowId, ENDED_FROM_OUTSIDE);
    await until(async () => (await statusOf(handle)) === 'TIMED_OUT', { what: 'the time-out', limitMs: LIMIT_MS });
    await expectJobUntouched(name);
  });

  it('while its wait is paused, and the run goes on when it is let go', async () => {
    const { workflowService } = rig.server.client;
    const name = uniqueName();
    const handle = await startTraining(name);
    const target = {
      namespace: rig.server.namespace,
      execution: { workflowId: handle.workflowId },
      type: 'awaitTrainingJobChange',
      identity: 'someone',
    };
    const before = await untilWaitIs(handle, 'under way', ({ lastHeartbeatTime }) => Boolean(lastHeartbeatTime));
    await workflowService.pauseActivity({ ...target, reason: 'someone wants to look' });
    // 4 is PAUSED: told to a worker, and given back by it.
    await untilWaitIs(handle, 'paused', ({ paused, state }) => paused === true && Number(state) === 4);
    expect(await endingsOf(name)).toEqual([]);
    await workflowService.unpauseActivity(target);
    await untilWaitIs(handle, 'asked again', (wait) => attemptOf(wait) > attemptOf(before));
    await expectJobUntouched(name);
    expect(await handle.result()).toMatchObject({ trainingJobName: name, warnings: [] });
  });

  it('while its wait is reset, and the run goes on', async () => {
    const name = uniqueName();
    const handle = await startTraining(name);
    await untilWaitIs(handle, 'under way', ({ lastHeartbeatTime }) => Boolean(lastHeartbeatTime));
    await rig.server.client.workflowService.resetActivity({
      namespace: rig.server.namespace,
      execution: { workflowId: handle.workflowId },
      type: 'awaitTrainingJobChange',
      identity: 'someone',
      resetHeartbeat: true,
    });
    await expectJobUntouched(name);
    expect(await handle.result()).toMatchObject({ trainingJobName: name });
  });
});

it('a wait that someone fails by hand fails the run, which stops its job and says so', async () => {
  const name = uniqueName();
  const handle = await startTraining(name);
  const { activityId } = await untilWaitIs(handle, 'under way', ({ lastHeartbeatTime }) => Boolean(lastHeartbeatTime));
  await rig.server.client.workflowService.respondActivityTaskFailedById({
    namespace: rig.server.namespace,
    workflowId: handle.workflowId,
    activityId,
    failure: { message: 'someone failed it', applicationFailureInfo: { nonRetryable: true } },
  });
  const { code, details } = await failureOfRun(handle);
  expect(code).toBe('Internal');
  expect(details.ledger).toMatchObject([{ kind: 'training job', name, state: 'left' }]);
  expect(await standing(name)).toEqual(['training-job: Stopped']);
});

it('a cancel while the wait is paused stops the job all the same', async () => {
  const name = uniqueName();
  const handle = await startTraining(name);
  await rig.server.client.workflowService.pauseActivity({
    namespace: rig.server.namespace,
    execution: { workflowId: handle.workflowId },
    type: 'awaitTrainingJobChange',
  });
  await handle.cancel();
  expect((await failureOfRun(handle)).code).toBe('Cancelled');
  expect(await standing(name)).toEqual(['training-job: Stopped']);
});

describe('an endpoint on its way stays what it is', () => {
  it('when its run is terminated: nothing is deleted, and a deploy of the same name goes on with it', async () => {
    await rig.control.setClock({ phases: { Training: 20 } });
    const name = uniqueName();
    const input: FitThenDeployInput = mainJob(name);
    const handle = await rig.start('fitThenDeploy', input);
    await until(async () => (await handle.query<Progress>(PROGRESS_QUERY)).endpoint?.status === 'Creating', {
      what: 'the endpoint',
      limitMs: LIMIT_MS,
    });
    rig.exempt(handle.workflowId, ENDED_FROM_OUTSIDE);
    await handle.terminate();
    expect(await endingsOf(name)).toEqual([]);
    const further = await rig.start('deploy', { trainingJobName: name, deploy: input.deploy });
    await rig.control.setClock({ phases: { Creating: 20 } });
    expect(await further.result()).toMatchObject({ endpointName: name });
    expect(await standing(name)).toEqual([
      'training-job: Completed',
      'model',
      'endpoint-config',
      'endpoint: InService',
    ]);
  });
});
