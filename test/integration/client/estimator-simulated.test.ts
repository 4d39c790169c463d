/**
 * The Estimator where no program runs: fits that are still running, jobs that were started elsewhere, sessions side by
 * side, and logs that are late or denied. Jobs stand in a phase until a test lets them go on.
 */
import {
  CreateLogGroupCommand,
  CloudWatchLogsClient,
  CreateLogStreamCommand,
  PutLogEventsCommand,
  ResourceAlreadyExistsException,
} from '@aws-sdk/client-cloudwatch-logs';
import {
  CreateTrainingJobCommand,
  DescribeEndpointCommand,
  DescribeEndpointConfigCommand,
  DescribeModelCommand,
  DescribeTrainingJobCommand,
  type CreateTrainingJobCommandInput,
} from '@aws-sdk/client-sagemaker';
import {
  connect,
  Estimator,
  planRun,
  SageMakerError,
  type EstimatorOptions,
  type TrainOnInstances,
  type LogLine,
  type Session,
} from '../../../src/client';
import { describeTrainingJob } from '../../../src/client/describe-training-job';
import { createWorker } from '../../../src/worker';
import { DATA_BUCKET, DEPLOY, ESTIMATOR, startRig, uniqueName, type Rig } from '../../support/rig';
import { connectToTestServer, uniqueTaskQueue, workflowBundle } from '../../support/temporal';
import { until } from '../../support/until';

const INPUTS = `s3://${DATA_BUCKET}/iris`;
const LOG_GROUP = '/aws/sagemaker/TrainingJobs';
const HOUR_MS = 3_600_000;
const LOGGED_AT_MS = Date.now() - 60_000;

let rig: Rig;
let session: Session;
beforeAll(async () => {
  rig = await startRig();
  session = await connect({ client: rig.server.client, taskQueue: rig.taskQueue });
});
afterAll(() => rig.close());
afterEach(async () => {
  await rig.control.clearFaults();
  await letTrainingEnd();
});

const holdTraining = () => rig.control.setClock({ phases: { Training: HOUR_MS } });
const letTrainingEnd = () => rig.control.setClock({ phases: { Training: 20 } });

function makeEstimator(further: Partial<TrainOnInstances & Pick<EstimatorOptions, 'session'>> = {}): Estimator {
  return new Estimator({ ...ESTIMATOR, session, ...further });
}

async function failureOf(attempt: Promise<unknown>): Promise<SageMakerError> {
  const error: unknown = await attempt.catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(SageMakerError);
  return error as SageMakerError;
}

async function isTraining(jobName: string): Promise<boolean> {
  const { SecondaryStatus } = await rig.sagemaker.send(new DescribeTrainingJobCommand({ TrainingJobName: jobName }));
  return SecondaryStatus === 'Training';
}

/** Creates a training job as the console would. */
async function startElsewhere(further: Partial<CreateTrainingJobCommandInput> = {}): Promise<string> {
  const jobName = uniqueName('elsewhere');
  const { CreateTrainingJob } = planRun('fit', { estimator: ESTIMATOR, fit: { inputs: INPUTS, jobName } });
  const request = { ...(CreateTrainingJob as CreateTrainingJobCommandInput), Tags: [], ...further };
  await rig.sagemaker.send(new CreateTrainingJobCommand(request));
  return jobName;
}

/** Writes as a container would, ten milliseconds apart. */
async function writeLog(
  jobName: string,
  host: string,
  texts: string[],
  { offsetMs = 0, began = 1_700_000_000 } = {},
): Promise<void> {
  const logs = new CloudWatchLogsClient({});
  const at = { logGroupName: LOG_GROUP, logStreamName: `${jobName}/${host}-${String(began)}` };
  await logs.send(new CreateLogGroupCommand({ logGroupName: LOG_GROUP })).catch((error: unknown) => {
    if (!(error instanceof ResourceAlreadyExistsException)) throw error;
  });
  await logs.send(new CreateLogStreamCommand(at));
  const logEvents = texts.map((message, index) => ({ timestamp: LOGGED_AT_MS + offsetMs + index * 10, message }));
  await logs.send(new PutLogEventsCommand({ ...at, logEvents }));
  logs.destroy();
}

