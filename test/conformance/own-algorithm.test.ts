/**
 * An algorithm of one's own on the dev stack: three folders with `train` and `serve`, written to SageMaker's container
 * contract alone, and the program as its users run it. The journal of the emulator says what was really asked of AWS.
 */
import { CreateBucketCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { DescribeTrainingJobCommand, SageMakerClient } from '@aws-sdk/client-sagemaker';
import { InvokeEndpointCommand, SageMakerRuntimeClient } from '@aws-sdk/client-sagemaker-runtime';
import { join } from 'node:path';
import { readDigits, splitDigits, toCsv } from '../../src/cli/quickstart/dataset';
import type { FitThenDeployInput } from '../../src/contract';
import { emulatorControl, type EmulatorControl } from '../../src/emulator';
import { runCommand, startDev, startWorkerProcess, type DevStack, type RunningPart } from '../support/command-line';
import { endProcesses, findByEnvironment, isAlive } from '../support/processes';
import { uniqueName } from '../support/rig';
import { until } from '../support/until';

/** A whole run on a machine that is busy with others. */
const RUN_LIMIT_MS = 150_000;
const START_LIMIT_MS = 120_000;

const ALGORITHMS = join(__dirname, 'algorithms');
const BUCKET = 'own-data';

const { training, heldOut } = splitDigits(readDigits(join(__dirname, '../../examples/digits/digits.csv.gz')), {
  seed: 3,
});

let dev: RunningPart<DevStack>;
let stack: DevStack;
let control: EmulatorControl;
let sagemaker: SageMakerClient;
let runtime: SageMakerRuntimeClient;
let s3: S3Client;

beforeAll(async () => {
  dev = await startDev({
    own: join(ALGORITHMS, 'centroids'),
    failing: join(ALGORITHMS, 'failing'),
    stoppable: join(ALGORITHMS, 'stoppable'),
  });
  stack = dev.ready;
  control = emulatorControl(stack.awsEndpointUrl);
  const aws = { endpoint: stack.awsEndpointUrl, region: stack.region, credentials: stack };
  sagemaker = new SageMakerClient(aws);
  runtime = new SageMakerRuntimeClient(aws);
  s3 = new S3Client(aws);
}, START_LIMIT_MS);

afterAll(async () => {
  for (const client of [sagemaker, runtime, s3]) client.destroy();
  await dev.close();
}, START_LIMIT_MS);
afterAll(endProcesses);

/** The main job with one of our images. */
function specOf(imageName: string, jobName: string, hyperparameters: Record<string, string> = {}): FitThenDeployInput {
  return {
    estimator: {
      imageName,
      role: 'Trainer',
      trainInstanceCount: 1,
      trainInstanceType: 'ml.m5.large',
      outputPath: `s3://${BUCKET}/models`,
      hyperparameters,
    },
    fit: { inputs: `s3://${BUCKET}/digits/`, jobName },
    deploy: { initialInstanceCount: 1, instanceType: 'ml.m5.large' },
  };
}

const fitThenDeploy = (spec: unknown, ...options: string[]) =>
  runCommand(stack, ['fit-then-deploy', '--spec', '-', ...options], { input: JSON.stringify(spec) });

/** Starts a run and leaves it to the worker. */
async function startDetached(spec: FitThenDeployInput): Promise<string> {
  const { exitCode, last } = await fitThenDeploy(spec, '--detach');
  expect({ exitCode, last }).toMatchObject({ exitCode: 0, last: { type: 'result', workflowId: spec.fit.jobName } });
  return spec.fit.jobName!;
}

const untilTraining = (jobName: string) =>
  until(
    async () => {
      const job = await sagemaker.send(new DescribeTrainingJobCommand({ TrainingJobName: jobName }));
      return job.SecondaryStatus === 'Training';
    },
    { what: `${jobName} to train`, limitMs: 60_000 },
  );

const callsFor = async (operation: string, resource: string) =>
  (await control.calls({ operation })).filter((call) => call.resource === resource);

// First, while the journal is empty.
it(
  'a spec with five mistakes is told all five, and AWS is not asked for anything',
  async () => {
    const spec = specOf('own', 'not_a_name');
    spec.estimator.trainInstanceCount = 0;
    spec.estimator.trainInstanceType = 'm5.large';
    spec.fit.inputs = '/home/me/digits';
    const misspelt = { ...spec, deploy: { ...spec.deploy, instanceTyp: 'ml.m5.large' } };
    const { exitCode, last } = await fitThenDeploy(misspelt);
    expect(exitCode).toBe(2);
    expect(last).toMatchObject({ type: 'error', code: 'InvalidInput' });
    const problems = last['problems'] as string[];
    expect(problems).toHaveLength(5);
    for (const field of [
      'estimator.trainInstanceCount',
      'estimator.trainInstanceType',
      'fit.inputs',
      'fit.jobName',
      'deploy.instanceTyp',
    ]) {
      expect(problems).toContainEqual(expect.stringContaining(field));
    }
    expect(await control.calls()).toEqual([]);
  },
  RUN_LIMIT_MS,
);

describe('with data in a bucket', () => {
  beforeAll(async () => {
    await s3.send(new CreateBucketCommand({ Bucket: BUCKET }));
    await s3.send(new PutObjectCommand({ Bucket: BUCKET, Key: 'digits/train.csv', Body: toCsv(training) }));
  });

  it(
    'trains, deploys, predicts by the AWS SDK, and is taken down',
    async () => {
      const jobName = uniqueName('own');
      const { exitCode, last, events } = await fitThenDeploy(specOf('own', jobName));
      expect({ exitCode, last }).toMatchObject({
        exitCode: 0,
        last: { type: 'result', trainingJobName: jobName, endpointName: jobName },
      });
      const lines = events.filter(({ type }) => type === 'log').map(({ line }) => line);
      expect(lines).toEqual([`classes=10 rows=${String(training.length)}`, 'model saved']);

      const asked = heldOut.slice(0, 200);
      const answer = await runtime.send(
        new InvokeEndpointCommand({
          EndpointName: jobName,
          ContentType: 'text/csv',
          Body: toCsv(asked, { labels: false }),
        }),
      );
      const labels = answer.Body.transformToString().trimEnd().split('\n').map(Number);
      expect(labels).toHaveLength(asked.length);
      const right = asked.filter(({ label }, at) => label === labels[at]).length;
      // The method is a plain one; chance would be right one time in ten.
      expect(right / asked.length).toBeGreaterThan(0.8);

      const deletion = await runCommand(stack, ['delete-endpoint', jobName]);
      expect(deletion).toMatchObject({ exitCode: 0, last: { type: 'result', left: [] } });
      for (const operation of ['DeleteEndpoint', 'DeleteEndpointConfig', 'DeleteModel']) {
        const statuses = (await control.calls({ operation })).map(({ status }) => status);
        expect({ operation, statuses }).toEqual({ operation, statuses: [200] });
      }
    },
    RUN_LIMIT_MS,
  );

  it(
    'that fails says why, with its last log lines, and no model is made',
    async () => {
      const jobName = uniqueName('failing');
      const models = (await control.calls({ operation: 'CreateModel' })).length;
      const { exitCode, last } = await fitThenDeploy(specOf('failing', jobName));
      expect(exitCode).toBe(5);
      expect(last).toMatchObject({
        type: 'error',
        code: 'TrainingJobFailed',
        trainingJobName: jobName,
        reason: expect.stringContaining('42 was not found in the data') as string,
        logTail: ['looking at the data', 'train.csv', 'no answer in sight'],
        exitCode: 5,
      });
      expect((await control.calls({ operation: 'CreateModel' })).length).toBe(models);
    },
    RUN_LIMIT_MS,
  );

  it(
    'that is cancelled while it trains is stopped, and leaves no process',
    async () => {
      const jobName = await startDetached(specOf('stoppable', uniqueName('stoppable')));
      await untilTraining(jobName);
      // The emulator puts an image's folder on the PATH of its programs.
      const marker = join(ALGORITHMS, 'stoppable');
      await until(() => findByEnvironment(marker).length >= 2, { what: 'the training and its helper to run' });

      const cancellation = await runCommand(stack, ['cancel', jobName]);
      expect(cancellation).toMatchObject({ exitCode: 0, last: { type: 'result', outcome: 'Cancelled' } });
      const stops = await callsFor('StopTrainingJob', jobName);
      expect(stops.map(({ status }) => status)).toEqual([200]);

      const { exitCode, last } = await runCommand(stack, ['result', jobName]);
      expect({ exitCode, last }).toMatchObject({ exitCode: 5, last: { type: 'error', code: 'Cancelled' } });
      expect(findByEnvironment(marker)).toEqual([]);
      const job = await sagemaker.send(new DescribeTrainingJobCommand({ TrainingJobName: jobName }));
      expect(job.TrainingJobStatus).toBe('Stopped');
      expect(await callsFor('CreateEndpoint', jobName)).toEqual([]);
    },
    RUN_LIMIT_MS,
  );

  // Last, since the stack's own worker does not come back.
  it(
    'whose worker is killed while it trains is finished by another, and trained once',
    async () => {
      const jobName = await startDetached(specOf('own', uniqueName('killed'), { seconds: '6' }));
      await untilTraining(jobName);
      process.kill(stack.pids.worker, 'SIGKILL');
      await until(() => !isAlive(stack.pids.worker), { what: 'the worker to be gone' });

      const successor = await startWorkerProcess(stack);
      const { exitCode, last } = await runCommand(stack, ['result', jobName]);
      expect({ exitCode, last }).toMatchObject({
        exitCode: 0,
        last: { type: 'result', trainingJobName: jobName, endpointName: jobName },
      });
      for (const operation of ['CreateTrainingJob', 'CreateEndpoint']) {
        const statuses = (await callsFor(operation, jobName)).map(({ status }) => status);
        expect({ operation, statuses }).toEqual({ operation, statuses: [200] });
      }
      await successor.close();
    },
    RUN_LIMIT_MS,
  );
});
