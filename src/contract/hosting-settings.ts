/** What the arguments of `deploy` are made of: capacity, capture, asynchronous answers, and how an update takes over. */

/** Where a model's containers run. */
export interface VpcConfig {
  /** Subnet ids; 1 to 16. */
  subnets: string[];
  /** Security group ids; 1 to 5. */
  securityGroupIds: string[];
}

/** Serves without instances: AWS starts containers as they are asked for, and none while nobody asks. */
export interface ServerlessInferenceConfig {
  /** Memory of one container, in MB. @default 2048 */
  memorySizeInMb?: 1024 | 2048 | 3072 | 4096 | 5120 | 6144;
  /** How many containers may answer at once; 1 to 200. @default 5 */
  maxConcurrency?: number;
  /** How many containers are kept warm, which costs; at most `maxConcurrency`. @default none */
  provisionedConcurrency?: number;
}

/** Answers are written to S3: `ProductionVariant`s of such an endpoint take `InvokeEndpointAsync` alone. */
export interface AsyncInferenceConfig {
  /** S3 URI for the answers. @default `async-endpoint-outputs/{endpointName}` in the default bucket */
  outputPath?: string;
  /** S3 URI for what failed. @default `async-endpoint-failures/{endpointName}` in the default bucket */
  failurePath?: string;
  /** How many requests an instance's container gets at once; 1 to 1000. @default AWS's choice */
  maxConcurrentInvocationsPerInstance?: number;
  /** KMS key for the answers. @default the bucket's own encryption */
  kmsKeyId?: string;
  /** Whom to tell. @default nobody */
  notificationConfig?: AsyncNotificationConfig;
}

/** SNS topics that are told of asynchronous answers. */
export interface AsyncNotificationConfig {
  /** ARN of the topic that is told of each success. */
  successTopic?: string;
  /** ARN of the topic that is told of each failure. */
  errorTopic?: string;
  /** Which of the messages carry the answer itself. @default none */
  includeInferenceResponseIn?: ('SUCCESS_NOTIFICATION_TOPIC' | 'ERROR_NOTIFICATION_TOPIC')[];
}

/** Keeps requests and answers of an endpoint in S3. */
export interface DataCaptureConfig {
  /** False keeps the settings and captures nothing. */
  enableCapture: boolean;
  /** How many of a hundred requests are kept; 0 to 100. @default 20 */
  samplingPercentage?: number;
  /** S3 URI under which they are kept. @default `model-monitor/data-capture` in the default bucket */
  destinationS3Uri?: string;
  /** KMS key for what is kept. @default the bucket's own encryption */
  kmsKeyId?: string;
  /** What of each is kept. @default `['REQUEST', 'RESPONSE']` */
  captureOptions?: ('REQUEST' | 'RESPONSE')[];
  /** Content types that are kept as CSV; 1 to 10. @default `['text/csv']` */
  csvContentTypes?: string[];
  /** Content types that are kept as JSON; 1 to 10. @default `['application/json']` */
  jsonContentTypes?: string[];
}

/** A type of instance that may serve, and when it is tried. */
export interface InstancePool {
  /** Such as `ml.m5.large`. */
  instanceType: string;
  /** From 1, which is tried first, to 5. @default its place in the list */
  priority?: number;
  /** Name of a model that exists already, to serve on instances of this type. @default the model of this deploy */
  modelNameOverride?: string;
}

/** How requests are shared out among an endpoint's instances. */
export interface RoutingConfig {
  /** AWS's word. */
  routingStrategy: 'LEAST_OUTSTANDING_REQUESTS' | 'RANDOM' | 'PREFIX_AWARE' | 'KV_AWARE';
}

/** A share of an endpoint's instances. */
export interface CapacitySize {
  /** In instances, or in percent of all. */
  type: 'INSTANCE_COUNT' | 'CAPACITY_PERCENT';
  /** How many of them. */
  value: number;
}

/** In which steps requests go over to the new instances; `type` tells. */
export type TrafficRoutingConfiguration =
  | {
      /** All requests in one step. */
      type: 'ALL_AT_ONCE';
      /** How long alarms are watched after it, in seconds; at most 3600. @default 0 */
      waitIntervalInSeconds?: number;
      /** There is none. */
      canarySize?: undefined;
      /** There are none. */
      linearStepSize?: undefined;
    }
  | {
      /** A small part first, and all the others when it has proven well. */
      type: 'CANARY';
      /** How long alarms are watched after each of both, in seconds; at most 3600. */
      waitIntervalInSeconds: number;
      /** The first part: at most half of the instances. */
      canarySize: CapacitySize;
      /** Of `LINEAR`. */
      linearStepSize?: undefined;
    }
  | {
      /** In steps of one size. */
      type: 'LINEAR';
      /** How long alarms are watched after each step, in seconds; at most 3600. */
      waitIntervalInSeconds: number;
      /** Each step: a tenth to half of the instances. */
      linearStepSize: CapacitySize;
      /** Of `CANARY`. */
      canarySize?: undefined;
    };

/** New instances beside the old ones, which go when the new ones have taken over. */
export interface BlueGreenUpdatePolicy {
  /** In which steps requests go over. */
  trafficRoutingConfiguration: TrafficRoutingConfiguration;
  /** How long the old instances stay after that, in seconds; at most 3600. @default 0 */
  terminationWaitInSeconds?: number;
  /** After how many seconds AWS gives the update up; 600 to 28800, and more than all its waiting. @default AWS's choice */
  maximumExecutionTimeoutInSeconds?: number;
}

/** Batch by batch: each new one takes the place of as many old instances. */
export interface RollingUpdatePolicy {
  /** Each batch: 5 to 50 percent of the instances. */
  maximumBatchSize: CapacitySize;
  /** How long alarms are watched after each batch, in seconds; at most 3600. */
  waitIntervalInSeconds: number;
  /** After how many seconds AWS gives the update up; 600 to 28800, and more than all its waiting. @default AWS's choice */
  maximumExecutionTimeoutInSeconds?: number;
  /** Each batch on the way back. @default all at once */
  rollbackMaximumBatchSize?: CapacitySize;
}

/** What has AWS take an update back by itself. */
export interface AutoRollbackConfiguration {
  /** CloudWatch alarms: the first that goes off while they are watched; 1 to 10. */
  alarms: {
    /** The alarm's name, in the endpoint's account and region. */
    alarmName: string;
  }[];
}

/** How an update takes over from what serves, and what takes it back: blue/green or rolling, never both. */
export type DeploymentConfig =
  | {
      /** @default all at once, without waiting */
      blueGreenUpdatePolicy?: BlueGreenUpdatePolicy;
      /** Instead of the other. */
      rollingUpdatePolicy?: undefined;
      /** @default only what does not come into service is taken back */
      autoRollbackConfiguration?: AutoRollbackConfiguration;
    }
  | {
      /** Instead of the other. */
      blueGreenUpdatePolicy?: undefined;
      /** How large the batches are. */
      rollingUpdatePolicy: RollingUpdatePolicy;
      /** @default only what does not come into service is taken back */
      autoRollbackConfiguration?: AutoRollbackConfiguration;
    };

/** A property of what serves that an update can keep though the new endpoint config says another. */
export type RetainableProperty = 'DesiredInstanceCount' | 'DesiredWeight' | 'DataCaptureConfig';
