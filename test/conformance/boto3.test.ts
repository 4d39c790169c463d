/**
 * SageMaker, its runtime, CloudWatch Logs, STS and IAM as boto3 sees them (S3 is in boto3-s3.test.ts): results, waiters,
 * paginators, and errors as the classes and codes that users catch.
 */
import { join } from 'node:path';
import { emulatorControl } from '../../src/emulator';
import { startEmulatorProcess, type RunningPart } from '../support/command-line';
import { endProcesses } from '../support/processes';
import { findPython, PYTHON_ENVIRONMENT_LIMIT_MS, type EmulatorAddress } from '../support/python';
import { Boto3Error, bytes, pluck, readBytes, startBoto3, type Boto3 } from './boto3-process';

const CALLS_LIMIT_MS = 120_000;
const QUICK = { Starting: 50, Downloading: 50, Uploading: 50, Creating: 50, Updating: 50, Deleting: 50 };

const ACCOUNT = '123456789012';
const ROLE = `arn:aws:iam::${ACCOUNT}:role/Trainer`;
const OUTPUT = 's3://boto3-models';
const WAIT = { WaiterConfig: { Delay: 1, MaxAttempts: 50 } };

let emulator: RunningPart<EmulatorAddress>;
let boto3: Boto3;
const sagemaker = (method: string, callArguments?: object) => boto3.call('sagemaker', method, callArguments);
const runtime = (method: string, callArguments?: object) => boto3.call('sagemaker-runtime', method, callArguments);
const logs = (method: string, callArguments?: object) => boto3.call('logs', method, callArguments);

beforeAll(async () => {
  const python = await findPython();
  emulator = await startEmulatorProcess({ scripted: join(__dirname, '../support/algorithms/scripted') });
  await emulatorControl(emulator.ready.awsEndpointUrl).setClock({ phases: QUICK });
  boto3 = startBoto3(python, emulator.ready);
  await boto3.call('s3', 'create_bucket', { Bucket: 'boto3-models' });
}, PYTHON_ENVIRONMENT_LIMIT_MS);
afterAll(async () => {
  await emulator.close();
}, CALLS_LIMIT_MS);
afterAll(endProcesses);

jest.setTimeout(CALLS_LIMIT_MS);

/** A training job that runs these lines of shell. */
const jobOf = (name: string, script: string) => ({
  TrainingJobName: name,
  AlgorithmSpecification: { TrainingImage: 'scripted', TrainingInputMode: 'File' },
  RoleArn: ROLE,
  OutputDataConfig: { S3OutputPath: OUTPUT },
  ResourceConfig: { InstanceCount: 1, InstanceType: 'ml.m5.large', VolumeSizeInGB: 1 },
  StoppingCondition: { MaxRuntimeInSeconds: 600 },
  Environment: { SCRIPT: script },
  Tags: [{ Key: 'team', Value: 'ünïcode' }],
});

const untilOver = (name: string) =>
  boto3.wait('sagemaker', 'training_job_completed_or_stopped', { TrainingJobName: name, ...WAIT });

async function train(name: string, script: string): Promise<void> {
  await sagemaker('create_training_job', jobOf(name, script));
  await untilOver(name);
}

describe('STS and IAM', () => {
  it('tell who asks, and the roles there are', async () => {
    expect(await boto3.call('sts', 'get_caller_identity')).toMatchObject({ Account: ACCOUNT });
    const { Role: role } = await boto3.call('iam', 'get_role', { RoleName: 'Trainer' });
    expect(role).toMatchObject({ Arn: ROLE, CreateDate: expect.stringMatching(/^\d{4}-\d\d-\d\dT/) as string });
    // boto3 reads the policy out of its percent-encoding, so it must have been sent in it.
    expect(role.AssumeRolePolicyDocument.Statement[0].Principal).toEqual({ Service: 'sagemaker.amazonaws.com' });
  });

  it('answer errors of the query protocol', async () => {
    await expect(boto3.call('iam', 'get_role', { RoleName: 'not a role' })).rejects.toMatchObject({
      class: 'ClientError',
      code: 'ValidationError',
    });
  });
});

