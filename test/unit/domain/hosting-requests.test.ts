/** The requests that host, argument by argument, and the request that updates an endpoint that is there. */
import { createHash } from 'node:crypto';
import type { DeployArguments, DeployOnInstances, EstimatorArguments, FitThenDeployInput } from '../../../src/contract';
import { buildFitPlans, type Surroundings } from '../../../src/domain/build-plan';
import type { HostingPlan } from '../../../src/domain/plan';
import { buildUpdateRequest } from '../../../src/domain/update-request';
import { checkInput } from '../../../src/schemas';
import { findViolations } from '../../../src/service-model';

const from: Surroundings = {
  region: 'eu-central-1',
  account: '123456789012',
  identity: { workflowId: 'nightly', firstExecutionRunId: 'run-1', ordinal: 0 },
  roleArnOf: (role) => role,
  sha256: (text) => createHash('sha256').update(text).digest('hex'),
};
const BUCKET = 's3://sagemaker-eu-central-1-123456789012';
const ESTIMATOR: EstimatorArguments = {
  imageName: 'iris:1',
  role: 'arn:aws:iam::123456789012:role/Trainer',
  trainInstanceCount: 1,
  trainInstanceType: 'ml.m5.large',
  outputPath: 's3://mine/models',
};
const INSTANCES = { initialInstanceCount: 2, instanceType: 'ml.m5.large' };
const OF_JOB = { fit: { inputs: 's3://data/iris', jobName: 'iris-1' } };

/** What is asked for, once the input has been checked and AWS's model refuses none of it. */
function planOf(deploy: DeployArguments, further: Partial<EstimatorArguments> = {}): HostingPlan {
  const estimator = { ...ESTIMATOR, ...further } as EstimatorArguments;
  const checked = checkInput('fitThenDeploy', { estimator, ...OF_JOB, deploy });
  if ('problems' in checked) throw new Error(checked.problems.join('; '));
  const { hosting } = buildFitPlans(checked.input, from);
  if (!hosting) throw new Error('there is no plan to host');
  expect(findViolations('CreateModel', hosting.model)).toEqual([]);
  expect(findViolations('CreateEndpointConfig', hosting.endpointConfig)).toEqual([]);
  expect(findViolations('CreateEndpoint', hosting.endpoint)).toEqual([]);
  return hosting;
}

const onInstances = (further: Partial<DeployOnInstances> = {}, estimator: Partial<EstimatorArguments> = {}) =>
  planOf({ ...INSTANCES, ...further }, estimator);
const variantOf = ({ endpointConfig }: HostingPlan) => endpointConfig.ProductionVariants?.[0];

describe('the model', () => {
  const VPC = { subnets: ['subnet-1'], securityGroupIds: ['sg-1', 'sg-2'] };

  it('runs where the training ran', () => {
    expect(onInstances().model).not.toHaveProperty('VpcConfig');
    expect(onInstances().model).not.toHaveProperty('EnableNetworkIsolation');
    expect(onInstances({}, { ...VPC, enableNetworkIsolation: true }).model).toMatchObject({
      VpcConfig: { Subnets: ['subnet-1'], SecurityGroupIds: ['sg-1', 'sg-2'] },
      EnableNetworkIsolation: true,
    });
  });

  it('runs where deploy says, or in no VPC', () => {
    const vpcConfigOverride = { subnets: ['subnet-9'], securityGroupIds: ['sg-9'] };
    const overridden = onInstances(
      { vpcConfigOverride, enableNetworkIsolation: false },
      { ...VPC, enableNetworkIsolation: true },
    );
    expect(overridden.model).toMatchObject({ VpcConfig: { Subnets: ['subnet-9'], SecurityGroupIds: ['sg-9'] } });
    expect(overridden.model).not.toHaveProperty('EnableNetworkIsolation');
    expect(onInstances({ vpcConfigOverride: null }, VPC).model).not.toHaveProperty('VpcConfig');
  });

  it('has the name that is given, which the endpoint config names', () => {
    const plan = onInstances({ modelName: 'iris-of-may' });
    expect(plan.model.ModelName).toBe('iris-of-may');
    expect(variantOf(plan)?.ModelName).toBe('iris-of-may');
  });

  it('has no given name that looks like one of a run, which runs delete', () => {
    const checked = checkInput('fitThenDeploy', {
      estimator: ESTIMATOR,
      ...OF_JOB,
      deploy: { ...INSTANCES, modelName: 'churn-1767225600' },
    });
    expect(checked).toEqual({
      problems: [expect.stringMatching(/^deploy\.modelName must not end in a hyphen and ten hexadecimal digits/)],
    });
  });

  it('is all that lies under a prefix where the training packed nothing', () => {
    const plan = onInstances({}, { disableOutputCompression: true });
    const source = { S3Uri: 's3://mine/models/iris-1/output/model/', S3DataType: 'S3Prefix', CompressionType: 'None' };
    expect(plan.modelData).toBe(source.S3Uri);
    expect(plan.model.PrimaryContainer).toEqual({
      Image: 'iris:1',
      Environment: {},
      ModelDataSource: { S3DataSource: source },
    });
  });
});

