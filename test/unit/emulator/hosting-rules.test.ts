/** What SageMaker refuses of endpoint configs and deployments beyond AWS's model, and what an update retains. */
import { AwsError } from '../../../src/emulator/world';
import { openSageMakerWorld, ROLE_ARN, untilSettled, type SageMakerWorld } from '../../support/sagemaker-world';

type Fields = Record<string, unknown>;

let sagemaker: SageMakerWorld;
beforeAll(async () => {
  sagemaker = await openSageMakerWorld({ simulated: true });
  await makeModel('plain');
  await makeModel('in-vpc', { VpcConfig: { Subnets: ['subnet-1'], SecurityGroupIds: ['sg-1'] } });
  await makeModel('isolated', { EnableNetworkIsolation: true });
});
afterAll(async () => {
  await sagemaker.close();
  sagemaker.remove();
});

const makeModel = (name: string, changes: Fields = {}) =>
  sagemaker.ask('CreateModel', {
    ModelName: name,
    ExecutionRoleArn: ROLE_ARN,
    PrimaryContainer: { Image: 'scripted' },
    ...changes,
  });

async function refusalOf(operation: string, request: Fields): Promise<string> {
  const error: unknown = await sagemaker.ask(operation, request).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof AwsError)) throw new Error(`${operation} was not refused: ${String(error)}`);
  expect(error.code).toBe('ValidationException');
  return error.message;
}

const INSTANCES = {
  VariantName: 'AllTraffic',
  ModelName: 'plain',
  InstanceType: 'ml.m5.large',
  InitialInstanceCount: 4,
};
const SERVERLESS = {
  VariantName: 'AllTraffic',
  ModelName: 'plain',
  ServerlessConfig: { MemorySizeInMB: 2048, MaxConcurrency: 5 },
};
const CAPTURE = {
  EnableCapture: true,
  InitialSamplingPercentage: 50,
  DestinationS3Uri: 's3://bucket/capture',
  CaptureOptions: [{ CaptureMode: 'Input' }],
};

let count = 0;
const nextName = (): string => `rules-${String((count += 1))}`;

async function makeConfig(variant: Fields, further: Fields = {}): Promise<string> {
  const name = nextName();
  await sagemaker.ask('CreateEndpointConfig', { EndpointConfigName: name, ProductionVariants: [variant], ...further });
  return name;
}

describe('an endpoint config is refused', () => {
  const sized = (change: Fields) => ({
    ...SERVERLESS,
    ServerlessConfig: { ...SERVERLESS.ServerlessConfig, ...change },
  });
  const cases: [string, Fields, Fields, string][] = [
    ['of both kinds', { ...INSTANCES, ...SERVERLESS }, {}, 'Either InstanceType'],
    ['of no kind', { VariantName: 'A', ModelName: 'plain' }, {}, 'Either InstanceType'],
    ['with a serverless count', { ...SERVERLESS, InitialInstanceCount: 1 }, {}, 'Either InstanceType'],
    ['with a type and pools', { ...INSTANCES, InstancePools: [] }, {}, 'InstanceType and InstancePools'],
    ['with memory between two sizes', sized({ MemorySizeInMB: 1500 }), {}, 'multiple of 1024'],
    ['with more warm than may answer', sized({ ProvisionedConcurrency: 6 }), {}, 'ProvisionedConcurrency must be'],
    ['serverless with a volume', { ...SERVERLESS, VolumeSizeInGB: 30 }, {}, 'VolumeSizeInGB is not supported'],
    ['serverless with capture', SERVERLESS, { DataCaptureConfig: CAPTURE }, 'DataCaptureConfig is not supported'],
    ['serverless in a VPC', { ...SERVERLESS, ModelName: 'in-vpc' }, {}, 'VpcConfig cannot be serverless'],
    ['serverless and isolated', { ...SERVERLESS, ModelName: 'isolated' }, {}, 'EnableNetworkIsolation cannot'],
    [
      'with a pool of no model',
      {
        ...INSTANCES,
        InstanceType: undefined,
        InstancePools: [{ InstanceType: 'ml.m5.large', Priority: 1, ModelNameOverride: 'nothing' }],
      },
      {},
      'Could not find model',
    ],
  ];

  it.each(cases)('%s', async (_case, variant, further, words) => {
    const request = { EndpointConfigName: nextName(), ProductionVariants: [variant], ...further };
    expect(await refusalOf('CreateEndpointConfig', request)).toContain(words);
  });
});

const traffic = (fields: Fields, policy: Fields = {}) => ({
  BlueGreenUpdatePolicy: { TrafficRoutingConfiguration: { WaitIntervalInSeconds: 60, ...fields }, ...policy },
});
const share = (Type: string, Value: number) => ({ Type, Value });
const rolling = (fields: Fields) => ({ RollingUpdatePolicy: { WaitIntervalInSeconds: 60, ...fields } });

