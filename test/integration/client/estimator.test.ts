/** The Estimator from end to end: real workflows, and an emulator that runs real programs. */
import {
  CreateTrainingJobCommand,
  ListTagsCommand,
  type CreateTrainingJobCommandInput,
} from '@aws-sdk/client-sagemaker';
import { RUN_TAG } from '../../../src/contract';
import {
  connect,
  csvDeserializer,
  csvSerializer,
  Estimator,
  isSageMakerError,
  jsonDeserializer,
  planRun,
  RealTimePredictor,
  SageMakerError,
  s3Input,
  startRun,
  type TrainOnInstances,
  type EstimatorOptions,
  type LogLine,
  type PredictorOptions,
  type Session,
} from '../../../src/client';
import { DATA_BUCKET, ROLE, startRig, uniqueName, type Rig } from '../../support/rig';
import { removeScratchFolders } from '../../support/scratch';
import { makeIrisImage } from './iris-image';

const INPUTS = `s3://${DATA_BUCKET}/iris`;
const HOSTING = { initialInstanceCount: 1, instanceType: 'ml.m5.large' };

let rig: Rig;
let session: Session;
beforeAll(async () => {
  rig = await startRig({ emulator: { simulated: false, images: { iris: makeIrisImage() } } });
  session = await connect({ client: rig.server.client, taskQueue: rig.taskQueue });
});
afterAll(async () => {
  await rig.close();
  removeScratchFolders();
});
afterEach(() => rig.control.clearFaults());

const ARGUMENTS: TrainOnInstances = {
  imageName: 'iris',
  role: ROLE,
  trainInstanceCount: 1,
  trainInstanceType: 'ml.m5.large',
  outputPath: `s3://${DATA_BUCKET}/models`,
  hyperparameters: { epochs: 3 },
};

function makeEstimator(further: Partial<TrainOnInstances & Pick<EstimatorOptions, 'session'>> = {}): Estimator {
  return new Estimator({ ...ARGUMENTS, session, ...further });
}

async function failureOf(attempt: Promise<unknown>): Promise<SageMakerError> {
  const error: unknown = await attempt.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(SageMakerError);
  return error as SageMakerError;
}

test('fit, deploy, predict, delete: the seed from end to end', async () => {
  const estimator = makeEstimator();
  expect(estimator.modelData).toBeUndefined();
  expect(estimator.trainImage()).toBe('iris');
  estimator.setHyperparameters({ epochs: 5, note: 'x' });
  expect(estimator.hyperparameters()).toEqual({ epochs: 5, note: 'x' });

  const lines: LogLine[] = [];
  const run = await estimator.fit(
    { training: s3Input(INPUTS, { contentType: 'text/csv' }) },
    { logs: (line) => lines.push(line) },
  );
  const name = run.workflowId;
  expect(estimator.modelData).toBe(`s3://${DATA_BUCKET}/models/${name}/output/model.tar.gz`);
  expect(lines.map(({ message }) => message)).toEqual(['epoch 1', 'epoch 2', 'epoch 3', 'epoch 4', 'epoch 5']);
  expect(lines[0]).toMatchObject({ host: 'algo-1' });

  const predictor = await estimator.deploy({ ...HOSTING, serializer: csvSerializer, deserializer: csvDeserializer });
  expect(predictor.endpointName).toBe(name);
  expect(
    await predictor.predict([
      [1, 2],
      [3, 4],
    ]),
  ).toEqual([
    ['5', '10'],
    ['15', '20'],
  ]);

  const { deleted } = await estimator.deleteEndpoint();
  expect(deleted.map(({ kind }) => kind).sort()).toEqual(['endpoint', 'endpoint config', 'model']);
  expect(await failureOf(predictor.predict([1]))).toMatchObject({ code: 'EndpointNotFound', endpointName: name });
  expect(await failureOf(predictor.deleteEndpoint())).toMatchObject({ code: 'EndpointNotFound' });
  predictor.close();
});

test('fit then deploy is one run, and its resources bear its name', async () => {
  const estimator = makeEstimator();
  const jobName = uniqueName();
  const run = await estimator.fitThenDeploy(INPUTS, { deploy: HOSTING, jobName, logs: false });
  const { endpointName, endpointArn, region } = await run.result();
  expect(endpointName).toBe(jobName);
  expect(estimator.modelData).toContain(jobName);
  const { Tags } = await rig.sagemaker.send(new ListTagsCommand({ ResourceArn: endpointArn }));
  expect(Tags).toContainEqual({ Key: RUN_TAG, Value: `${run.workflowId}/${run.runId}` });

  const predictor = new RealTimePredictor(endpointName, { aws: { region }, deserializer: jsonDeserializer });
  expect(await predictor.predict('hello')).toMatchObject({ factor: 3, body: 'hello' });
  predictor.close();
  await estimator.deleteEndpoint();
});

