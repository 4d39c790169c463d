/** How to host: the arguments of `deploy`, those of `createModel` among them. */
import type {
  AsyncInferenceConfig,
  DataCaptureConfig,
  DeploymentConfig,
  InstancePool,
  RetainableProperty,
  RoutingConfig,
  ServerlessInferenceConfig,
  VpcConfig,
} from './hosting-settings';
import type { HostingOverrides } from './training-settings';
import type { Tag } from './values';

/** Arguments of `deploy`, those of `createModel` among them: on instances of one type or of several, or without any. */
export type DeployArguments = DeployOnInstances | DeployOnInstancePools | DeployServerless;

/** Arguments of `deploy` that say what is served, under which name, and how an endpoint of that name is treated. */
export interface DeployAnywhere {
  /** An endpoint of this name that a run of this package made is updated. @default the training job's name */
  endpointName?: string;
  /**
   * True: only an endpoint that exists is updated, and none is made. False: only a new one is made, and none is updated.
   *
   * @default whichever it takes
   */
  updateEndpoint?: boolean;
  /**
   * The model's name. A deploy never deletes a model with a name of your own, and lists the one that it replaced as left;
   * so it must not end as the names that runs make do, in a hyphen and ten hexadecimal digits.
   *
   * @default the endpoint's name and a hash of what the model is made of
   */
  modelName?: string;
  /** Serving image. @default the training image */
  image?: string;
  /** @default the estimator's role */
  role?: string;
  /** Environment of the serving container. */
  env?: Record<string, string>;
  /** Where the container runs; null: in no VPC of yours. @default the estimator's `subnets` and `securityGroupIds` */
  vpcConfigOverride?: VpcConfig | null;
  /** Whether the container is kept from every network. @default the estimator's */
  enableNetworkIsolation?: boolean;
  /** Tags of model, endpoint config and endpoint; at most 49. @default the estimator's */
  tags?: Tag[];
  /** KMS key for the storage volumes of what serves. @default AWS's own key */
  kmsKey?: string;
  /**
   * How long the endpoint may take to be in service, in seconds.
   *
   * @default 3600, and as long as the deployment policy waits and instances may be waited for; 3600 more than the policy's
   * `maximumExecutionTimeoutInSeconds`, where that is longer
   */
  endpointTimeoutSeconds?: number;
  /** Fields laid over the AWS requests that host, and over the estimator's own overrides. */
  overrides?: HostingOverrides;
}

/** Arguments of `deploy` for endpoints on instances. */
export interface InstanceSettings {
  /** How many instances serve. */
  initialInstanceCount: number;
  /** How long instances may be waited for, in seconds; 300 to 3600. `VariantInstanceProvisionTimeoutInSeconds`. @default AWS's choice */
  variantInstanceProvisionTimeoutInSeconds?: number;
  /** Volume of each instance, in GB; 1 to 512. @default the instance type's own */
  volumeSize?: number;
  /** How long model data may take to be there, in seconds; 60 to 3600. @default AWS's choice */
  modelDataDownloadTimeout?: number;
  /** How long the container may take to answer pings, in seconds; 60 to 3600. @default AWS's choice */
  containerStartupHealthCheckTimeout?: number;
  /** Machine image of the instances, by AWS's name for it. @default AWS's choice */
  inferenceAmiVersion?: string;
  /** How requests are shared out among instances. @default at random */
  routingConfig?: RoutingConfig;
  /** Answers go to S3, and `InvokeEndpoint` is refused. @default answers go to whoever asked */
  asyncInferenceConfig?: AsyncInferenceConfig;
  /**
   * Keeps requests and answers in S3; null turns that off.
   *
   * @default none for a new endpoint; an update leaves what it finds
   */
  dataCaptureConfig?: DataCaptureConfig | null;
  /** How an update takes over, and what takes it back. @default all at once; what does not come into service is taken back */
  deploymentConfig?: DeploymentConfig;
  /**
   * True: an update keeps how many instances there are by now, their weight, and the data capture. @default false: only
   * the data capture is kept
   */
  retainAllVariantProperties?: boolean;
  /** What is not kept of all that `retainAllVariantProperties` would keep. @default nothing */
  excludeRetainedVariantProperties?: RetainableProperty[];
}

/** Arguments of `deploy` for instances of one type. */
export interface InstanceTypeSettings {
  /** Such as `ml.m5.large`. */
  instanceType: string;
  /** Elastic Inference accelerator, such as `ml.eia2.medium`; AWS has ended them. @default none */
  acceleratorType?: string;
}

/** Arguments of `deploy` for instances of whichever type can be had. */
export interface InstancePoolSettings {
  /** The types that may serve, the most wanted first; 1 to 5. */
  instancePools: InstancePool[];
}

/** Arguments of `deploy` without instances. */
export interface ServerlessSettings {
  /** How large and how many; `{}` is 2048 MB and five at once. */
  serverlessInferenceConfig: ServerlessInferenceConfig;
}

/** Arguments of `deploy` to instances of one type. */
export type DeployOnInstances = DeployAnywhere &
  InstanceSettings &
  InstanceTypeSettings & { [Field in keyof (InstancePoolSettings & ServerlessSettings)]?: undefined };

/** Arguments of `deploy` to instances of whichever type can be had. */
export type DeployOnInstancePools = DeployAnywhere &
  InstanceSettings &
  InstancePoolSettings & { [Field in keyof (InstanceTypeSettings & ServerlessSettings)]?: undefined };

/** Arguments of `deploy` without instances. */
export type DeployServerless = DeployAnywhere &
  ServerlessSettings & {
    [Field in keyof (InstanceSettings & InstanceTypeSettings & InstancePoolSettings)]?: undefined;
  };

/** Arguments of `deploy` of which some must be there. */
export type DeployWith<Needed extends keyof DeployAnywhere> = DeployArguments & Required<Pick<DeployAnywhere, Needed>>;
