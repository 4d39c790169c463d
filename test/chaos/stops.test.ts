/**
 * Stops that do not go as asked: the job is stopping already, or ends before the stop is there; AWS refuses it a few
 * times, or for good; AWS fails for a while. The runs that wait longest are begun first and waited for last.
 */
import { StopTrainingJobCommand } from '@aws-sdk/client-sagemaker';
import type { FaultRuleInput } from '../../src/emulator';
import { MEMO, PROGRESS_QUERY, type FitInput, type Progress, type RunMemo } from '../../src/contract';
import { failureOfRun } from '../support/failures';
import { DATA_BUCKET, ESTIMATOR, startRig, uniqueName, type Handle, type Rig } from '../support/rig';
import { until } from '../support/until';

const LIMIT_MS = 60_000;
jest.setTimeout(180_000);

const DENIED = {
  action: 'error',
  status: 400,
  code: 'AccessDeniedException',
  message: 'User: arn:aws:iam::123456789012:user/x is not authorized to perform: sagemaker:StopTrainingJob',
} as const;

let rig: Rig;
let refusedAtFirst: Handle;
let refusedForGood: Handle;
let failedAtFirst: Handle;
beforeAll(async () => {
  // A call that is held is not sent again meanwhile.
  rig = await startRig({ worker: { requestTimeoutMs: 20_000 } });
  await rig.control.setClock({ phases: { Training: 600_000 } });
  [refusedAtFirst, refusedForGood, failedAtFirst] = await Promise.all([
    cancelWith({ ...DENIED, times: 5 }),
    cancelWith(DENIED),
    cancelWith({ action: 'error', status: 500, times: 5 }),
  ]);
});
afterAll(() => rig.close());

async function startTraining(name = uniqueName()): Promise<Handle> {
  const input: FitInput = { estimator: ESTIMATOR, fit: { inputs: `s3://${DATA_BUCKET}/iris`, jobName: name } };
  const handle = await rig.start('fit', input, { workflowId: name });
  await until(async () => (await handle.query<Progress>(PROGRESS_QUERY)).trainingJob?.secondaryStatus === 'Training', {
    what: 'the training',
    limitMs: LIMIT_MS,
  });
  return handle;
}

/** Cancels a run whose stops meet this rule. */
async function cancelWith(rule: Omit<FaultRuleInput, 'operation'>): Promise<Handle> {
  const handle = await startTraining();
  await rig.control.addFaults([{ operation: 'StopTrainingJob', resource: handle.workflowId, ...rule }]);
  await handle.cancel();
  return handle;
}

async function memoOf(handle: Handle): Promise<RunMemo> {
  return (await handle.describe()).memo?.[MEMO.run] as RunMemo;
}

async function statusOf(name: string): Promise<unknown> {
  const job = (await rig.control.resources()).find((resource) => resource.name === name);
  return job?.description.TrainingJobStatus;
}

const stopsOf = async (name: string) =>
  (await rig.calls('StopTrainingJob')).filter(({ resource }) => resource === name).map(({ status }) => status);

it('a job that someone is stopping already is stopped, and the run says Cancelled', async () => {
  await rig.control.setClock({ phases: { Stopping: 600_000 } });
  const handle = await startTraining();
  const name = handle.workflowId;
  await rig.sagemaker.send(new StopTrainingJobCommand({ TrainingJobName: name }));
  expect(await statusOf(name)).toBe('Stopping');
  await handle.cancel();
  await until(async () => (await stopsOf(name)).length > 1, { what: 'the run to stop it too' });
  await rig.control.setClock({ phases: { Stopping: 20 } });
  expect((await failureOfRun(handle)).code).toBe('Cancelled');
  expect(await statusOf(name)).toBe('Stopped');
  expect((await memoOf(handle)).ledger).toMatchObject([
    { state: 'left', reason: expect.stringContaining('stopped: ') as string },
  ]);
});

it('a job that completes before its stop is there: it is told as completed, with its model data', async () => {
  const name = uniqueName();
  const script = { kind: 'training job' as const, resource: name };
  await rig.control.addOutcomes([{ ...script, steps: [{ secondaryStatus: 'Training', durationMs: 600_000 }] }]);
  const handle = await startTraining(name);
  const [rule] = await rig.control.addFaults([{ operation: 'StopTrainingJob', resource: name, action: 'hold' }]);
  await handle.cancel();
  await rig.control.untilHeld(rule!.id, 30_000);
  await rig.control.addOutcomes([{ ...script, when: 'now', end: { status: 'Completed' } }]);
  await until(async () => (await statusOf(name)) === 'Completed', { what: 'the job to complete' });
  await rig.control.release(rule!.id);
  expect((await failureOfRun(handle)).code).toBe('Cancelled');
  expect(await stopsOf(name)).toEqual([400]);
  expect(await memoOf(handle)).toMatchObject({
    stage: 'Cancelled',
    modelData: `s3://${DATA_BUCKET}/models/${name}/output/model.tar.gz`,
    ledger: [{ state: 'left', reason: expect.stringContaining('completed: ') as string }],
  });
});

it('a stop that AWS refuses five times is sent a sixth time, and says so meanwhile', async () => {
  expect((await failureOfRun(refusedAtFirst)).code).toBe('Cancelled');
  const name = refusedAtFirst.workflowId;
  expect(await stopsOf(name)).toEqual([400, 400, 400, 400, 400, 200]);
  expect(await statusOf(name)).toBe('Stopped');
  const { warnings } = await memoOf(refusedAtFirst);
  expect(warnings).toEqual([expect.stringContaining('was refused, and is sent again')]);
});

it('a stop that AWS fails to answer five times is sent on', async () => {
  expect((await failureOfRun(failedAtFirst)).code).toBe('Cancelled');
  const name = failedAtFirst.workflowId;
  expect((await stopsOf(name)).filter((status) => status === 200)).toHaveLength(1);
  expect(await statusOf(name)).toBe('Stopped');
});

it('a stop that AWS refuses for good: the run ends, and says that the job may still cost money, and why', async () => {
  expect((await failureOfRun(refusedForGood)).code).toBe('Cancelled');
  const name = refusedForGood.workflowId;
  expect(await stopsOf(name)).toEqual([400, 400, 400, 400, 400, 400]);
  expect(await statusOf(name)).toBe('InProgress');
  const { ledger, warnings } = await memoOf(refusedForGood);
  expect(ledger).toMatchObject([
    { kind: 'training job', name, state: 'left', reason: 'its stop failed (AccessDenied): it may still cost money' },
  ]);
  expect(warnings.at(-1)).toContain(`the training job ${name} could not be stopped`);
  expect(warnings.at(-1)).toContain('sagemaker:StopTrainingJob');
});