test('without waiting a run goes on by itself; deploy waits for it', async () => {
  const estimator = makeEstimator();
  const run = await estimator.fit(INPUTS, { wait: false });
  expect(run.attached).toBe(false);
  const endpointName = uniqueName('served');
  const predictor = await estimator.deploy({
    ...HOSTING,
    endpointName,
    env: { GREETING: 'hi' },
    deserializer: jsonDeserializer,
    contentType: 'text/plain',
    accept: 'x/y',
  });
  expect(estimator.modelData).toContain(run.workflowId);
  expect(await predictor.predict('hello')).toEqual({
    factor: 3,
    type: 'text/plain',
    accept: 'x/y',
    body: 'hello',
    greeting: 'hi',
  });
  predictor.close();
  await estimator.deleteEndpoint();
});

test('a model can be deployed twice, with a predictor of ones own', async () => {
  class Doubling extends RealTimePredictor<string, unknown> {
    constructor(endpointName: string, options: Pick<PredictorOptions, 'session' | 'aws'>) {
      super(endpointName, { ...options, deserializer: jsonDeserializer });
    }
    async ask(text: string): Promise<unknown> {
      return this.predict(text + text);
    }
  }
  const estimator = makeEstimator();
  await estimator.fit(INPUTS, { logs: false });
  const model = estimator.createModel({ predictorCls: Doubling });
  expect(model.modelData).toBe(estimator.modelData);
  const first = await model.deploy({ ...HOSTING, endpointName: uniqueName('one') });
  const second = await model.deploy({ ...HOSTING, endpointName: uniqueName('two') });
  expect(await first.ask('ab')).toMatchObject({ body: 'abab' });
  for (const predictor of [first, second]) {
    await predictor.deleteEndpoint();
    predictor.close();
  }
});

test('a failed training is an error with the reason and the last lines', async () => {
  const estimator = makeEstimator({ hyperparameters: { fail: 'no iris in sight' } });
  const error = await failureOf(estimator.fit(INPUTS, { logs: () => undefined }));
  expect(error).toMatchObject({ code: 'TrainingJobFailed', exitCode: 5 });
  expect(error.reason).toContain('no iris in sight');
  expect(error.logTail.join('\n')).toContain('Traceback: no iris in sight');
  expect(estimator.modelData).toBeUndefined();
  // Deploying what was never made tells the same.
  expect(await failureOf(estimator.deploy(HOSTING))).toMatchObject({ code: 'TrainingJobFailed' });
});

test('a deploy that fails loses nothing: deploy goes on from the training', async () => {
  const estimator = makeEstimator();
  await rig.control.addFaults([
    {
      operation: 'CreateEndpoint',
      action: 'error',
      status: 400,
      code: 'ResourceLimitExceeded',
      message: 'limit is 0',
      times: 1,
    },
  ]);
  const error = await failureOf(estimator.fitThenDeploy(INPUTS, { deploy: HOSTING, logs: false }));
  expect(error).toMatchObject({ code: 'LimitExceeded', trainingJobName: error.workflowId });
  expect(estimator.modelData).toBe(error.modelData);
  expect((await Estimator.attach(error.trainingJobName ?? '', { session })).modelData).toBe(error.modelData);
  const predictor = await estimator.deploy({ ...HOSTING, serializer: csvSerializer, deserializer: csvDeserializer });
  expect(await predictor.predict([2])).toEqual([['6']]);
  expect(
    (await rig.calls('CreateTrainingJob')).filter(({ resource }) => resource === error.trainingJobName),
  ).toHaveLength(1);
  predictor.close();
  await estimator.deleteEndpoint();
});

test('another process attaches by the name and deploys', async () => {
  const { workflowId } = await makeEstimator().fit(INPUTS, { wait: false });
  const estimator = await Estimator.attach(workflowId, { session });
  expect(estimator.trainImage()).toBe('iris');
  expect(estimator.hyperparameters()).toEqual({ epochs: 3 });
  const predictor = await estimator.deploy({ ...HOSTING, serializer: csvSerializer });
  expect(Buffer.from(await predictor.predict([1])).toString()).toBe('3');
  predictor.close();
  await estimator.deleteEndpoint();

  const later = await Estimator.attach(workflowId, { session });
  expect(later.modelData).toContain(workflowId);
  expect(await failureOf(later.deleteEndpoint())).toMatchObject({ code: 'EndpointNotFound' });
});