const modelDataOf = (jobName: string) => `s3://${DATA_BUCKET}/models/${jobName}/output/model.tar.gz`;

test('wait: false returns while the job trains; model and deploy wait for it', async () => {
  await holdTraining();
  const estimator = makeEstimator();
  const run = await estimator.fit(INPUTS, { wait: false });
  await until(() => isTraining(run.workflowId), { what: 'the job to train' });

  const model = estimator.createModel({ env: { A: 'b' } });
  expect([model.modelData, estimator.modelData]).toEqual([undefined, undefined]);
  expect(model).toMatchObject({ trainingJobName: run.workflowId, image: 'iris' });
  // What is wrong with a deploy is told though the job still trains.
  expect(await failureOf(model.deploy({ ...DEPLOY, initialInstanceCount: 0 }))).toMatchObject({ code: 'InvalidInput' });
  expect(await failureOf(estimator.deploy({ ...DEPLOY, timeoutMs: 0 }))).toMatchObject({ code: 'InvalidInput' });
  const deploying = Promise.all([
    estimator.deploy(DEPLOY),
    model.deploy({ ...DEPLOY, endpointName: `${run.workflowId}-two` }),
  ]);
  await letTrainingEnd();
  const predictors = await deploying;
  expect(predictors.map(({ endpointName }) => endpointName)).toEqual([run.workflowId, `${run.workflowId}-two`]);
  expect([model.modelData, estimator.modelData]).toEqual([modelDataOf(run.workflowId), modelDataOf(run.workflowId)]);
});

test('a model stays that of its fit when the estimator is fit again', async () => {
  const estimator = makeEstimator();
  const first = await estimator.fit(INPUTS, { logs: false });
  const model = estimator.createModel();
  const second = await estimator.fit(INPUTS, { logs: false });
  expect(model.modelData).toBe(modelDataOf(first.workflowId));
  expect(estimator.modelData).toBe(modelDataOf(second.workflowId));
  expect((await model.deploy(DEPLOY)).endpointName).toBe(first.workflowId);
  // The endpoint that was deployed last is the one that goes.
  expect((await estimator.deleteEndpoint()).endpointName).toBe(first.workflowId);
});

test('image, role and environment of a model’s own are what SageMaker is asked for', async () => {
  const own = { image: 'own-serving:2', role: 'arn:aws:iam::123456789012:role/Server', env: { LOG_LEVEL: 'debug' } };
  const estimator = makeEstimator();
  await estimator.fit(INPUTS, { logs: false });
  const byModel = await estimator.createModel(own).deploy(DEPLOY);
  const byDeploy = await estimator.deploy({ ...DEPLOY, ...own, endpointName: uniqueName('own') });
  for (const { endpointName } of [byModel, byDeploy]) {
    const { EndpointConfigName } = await rig.sagemaker.send(
      new DescribeEndpointCommand({ EndpointName: endpointName }),
    );
    const config = await rig.sagemaker.send(new DescribeEndpointConfigCommand({ EndpointConfigName }));
    const ModelName = config.ProductionVariants?.[0]?.ModelName;
    const model = await rig.sagemaker.send(new DescribeModelCommand({ ModelName }));
    expect(model).toMatchObject({
      ExecutionRoleArn: own.role,
      PrimaryContainer: { Image: own.image, Environment: own.env },
    });
  }
});

test('a job that was started elsewhere and still trains is attached to, and deployed when it has ended', async () => {
  await holdTraining();
  const jobName = await startElsewhere({ HyperParameters: { epochs: '7' } });
  await until(() => isTraining(jobName), { what: 'the job to train' });
  const estimator = await Estimator.attach(jobName, { session });
  expect(estimator.modelData).toBeUndefined();
  expect(estimator.trainImage()).toBe('iris');
  expect(estimator.hyperparameters()).toEqual({ epochs: '7' });
  const deploying = estimator.deploy(DEPLOY);
  await letTrainingEnd();
  expect((await deploying).endpointName).toBe(jobName);
  expect(estimator.modelData).toBe(modelDataOf(jobName));
  expect((await estimator.deleteEndpoint()).endpointName).toBe(jobName);
});