describe('a training job', () => {
  it('is waited for to its completion, and described with times', async () => {
    await train('completed', 'echo learning; echo 42 > $ML/model/model.txt');
    const job = await sagemaker('describe_training_job', { TrainingJobName: 'completed' });
    expect(job).toMatchObject({
      TrainingJobStatus: 'Completed',
      SecondaryStatus: 'Completed',
      ModelArtifacts: { S3ModelArtifacts: `${OUTPUT}/completed/output/model.tar.gz` },
    });
    expect(Date.parse(job.TrainingEndTime)).toBeGreaterThanOrEqual(Date.parse(job.TrainingStartTime));
    const { Tags: tags } = await sagemaker('list_tags', { ResourceArn: job.TrainingJobArn });
    expect(tags).toEqual([{ Key: 'team', Value: 'ünïcode' }]);
  });

  it('that fails ends the waiter with an error', async () => {
    const trained = train('failed', 'echo no > $ML/output/failure; exit 3');
    await expect(trained).rejects.toMatchObject({ class: 'WaiterError' });
    const job = await sagemaker('describe_training_job', { TrainingJobName: 'failed' });
    expect(job).toMatchObject({ TrainingJobStatus: 'Failed', FailureReason: expect.stringContaining('no') as string });
  });

  it('is stopped, and a stopped one is not stopped again', async () => {
    await sagemaker('create_training_job', jobOf('stopped', 'exec sleep 1000'));
    await sagemaker('stop_training_job', { TrainingJobName: 'stopped' });
    await untilOver('stopped');
    await expect(sagemaker('stop_training_job', { TrainingJobName: 'stopped' })).rejects.toMatchObject({
      code: 'ValidationException',
      message: expect.stringContaining('Stopped') as string,
    });
  });

  it('has a name that is taken for ever: ResourceInUse', async () => {
    await expect(sagemaker('create_training_job', jobOf('completed', 'true'))).rejects.toMatchObject({
      class: 'ResourceInUse',
      code: 'ResourceInUse',
      status: 400,
    });
  });

  it('that breaks several rules is refused with all of them', async () => {
    const job = { ...jobOf('under_score', 'true'), RoleArn: 'arn:aws:iam::12:role/too-few-digits' };
    await expect(sagemaker('create_training_job', job)).rejects.toMatchObject({
      class: 'ClientError',
      code: 'ValidationException',
      message: expect.stringMatching(
        /2 validation errors detected: .*trainingJobName.*roleArn|roleArn.*trainingJobName/,
      ),
    });
  });

  it('that is absent is a ValidationException', async () => {
    await expect(sagemaker('describe_training_job', { TrainingJobName: 'absent' })).rejects.toMatchObject({
      code: 'ValidationException',
      message: expect.stringContaining('Requested resource not found.') as string,
    });
  });

  it('is found page by page', async () => {
    const pages = await boto3.paginate('sagemaker', 'list_training_jobs', {
      ...{ SortBy: 'Name', SortOrder: 'Ascending', PaginationConfig: { PageSize: 2 } },
    });
    expect(pluck(pluck(pages, 'TrainingJobSummaries'), 'TrainingJobName')).toEqual(['completed', 'failed', 'stopped']);
    expect(pages.length).toBeGreaterThanOrEqual(2);
  });
});