describe('a deployment policy is refused', () => {
  const cases: [string, Fields, string][] = [
    ['of both kinds', { ...traffic({ Type: 'ALL_AT_ONCE' }), ...rolling({}) }, 'cannot both be provided'],
    ['canary without its size', traffic({ Type: 'CANARY' }), 'CanarySize must be provided'],
    ['all at once with a size', traffic({ Type: 'ALL_AT_ONCE', CanarySize: share('INSTANCE_COUNT', 1) }), 'cannot be'],
    ['canary of most', traffic({ Type: 'CANARY', CanarySize: share('INSTANCE_COUNT', 3) }), 'between 0% and 50%'],
    [
      'steps too small',
      traffic({ Type: 'LINEAR', LinearStepSize: share('CAPACITY_PERCENT', 9) }),
      'between 10% and 50%',
    ],
    ['batches too small', rolling({ MaximumBatchSize: share('CAPACITY_PERCENT', 4) }), 'between 5% and 50%'],
    [
      'shorter than it waits',
      traffic({ Type: 'ALL_AT_ONCE' }, { TerminationWaitInSeconds: 600, MaximumExecutionTimeoutInSeconds: 600 }),
      'larger than the total waiting time',
    ],
  ];

  it.each(cases)('%s', async (_case, DeploymentConfig, words) => {
    const EndpointConfigName = await makeConfig(INSTANCES);
    const request = { EndpointName: nextName(), EndpointConfigName, DeploymentConfig };
    expect(await refusalOf('CreateEndpoint', request)).toContain(words);
  });

  it('for a serverless endpoint', async () => {
    const EndpointConfigName = await makeConfig(SERVERLESS);
    const request = {
      EndpointName: nextName(),
      EndpointConfigName,
      DeploymentConfig: traffic({ Type: 'ALL_AT_ONCE' }),
    };
    expect(await refusalOf('CreateEndpoint', request)).toContain('not supported for serverless');
  });
});

describe('an update', () => {
  async function endpointOf(variant: Fields, further: Fields = {}): Promise<string> {
    const EndpointName = nextName();
    const EndpointConfigName = await makeConfig(variant, further);
    await sagemaker.ask('CreateEndpoint', { EndpointName, EndpointConfigName });
    await untilSettled(sagemaker, EndpointName);
    return EndpointName;
  }
  async function update(EndpointName: string, variant: Fields, options: Fields = {}, further: Fields = {}) {
    const EndpointConfigName = await makeConfig(variant, further);
    await sagemaker.ask('UpdateEndpoint', { EndpointName, EndpointConfigName, ...options });
    return untilSettled(sagemaker, EndpointName);
  }
  const retain = (...excluded: string[]) => ({
    RetainAllVariantProperties: true,
    ExcludeRetainedVariantProperties: excluded.map((VariantPropertyType) => ({ VariantPropertyType })),
  });
  const fewer = { ...INSTANCES, InitialInstanceCount: 1, InitialVariantWeight: 2 };

  it('goes by the new config where it retains nothing', async () => {
    const told = await update(await endpointOf(INSTANCES, { DataCaptureConfig: CAPTURE }), fewer);
    expect(told).toMatchObject({ ProductionVariants: [{ CurrentInstanceCount: 1, CurrentWeight: 2 }] });
    expect(told).not.toHaveProperty('DataCaptureConfig');
  });

  it('keeps instances, weight and capture where it retains all', async () => {
    const told = await update(await endpointOf(INSTANCES, { DataCaptureConfig: CAPTURE }), fewer, retain());
    expect(told).toMatchObject({
      ProductionVariants: [{ CurrentInstanceCount: 4, CurrentWeight: 1 }],
      DataCaptureConfig: { EnableCapture: true, CaptureStatus: 'Started', CurrentSamplingPercentage: 50 },
    });
  });

  it('keeps what is not excluded, update after update', async () => {
    const name = await endpointOf(INSTANCES, { DataCaptureConfig: CAPTURE });
    const alone = retain('DesiredInstanceCount', 'DesiredWeight');
    await update(name, fewer, alone);
    const told = await update(name, { ...fewer, InitialInstanceCount: 2 }, alone);
    expect(told).toMatchObject({
      ProductionVariants: [{ CurrentInstanceCount: 2 }],
      DataCaptureConfig: { EnableCapture: true },
    });
    expect(await update(name, fewer, retain('DataCaptureConfig'))).not.toHaveProperty('DataCaptureConfig');
  });

  it('uses the last policy again where it is asked to, and else none', async () => {
    const name = await endpointOf(INSTANCES);
    const DeploymentConfig = { AutoRollbackConfiguration: { Alarms: [{ AlarmName: 'errors' }] } };
    const LastDeploymentConfig = DeploymentConfig;
    expect(await update(name, fewer, { DeploymentConfig })).toMatchObject({ LastDeploymentConfig });
    const again = await update(name, INSTANCES, { RetainDeploymentConfig: true });
    expect(again).toMatchObject({ LastDeploymentConfig });
    expect(await update(name, fewer)).not.toHaveProperty('LastDeploymentConfig');
  });

  it('makes a serverless endpoint one on instances, and never the other way', async () => {
    const name = await endpointOf(SERVERLESS);
    const told = await update(name, INSTANCES);
    expect(told).toMatchObject({ ProductionVariants: [{ CurrentInstanceCount: 4 }] });
    expect(JSON.stringify(told)).not.toContain('Serverless');
    const EndpointConfigName = await makeConfig(SERVERLESS);
    expect(await refusalOf('UpdateEndpoint', { EndpointName: name, EndpointConfigName })).toContain(
      'cannot be updated to a serverless endpoint',
    );
  });

  it('by a policy to other variants is refused', async () => {
    const EndpointName = await endpointOf(INSTANCES);
    const EndpointConfigName = await makeConfig({ ...INSTANCES, VariantName: 'Other' });
    const request = { EndpointName, EndpointConfigName, DeploymentConfig: traffic({ Type: 'ALL_AT_ONCE' }) };
    expect(await refusalOf('UpdateEndpoint', request)).toContain('the same variant names');
  });
});
