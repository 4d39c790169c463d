/**
 * The whole way with AWS's own clients over HTTP: train, deploy, predict, read the log, delete.
 */
import { CloudWatchLogsClient, GetLogEventsCommand, DescribeLogStreamsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { CreateBucketCommand, GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import {
  CreateEndpointCommand,
  CreateEndpointConfigCommand,
  CreateModelCommand,
  CreateTrainingJobCommand,
  DeleteEndpointCommand,
  DescribeEndpointCommand,
  DescribeTrainingJobCommand,
  ListTagsCommand,
  ResourceInUse,
  SageMakerClient,
  StopTrainingJobCommand,
} from '@aws-sdk/client-sagemaker';
import type { CreateTrainingJobCommandInput } from '@aws-sdk/client-sagemaker';
import { InvokeEndpointCommand, ModelError, SageMakerRuntimeClient } from '@aws-sdk/client-sagemaker-runtime';
import path from 'node:path';
import { startEmulator } from '../../../src/emulator';
import type { Emulator } from '../../../src/emulator';
import { ALGORITHMS, ROLE_ARN } from '../../support/sagemaker-world';
import { readTarGz } from '../../support/tar-file';
import { until } from '../../support/until';

let emulator: Emulator;
let clients: {
  s3: S3Client;
  logs: CloudWatchLogsClient;
  sagemaker: SageMakerClient;
  runtime: SageMakerRuntimeClient;
};

beforeAll(async () => {
  const instant = { Starting: 0, Downloading: 0, Uploading: 0, Stopping: 500, Creating: 0, Updating: 0, Deleting: 0 };
  emulator = await startEmulator({
    images: { scripted: path.join(ALGORITHMS, 'scripted') },
    phases: instant,
    onWarning: () => undefined,
  });
  const options = {
    endpoint: emulator.url,
    region: emulator.region,
    credentials: emulator.credentials,
    maxAttempts: 1,
  };
  clients = {
    s3: new S3Client(options),
    logs: new CloudWatchLogsClient(options),
    sagemaker: new SageMakerClient(options),
    runtime: new SageMakerRuntimeClient(options),
  };
  await clients.s3.send(new CreateBucketCommand({ Bucket: BUCKET }));
});
afterAll(async () => {
  for (const client of Object.values(clients)) client.destroy();
  await emulator.close();
});

const BUCKET = 'data-of-clients';

const request = (name: string, script: string): CreateTrainingJobCommandInput => ({
  TrainingJobName: name,
  RoleArn: ROLE_ARN,
  AlgorithmSpecification: {
    TrainingImage: 'scripted',
    TrainingInputMode: 'File',
    MetricDefinitions: [{ Name: 'loss', Regex: 'loss=([0-9.]+)' }],
  },
  InputDataConfig: [
    {
      ChannelName: 'training',
      DataSource: { S3DataSource: { S3DataType: 'S3Prefix', S3Uri: `s3://${BUCKET}/train/` } },
    },
  ],
  OutputDataConfig: { S3OutputPath: `s3://${BUCKET}/out` },
  ResourceConfig: { InstanceType: 'ml.m5.large', InstanceCount: 1, VolumeSizeInGB: 30 },
  StoppingCondition: { MaxRuntimeInSeconds: 3_600 },
  Environment: { SCRIPT: script },
  Tags: [{ Key: 'team', Value: 'blue' }],
});

test('train, deploy, predict, read the log, delete', async () => {
  const { s3, logs, sagemaker, runtime } = clients;
  await s3.send(new PutObjectCommand({ Bucket: BUCKET, Key: 'train/data.txt', Body: 'learned' }));
  const create = request('by-clients', 'cp $ML/input/data/training/data.txt $ML/model/model.txt; echo loss=0.25');
  const { TrainingJobArn } = await sagemaker.send(new CreateTrainingJobCommand(create));
  await expect(sagemaker.send(new CreateTrainingJobCommand(create))).rejects.toThrow(ResourceInUse);
  expect((await sagemaker.send(new ListTagsCommand({ ResourceArn: TrainingJobArn }))).Tags).toEqual(create.Tags);
  const job = await until(
    async () => {
      const found = await sagemaker.send(new DescribeTrainingJobCommand({ TrainingJobName: 'by-clients' }));
      return found.TrainingJobStatus === 'Completed' && found;
    },
    { what: 'the job', limitMs: 20_000 },
  );
  expect(job.FinalMetricDataList).toEqual([{ MetricName: 'loss', Value: 0.25, Timestamp: expect.any(Date) as Date }]);
  expect(job.TrainingEndTime?.getTime()).toBeGreaterThanOrEqual(job.TrainingStartTime?.getTime() ?? Infinity);
  const modelData = job.ModelArtifacts?.S3ModelArtifacts ?? '';
  const { Body } = await s3.send(new GetObjectCommand({ Bucket: BUCKET, Key: 'out/by-clients/output/model.tar.gz' }));
  expect(await readTarGz(Buffer.from((await Body?.transformToByteArray()) ?? []))).toEqual({ 'model.txt': 'learned' });

  const group = '/aws/sagemaker/TrainingJobs';
  const { logStreams } = await logs.send(
    new DescribeLogStreamsCommand({ logGroupName: group, logStreamNamePrefix: 'by-clients/' }),
  );
  const [stream] = logStreams ?? [];
  expect(stream?.logStreamName).toMatch(/^by-clients\/algo-1-\d{10}$/);
  const page = new GetLogEventsCommand({
    logGroupName: group,
    logStreamName: stream?.logStreamName,
    startFromHead: true,
  });
  expect((await logs.send(page)).events?.map(({ message }) => message)).toEqual(['loss=0.25']);

  await sagemaker.send(
    new CreateModelCommand({
      ModelName: 'by-clients',
      ExecutionRoleArn: ROLE_ARN,
      PrimaryContainer: { Image: 'scripted', ModelDataUrl: modelData },
    }),
  );
  const variant = { VariantName: 'AllTraffic', ModelName: 'by-clients', InitialInstanceCount: 1 };
  await sagemaker.send(
    new CreateEndpointConfigCommand({
      EndpointConfigName: 'by-clients',
      ProductionVariants: [{ ...variant, InstanceType: 'ml.t2.medium' }],
    }),
  );
  const named = { EndpointName: 'by-clients' };
  await sagemaker.send(new CreateEndpointCommand({ ...named, EndpointConfigName: 'by-clients' }));
  await until(async () => (await sagemaker.send(new DescribeEndpointCommand(named))).EndpointStatus === 'InService', {
    what: 'the endpoint',
    limitMs: 20_000,
  });
  const answer = await runtime.send(
    new InvokeEndpointCommand({ ...named, Body: 'grüezi', ContentType: 'text/plain', CustomAttributes: 'a' }),
  );
  expect(JSON.parse(answer.Body.transformToString())).toMatchObject({ model: 'learned', body: 'grüezi' });
  expect(answer).toMatchObject({
    ContentType: 'application/json',
    InvokedProductionVariant: 'AllTraffic',
    CustomAttributes: 'seen:a',
  });

  const refused: unknown = await runtime
    .send(new InvokeEndpointCommand({ ...named, Body: 'status 500 broken' }))
    .catch((error: unknown) => error);
  expect(refused).toBeInstanceOf(ModelError);
  expect(refused).toMatchObject({ OriginalStatusCode: 500, OriginalMessage: 'broken' });
  expect((refused as ModelError).$metadata.httpStatusCode).toBe(424);

  await sagemaker.send(new DeleteEndpointCommand(named));
  await until(
    () =>
      sagemaker.send(new DescribeEndpointCommand(named)).then(
        () => false,
        (error: unknown) => (error as Error).message.startsWith('Could not find endpoint'),
      ),
    { what: 'the end of the endpoint' },
  );
  const gone = runtime.send(new InvokeEndpointCommand({ ...named, Body: 'x' }));
  await expect(gone).rejects.toMatchObject({
    name: 'ValidationError',
    message: 'Endpoint by-clients of account 123456789012 not found.',
  });
});

// The algorithm may not yet listen when it is asked to stop; it is killed then, as it would be after two minutes.
test('a job is stopped and says so', async () => {
  const { sagemaker } = clients;
  const named = { TrainingJobName: 'stopped-by-clients' };
  await sagemaker.send(
    new CreateTrainingJobCommand(request(named.TrainingJobName, 'trap "exit 0" TERM; while :; do sleep 0.1; done')),
  );
  await until(
    async () => (await sagemaker.send(new DescribeTrainingJobCommand(named))).SecondaryStatus === 'Training',
    { what: 'training' },
  );
  await sagemaker.send(new StopTrainingJobCommand(named));
  await until(
    async () => (await sagemaker.send(new DescribeTrainingJobCommand(named))).TrainingJobStatus === 'Stopped',
    { what: 'the stop' },
  );
  await expect(sagemaker.send(new StopTrainingJobCommand(named))).rejects.toMatchObject({
    name: 'ValidationException',
    message: 'The request was rejected because the training job is in status Stopped.',
  });
});
