/**
 * The nested parts of an endpoint config and of a deployment, in AWS's words. Come from the arguments of `deploy`, with the
 * defaults of the SageMaker Python SDK; go into the requests of `hosting-requests.ts`.
 */
import type {
  AsyncInferenceConfig as AwsAsync,
  CapacitySize as AwsCapacitySize,
  DataCaptureConfig as AwsCapture,
  DeploymentConfig as AwsDeployment,
  InstancePool as AwsPool,
  ProductionVariantServerlessConfig,
  VpcConfig as AwsVpc,
} from '@aws-sdk/client-sagemaker';
import type {
  AsyncInferenceConfig,
  CapacitySize,
  DataCaptureConfig,
  DeploymentConfig,
  InstancePool,
  ServerlessInferenceConfig,
  VpcConfig,
} from '../contract';

/** The SDK's, and those of AWS's console. */
export const SERVERLESS_DEFAULTS = { memorySizeInMb: 2048, maxConcurrency: 5 } as const;

/** The SDK's. */
export const CAPTURE_DEFAULTS = {
  samplingPercentage: 20,
  captureOptions: ['REQUEST', 'RESPONSE'],
  csvContentTypes: ['text/csv'],
  jsonContentTypes: ['application/json'],
} as const;

/** AWS's words for what the SDK calls the two halves of an exchange. */
const CAPTURE_MODES = { REQUEST: 'Input', RESPONSE: 'Output' } as const;

export function buildVpc({ subnets, securityGroupIds }: VpcConfig): AwsVpc {
  return { Subnets: subnets, SecurityGroupIds: securityGroupIds };
}

export function buildServerless(config: ServerlessInferenceConfig): ProductionVariantServerlessConfig {
  return {
    MemorySizeInMB: config.memorySizeInMb ?? SERVERLESS_DEFAULTS.memorySizeInMb,
    MaxConcurrency: config.maxConcurrency ?? SERVERLESS_DEFAULTS.maxConcurrency,
    ...(config.provisionedConcurrency !== undefined && { ProvisionedConcurrency: config.provisionedConcurrency }),
  };
}

/** In the order in which they are wanted, unless they say otherwise. */
export function buildInstancePools(pools: InstancePool[]): AwsPool[] {
  return pools.map(({ instanceType, priority, modelNameOverride }, place) => ({
    InstanceType: instanceType as never,
    ...(modelNameOverride !== undefined && { ModelNameOverride: modelNameOverride }),
    Priority: priority ?? place + 1,
  }));
}

export function buildDataCapture(config: DataCaptureConfig, defaultBucket: string): AwsCapture {
  const options = config.captureOptions ?? CAPTURE_DEFAULTS.captureOptions;
  return {
    EnableCapture: config.enableCapture,
    InitialSamplingPercentage: config.samplingPercentage ?? CAPTURE_DEFAULTS.samplingPercentage,
    DestinationS3Uri: config.destinationS3Uri ?? `s3://${defaultBucket}/model-monitor/data-capture`,
    CaptureOptions: options.map((option) => ({ CaptureMode: CAPTURE_MODES[option] })),
    ...(config.kmsKeyId !== undefined && { KmsKeyId: config.kmsKeyId }),
    CaptureContentTypeHeader: {
      CsvContentTypes: [...(config.csvContentTypes ?? CAPTURE_DEFAULTS.csvContentTypes)],
      JsonContentTypes: [...(config.jsonContentTypes ?? CAPTURE_DEFAULTS.jsonContentTypes)],
    },
  };
}

export function buildAsync(config: AsyncInferenceConfig, defaultBucket: string, endpointName: string): AwsAsync {
  const { maxConcurrentInvocationsPerInstance: most, kmsKeyId, notificationConfig: told } = config;
  return {
    OutputConfig: {
      S3OutputPath: config.outputPath ?? `s3://${defaultBucket}/async-endpoint-outputs/${endpointName}`,
      S3FailurePath: config.failurePath ?? `s3://${defaultBucket}/async-endpoint-failures/${endpointName}`,
      ...(kmsKeyId !== undefined && { KmsKeyId: kmsKeyId }),
      ...(told && {
        NotificationConfig: {
          ...(told.successTopic !== undefined && { SuccessTopic: told.successTopic }),
          ...(told.errorTopic !== undefined && { ErrorTopic: told.errorTopic }),
          ...(told.includeInferenceResponseIn && { IncludeInferenceResponseIn: told.includeInferenceResponseIn }),
        },
      }),
    },
    ...(most !== undefined && { ClientConfig: { MaxConcurrentInvocationsPerInstance: most } }),
  };
}

export function buildDeployment(config: DeploymentConfig): AwsDeployment {
  const {
    blueGreenUpdatePolicy: blueGreen,
    rollingUpdatePolicy: rolling,
    autoRollbackConfiguration: rollback,
  } = config;
  const traffic = blueGreen?.trafficRoutingConfiguration;
  const limit = (seconds: number | undefined) =>
    seconds === undefined ? {} : { MaximumExecutionTimeoutInSeconds: seconds };
  return {
    ...(blueGreen &&
      traffic && {
        BlueGreenUpdatePolicy: {
          TrafficRoutingConfiguration: {
            Type: traffic.type,
            WaitIntervalInSeconds: traffic.waitIntervalInSeconds ?? 0,
            ...(traffic.canarySize && { CanarySize: buildSize(traffic.canarySize) }),
            ...(traffic.linearStepSize && { LinearStepSize: buildSize(traffic.linearStepSize) }),
          },
          ...(blueGreen.terminationWaitInSeconds !== undefined && {
            TerminationWaitInSeconds: blueGreen.terminationWaitInSeconds,
          }),
          ...limit(blueGreen.maximumExecutionTimeoutInSeconds),
        },
      }),
    ...(rolling && {
      RollingUpdatePolicy: {
        MaximumBatchSize: buildSize(rolling.maximumBatchSize),
        WaitIntervalInSeconds: rolling.waitIntervalInSeconds,
        ...limit(rolling.maximumExecutionTimeoutInSeconds),
        ...(rolling.rollbackMaximumBatchSize && {
          RollbackMaximumBatchSize: buildSize(rolling.rollbackMaximumBatchSize),
        }),
      },
    }),
    ...(rollback && {
      AutoRollbackConfiguration: { Alarms: rollback.alarms.map(({ alarmName }) => ({ AlarmName: alarmName })) },
    }),
  };
}

function buildSize({ type, value }: CapacitySize): AwsCapacitySize {
  return { Type: type, Value: value };
}
