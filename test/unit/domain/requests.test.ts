import { buildFitPlans, buildHostingPlan, type Surroundings } from '../../../src/domain/build-plan';
import { encodeHyperparameters } from '../../../src/domain/hyperparameters';
import { buildChannels } from '../../../src/domain/inputs';
import type { DeployOnInstances, EstimatorArguments, FitInputs } from '../../../src/contract';
import { findViolations } from '../../../src/service-model';
import { createHash } from 'node:crypto';

const ROLE = 'arn:aws:iam::123456789012:role/Trainer';
const from: Surroundings = {
  region: 'eu-central-1',
  account: '123456789012',
  identity: { workflowId: 'nightly', firstExecutionRunId: 'run-1', ordinal: 0 },
  roleArnOf: (role) => role,
  sha256: (text) => createHash('sha256').update(text).digest('hex'),
};
const estimator: EstimatorArguments = {
  imageName: '123456789012.dkr.ecr.eu-central-1.amazonaws.com/iris:1',
  role: ROLE,
  trainInstanceCount: 1,
  trainInstanceType: 'ml.m5.large',
};
const deploy: DeployOnInstances = { initialInstanceCount: 1, instanceType: 'ml.m5.large' };

describe('CreateTrainingJob', () => {
  it('has the seed’s defaults', () => {
    const { training } = buildFitPlans({ estimator, fit: { inputs: 's3://data/iris', jobName: 'iris-1' } }, from);
    expect(training.request).toEqual({
      TrainingJobName: 'iris-1',
      AlgorithmSpecification: { TrainingImage: estimator.imageName, TrainingInputMode: 'File' },
      RoleArn: ROLE,
      InputDataConfig: [
        {
          ChannelName: 'training',
          DataSource: {
            S3DataSource: {
              S3DataType: 'S3Prefix',
              S3Uri: 's3://data/iris',
              S3DataDistributionType: 'FullyReplicated',
            },
          },
        },
      ],
      OutputDataConfig: { S3OutputPath: 's3://sagemaker-eu-central-1-123456789012/' },
      ResourceConfig: { InstanceCount: 1, InstanceType: 'ml.m5.large', VolumeSizeInGB: 30 },
      StoppingCondition: { MaxRuntimeInSeconds: 86_400 },
      Tags: [{ Key: 'temporal-sagemaker:run', Value: 'nightly/run-1' }],
    });
    expect(training).toMatchObject({
      defaultBucket: 'sagemaker-eu-central-1-123456789012',
      modelData: 's3://sagemaker-eu-central-1-123456789012/iris-1/output/model.tar.gz',
      pendingTimeoutSeconds: 86_400,
      overrunSeconds: 1_800,
    });
  });

  it('touches no bucket where outputPath is given', () => {
    const given = { ...estimator, outputPath: 's3://mine/models' };
    const { training } = buildFitPlans({ estimator: given, fit: { inputs: 's3://data/iris', jobName: 'j' } }, from);
    expect(training.defaultBucket).toBeUndefined();
    expect(training.modelData).toBe('s3://mine/models/j/output/model.tar.gz');
  });

  it('carries every argument, and nothing that AWS’s model refuses', () => {
    const full: EstimatorArguments = {
      ...estimator,
      trainVolumeSize: 50,
      trainMaxRun: 3600,
      inputMode: 'Pipe',
      outputPath: 's3://mine/models',
      outputKmsKey: 'alias/key',
      hyperparameters: { epochs: 10 },
      metricDefinitions: [{ name: 'loss', regex: 'loss=([0-9.]+)' }],
      tags: [{ key: 'team', value: 'ml' }],
    };
    const { training } = buildFitPlans({ estimator: full, fit: { inputs: 's3://data/iris', jobName: 'j' } }, from);
    expect(training.request).toMatchObject({
      AlgorithmSpecification: {
        TrainingInputMode: 'Pipe',
        MetricDefinitions: [{ Name: 'loss', Regex: 'loss=([0-9.]+)' }],
      },
      OutputDataConfig: { S3OutputPath: 's3://mine/models', KmsKeyId: 'alias/key' },
      ResourceConfig: { VolumeSizeInGB: 50 },
      StoppingCondition: { MaxRuntimeInSeconds: 3600 },
      HyperParameters: { epochs: '10' },
      Tags: [{ Key: 'team', Value: 'ml' }, { Key: 'temporal-sagemaker:run' }],
    });
    expect(findViolations('CreateTrainingJob', training.request)).toEqual([]);
  });
});

