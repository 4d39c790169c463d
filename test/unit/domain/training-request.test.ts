/** What later versions of the SDK, and AWS itself, have for a training: requests, limits of time, overrides, what is refused. */
import type { FitArguments, TrainingArguments } from '../../../src/contract';
import { buildFitPlans, type Surroundings } from '../../../src/domain/build-plan';
import { deadlineOfTrainingJob } from '../../../src/domain/deadlines';
import { applyOverrides } from '../../../src/domain/overrides';
import { countHosts, describeInstances } from '../../../src/domain/training-instances';
import { checkInput } from '../../../src/schemas';

const BASE = { imageName: 'digits', role: 'arn:aws:iam::123456789012:role/Trainer' };
const ONE_TYPE = { trainInstanceCount: 1, trainInstanceType: 'ml.m5.large' };
const DEPLOY = { initialInstanceCount: 1, instanceType: 'ml.m5.large' };
const AROUND: Surroundings = {
  region: 'eu-central-1',
  account: '123456789012',
  identity: { workflowId: 'digits-1', firstExecutionRunId: '0', ordinal: 0 },
  roleArnOf: (role) => role,
  sha256: () => '0'.repeat(64),
};

type Given = Partial<TrainingArguments> & Record<string, unknown>;

function problemsOf(estimator: Given, fit: FitArguments = { inputs: 's3://data/train' }): string[] {
  const checked = checkInput('fit', { estimator: { ...BASE, ...estimator }, fit });
  return 'problems' in checked ? checked.problems : [];
}

function planOf(
  estimator: Given,
  fit: FitArguments = { inputs: 's3://data/train' },
  deploy: object = DEPLOY,
  region = AROUND.region,
) {
  const checked = checkInput('fitThenDeploy', { estimator: { ...BASE, ...estimator }, fit, deploy });
  if ('problems' in checked) throw new Error(checked.problems.join('; '));
  const { training, hosting } = buildFitPlans(checked.input, { ...AROUND, region });
  return JSON.parse(JSON.stringify({ training, hosting })) as Required<ReturnType<typeof buildFitPlans>>;
}

const requestOf = (estimator: Given, fit?: FitArguments) => planOf(estimator, fit).training.request;

describe("SageMaker's debugger rules", () => {
  const rule = { name: 'r', ruleToInvoke: 'CreateXgboostReport' };
  const requestIn = (region: string, fields: object = {}) =>
    planOf({ ...ONE_TYPE, rules: [{ ...rule, ...fields }] }, undefined, undefined, region).training.request;
  const imageIn = (region: string, fields: object = {}) =>
    requestIn(region, fields).DebugRuleConfigurations?.[0]?.RuleEvaluatorImage;

  it.each([
    ['ap-northeast-3', '479947661362.dkr.ecr.ap-northeast-3.amazonaws.com/sagemaker-debugger-rules:latest'],
    ['us-gov-west-1', '515509971035.dkr.ecr.us-gov-west-1.amazonaws.com/sagemaker-debugger-rules:latest'],
    ['cn-north-1', '618459771430.dkr.ecr.cn-north-1.amazonaws.com.cn/sagemaker-debugger-rules:latest'],
  ])('have their image in %s', (region, image) => {
    expect(imageIn(region)).toBe(image);
  });

  it('have theirs told by imageUri where the region is not known', () => {
    expect(imageIn('xx-north-9')).toMatch(/^<account/);
    expect(imageIn('xx-north-9', { imageUri: 'rules:1' })).toBe('rules:1');
  });

  it('save what they need, but not in the place of what is asked for or of an own rule', () => {
    const savedBy = (fields: object = {}) =>
      requestIn('eu-central-1', fields).DebugHookConfig?.CollectionConfigurations?.map((one) => one.CollectionName);
    const needed = ['feature_importance', 'hyperparameters', 'labels', 'metrics', 'predictions'];
    expect(savedBy()).toEqual(needed);
    expect(savedBy({ imageUri: 'rules:1' })).toEqual(needed);
    expect(savedBy({ collectionsToSave: [{ name: 'a' }] })).toEqual(['a']);
    expect(savedBy({ imageUri: 'own:1', source: 's3://rules/own.py' })).toEqual([]);
  });

  it('take no more parameters than AWS does, other trials among them', () => {
    const trials = (count: number) => Array.from({ length: count }, (_, index) => `s3://trials/${String(index)}`);
    const problemsWith = (count: number) =>
      problemsOf({ ...ONE_TYPE, rules: [{ ...rule, otherTrialsS3InputPaths: trials(count) }] });
    expect(problemsWith(99)).toEqual([]);
    expect(problemsWith(100)).toEqual([expect.stringContaining('must have at most 100 entries')]);
  });
});