describe('the logs of a training job', () => {
  const logGroupName = '/aws/sagemaker/TrainingJobs';

  it('are found by stream, read to the end, and filtered', async () => {
    const streams = await boto3.paginate('logs', 'describe_log_streams', {
      logGroupName,
      logStreamNamePrefix: 'completed/',
    });
    const { logStreamName } = pluck(streams, 'logStreams')[0];
    expect(logStreamName).toMatch(/^completed\/algo-1-\d+$/);
    const position = { logGroupName, logStreamName, startFromHead: true };
    const first = await logs('get_log_events', position);
    expect(pluck(first.events, 'message')).toEqual(['learning']);
    const last = await logs('get_log_events', { ...position, nextToken: first.nextForwardToken });
    expect(last).toMatchObject({ events: [], nextForwardToken: first.nextForwardToken });
    const found = await boto3.paginate('logs', 'filter_log_events', { logGroupName, filterPattern: 'learning' });
    expect(pluck(found, 'events')).toMatchObject([{ logStreamName, message: 'learning' }]);
  });

  it('are absent as ResourceNotFoundException', async () => {
    await expect(logs('get_log_events', { logGroupName: '/no/such', logStreamName: 'x' })).rejects.toMatchObject({
      class: 'ResourceNotFoundException',
    });
  });
});

describe('an endpoint', () => {
  const EndpointName = 'boto3-endpoint';

  it('is made, waited for and asked', async () => {
    await sagemaker('create_model', {
      ModelName: 'boto3-model',
      ExecutionRoleArn: ROLE,
      PrimaryContainer: { Image: 'scripted', ModelDataUrl: `${OUTPUT}/completed/output/model.tar.gz` },
    });
    await sagemaker('create_endpoint_config', {
      EndpointConfigName: 'boto3-config',
      ProductionVariants: [
        { VariantName: 'All', ModelName: 'boto3-model', InitialInstanceCount: 1, InstanceType: 'ml.m5.large' },
      ],
    });
    await sagemaker('create_endpoint', { EndpointName, EndpointConfigName: 'boto3-config' });
    await boto3.wait('sagemaker', 'endpoint_in_service', { EndpointName, ...WAIT });
    const answer = await runtime('invoke_endpoint', {
      ...{ EndpointName, Body: bytes('ünï\0code'), ContentType: 'text/x-odd', Accept: 'application/json' },
      CustomAttributes: 'trace=7',
    });
    expect(answer).toMatchObject({
      ContentType: 'application/json',
      InvokedProductionVariant: 'All',
      CustomAttributes: 'seen:trace=7',
    });
    expect(JSON.parse(readBytes(answer.Body).toString())).toMatchObject({
      ...{ body: 'ünï\0code', contentType: 'text/x-odd', accept: 'application/json', model: '42\n' },
    });
  });

  it('passes on what the model answers when it fails: ModelError', async () => {
    const invocation = runtime('invoke_endpoint', { EndpointName, Body: bytes('status 418 a teapot') });
    const error = await invocation.catch((raised: unknown) => raised as Boto3Error);
    expect(error).toBeInstanceOf(Boto3Error);
    expect(error).toMatchObject({
      class: 'ModelError',
      status: 424,
      fields: { OriginalStatusCode: 418, OriginalMessage: 'a teapot' },
    });
  });

  it('that is there already is a ValidationException that says so', async () => {
    await expect(
      sagemaker('create_endpoint', { EndpointName, EndpointConfigName: 'boto3-config' }),
    ).rejects.toMatchObject({
      code: 'ValidationException',
      message: expect.stringContaining('Cannot create already existing endpoint') as string,
    });
  });

  it('is deleted and waited for, and then not found', async () => {
    await sagemaker('delete_endpoint', { EndpointName });
    await boto3.wait('sagemaker', 'endpoint_deleted', { EndpointName, ...WAIT });
    await expect(sagemaker('describe_endpoint', { EndpointName })).rejects.toMatchObject({
      code: 'ValidationException',
      message: expect.stringContaining('Could not find endpoint') as string,
    });
    await expect(runtime('invoke_endpoint', { EndpointName, Body: bytes('') })).rejects.toMatchObject({
      code: 'ValidationError',
    });
  });
});