describe('the endpoint config', () => {
  it('has every setting of instances', () => {
    const plan = onInstances({
      acceleratorType: 'ml.eia2.medium',
      variantInstanceProvisionTimeoutInSeconds: 600,
      volumeSize: 50,
      modelDataDownloadTimeout: 700,
      containerStartupHealthCheckTimeout: 800,
      inferenceAmiVersion: 'al2-ami-sagemaker-inference-gpu-2',
      routingConfig: { routingStrategy: 'LEAST_OUTSTANDING_REQUESTS' },
      kmsKey: 'alias/volumes',
    });
    expect(plan.endpointConfig.KmsKeyId).toBe('alias/volumes');
    expect(variantOf(plan)).toEqual({
      VariantName: 'AllTraffic',
      ModelName: plan.model.ModelName,
      InitialInstanceCount: 2,
      InstanceType: 'ml.m5.large',
      InitialVariantWeight: 1,
      AcceleratorType: 'ml.eia2.medium',
      VariantInstanceProvisionTimeoutInSeconds: 600,
      VolumeSizeInGB: 50,
      ModelDataDownloadTimeoutInSeconds: 700,
      ContainerStartupHealthCheckTimeoutInSeconds: 800,
      InferenceAmiVersion: 'al2-ami-sagemaker-inference-gpu-2',
      RoutingConfig: { RoutingStrategy: 'LEAST_OUTSTANDING_REQUESTS' },
    });
  });

  it('has pools in the order in which they are wanted, unless they say otherwise', () => {
    const pools = [{ instanceType: 'ml.g5.xlarge' }, { instanceType: 'ml.g4dn.xlarge', modelNameOverride: 'small' }];
    const plan = planOf({ initialInstanceCount: 1, instancePools: pools });
    expect(variantOf(plan)).toEqual({
      VariantName: 'AllTraffic',
      ModelName: plan.model.ModelName,
      InitialInstanceCount: 1,
      InitialVariantWeight: 1,
      InstancePools: [
        { InstanceType: 'ml.g5.xlarge', Priority: 1 },
        { InstanceType: 'ml.g4dn.xlarge', ModelNameOverride: 'small', Priority: 2 },
      ],
    });
    const last = { initialInstanceCount: 1, instancePools: [{ instanceType: 'ml.g5.xlarge', priority: 5 }] };
    expect(variantOf(planOf(last))?.InstancePools).toEqual([{ InstanceType: 'ml.g5.xlarge', Priority: 5 }]);
  });

  it('is serverless with the SDK’s defaults, or as it is told', () => {
    const plan = planOf({ serverlessInferenceConfig: {} });
    expect(variantOf(plan)).toEqual({
      VariantName: 'AllTraffic',
      ModelName: plan.model.ModelName,
      InitialVariantWeight: 1,
      ServerlessConfig: { MemorySizeInMB: 2048, MaxConcurrency: 5 },
    });
    const sized = { memorySizeInMb: 6144, maxConcurrency: 20, provisionedConcurrency: 2 } as const;
    expect(variantOf(planOf({ serverlessInferenceConfig: sized }))?.ServerlessConfig).toEqual({
      MemorySizeInMB: 6144,
      MaxConcurrency: 20,
      ProvisionedConcurrency: 2,
    });
  });

  it('captures data with the SDK’s defaults, and makes sure of their bucket', () => {
    const plan = onInstances({ dataCaptureConfig: { enableCapture: true } });
    expect(plan.endpointConfig.DataCaptureConfig).toEqual({
      EnableCapture: true,
      InitialSamplingPercentage: 20,
      DestinationS3Uri: `${BUCKET}/model-monitor/data-capture`,
      CaptureOptions: [{ CaptureMode: 'Input' }, { CaptureMode: 'Output' }],
      CaptureContentTypeHeader: { CsvContentTypes: ['text/csv'], JsonContentTypes: ['application/json'] },
    });
    expect(plan.defaultBucket).toBe('sagemaker-eu-central-1-123456789012');
    const elsewhere = onInstances({ dataCaptureConfig: { enableCapture: true, destinationS3Uri: 's3://mine/kept' } });
    expect(elsewhere).not.toHaveProperty('defaultBucket');
    expect(onInstances()).not.toHaveProperty('defaultBucket');
  });

  it('answers into S3', () => {
    const plan = onInstances({ endpointName: 'iris', asyncInferenceConfig: {} });
    expect(plan.endpointConfig.AsyncInferenceConfig).toEqual({
      OutputConfig: {
        S3OutputPath: `${BUCKET}/async-endpoint-outputs/iris`,
        S3FailurePath: `${BUCKET}/async-endpoint-failures/iris`,
      },
    });
    expect(plan.defaultBucket).toBeDefined();
    const full = onInstances({
      asyncInferenceConfig: {
        outputPath: 's3://mine/answers',
        failurePath: 's3://mine/failures',
        maxConcurrentInvocationsPerInstance: 4,
        kmsKeyId: 'alias/answers',
        notificationConfig: {
          successTopic: 'arn:aws:sns:eu-central-1:123456789012:good',
          errorTopic: 'arn:aws:sns:eu-central-1:123456789012:bad',
          includeInferenceResponseIn: ['ERROR_NOTIFICATION_TOPIC'],
        },
      },
    });
    expect(full.endpointConfig.AsyncInferenceConfig).toEqual({
      OutputConfig: {
        S3OutputPath: 's3://mine/answers',
        S3FailurePath: 's3://mine/failures',
        KmsKeyId: 'alias/answers',
        NotificationConfig: {
          SuccessTopic: 'arn:aws:sns:eu-central-1:123456789012:good',
          ErrorTopic: 'arn:aws:sns:eu-central-1:123456789012:bad',
          IncludeInferenceResponseIn: ['ERROR_NOTIFICATION_TOPIC'],
        },
      },
      ClientConfig: { MaxConcurrentInvocationsPerInstance: 4 },
    });
    expect(full).not.toHaveProperty('defaultBucket');
  });

  it('has another name with any other content', () => {
    const plans = [
      onInstances(),
      onInstances({ volumeSize: 50 }),
      onInstances({ kmsKey: 'alias/volumes' }),
      onInstances({ dataCaptureConfig: { enableCapture: true } }),
      onInstances({ vpcConfigOverride: { subnets: ['subnet-1'], securityGroupIds: ['sg-1'] } }),
    ];
    expect(new Set(plans.map(({ endpointConfig }) => endpointConfig.EndpointConfigName)).size).toBe(plans.length);
    // How it is brought is no part of what it is.
    const rolled = onInstances({ deploymentConfig: { autoRollbackConfiguration: { alarms: [{ alarmName: 'a' }] } } });
    expect(rolled.endpointConfig.EndpointConfigName).toBe(plans[0]?.endpointConfig.EndpointConfigName);
  });
});

