import { AwsError } from '../../../src/emulator/world';
import { BUCKET, openSageMakerWorld, trainingRequest } from '../../support/sagemaker-world';
import type { SageMakerWorld } from '../../support/sagemaker-world';

let sagemaker: SageMakerWorld;
beforeAll(async () => {
  // Jobs that are accepted wait, so that none of these tests starts a process.
  sagemaker = await openSageMakerWorld({ simulated: true, phases: { Starting: 3_600_000 } });
  await sagemaker.put('data/part-1', '1');
});
afterAll(async () => {
  await sagemaker.close();
  sagemaker.remove();
});

const input = (uri: string, changes = {}): object => ({
  ChannelName: 'training',
  DataSource: { S3DataSource: { S3DataType: 'S3Prefix', S3Uri: uri } },
  ...changes,
});

async function refusal(operation: string, request: object): Promise<AwsError> {
  const error: unknown = await sagemaker.ask(operation, request).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof AwsError)) throw new Error(`${operation} was not refused: ${String(error)}`);
  return error;
}

describe('a training job is refused', () => {
  const cases: [string, object, string][] = [
    ['without resources', { ResourceConfig: undefined }, 'ResourceConfig must be provided'],
    ['without instances', { ResourceConfig: { VolumeSizeInGB: 1 } }, 'InstanceType and InstanceCount'],
    ['without a stopping condition', { StoppingCondition: undefined }, 'StoppingCondition must be provided'],
    ['without an algorithm', { AlgorithmSpecification: { TrainingInputMode: 'File' } }, 'Either TrainingImage or'],
    [
      'with both an image and an algorithm',
      { AlgorithmSpecification: { TrainingInputMode: 'File', TrainingImage: 'a', AlgorithmName: 'b' } },
      'cannot both be provided',
    ],
    [
      'with a wait for spot instances it does not ask for',
      { StoppingCondition: { MaxRuntimeInSeconds: 60, MaxWaitTimeInSeconds: 60 } },
      'Invalid MaxWaitTimeInSeconds. It is only supported when EnableManagedSpotTraining is set to true',
    ],
    [
      'with a wait for spot instances shorter than its run',
      {
        EnableManagedSpotTraining: true,
        StoppingCondition: { MaxRuntimeInSeconds: 61, MaxWaitTimeInSeconds: 60 },
      },
      'equal to or greater than MaxRuntimeInSeconds',
    ],
    [
      'with no object under an input',
      { InputDataConfig: [input(`s3://${BUCKET}/nothing/`)] },
      `No S3 objects found under S3 URL "s3://${BUCKET}/nothing/" given in input data source.`,
    ],
    [
      'with an input in no bucket',
      { InputDataConfig: [input('s3://no-such-bucket/data')] },
      'has "s3:ListBucket" permissions on bucket "no-such-bucket"',
    ],
    [
      'with a channel that is no folder of its own',
      { InputDataConfig: [input(`s3://${BUCKET}/data`, { ChannelName: '..' })] },
      'cannot be the name of a channel',
    ],
    [
      'with two channels of one name',
      { InputDataConfig: [input(`s3://${BUCKET}/data`), input(`s3://${BUCKET}/data`)] },
      'must be unique',
    ],
    [
      'with a tag key twice',
      {
        Tags: [
          { Key: 'a', Value: '1' },
          { Key: 'a', Value: '2' },
        ],
      },
      'Duplicate tag keys',
    ],
    ['with a reserved tag', { Tags: [{ Key: 'aws:a', Value: '1' }] }, 'reserved'],
    ['with an output path that is none', { OutputDataConfig: { S3OutputPath: '/tmp/out' } }, 'is not an S3 URI'],
  ];
  test.each(cases)('%s', async (_what, changes, message) => {
    const error = await refusal('CreateTrainingJob', trainingRequest('refused', '', changes));
    expect(error.code).toBe('ValidationException');
    expect(error.message).toContain(message);
    expect((await refusal('DescribeTrainingJob', { TrainingJobName: 'refused' })).message).toBe(
      'Requested resource not found.',
    );
  });

  test('with more instances than the account has', async () => {
    const resources = { InstanceType: 'ml.m5.large', InstanceCount: 21, VolumeSizeInGB: 1 };
    const error = await refusal('CreateTrainingJob', trainingRequest('many', '', { ResourceConfig: resources }));
    expect(error.code).toBe('ResourceLimitExceeded');
    expect(error.message).toContain('is 20 Instances');
  });
});