test('a job that was started elsewhere and has completed tells its model data; it is not trained again from here', async () => {
  // Without hyperparameters and key, as the console leaves them out.
  const jobName = await startElsewhere({ HyperParameters: undefined });
  await until(async () => (await Estimator.attach(jobName, { session })).modelData === modelDataOf(jobName), {
    what: 'the model data',
  });
  const estimator = await Estimator.attach(jobName, { session });
  expect(estimator.hyperparameters()).toEqual({});
  expect(estimator.createModel()).toMatchObject({ modelData: modelDataOf(jobName), trainingJobName: jobName });
  expect(await failureOf(estimator.fit(INPUTS))).toMatchObject({ code: 'InvalidInput' });
  expect(() => {
    estimator.setHyperparameters({ epochs: 1 });
  }).toThrow(expect.objectContaining({ code: 'InvalidInput' }));
});

test('attaching needs no rights in AWS, and not even a region: the worker deploys', async () => {
  const jobName = await startElsewhere();
  await rig.control.addFaults([
    {
      operation: 'DescribeTrainingJob',
      action: 'error',
      status: 400,
      code: 'AccessDeniedException',
      message: 'no right to look',
      times: 1,
    },
  ]);
  const denied = await Estimator.attach(jobName, { session });
  expect(denied.modelData).toBeUndefined();
  for (const ask of [() => denied.trainImage(), () => denied.hyperparameters()]) {
    expect(ask).toThrow(
      expect.objectContaining({ code: 'InvalidInput', why: expect.stringContaining('no right to look') }),
    );
  }
  expect((await denied.deploy(DEPLOY)).endpointName).toBe(jobName);
  expect(denied.modelData).toBe(modelDataOf(jobName));

  const region = process.env.AWS_REGION;
  delete process.env.AWS_REGION;
  try {
    const nowhere = await Estimator.attach(jobName, { session });
    expect(() => nowhere.trainImage()).toThrow(
      expect.objectContaining({ why: expect.stringContaining('Region is missing') }),
    );
  } finally {
    process.env.AWS_REGION = region;
  }
});

test('AWS that does not answer this process is given up', async () => {
  await rig.control.addFaults([{ id: 'hung', operation: 'DescribeTrainingJob', action: 'hang' }]);
  expect(await describeTrainingJob(uniqueName(), rig.emulator.region, 300)).toMatchObject({ code: 'AwsUnreachable' });
});

test('a model outlives its run: cancelled while it deployed, or terminated while its job went on', async () => {
  await rig.control.setClock({ phases: { Creating: HOUR_MS } });
  const estimator = makeEstimator();
  const cancelled = await estimator.fitThenDeploy(INPUTS, { deploy: DEPLOY, wait: false });
  await until(async () => (await cancelled.progress()).endpoint?.status === 'Creating', {
    what: 'the endpoint to come',
  });
  await cancelled.cancel();
  await rig.control.setClock({ phases: { Creating: 20 } });
  const modelData = modelDataOf(cancelled.workflowId);
  expect(await failureOf(cancelled.result())).toMatchObject({ code: 'Cancelled', modelData });
  expect((await estimator.deploy(DEPLOY)).endpointName).toBe(cancelled.workflowId);
  expect((await Estimator.attach(cancelled.workflowId, { session })).modelData).toBe(modelData);

  await holdTraining();
  const { workflowId } = await makeEstimator().fit(INPUTS, { wait: false });
  await until(() => isTraining(workflowId), { what: 'the job to train' });
  await rig.server.client.workflow.getHandle(workflowId).terminate('by an operator');
  rig.exempt(workflowId, { from: ['naming'], reason: 'an operator has terminated it' });
  const attached = await Estimator.attach(workflowId, { session });
  const deploying = attached.deploy(DEPLOY);
  await letTrainingEnd();
  expect((await deploying).endpointName).toBe(workflowId);
  expect(attached.modelData).toBe(modelDataOf(workflowId));
});