const size = (value: number) => ({ type: 'CAPACITY_PERCENT' as const, value });

describe('a deployment policy', () => {
  const policyOf = (deploymentConfig: DeployOnInstances['deploymentConfig']) =>
    onInstances({ deploymentConfig }).endpoint.DeploymentConfig;

  it('of each kind is AWS’s own', () => {
    expect(policyOf({ blueGreenUpdatePolicy: { trafficRoutingConfiguration: { type: 'ALL_AT_ONCE' } } })).toEqual({
      BlueGreenUpdatePolicy: { TrafficRoutingConfiguration: { Type: 'ALL_AT_ONCE', WaitIntervalInSeconds: 0 } },
    });
    const canary = { type: 'CANARY', waitIntervalInSeconds: 60, canarySize: size(50) } as const;
    expect(
      policyOf({
        blueGreenUpdatePolicy: {
          trafficRoutingConfiguration: canary,
          terminationWaitInSeconds: 30,
          maximumExecutionTimeoutInSeconds: 900,
        },
        autoRollbackConfiguration: { alarms: [{ alarmName: 'errors' }] },
      }),
    ).toEqual({
      BlueGreenUpdatePolicy: {
        TrafficRoutingConfiguration: {
          Type: 'CANARY',
          WaitIntervalInSeconds: 60,
          CanarySize: { Type: 'CAPACITY_PERCENT', Value: 50 },
        },
        TerminationWaitInSeconds: 30,
        MaximumExecutionTimeoutInSeconds: 900,
      },
      AutoRollbackConfiguration: { Alarms: [{ AlarmName: 'errors' }] },
    });
    const rolling = { maximumBatchSize: size(25), waitIntervalInSeconds: 10, rollbackMaximumBatchSize: size(100) };
    expect(policyOf({ rollingUpdatePolicy: rolling })).toEqual({
      RollingUpdatePolicy: {
        MaximumBatchSize: { Type: 'CAPACITY_PERCENT', Value: 25 },
        WaitIntervalInSeconds: 10,
        RollbackMaximumBatchSize: { Type: 'CAPACITY_PERCENT', Value: 100 },
      },
    });
  });

  it('has the time that it waits on top', () => {
    const linear = { type: 'LINEAR', waitIntervalInSeconds: 100, linearStepSize: size(10) } as const;
    const plan = onInstances({
      variantInstanceProvisionTimeoutInSeconds: 500,
      deploymentConfig: {
        blueGreenUpdatePolicy: { trafficRoutingConfiguration: linear, terminationWaitInSeconds: 50 },
      },
    });
    expect(plan.endpointTimeoutSeconds).toBe(3600 + 10 * 100 + 50 + 500);
    expect(onInstances().endpointTimeoutSeconds).toBe(3600);
    expect(onInstances({ endpointTimeoutSeconds: 7 }).endpointTimeoutSeconds).toBe(7);
  });

  it('is waited for until AWS itself would have given it up', () => {
    const rolling = { maximumBatchSize: size(25), waitIntervalInSeconds: 10, maximumExecutionTimeoutInSeconds: 28_800 };
    const plan = onInstances({ deploymentConfig: { rollingUpdatePolicy: rolling } });
    expect(plan.endpointTimeoutSeconds).toBe(28_800 + 3_600);
  });
});

