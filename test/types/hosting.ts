/**
 * What the compiler knows of the arguments of `deploy`: each option has exactly its type, and what excludes each other does
 * not compile together. Nothing here runs: `npm run types` checks it.
 */
import type { DeployArguments, DeploymentConfig, TrafficRoutingConfiguration } from 'temporal-sagemaker/client';

const instances = { initialInstanceCount: 2, instanceType: 'ml.m5.large' };
const pools = { initialInstanceCount: 2, instancePools: [{ instanceType: 'ml.m5.large' }] };
const serverless = { serverlessInferenceConfig: {} };
const share = { type: 'CAPACITY_PERCENT' as const, value: 10 };

export const kinds: DeployArguments[] = [
  instances,
  { ...pools, instancePools: [{ instanceType: 'ml.m5.large', priority: 1, modelNameOverride: 'small' }] },
  { serverlessInferenceConfig: { memorySizeInMb: 4096, maxConcurrency: 10, provisionedConcurrency: 1 } },
  // @ts-expect-error -- no instances
  {},
  // @ts-expect-error -- a type and no count
  { instanceType: 'ml.m5.large' },
  // @ts-expect-error -- of one type or of several
  { ...instances, ...pools },
  // @ts-expect-error -- an accelerator belongs to one type
  { ...pools, acceleratorType: 'ml.eia2.medium' },
  // @ts-expect-error -- on instances or without any
  { ...instances, ...serverless },
  // @ts-expect-error -- which has no volume
  { ...serverless, volumeSize: 50 },
  // @ts-expect-error -- and captures no data
  { ...serverless, dataCaptureConfig: { enableCapture: true } },
  // @ts-expect-error -- and answers whoever asked
  { ...serverless, asyncInferenceConfig: {} },
  // @ts-expect-error -- and is updated all at once
  { ...serverless, deploymentConfig: {} },
  // @ts-expect-error -- whole gigabytes
  { serverlessInferenceConfig: { memorySizeInMb: 1500 } },
];

export const settings: DeployArguments[] = [
  {
    ...instances,
    endpointName: 'iris',
    updateEndpoint: true,
    modelName: 'iris-of-may',
    vpcConfigOverride: null,
    enableNetworkIsolation: true,
    acceleratorType: 'ml.eia2.medium',
    kmsKey: 'alias/volumes',
    dataCaptureConfig: { enableCapture: true, captureOptions: ['REQUEST'] },
    asyncInferenceConfig: { outputPath: 's3://my-bucket/answers' },
    volumeSize: 50,
    modelDataDownloadTimeout: 600,
    containerStartupHealthCheckTimeout: 600,
    inferenceAmiVersion: 'al2-ami-sagemaker-inference-gpu-2',
    routingConfig: { routingStrategy: 'RANDOM' },
    variantInstanceProvisionTimeoutInSeconds: 300,
    retainAllVariantProperties: true,
    excludeRetainedVariantProperties: ['DesiredWeight'],
    overrides: { createEndpointConfig: { ExecutionRoleArn: 'arn:aws:iam::123456789012:role/Serving' } },
  },
  { ...instances, dataCaptureConfig: null, vpcConfigOverride: { subnets: ['subnet-1'], securityGroupIds: ['sg-1'] } },
  // @ts-expect-error -- half a VPC
  { ...instances, vpcConfigOverride: { subnets: ['subnet-1'] } },
  // @ts-expect-error -- as the SDK writes it
  { ...instances, dataCaptureConfig: { enable_capture: true } },
  // @ts-expect-error -- no such property
  { ...instances, retainAllVariantProperties: true, excludeRetainedVariantProperties: ['DesiredImage'] },
];

export const steps: TrafficRoutingConfiguration[] = [
  { type: 'ALL_AT_ONCE' },
  { type: 'CANARY', waitIntervalInSeconds: 60, canarySize: share },
  { type: 'LINEAR', waitIntervalInSeconds: 60, linearStepSize: share },
  // @ts-expect-error -- a canary has a size
  { type: 'CANARY', waitIntervalInSeconds: 60 },
  // @ts-expect-error -- and no steps
  { type: 'CANARY', waitIntervalInSeconds: 60, canarySize: share, linearStepSize: share },
  // @ts-expect-error -- no such kind
  { type: 'SHADOW' },
];

const rollingUpdatePolicy = { maximumBatchSize: share, waitIntervalInSeconds: 0 };
const blueGreenUpdatePolicy = { trafficRoutingConfiguration: { type: 'ALL_AT_ONCE' as const } };

export const policies: DeploymentConfig[] = [
  { blueGreenUpdatePolicy, autoRollbackConfiguration: { alarms: [{ alarmName: 'errors' }] } },
  { rollingUpdatePolicy },
  // @ts-expect-error -- one of them
  { blueGreenUpdatePolicy, rollingUpdatePolicy },
  // @ts-expect-error -- alarms by name
  { autoRollbackConfiguration: { alarms: ['errors'] } },
];