test('a run that another program started is attached to by its Workflow Id; its job has a name of its own', async () => {
  await holdTraining();
  const { workflowId } = await rig.start('fit', { estimator: ESTIMATOR, fit: { inputs: INPUTS } });
  const estimator = await Estimator.attach(workflowId, { session });
  const model = estimator.createModel();
  expect(model.trainingJobName).toBeUndefined();
  expect(await failureOf(model.deploy({ ...DEPLOY, instanceType: 'large' }))).toMatchObject({ code: 'InvalidInput' });
  const deploying = model.deploy(DEPLOY);
  await letTrainingEnd();
  const { endpointName } = await deploying;
  expect(endpointName).toBe(model.trainingJobName);
  expect(endpointName).not.toBe(workflowId);
  expect(model.modelData).toBe(modelDataOf(endpointName));
});

test('estimators and sessions side by side share nothing', async () => {
  await holdTraining();
  const server = await connectToTestServer();
  const taskQueue = uniqueTaskQueue('other');
  const worker = await createWorker({
    connection: server.nativeConnection,
    namespace: server.namespace,
    taskQueue,
    pollMinIntervalMs: 40,
    pollMaxIntervalMs: 150,
    readsPerSecond: 200,
    shutdownGraceTimeMs: 500,
    worker: { workflowBundle: workflowBundle() },
  });
  const running = worker.run();
  const other = await connect({ address: server.address, taskQueue, region: rig.emulator.region });
  const one = makeEstimator({ hyperparameters: { epochs: 1 } });
  const two = makeEstimator({ hyperparameters: { epochs: 2 }, session: other });
  const third = makeEstimator({ session: other });

  const [first, second] = await Promise.all([one.fit(INPUTS, { wait: false }), two.fit(INPUTS, { wait: false })]);
  one.setHyperparameters({ epochs: 10 });
  const again = await one.fit(INPUTS, { wait: false });
  expect([one, two].map((estimator) => estimator.hyperparameters())).toEqual([{ epochs: 10 }, { epochs: 2 }]);
  expect(() => third.createModel()).toThrow(expect.objectContaining({ code: 'InvalidInput' }));
  const queues = [first, second, again].map(async ({ workflowId }) => {
    const { taskQueue: queue } = await rig.server.client.workflow.getHandle(workflowId).describe();
    return queue;
  });
  expect(await Promise.all(queues)).toEqual([rig.taskQueue, taskQueue, rig.taskQueue]);

  await letTrainingEnd();
  const [, predictor] = await Promise.all([again.result(), two.deploy(DEPLOY)]);
  expect(predictor.endpointName).toBe(second.workflowId);
  expect([one.modelData, two.modelData]).toEqual([again, second].map(({ workflowId }) => modelDataOf(workflowId)));
  expect(await failureOf(one.deleteEndpoint())).toMatchObject({ code: 'EndpointNotFound' });

  // One connection's end is nothing to the other.
  await other.close();
  expect(await failureOf(second.status())).toMatchObject({ code: 'TemporalUnreachable' });
  expect((await first.result()).trainingJobName).toBe(first.workflowId);
  worker.shutdown();
  await running;
  await server.close();
});

test('a log that is denied is a notice, and fails no fit', async () => {
  await rig.control.addFaults([
    {
      operation: 'DescribeLogStreams',
      action: 'error',
      status: 400,
      code: 'AccessDeniedException',
      message: 'no logs for you',
    },
  ]);
  const notices: string[] = [];
  const run = await makeEstimator().fit(INPUTS, {
    logs: () => undefined,
    onNotice: (notice) => notices.push(notice),
  });
  expect(run.settledResult?.trainingJobName).toBe(run.workflowId);
  // A worker that takes its time to answer would be another one.
  const denials = notices.filter((notice) => notice.includes('no logs for you'));
  expect(denials).toEqual([expect.stringContaining(`job=${run.workflowId}`)]);
});

test('logs: true prints the lines to stdout, headed by the host where there is more than one', async () => {
  const written: string[] = [];
  const write = jest.spyOn(process.stdout, 'write').mockImplementation((text) => written.push(String(text)) > 0);
  try {
    for (const trainInstanceCount of [1, 2]) {
      const jobName = uniqueName('printed');
      await writeLog(jobName, 'algo-1', [`${String(trainInstanceCount)} of us`]);
      await makeEstimator({ trainInstanceCount }).fit(INPUTS, { jobName });
      await makeEstimator().fit(INPUTS, { logs: false });
    }
  } finally {
    write.mockRestore();
  }
  expect(written).toEqual(['1 of us\n', 'algo-1 | 2 of us\n']);
});

