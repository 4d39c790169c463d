/** How to train: the arguments of the Estimator's constructor and of `fit`, under the names that the client gives them. */
import type { FitInputs, InputMode } from './training-data';
import type {
  DebuggerHookConfig,
  DebuggerRule,
  ExperimentConfig,
  InstanceGroup,
  InstancePreference,
  RequestOverrides,
  TensorBoardOutputConfig,
} from './training-settings';
import type { JsonValue, Tag } from './values';

/** A metric that SageMaker reads out of the training log by a regular expression with one group. */
export interface MetricDefinition {
  /** What the metric is called in progress and result. */
  name: string;
  /** Its group is the value, as in `loss=([0-9.]+)`. */
  regex: string;
}

/** The Estimator's own arguments (the seed's constructor): on instances of one type, in groups, or of whichever type there is. */
export type EstimatorArguments = TrainOnInstances | TrainOnInstanceGroups | TrainOnInstancePreferences;

/** The Estimator's arguments for instances of one type. */
export type TrainOnInstances = TrainingArguments & {
  /** How many instances train. */
  trainInstanceCount: number;
  /** Such as `ml.m5.large`. */
  trainInstanceType: string;
  /** Of one type, hence not given. */
  instanceGroups?: undefined;
  /** Of one type, hence not given. */
  instancePreferences?: undefined;
};

/** The Estimator's arguments for a cluster whose machines differ. */
export type TrainOnInstanceGroups = TrainingArguments & {
  /** Groups of instances, each of one type; at most 5. AWS: `ResourceConfig.InstanceGroups` */
  instanceGroups: InstanceGroup[];
  /** Each group has its own. */
  trainInstanceCount?: undefined;
  /** Each group has its own. */
  trainInstanceType?: undefined;
  /** Groups are fixed. */
  instancePreferences?: undefined;
};

/** The Estimator's arguments for instances of the first type of a list that there is capacity of. */
export type TrainOnInstancePreferences = TrainingArguments & {
  /** Types that will do, the best first; at most 5. AWS: `ResourceConfig.InstancePreferences` */
  instancePreferences: InstancePreference[];
  /** How many instances of whichever type, where the preferences do not say. */
  trainInstanceCount?: number;
  /** One of the preferences. */
  trainInstanceType?: undefined;
  /** Groups are fixed. */
  instanceGroups?: undefined;
};

/** The Estimator's own arguments but for the instances. */
export interface TrainingArguments {
  /** Training image: a registry path, as the account's registry names it. */
  imageName: string;
  /** Execution role: a name or an ARN. */
  role: string;
  /** Volume of each instance, in GB. @default 30 */
  trainVolumeSize?: number;
  /** KMS key for the instances' volumes. @default AWS's own key */
  trainVolumeKmsKey?: string;
  /** How long the job may train, in seconds; then SageMaker stops it. @default 86400 */
  trainMaxRun?: number;
  /** How data reaches the container, where a channel does not say otherwise. @default 'File' */
  inputMode?: InputMode;
  /** S3 URI under which the model data is written. Absent: the default bucket `sagemaker-{region}-{account}`. */
  outputPath?: string;
  /** KMS key for the model data. */
  outputKmsKey?: string;
  /** First part of the names that are made. @default the image's name */
  baseJobName?: string;
  /** Null is left out; how the others are written, `hyperparameterEncoding` says. */
  hyperparameters?: Record<string, JsonValue>;
  /**
   * How hyperparameters other than texts are written. Numbers are as Python's `str()` writes them in both; true, false,
   * lists and objects are JSON, or with `'python'` what `str()` makes of them, as in the Python SDK. @default 'json'
   */
  hyperparameterEncoding?: 'json' | 'python';
  /** Metrics to read out of the training log; at most 40. */
  metricDefinitions?: MetricDefinition[];
  /** Tags of the training job, and of what is deployed unless `deploy` has its own; at most 49. */
  tags?: Tag[];
  /** Subnet ids in which the job runs, and the model unless `deploy` says otherwise; with `securityGroupIds`. At most 16. */
  subnets?: string[];
  /** Security group ids of the job and the model; with `subnets`. At most 5. */
  securityGroupIds?: string[];
  /** S3 URI of a model to go on training from; a channel of its own. */
  modelUri?: string;
  /** The channel of `modelUri`. @default 'model' */
  modelChannelName?: string;
  /** Encrypts what the instances of a job say to each other. @default they speak in the clear */
  encryptInterContainerTraffic?: boolean;
  /** Keeps the training container, and the model unless `deploy` says otherwise, from every network. @default networks are open */
  enableNetworkIsolation?: boolean;
  /** Trains on spot capacity, which costs less and may be taken away; with `trainMaxWait`. @default on demand */
  trainUseSpotInstances?: boolean;
  /** How long a job on spot capacity may wait and train in all, in seconds; `trainMaxRun` or more. */
  trainMaxWait?: number;
  /** S3 URI at which checkpoints are kept, and found again after an interruption. */
  checkpointS3Uri?: string;
  /** Where the container keeps checkpoints; with `checkpointS3Uri`. @default `/opt/ml/checkpoints`, by AWS */
  checkpointLocalPath?: string;
  /** SageMaker Debugger's rules; at most 20. With rules the debugger's hook is on unless it is false. */
  rules?: DebuggerRule[];
  /** The debugger's hook; `false`: none, whatever the rules. @default none without rules */
  debuggerHookConfig?: DebuggerHookConfig | false;
  /** Where TensorBoard's files go. */
  tensorboardOutputConfig?: TensorBoardOutputConfig;
  /** SageMaker's own time series of metrics. @default AWS decides */
  enableSagemakerMetrics?: boolean;
  /** Environment of the training container; at most 100 variables. */
  environment?: Record<string, string>;
  /** How often SageMaker starts the job again after a fault of its own; 1 to 30. `trainMaxRun` holds for all together. */
  maxRetryAttempts?: number;
  /** How long the instances stay for a next job of the same kind, in seconds, which costs; at most 21600. @default not at all */
  keepAlivePeriodInSeconds?: number;
  /** Program of the training container. @default the image's own */
  containerEntryPoint?: string[];
  /** Arguments of that program. @default the image's own */
  containerArguments?: string[];
  /** Writes the model data as single files under a prefix. @default one `model.tar.gz` */
  disableOutputCompression?: boolean;
  /** How long the job may wait for accelerated instances, in seconds; 1800 to 2419200. @default AWS sets no limit */
  maxPendingTimeInSeconds?: number;
  /** Fields laid over the AWS requests of whatever this estimator trains and hosts. */
  overrides?: RequestOverrides;
}

/** Arguments of `fit`. */
export interface FitArguments {
  /** What to train on. @default no channels */
  inputs?: FitInputs;
  /** Name of the training job, and the Workflow Id of a run that our client starts. */
  jobName?: string;
  /** Which experiment the job belongs to. */
  experimentConfig?: ExperimentConfig;
  /** How long a job may wait before its training starts, in seconds; on spot as long as it may take in all. @default 86400 */
  pendingTimeoutSeconds?: number;
  /** How long past max-run a job may take before we stop it ourselves, in seconds. @default 1800 */
  overrunSeconds?: number;
  /**
   * Go on with the model of a job that AWS's limits of time or a person stopped, where it has left one in S3. The result
   * then says `stopped`, with a warning. Never of a job that this run stopped: a cancel and our own deadline stay what
   * they are. @default a job that was stopped fails the run
   */
  acceptStopped?: AcceptStopped;
}

/** What a job that was stopped must have left to be gone on with. */
export type AcceptStopped = 'if-model-exists';