describe('a request', () => {
  it('has environment, retries, warm pool and the program of the container', () => {
    const request = requestOf({
      ...ONE_TYPE,
      environment: { LEVEL: 'debug' },
      maxRetryAttempts: 3,
      keepAlivePeriodInSeconds: 600,
      containerEntryPoint: ['python'],
      containerArguments: ['train.py', '--fast'],
      maxPendingTimeInSeconds: 7_200,
    });
    expect(request).toMatchObject({
      Environment: { LEVEL: 'debug' },
      RetryStrategy: { MaximumRetryAttempts: 3 },
      ResourceConfig: { KeepAlivePeriodInSeconds: 600 },
      AlgorithmSpecification: { ContainerEntrypoint: ['python'], ContainerArguments: ['train.py', '--fast'] },
      StoppingCondition: { MaxPendingTimeInSeconds: 7_200 },
    });
  });

  it('has groups of instances, and channels for some of them', () => {
    const instanceGroups = [
      { instanceGroupName: 'data', instanceType: 'ml.c5.xlarge', instanceCount: 2 },
      { instanceGroupName: 'network', instanceType: 'ml.p3.2xlarge', instanceCount: 1 },
    ];
    const request = requestOf({ instanceGroups }, { inputs: { s3Data: 's3://data/train', instanceGroups: ['data'] } });
    expect(request.ResourceConfig).toEqual({
      InstanceGroups: [
        { InstanceGroupName: 'data', InstanceType: 'ml.c5.xlarge', InstanceCount: 2 },
        { InstanceGroupName: 'network', InstanceType: 'ml.p3.2xlarge', InstanceCount: 1 },
      ],
      VolumeSizeInGB: 30,
    });
    expect(request.InputDataConfig?.[0]?.DataSource?.S3DataSource?.InstanceGroupNames).toEqual(['data']);
    const estimator = { ...BASE, instanceGroups };
    expect([countHosts(estimator), describeInstances(estimator)]).toEqual([3, 'ml.c5.xlarge x2 + ml.p3.2xlarge x1']);
  });

  it('has preferences, with one count for all or one for each', () => {
    const types = ['ml.g5.xlarge', 'ml.g4dn.xlarge'];
    const forAll = { trainInstanceCount: 2, instancePreferences: types.map((instanceType) => ({ instanceType })) };
    expect(requestOf(forAll).ResourceConfig).toEqual({
      InstanceCount: 2,
      InstancePreferences: types.map((InstanceType) => ({ InstanceType })),
      VolumeSizeInGB: 30,
    });
    const each = types.map((instanceType, index) => ({ instanceType, instanceCount: index + 1 }));
    const estimator = { ...BASE, instancePreferences: each };
    expect([countHosts(estimator), describeInstances(estimator)]).toEqual([2, 'ml.g5.xlarge x1 or ml.g4dn.xlarge x2']);
  });

  it('has an output that is never packed, which is then hosted by its prefix', () => {
    const { training, hosting } = planOf({ ...ONE_TYPE, disableOutputCompression: true, outputPath: 's3://models' });
    expect(training.request.OutputDataConfig).toEqual({ S3OutputPath: 's3://models', CompressionType: 'NONE' });
    expect(hosting.model.PrimaryContainer?.ModelDataSource?.S3DataSource).toMatchObject({
      S3DataType: 'S3Prefix',
      CompressionType: 'None',
      S3Uri: training.modelData,
    });
  });
});

describe('our own limits of time', () => {
  const job = { creationTime: '2026-01-01T00:00:00.000Z', trainingStartTime: '2026-01-01T01:00:00.000Z' };
  const deadlines = (estimator: Given, fit?: FitArguments) => {
    const { training } = planOf({ ...ONE_TYPE, ...estimator }, fit);
    return [{ creationTime: job.creationTime }, job].map((known) => {
      const limit = deadlineOfTrainingJob(training, known, 0);
      return 'deadline' in limit ? limit.deadline : undefined;
    });
  };

  it('count from max-run, and from a day of waiting', () => {
    expect(deadlines({ trainMaxRun: 3_600 })).toEqual(['2026-01-02T00:00:00.000Z', '2026-01-01T02:30:00.000Z']);
  });

  it('count from max-wait on spot, before and after the start', () => {
    const spot = { trainUseSpotInstances: true, trainMaxRun: 3_600, trainMaxWait: 3 * 86_400 };
    expect(deadlines(spot)).toEqual(['2026-01-04T00:30:00.000Z', '2026-01-04T01:30:00.000Z']);
  });

  it("wait as long as AWS's own limit of waiting, unless they are given", () => {
    const pending = { maxPendingTimeInSeconds: 2 * 86_400 };
    expect(deadlines(pending)[0]).toBe('2026-01-03T00:30:00.000Z');
    expect(deadlines(pending, { pendingTimeoutSeconds: 60 })[0]).toBe('2026-01-01T00:01:00.000Z');
  });
});

