/**
 * The Python programs of docs/from-the-python-sdk.md, as they stand there, by the unmodified SageMaker SDK 2 against the
 * emulator, which has what they name. Their counterparts here are run by test:docs.
 */
import { CreateBucketCommand, GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import {
  CreateEndpointCommand,
  CreateEndpointConfigCommand,
  CreateModelCommand,
  CreateTrainingJobCommand,
  DescribeEndpointCommand,
  DescribeTrainingJobCommand,
  SageMakerClient,
} from '@aws-sdk/client-sagemaker';
import { join } from 'node:path';
import { emulatorControl, startEmulator, type Emulator } from '../../src/emulator';
import { codeBlocks, placeOf } from '../docs/markdown';
import { endProcesses, startProcess } from '../support/processes';
import { findPython, PYTHON_ENVIRONMENT_LIMIT_MS, pythonVariables } from '../support/python';
import { makeScratchFolder, removeScratchFolders } from '../support/scratch';
import { until } from '../support/until';

const PAGE = 'docs/from-the-python-sdk.md';

/** The SDK looks at a job every ten seconds, at an endpoint every thirty. */
const PROGRAM_LIMIT_MS = 8 * 60_000;

const REGION = 'eu-central-1';
const ROLE = 'arn:aws:iam::123456789012:role/SageMakerRole';
const BUCKET = 'my-bucket';
const JOB = 'churn-2026-03-01';
const ENDPOINTS = ['churn', 'churn-live'];
const IMAGES = ['churn:1', 'churn:2'].map((image) => `123456789012.dkr.ecr.${REGION}.amazonaws.com/${image}`);
const ROWS = '0,0,5,13,9,1,0,0,1\n9,9,0,0,0,0,9,9,0\n';
const PHASES_MS = { Starting: 100, Downloading: 50, Uploading: 50, Creating: 100, Updating: 100, Deleting: 50 };

const SDK_CONFIG = `SchemaVersion: '1.0'
SageMaker:
  PythonSDK:
    Modules:
      TelemetryOptOut: true
`;

const programs = codeBlocks(PAGE).filter(({ language }) => language === 'python');

/** What run_programs.py tells of a program. */
interface End {
  path: string;
  code: number;
  output: string;
}

let emulator: Emulator;
let ends: Promise<End>[];

beforeAll(async () => {
  const python = await findPython();
  const images = Object.fromEntries(IMAGES.map((image) => [image, join(__dirname, '../docs/algorithm')]));
  emulator = await startEmulator({ region: REGION, images, phases: PHASES_MS });
  await prepareNames();
  ends = startAll(python);
}, PYTHON_ENVIRONMENT_LIMIT_MS);
afterAll(endProcesses);
afterAll(async () => {
  await emulator.close();
});
afterAll(removeScratchFolders);

/** All of them at once: most of its time such a program waits for the SDK's next look at a job or an endpoint. */
function startAll(python: string): Promise<End>[] {
  const names = programs.map((_block, index) => `program-${String(index + 1)}.py`);
  const folder = makeScratchFolder({
    'churn.csv': ROWS,
    'config.yaml': SDK_CONFIG,
    ...Object.fromEntries(programs.map(({ text }, index) => [names[index], text])),
  });
  const env = {
    ...pythonVariables({ awsEndpointUrl: emulator.url, region: REGION, ...emulator.credentials }),
    SAGEMAKER_USER_CONFIG_OVERRIDE: join(folder, 'config.yaml'),
    SAGEMAKER_SUPPRESS_V2_WARNING: '1',
  };
  const runner = startProcess(python, [join(__dirname, 'run_programs.py'), ...names], { cwd: folder, env });
  const isOver = runner.ended.then(({ stdout, stderr }) => ({ stdout, stderr }));
  return names.map(async (name) => {
    const line = new RegExp(`^\\{"path": "${name}".*\\}(?=\n)`, 'm');
    const told = runner.waitForOutput(line, PROGRAM_LIMIT_MS).then(([text]) => JSON.parse(text) as End);
    return Promise.race([
      told,
      isOver.then(({ stdout, stderr }) => {
        const [text] = line.exec(stdout) ?? [];
        if (text === undefined) throw new Error(`${name} did not run: ${stderr}`);
        return JSON.parse(text) as End;
      }),
    ]);
  });
}

test('the page has ten of them, each beside its counterpart', () => {
  const languages = codeBlocks(PAGE).map(({ language }) => language);
  expect(languages).toEqual(Array.from({ length: 10 }, () => ['python', 'ts']).flat());
});

test.each(programs.map((block, index) => [placeOf(block), index] as const))(
  '%s runs',
  async (_place, index) => {
    const { code, output } = await ends[index]!;
    expect({ code, printed: code === 0 ? '' : output }).toEqual({ code: 0, printed: '' });
  },
  PROGRAM_LIMIT_MS,
);

test('what they say of themselves is so', async () => {
  const printed = (await Promise.all(ends)).map(({ output }) => output);
  const [fit = '', , metrics = '', , attach = '', csv = '', json = '', , , failure = ''] = printed;
  expect(fit).toMatch(/s3:\/\/my-bucket\/models\/churn-[\d-]+\/output\/model\.tar\.gz$/m);
  expect(metrics).toMatch(/'MetricName': 'loss', 'Value': 0\.1/);
  expect(attach).toMatch(/s3:\/\/my-bucket\/models\/churn-monday\/output\/model\.tar\.gz$/m);
  expect(csv).toMatch(/\[\['1'\], \['0'\]\]$/m);
  expect(json).toMatch(/^\{'predictions': \[1\]\}$/m);
  expect(failure).toMatch(/^Failed .*max_depth must be 1 or more/m);

  const updates = await emulatorControl(emulator.url).calls({ operation: 'UpdateEndpoint' });
  expect(updates.map(({ status, resource }) => ({ status, resource }))).toEqual([
    { status: 200, resource: 'churn-live' },
  ]);
});

/** The bucket with its data, model data of a job, and two endpoints that serve it. */
async function prepareNames(): Promise<void> {
  const aws = { endpoint: emulator.url, region: REGION, credentials: { ...emulator.credentials } };
  const s3 = new S3Client(aws);
  const sagemaker = new SageMakerClient(aws);

  await s3.send(new CreateBucketCommand({ Bucket: BUCKET }));
  for (const Key of ['churn/train/rows.csv', 'churn/validation/rows.csv']) {
    await s3.send(new PutObjectCommand({ Bucket: BUCKET, Key, Body: ROWS }));
  }
  await sagemaker.send(
    new CreateTrainingJobCommand({
      TrainingJobName: JOB,
      AlgorithmSpecification: { TrainingImage: IMAGES[0], TrainingInputMode: 'File' },
      RoleArn: ROLE,
      InputDataConfig: [
        {
          ChannelName: 'training',
          DataSource: { S3DataSource: { S3DataType: 'S3Prefix', S3Uri: `s3://${BUCKET}/churn/train` } },
        },
      ],
      OutputDataConfig: { S3OutputPath: `s3://${BUCKET}/models` },
      ResourceConfig: { InstanceCount: 1, InstanceType: 'ml.m5.large', VolumeSizeInGB: 30 },
      StoppingCondition: { MaxRuntimeInSeconds: 60 },
    }),
  );
  const trained = async () =>
    (await sagemaker.send(new DescribeTrainingJobCommand({ TrainingJobName: JOB }))).TrainingJobStatus === 'Completed';
  await until(trained, { what: `${JOB} to be trained`, limitMs: 60_000 });
  const trainedData = `models/${JOB}/output/model.tar.gz`;
  const model = await s3.send(new GetObjectCommand({ Bucket: BUCKET, Key: trainedData }));
  const Body = await model.Body!.transformToByteArray();
  await s3.send(new PutObjectCommand({ Bucket: BUCKET, Key: 'churn/model.tar.gz', Body }));

  const container = { Image: IMAGES[0], ModelDataUrl: `s3://${BUCKET}/${trainedData}` };
  await sagemaker.send(
    new CreateModelCommand({ ModelName: 'churn', PrimaryContainer: container, ExecutionRoleArn: ROLE }),
  );
  const variant = { VariantName: 'AllTraffic', ModelName: 'churn', InitialInstanceCount: 1 };
  await sagemaker.send(
    new CreateEndpointConfigCommand({
      EndpointConfigName: 'churn',
      ProductionVariants: [{ ...variant, InstanceType: 'ml.m5.large' }],
    }),
  );
  for (const EndpointName of ENDPOINTS) {
    await sagemaker.send(new CreateEndpointCommand({ EndpointName, EndpointConfigName: 'churn' }));
    const serves = async () =>
      (await sagemaker.send(new DescribeEndpointCommand({ EndpointName }))).EndpointStatus === 'InService';
    await until(serves, { what: `${EndpointName} to serve`, limitMs: 60_000 });
  }
  sagemaker.destroy();
  s3.destroy();
}