test('an attached fit then deploy knows its endpoint', async () => {
  const run = await makeEstimator().fitThenDeploy(INPUTS, { deploy: HOSTING, logs: false });
  const estimator = await Estimator.attach(run.workflowId, { session });
  expect((await estimator.deleteEndpoint()).endpointName).toBe(run.workflowId);
});

test('a training job that was started elsewhere can be attached to and deployed', async () => {
  const jobName = uniqueName('elsewhere');
  const { CreateTrainingJob } = planRun('fit', { estimator: ARGUMENTS, fit: { inputs: INPUTS, jobName } });
  await rig.sagemaker.send(
    new CreateTrainingJobCommand({ ...(CreateTrainingJob as CreateTrainingJobCommandInput), Tags: [] }),
  );
  const estimator = await Estimator.attach(jobName, { session });
  expect(estimator.trainImage()).toBe('iris');
  expect(estimator.hyperparameters()).toEqual({ epochs: '3' });
  const predictor = await estimator.deploy({ ...HOSTING, serializer: csvSerializer, deserializer: csvDeserializer });
  expect(await predictor.predict([1])).toEqual([['3']]);
  predictor.close();
  await estimator.deleteEndpoint();
});

test('a training job that nobody knows is told when it is deployed', async () => {
  const estimator = await Estimator.attach(uniqueName('nobody'), { session });
  expect(await failureOf(estimator.deploy(HOSTING))).toMatchObject({ code: 'TrainingJobNotFound', exitCode: 3 });
});

test('mistakes are told before anything is started or awaited', async () => {
  const estimator = makeEstimator({ trainInstanceCount: 0, imageName: '' });
  const error = await failureOf(estimator.fit('not-a-uri'));
  expect(error.code).toBe('InvalidInput');
  expect(error.problems).toHaveLength(3);
  expect(await failureOf(estimator.deploy(HOSTING))).toMatchObject({ code: 'InvalidInput' });
  expect(() => estimator.createModel()).toThrow(expect.objectContaining({ code: 'InvalidInput' }));
  expect(await failureOf(estimator.deleteEndpoint())).toMatchObject({ code: 'EndpointNotFound' });

  const running = makeEstimator();
  const run = await running.fit(INPUTS, { wait: false });
  expect(await failureOf(running.deploy({ ...HOSTING, initialInstanceCount: 0 }))).toMatchObject({
    code: 'InvalidInput',
    problems: ['deploy.initialInstanceCount must be 1 or more'],
  });
  await run.result();
});

test('the same fit asked for twice trains once', async () => {
  const jobName = uniqueName();
  const [first, second] = await Promise.all([
    makeEstimator().fit(INPUTS, { jobName, logs: false }),
    makeEstimator().fit(INPUTS, { jobName, logs: false }),
  ]);
  expect(first.runId).toBe(second.runId);
  expect((await rig.calls('CreateTrainingJob')).filter(({ resource }) => resource === jobName)).toHaveLength(1);
  const other = await failureOf(makeEstimator({ trainMaxRun: 60 }).fit(INPUTS, { jobName }));
  expect(other).toMatchObject({
    code: 'RunConflict',
    differences: ['estimator.trainMaxRun is not in the run that exists'],
  });
});

test('an estimator without a session connects by itself, once, and closes', async () => {
  const environment = { ...process.env };
  process.env.TEMPORAL_ADDRESS = rig.server.address;
  process.env.TEMPORAL_SAGEMAKER_TASK_QUEUE = rig.taskQueue;
  try {
    await using estimator = new Estimator(ARGUMENTS);
    const run = await estimator.fit(INPUTS, { logs: false });
    expect((await run.status()).status).toBe('COMPLETED');
    await estimator.close();
    await expect(run.status()).rejects.toMatchObject({ code: 'TemporalUnreachable' });
  } finally {
    process.env = environment;
  }
});

test('errors narrow by their code', async () => {
  const error: unknown = await startRun(session, 'deleteEndpoint', { endpointName: uniqueName() })
    .then((run) => run.result())
    .catch((reason: unknown) => reason);
  expect(isSageMakerError(error) && error.code).toBe('EndpointNotFound');
});