describe('names', () => {
  test('a training job’s name is taken until the job is deleted, and it can be deleted only when it is over', async () => {
    const request = trainingRequest('taken', '');
    await sagemaker.ask('CreateTrainingJob', request);
    const taken = await refusal('CreateTrainingJob', request);
    expect(taken.code).toBe('ResourceInUse');
    expect(taken.message).toContain('must be unique within an AWS account and region');
    expect((await refusal('DeleteTrainingJob', { TrainingJobName: 'taken' })).code).toBe('ResourceInUse');
  });

  test('what is missing is refused in AWS’s words for each kind', async () => {
    const place = 'arn:aws:sagemaker:us-east-1:123456789012:';
    const cases: [string, object, string][] = [
      ['DescribeTrainingJob', { TrainingJobName: 'none' }, 'Requested resource not found.'],
      ['StopTrainingJob', { TrainingJobName: 'none' }, 'Requested resource not found.'],
      ['DescribeModel', { ModelName: 'none' }, `Could not find model "${place}model/none".`],
      ['DeleteModel', { ModelName: 'none' }, `Could not find model "${place}model/none".`],
      [
        'DescribeEndpointConfig',
        { EndpointConfigName: 'none' },
        `Could not find endpoint configuration "${place}endpoint-config/none".`,
      ],
      ['DescribeEndpoint', { EndpointName: 'none' }, `Could not find endpoint "${place}endpoint/none".`],
      ['DeleteEndpoint', { EndpointName: 'none' }, `Could not find endpoint "${place}endpoint/none".`],
      [
        'CreateEndpoint',
        { EndpointName: 'new', EndpointConfigName: 'none' },
        `Could not find endpoint configuration "${place}endpoint-config/none".`,
      ],
    ];
    for (const [operation, request, message] of cases) {
      const error = await refusal(operation, request);
      expect([operation, error.code, error.message]).toEqual([operation, 'ValidationException', message]);
    }
  });
});

test('a page token that was not made here is refused', async () => {
  expect((await refusal('ListTrainingJobs', { NextToken: 'x' })).message).toBe('Invalid NextToken.');
});

test('a job is described with all that was asked for and AWS’s defaults', async () => {
  const request = trainingRequest('described', 'true', {
    HyperParameters: { epochs: '3' },
    InputDataConfig: [input(`s3://${BUCKET}/data`, { ContentType: 'text/csv' })],
    VpcConfig: { SecurityGroupIds: ['sg-1'], Subnets: ['subnet-1'] },
    CheckpointConfig: { S3Uri: `s3://${BUCKET}/checkpoints` },
    RetryStrategy: { MaximumRetryAttempts: 2 },
    Tags: [{ Key: 'team', Value: 'blue' }],
  });
  const { TrainingJobArn } = await sagemaker.ask('CreateTrainingJob', request);
  const job = await sagemaker.ask('DescribeTrainingJob', { TrainingJobName: 'described' });
  const { Tags, InputDataConfig, ...rest } = request as Record<string, unknown>;
  expect(job).toMatchObject(rest);
  expect(job).not.toHaveProperty('Tags');
  expect(job).toMatchObject({
    TrainingJobArn: 'arn:aws:sagemaker:us-east-1:123456789012:training-job/described',
    TrainingJobStatus: 'InProgress',
    SecondaryStatus: 'Starting',
    EnableManagedSpotTraining: false,
    ModelArtifacts: { S3ModelArtifacts: `s3://${BUCKET}/out/described/output/model.tar.gz` },
    InputDataConfig: [
      {
        ...(InputDataConfig as object[])[0],
        CompressionType: 'None',
        RecordWrapperType: 'None',
        DataSource: { S3DataSource: { S3DataDistributionType: 'FullyReplicated' } },
      },
    ],
  });
  expect(await sagemaker.ask('ListTags', { ResourceArn: TrainingJobArn })).toEqual({ Tags });
  await sagemaker.ask('AddTags', { ResourceArn: TrainingJobArn, Tags: [{ Key: 'team', Value: 'red' }] });
  await sagemaker.ask('AddTags', { ResourceArn: TrainingJobArn, Tags: [{ Key: 'more', Value: '1' }] });
  await sagemaker.ask('DeleteTags', { ResourceArn: TrainingJobArn, TagKeys: ['team'] });
  expect(await sagemaker.ask('ListTags', { ResourceArn: TrainingJobArn })).toEqual({
    Tags: [{ Key: 'more', Value: '1' }],
  });
});
