/** Starting, attaching and refusing, against a Temporal server. No worker is needed to start a run. */
import { MEMO, type FitInput, type FitThenDeployInput } from '../../../src/contract';
import { connect, Run, SageMakerError, startRun, type Session } from '../../../src/client';
import { DEPLOY, ESTIMATOR, mainJob, uniqueName } from '../../support/rig';
import { connectToTestServer, uniqueTaskQueue, type TestServer } from '../../support/temporal';

let server: TestServer;
let session: Session;
beforeAll(async () => {
  server = await connectToTestServer();
  session = await connect({ client: server.client, taskQueue: uniqueTaskQueue('start') });
});
afterAll(() => server.close());

const fitInput = (jobName: string): FitInput => ({ estimator: ESTIMATOR, fit: { inputs: 's3://data/iris', jobName } });

async function failureOf(attempt: Promise<unknown>): Promise<SageMakerError> {
  const error: unknown = await attempt.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(SageMakerError);
  return error as SageMakerError;
}

/** Starts as another program would: the same contract, no client of ours. */
const startElsewhere = (type: string, workflowId: string, input: unknown) =>
  server.client.workflow.start(type, { taskQueue: session.taskQueue, workflowId, args: [input] });

describe('a start', () => {
  it('names the run after its training job and leaves hash and summary', async () => {
    const name = uniqueName();
    const run = await startRun(session, 'fitThenDeploy', mainJob(name));
    expect(run).toMatchObject({ workflowId: name, workflowType: 'fitThenDeploy', attached: false });
    const description = await server.client.workflow.getHandle(name).describe();
    expect(description.runId).toBe(run.runId);
    expect(description.memo?.[MEMO.inputHash]).toMatch(/^[0-9a-f]{64}$/);
    expect(await description.staticSummary()).toBe(`fit then deploy ${name} (ml.m5.large x1; ml.m5.large x1)`);
    expect(await description.staticDetails()).toContain(name);
  });

  it('makes a name where there is none, and sends it as the job name', async () => {
    const { fit, ...input } = fitInput('unused');
    const run = await startRun(session, 'fit', { ...input, fit: { inputs: fit.inputs } });
    expect(run.workflowId).toMatch(/^iris-\d{4}-.*-[0-9a-z]{8}$/);
    const { events } = await server.client.workflow.getHandle(run.workflowId).fetchHistory();
    const [payload] = events?.[0]?.workflowExecutionStartedEventAttributes?.input?.payloads ?? [];
    const sent = JSON.parse(Buffer.from(payload?.data ?? []).toString()) as FitInput;
    expect(sent.fit.jobName).toBe(run.workflowId);
  });

  it('passes the region of the session on', async () => {
    const name = uniqueName();
    await startRun({ ...session, region: 'eu-central-1' }, 'fit', fitInput(name));
    const conflict = await failureOf(startRun(session, 'fit', fitInput(name)));
    expect(conflict.differences).toEqual(['region is in the run that exists alone']);
  });
});