describe('overrides', () => {
  it('merge objects, replace lists and values, and remove with null', () => {
    const request = { A: { B: 1, C: [1, 2] }, D: 'd', E: { F: 1 } };
    const merged = applyOverrides(request, { A: { C: [3], G: { H: null, I: 1 } }, D: null, E: 'e', J: { K: null } });
    expect(merged).toEqual({ A: { B: 1, C: [3], G: { I: 1 } }, E: 'e', J: {} });
    expect(request).toEqual({ A: { B: 1, C: [1, 2] }, D: 'd', E: { F: 1 } });
  });

  it('reach every request, those of deploy over those of the estimator', () => {
    const overrides = {
      createTrainingJob: { InfraCheckConfig: { EnableInfraCheck: true }, ResourceConfig: { VolumeSizeInGB: 1 } },
      createModel: { PrimaryContainer: { ContainerHostname: 'one', Mode: 'SingleModel' } },
      createEndpointConfig: { ProductionVariants: [{ VariantName: 'own', InitialInstanceCount: 2 }] },
      createEndpoint: { DeploymentConfig: { AutoRollbackConfiguration: { Alarms: [{ AlarmName: 'a' }] } } },
    };
    const over = { createModel: { PrimaryContainer: { ContainerHostname: 'two' } } };
    const { training, hosting } = planOf({ ...ONE_TYPE, overrides }, undefined, { ...DEPLOY, overrides: over });
    expect(training.request).toMatchObject({
      InfraCheckConfig: { EnableInfraCheck: true },
      ResourceConfig: { InstanceCount: 1, VolumeSizeInGB: 1 },
    });
    expect(hosting.model.PrimaryContainer).toMatchObject({
      Image: 'digits',
      ContainerHostname: 'two',
      Mode: 'SingleModel',
    });
    expect(hosting.endpointConfig.ProductionVariants).toEqual([
      { VariantName: 'own', InitialInstanceCount: 2, ModelName: hosting.model.ModelName },
    ]);
    expect(hosting.endpoint.DeploymentConfig).toEqual({
      AutoRollbackConfiguration: { Alarms: [{ AlarmName: 'a' }] },
    });
  });

  it.each([
    ['createTrainingJob', { TrainingJobName: 'a' }, '.TrainingJobName cannot be overridden: use fit.jobName'],
    ['createTrainingJob', { RoleArn: null }, '.RoleArn cannot be overridden: use estimator.role'],
    [
      'createTrainingJob',
      { StoppingCondition: null },
      '.StoppingCondition.MaxRuntimeInSeconds cannot be overridden: use estimator.trainMaxRun',
    ],
    [
      'createTrainingJob',
      { OutputDataConfig: { S3OutputPath: 's3://other' } },
      '.OutputDataConfig.S3OutputPath cannot be overridden: use estimator.outputPath',
    ],
    [
      'createEndpointConfig',
      { ProductionVariants: [{ ModelName: 'a' }] },
      '.ProductionVariants[0].ModelName is left out: the model is the one deployed',
    ],
  ])('of %s leave what the run goes by: %j', (request, fields, problem) => {
    const problems = problemsOf({ ...ONE_TYPE, overrides: { [request]: fields } });
    expect(problems).toContain(`estimator.overrides.${request}${problem}`);
  });
});

describe('arguments that do not go together', () => {
  const group = { instanceGroupName: 'a', instanceType: 'ml.m5.large', instanceCount: 1 };
  const preference = { instanceType: 'ml.m5.large' };
  it.each<[string, Given, string[]]>([
    ['no instances', {}, ['estimator.trainInstanceCount is missing', 'estimator.trainInstanceType is missing']],
    [
      'groups and a type',
      { instanceGroups: [group], trainInstanceType: 'ml.m5.large' },
      ['estimator.trainInstanceType cannot be given with instanceGroups, each of which has its own'],
    ],
    [
      'groups of one name',
      { instanceGroups: [group, group] },
      ['estimator.instanceGroups[1].instanceGroupName is that of another of the instanceGroups'],
    ],
    [
      'preferences without a count',
      { instancePreferences: [preference] },
      ['estimator.instancePreferences[0].instanceCount is needed: or trainInstanceCount, for all'],
    ],
    [
      'preferences with both counts',
      { instancePreferences: [{ ...preference, instanceCount: 1 }], trainInstanceCount: 1 },
      ['estimator.trainInstanceCount cannot be given with an instanceCount in instancePreferences'],
    ],
    [
      'preferences on spot',
      { instancePreferences: [{ ...preference, instanceCount: 1 }], trainUseSpotInstances: true },
      ['estimator.trainUseSpotInstances cannot be true with instancePreferences'],
    ],
    [
      'a warm pool on spot',
      { ...ONE_TYPE, keepAlivePeriodInSeconds: 60, trainUseSpotInstances: true, trainMaxWait: 90_000 },
      ['estimator.keepAlivePeriodInSeconds cannot be given with trainUseSpotInstances'],
    ],
    [
      "a machine for SageMaker's own rule",
      { ...ONE_TYPE, rules: [{ name: 'a', instanceType: 'ml.m5.large' }] },
      ['estimator.rules[0].instanceType is for a rule with an imageUri: for its own, SageMaker chooses'],
    ],
  ])('%s', (_what, estimator, problems) => {
    expect(problemsOf(estimator)).toEqual(problems);
  });

  it('a channel for a group that there is not', () => {
    const inputs = { train: { s3Data: 's3://data/train', instanceGroups: ['b'] } };
    expect(problemsOf({ instanceGroups: [group] }, { inputs })).toEqual([
      'fit.inputs.train.instanceGroups[0] must be the name of one of estimator.instanceGroups',
    ]);
  });
});