describe('an update', () => {
  const ALL = ['DesiredInstanceCount', 'DesiredWeight', 'DataCaptureConfig'];
  const updateOf = (deploy: DeployArguments, live: { capturesData?: boolean } = {}) => {
    const request = buildUpdateRequest(planOf(deploy), live);
    expect(findViolations('UpdateEndpoint', request)).toEqual([]);
    const excluded = request.ExcludeRetainedVariantProperties?.map(({ VariantPropertyType }) => VariantPropertyType);
    const kept = request.RetainAllVariantProperties ? ALL.filter((one) => !excluded?.includes(one as never)) : [];
    return { request, kept };
  };
  const captures = { capturesData: true };

  it('says nothing beside names where nothing is to be kept', () => {
    const { request } = updateOf(INSTANCES);
    expect(Object.keys(request).sort()).toEqual(['EndpointConfigName', 'EndpointName']);
  });

  it('brings its deployment policy and the fields laid over', () => {
    const deploymentConfig = { autoRollbackConfiguration: { alarms: [{ alarmName: 'errors' }] } };
    expect(updateOf({ ...INSTANCES, deploymentConfig }).request.DeploymentConfig).toEqual({
      AutoRollbackConfiguration: { Alarms: [{ AlarmName: 'errors' }] },
    });
  });

  it.each<[string, DeployArguments, { capturesData?: boolean }, string[]]>([
    ['keeps the data capture that it finds', INSTANCES, captures, ['DataCaptureConfig']],
    [
      'goes by the data capture that is given',
      { ...INSTANCES, dataCaptureConfig: { enableCapture: true } },
      captures,
      [],
    ],
    ['turns data capture off where it is null', { ...INSTANCES, dataCaptureConfig: null }, captures, []],
    ['keeps all where it is asked to', { ...INSTANCES, retainAllVariantProperties: true }, {}, ALL],
    [
      'keeps all but what is excluded',
      { ...INSTANCES, retainAllVariantProperties: true, excludeRetainedVariantProperties: ['DesiredWeight'] },
      captures,
      ['DesiredInstanceCount', 'DataCaptureConfig'],
    ],
    [
      'keeps all but the data capture that is given',
      { ...INSTANCES, retainAllVariantProperties: true, dataCaptureConfig: { enableCapture: false } },
      captures,
      ['DesiredInstanceCount', 'DesiredWeight'],
    ],
    ['to serverless keeps nothing', { serverlessInferenceConfig: {} }, captures, []],
  ])('%s', (_case, deploy, live, kept) => {
    expect(updateOf(deploy, live).kept).toEqual(kept);
  });
});