test('a log that comes late is told from its beginning', async () => {
  await holdTraining();
  await rig.control.addFaults([
    {
      id: 'late',
      operation: 'DescribeLogStreams',
      action: 'error',
      status: 400,
      code: 'ResourceNotFoundException',
      message: 'The specified log group does not exist.',
      times: 1,
    },
  ]);
  const jobName = uniqueName('late');
  const lines: LogLine[] = [];
  const fitting = makeEstimator({ trainInstanceCount: 2 }).fit(INPUTS, { jobName, logs: (line) => lines.push(line) });
  // As long as no job of the account has written, there is not even the group.
  await until(async () => (await rig.control.faults()).some(({ id, hits }) => id === 'late' && hits > 0), {
    what: 'a look at a group that is not there',
  });
  await writeLog(jobName, 'algo-1', ['first', 'third']);
  await writeLog(jobName, 'algo-2', ['second', 'fourth'], { offsetMs: 1 });
  await letTrainingEnd();
  await fitting;
  expect(lines.map(({ message }) => message)).toEqual(['first', 'second', 'third', 'fourth']);
});

test('a log of sixty streams is told by fit, whole and in the order of time', async () => {
  const jobName = uniqueName('sixty');
  // As many hosts as an account may have, each of which was interrupted twice and began anew.
  const hosts = Array.from({ length: 20 }, (_, index) => `algo-${String(index + 1)}`);
  const lives = [0, 1, 2];
  await Promise.all(
    lives.flatMap((life) =>
      hosts.map((host) =>
        writeLog(jobName, host, ['a', 'b'], { offsetMs: life * 100, began: 1_700_000_000 + life * 3_600 }),
      ),
    ),
  );
  const lines: LogLine[] = [];
  await makeEstimator({ trainInstanceCount: 20 }).fit(INPUTS, { jobName, logs: (line) => lines.push(line) });
  const told = lines.map(({ host, message, timestamp }) => `${host} ${message} ${String(timestamp - LOGGED_AT_MS)}`);
  const rounds = lives.flatMap((life) => [`a ${String(life * 100)}`, `b ${String(life * 100 + 10)}`]);
  const inOrder = (texts: string[]) => texts.map((text) => text.replace(/^\S+ /, ''));
  expect([...told].sort()).toEqual(rounds.flatMap((round) => hosts.map((host) => `${host} ${round}`)).sort());
  expect(inOrder(told)).toEqual(rounds.flatMap((round) => hosts.map(() => round)));
});

test('deploy without waiting returns a predictor of the endpoint that comes; a model bears the name it is given', async () => {
  const jobName = uniqueName();
  const estimator = makeEstimator();
  await estimator.fit(INPUTS, { jobName, logs: false });
  await rig.control.setClock({ phases: { Creating: HOUR_MS } });
  const modelName = uniqueName('chosen');
  const model = estimator.createModel({ name: modelName, enableNetworkIsolation: true });
  const predictor = await model.deploy({ ...DEPLOY, wait: false });
  expect(predictor.endpointName).toBe(jobName);
  const EndpointName = jobName;
  await until(async () => (await rig.calls('CreateEndpoint')).some(({ resource }) => resource === jobName), {
    what: 'the endpoint',
  });
  const { EndpointStatus } = await rig.sagemaker.send(new DescribeEndpointCommand({ EndpointName }));
  expect(EndpointStatus).toBe('Creating');
  const described = await rig.sagemaker.send(new DescribeModelCommand({ ModelName: modelName }));
  expect(described.EnableNetworkIsolation).toBe(true);
  await rig.control.setClock({ phases: { Creating: 20 } });
  await rig.server.client.workflow.result(`deploy-${jobName}`);
  expect(Buffer.from(await predictor.predict('hello')).toString()).toBe('hello');
  predictor.close();
});