describe('a second start', () => {
  it('attaches when the input is the same, though fields come in another order', async () => {
    const name = uniqueName();
    const first = await startRun(session, 'fit', fitInput(name));
    const { fit, estimator } = fitInput(name);
    const second = await startRun(session, 'fit', { fit, estimator, region: undefined });
    expect(second).toMatchObject({ workflowId: name, runId: first.runId, attached: true });
  });

  it('attaches to a run of a job that has ended, for a training job never runs twice', async () => {
    const name = uniqueName();
    const first = await startRun(session, 'fit', fitInput(name));
    await server.client.workflow.getHandle(name).terminate('by the test');
    const second = await startRun(session, 'fit', fitInput(name));
    expect(second).toMatchObject({ runId: first.runId, attached: true });
    expect(await failureOf(second.result())).toMatchObject({ code: 'RunTerminated', workflowId: name });
  });

  it('is refused when the input differs, with the fields and without their values', async () => {
    const name = uniqueName();
    const first = await startRun(session, 'fit', fitInput(name));
    const other = fitInput(name);
    other.estimator = { ...ESTIMATOR, hyperparameters: { token: 'tell-nobody' }, trainInstanceCount: 3 };
    const error = await failureOf(startRun(session, 'fit', other));
    expect(error).toMatchObject({ code: 'RunConflict', workflowId: name, runId: first.runId, exitCode: 6 });
    expect(error.differences).toEqual([
      'estimator.hyperparameters is not in the run that exists',
      'estimator.trainInstanceCount differs',
    ]);
    expect(error.message).not.toContain('tell-nobody');
  });

  it('is refused when the run is of another type', async () => {
    const name = uniqueName();
    await startRun(session, 'fitThenDeploy', mainJob(name));
    const error = await failureOf(startRun(session, 'fit', fitInput(name)));
    expect(error).toMatchObject({
      code: 'RunConflict',
      differences: ['the workflow type is fitThenDeploy, not fit'],
    });
  });

  it('compares with the history where another program left no hash', async () => {
    const name = uniqueName();
    await startElsewhere('fitThenDeploy', name, mainJob(name));
    const same = await startRun(session, 'fitThenDeploy', mainJob(name));
    expect(same.attached).toBe(true);
    const other: FitThenDeployInput = { ...mainJob(name), deploy: { ...DEPLOY, initialInstanceCount: 2 } };
    const error = await failureOf(startRun(session, 'fitThenDeploy', other));
    expect(error.differences).toEqual(['deploy.initialInstanceCount differs']);
  });

  it('copes with a run that was started with nonsense', async () => {
    const name = uniqueName();
    await startElsewhere('fit', name, null);
    const error = await failureOf(startRun(session, 'fit', fitInput(name)));
    expect(error).toMatchObject({ code: 'RunConflict', differences: ['the input differs'] });
  });

  it('of a deploy attaches while it is open and runs again once it has ended', async () => {
    const endpointName = uniqueName();
    const input = { trainingJobName: 'iris-1', deploy: { ...DEPLOY, endpointName } };
    const first = await startRun(session, 'deploy', input);
    expect(first.workflowId).toBe(`deploy-${endpointName}`);
    expect(await startRun(session, 'deploy', input)).toMatchObject({ runId: first.runId, attached: true });
    const other = { ...input, trainingJobName: 'iris-2' };
    expect(await failureOf(startRun(session, 'deploy', other))).toMatchObject({
      differences: ['trainingJobName differs'],
    });

    await server.client.workflow.getHandle(first.workflowId).terminate('by the test');
    const again = await startRun(session, 'deploy', other);
    expect(again.attached).toBe(false);
    expect(again.runId).not.toBe(first.runId);
    // The first run is still itself.
    expect(await first.status()).toMatchObject({ runId: first.runId, status: 'TERMINATED' });
    expect(await again.status()).toMatchObject({ runId: again.runId, status: 'RUNNING' });
  });

  it('made by many at once makes one run', async () => {
    const name = uniqueName();
    const runs = await Promise.all(Array.from({ length: 8 }, () => startRun(session, 'fit', fitInput(name))));
    expect(new Set(runs.map(({ runId }) => runId)).size).toBe(1);
    expect(runs.filter(({ attached }) => !attached)).toHaveLength(1);
  });
});

describe('what is wrong', () => {
  const nowhere = { client: undefined, taskQueue: 'x', close: () => Promise.resolve() } as unknown as Session;

  it('is told all at once and before anything is sent', async () => {
    const error = await failureOf(
      startRun(nowhere, 'fit', { estimator: { ...ESTIMATOR, role: '', trainInstanceCount: 0 }, fit: { inputs: '' } }),
    );
    expect(error).toMatchObject({ code: 'InvalidInput', exitCode: 2 });
    expect(error.problems.map((problem) => problem.split(' ')[0]).sort()).toEqual([
      'estimator.role',
      'estimator.trainInstanceCount',
      'fit.inputs',
    ]);
  });

  it('includes an input that Temporal would not take, with its size', async () => {
    const input = fitInput(uniqueName());
    input.estimator = { ...input.estimator, overrides: { createTrainingJob: { Tomorrow: 'x'.repeat(2_100_000) } } };
    const error = await failureOf(startRun(nowhere, 'fit', input));
    expect(error.code).toBe('InvalidInput');
    expect(error.why).toMatch(/is 2100\d{3} bytes long; Temporal takes 2000000/);
    expect(error.fix).toContain('S3');
  });

  it('includes a namespace that is not there', async () => {
    const elsewhere = await connect({ address: server.address, namespace: 'no-such-namespace' });
    try {
      const error = await failureOf(startRun(elsewhere, 'fit', fitInput(uniqueName())));
      expect(error).toMatchObject({ code: 'TemporalUnreachable', exitCode: 8 });
      expect(error.why).toContain(`[address=${server.address}, namespace=no-such-namespace]`);
    } finally {
      await elsewhere.close();
    }
  });

  it('includes a run that is not there', async () => {
    const error = await failureOf(Run.attach(session, uniqueName('nobody')));
    expect(error).toMatchObject({ code: 'RunNotFound', exitCode: 3 });
  });

  it('includes a run that is of another type than expected', async () => {
    const name = uniqueName();
    await startRun(session, 'fit', fitInput(name));
    expect(await failureOf(Run.attach(session, name, 'deploy'))).toMatchObject({ code: 'RunConflict' });
    expect((await Run.attach(session, name, 'fit')).attached).toBe(true);
  });
});
