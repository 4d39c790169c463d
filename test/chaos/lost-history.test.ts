/**
 * Temporal comes back without its database: nobody knows the run any more, and what it made goes on. The client says so,
 * and a sweep finds the job by its tag, lists it, and leaves it alone, for its run may be known elsewhere.
 */
import { connect, Run } from '../../src/client';
import { PROGRESS_QUERY, TASK_QUEUE, type FitInput, type Progress, type SweepResult } from '../../src/contract';
import { startKillRig, type KillRig } from '../support/kill-rig';
import { endProcesses } from '../support/processes';
import { DATA_BUCKET, ESTIMATOR, uniqueName } from '../support/rig';
import { until } from '../support/until';

const LIMIT_MS = 60_000;
jest.setTimeout(180_000);

let rig: KillRig;
beforeAll(async () => {
  rig = await startKillRig();
  await rig.control.setClock({ phases: { Training: 600_000 } });
});
afterAll(async () => {
  await endProcesses();
  await rig.close();
});

async function startTraining(jobName: string): Promise<void> {
  const input: FitInput = { estimator: ESTIMATOR, fit: { inputs: `s3://${DATA_BUCKET}/iris`, jobName } };
  const handle = await rig.client.workflow.start('fit', { taskQueue: TASK_QUEUE, workflowId: jobName, args: [input] });
  await until(async () => (await handle.query<Progress>(PROGRESS_QUERY)).trainingJob?.secondaryStatus === 'Training', {
    what: 'the training',
    limitMs: LIMIT_MS,
  });
}

it('a server with an empty database: the run is not found, and a sweep lists its job as of an unknown run', async () => {
  const worker = await rig.startWorker();
  const name = uniqueName();
  await startTraining(name);
  await rig.loseHistory();

  const session = await connect({ client: rig.client });
  await expect(Run.attach(session, name)).rejects.toMatchObject({
    code: 'RunNotFound',
    fix: expect.stringContaining('temporal-sagemaker sweep') as string,
  });

  // By the worker of before, which has found the server again.
  const handle = await rig.client.workflow.start('sweep', {
    taskQueue: TASK_QUEUE,
    workflowId: uniqueName('sweep'),
    args: [{ apply: true }],
  });
  const { resources } = (await handle.result()) as SweepResult;
  expect(resources).toMatchObject([{ kind: 'training job', name, verdict: 'unknown run', action: 'left' }]);
  expect(worker.isRunning()).toBe(true);
  expect((await rig.control.resources()).map((one) => [one.name, one.description.TrainingJobStatus])).toEqual([
    [name, 'InProgress'],
  ]);
  expect(await rig.callsFor('StopTrainingJob', name)).toEqual([]);
});