describe('arguments of deploy that do not go together', () => {
  const problemsOf = (deploy: object, estimator: object = {}): string[] => {
    const input = { estimator: { ...ESTIMATOR, ...estimator }, ...OF_JOB, deploy } as FitThenDeployInput;
    const checked = checkInput('fitThenDeploy', input);
    return 'problems' in checked ? checked.problems : [];
  };
  const policy = (deploymentConfig: object, further: object = {}) =>
    problemsOf({ ...INSTANCES, deploymentConfig, ...further });
  const traffic = (fields: object) => ({ blueGreenUpdatePolicy: { trafficRoutingConfiguration: fields } });
  const AT = 'deploy.deploymentConfig';
  const TRAFFIC = `${AT}.blueGreenUpdatePolicy.trafficRoutingConfiguration`;

  it.each<[string, string[], string[]]>([
    ['no instances', problemsOf({}), ['deploy.initialInstanceCount is missing', 'deploy.instanceType is missing']],
    [
      'a type and pools',
      problemsOf({ ...INSTANCES, instancePools: [{ instanceType: 'ml.m5.large' }] }),
      ['deploy.instanceType cannot be given with instancePools, which name the types of instances'],
    ],
    [
      'serverless and instances, and what is wrong with each',
      problemsOf({ ...INSTANCES, volumeSize: 0, serverlessInferenceConfig: { memorySizeInMb: 1000 } }),
      [
        'deploy.volumeSize must be 1 or more',
        'deploy.serverlessInferenceConfig.memorySizeInMb must be one of 1024, 2048, 3072, 4096, 5120, 6144',
        ...['initialInstanceCount', 'volumeSize', 'instanceType'].map(
          (name) =>
            `deploy.${name} cannot be given with serverlessInferenceConfig: a serverless endpoint has no instances`,
        ),
      ],
    ],
    [
      'more warm than may answer',
      problemsOf({ serverlessInferenceConfig: { provisionedConcurrency: 6 } }),
      ['deploy.serverlessInferenceConfig.provisionedConcurrency must be at most maxConcurrency, which is 5'],
    ],
    [
      'serverless in the estimator’s VPC, and isolated',
      problemsOf(
        { serverlessInferenceConfig: {} },
        { subnets: ['subnet-1'], securityGroupIds: ['sg-1'], enableNetworkIsolation: true },
      ),
      [
        'deploy.enableNetworkIsolation must be false with serverlessInferenceConfig: AWS isolates no serverless endpoint',
        'deploy.vpcConfigOverride must be null with serverlessInferenceConfig: AWS puts no serverless endpoint into a VPC',
      ],
    ],
    [
      'what is excluded of nothing',
      problemsOf({ ...INSTANCES, excludeRetainedVariantProperties: ['DesiredWeight'] }),
      ['deploy.excludeRetainedVariantProperties is for deploys with retainAllVariantProperties: true'],
    ],
    [
      'both policies',
      policy({
        ...traffic({ type: 'ALL_AT_ONCE' }),
        rollingUpdatePolicy: { maximumBatchSize: size(10), waitIntervalInSeconds: 0 },
      }),
      [`${AT}.rollingUpdatePolicy cannot be given with blueGreenUpdatePolicy`],
    ],
    [
      'a canary without its size',
      policy(traffic({ type: 'CANARY' })),
      [`${TRAFFIC}.canarySize is needed for CANARY`, `${TRAFFIC}.waitIntervalInSeconds is needed for CANARY`],
    ],
    [
      'steps all at once',
      policy(traffic({ type: 'ALL_AT_ONCE', linearStepSize: size(10) })),
      [`${TRAFFIC}.linearStepSize is for LINEAR`],
    ],
    [
      'a canary of all there are',
      policy(traffic({ type: 'CANARY', waitIntervalInSeconds: 0, canarySize: { type: 'INSTANCE_COUNT', value: 2 } })),
      [`${TRAFFIC}.canarySize must be at most half of the instances, and there are 2 (initialInstanceCount)`],
    ],
    [
      'batches that are too small',
      policy(
        { rollingUpdatePolicy: { maximumBatchSize: size(4), waitIntervalInSeconds: 0 } },
        { retainAllVariantProperties: true },
      ),
      [`${AT}.rollingUpdatePolicy.maximumBatchSize must be 5 to 50 percent of the instances`],
    ],
    [
      'less time than the policy waits',
      policy(
        {
          blueGreenUpdatePolicy: {
            trafficRoutingConfiguration: { type: 'ALL_AT_ONCE', waitIntervalInSeconds: 600 },
            maximumExecutionTimeoutInSeconds: 600,
          },
        },
        { endpointTimeoutSeconds: 300 },
      ),
      [
        `${AT}.blueGreenUpdatePolicy.maximumExecutionTimeoutInSeconds must be more than the 600 s that the deployment policy waits`,
        'deploy.endpointTimeoutSeconds must be more than the 600 s that the deployment policy waits',
      ],
    ],
  ])('%s', (_case, problems, expected) => {
    expect(problems).toEqual(expected);
  });
});