describe('a name for a run whose starter gave none', () => {
  const nameWith = (identity: Partial<Surroundings['identity']>) =>
    buildFitPlans(
      { estimator, fit: { inputs: 's3://data/iris' } },
      { ...from, identity: { ...from.identity, ...identity } },
    ).training.request.TrainingJobName;

  it('is the same for the same run, however often it is asked for', () => {
    expect(nameWith({})).toBe(nameWith({}));
    expect(nameWith({})).toMatch(/^nightly-[0-9a-f]{10}$/);
  });

  it('differs by first run, by cron run and by how often the workflow has asked', () => {
    const names = [
      nameWith({}),
      nameWith({ firstExecutionRunId: 'run-2' }),
      nameWith({ cronStartTime: '2026-01-01T00:00:00.000Z' }),
      nameWith({ cronStartTime: '2026-01-02T00:00:00.000Z' }),
      nameWith({ ordinal: 1 }),
    ];
    expect(new Set(names).size).toBe(names.length);
  });
});

describe('model and endpoint config', () => {
  const planFor = (given: Partial<DeployOnInstances>, modelData = 's3://mine/a.tar.gz') =>
    buildHostingPlan(
      { ...deploy, endpointName: 'iris', ...given },
      { modelData, image: estimator.imageName, role: ROLE },
      undefined,
      from,
    );

  it('are named by their content', () => {
    const plan = planFor({});
    expect(plan.model.ModelName).toMatch(/^iris-[0-9a-f]{10}$/);
    expect(plan.endpointConfig.ProductionVariants?.[0]).toEqual({
      VariantName: 'AllTraffic',
      ModelName: plan.model.ModelName,
      InitialInstanceCount: 1,
      InstanceType: 'ml.m5.large',
      InitialVariantWeight: 1,
    });
    expect(plan.endpoint).toMatchObject({
      EndpointName: 'iris',
      EndpointConfigName: plan.endpointConfig.EndpointConfigName,
    });
    expect(planFor({}).model.ModelName).toBe(plan.model.ModelName);
  });

  it('get another name with any other content, and share none between endpoints', () => {
    const plans = [
      planFor({}),
      planFor({}, 's3://mine/b.tar.gz'),
      planFor({ env: { A: '1' } }),
      planFor({ instanceType: 'ml.m5.xlarge' }),
      planFor({ endpointName: 'iris2' }),
    ];
    expect(new Set(plans.map(({ endpointConfig }) => endpointConfig.EndpointConfigName)).size).toBe(plans.length);
    // Another instance type is the same model.
    expect(new Set(plans.map(({ model }) => model.ModelName)).size).toBe(plans.length - 1);
  });

  it('are not named by their tags, so that any run of ours can adopt them', () => {
    expect(planFor({ tags: [{ key: 'a', value: 'b' }] }).model.ModelName).toBe(planFor({}).model.ModelName);
  });
});

describe('hyperparameters', () => {
  it('are text: strings as they are, numbers as Python writes them, the rest as JSON, null left out', () => {
    expect(
      encodeHyperparameters({
        text: ' as "it" is ',
        empty: '',
        whole: 10,
        negative: -3,
        fraction: 0.1,
        small: 0.00001,
        tiny: 1.5e-10,
        smallest: 0.0001,
        big: 123456789012345680000,
        yes: true,
        list: [1, 'a'],
        object: { a: null },
        nothing: null,
      }),
    ).toEqual({
      text: ' as "it" is ',
      empty: '',
      whole: '10',
      negative: '-3',
      fraction: '0.1',
      small: '1e-05',
      tiny: '1.5e-10',
      smallest: '0.0001',
      big: '123456789012345683968',
      yes: 'true',
      list: '[1,"a"]',
      object: '{"a":null}',
    });
  });
});

describe('channels', () => {
  it('carry every field of an S3 input', () => {
    const inputs: FitInputs = {
      train: {
        s3Data: 's3://data/train',
        distribution: 'ShardedByS3Key',
        compression: 'Gzip',
        contentType: 'text/csv',
        recordWrapping: 'RecordIO',
        s3DataType: 'AugmentedManifestFile',
        inputMode: 'Pipe',
        attributeNames: ['a'],
        shuffleConfig: { seed: 7 },
      },
      test: 's3://data/test',
    };
    expect(buildChannels(inputs)).toEqual([
      {
        ChannelName: 'train',
        DataSource: {
          S3DataSource: {
            S3DataType: 'AugmentedManifestFile',
            S3Uri: 's3://data/train',
            S3DataDistributionType: 'ShardedByS3Key',
            AttributeNames: ['a'],
          },
        },
        CompressionType: 'Gzip',
        ContentType: 'text/csv',
        RecordWrapperType: 'RecordIO',
        InputMode: 'Pipe',
        ShuffleConfig: { Seed: 7 },
      },
      expect.objectContaining({ ChannelName: 'test' }),
    ]);
  });
});
