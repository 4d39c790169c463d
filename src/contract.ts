/**
 * Everything that crosses the wire: names that both sides must spell alike, and the shapes of inputs, results and
 * progress. Constants and types only. Starters (client, CLI, any other language) write the inputs; `schemas.ts` checks
 * the same shapes at run time; workflows answer with the results.
 *
 * All of it is plain JSON: times are ISO 8601 strings, an absent value is an absent field.
 */

/** Task queue of workflows and short activities. */
export const TASK_QUEUE = 'sagemaker';

/** Appended to the task queue's name: the queue of the waiting activities, which have a worker of their own. */
export const WAITS_QUEUE_SUFFIX = '-waits';

/** The workflow types, by the names under which a worker registers them. */
export const WORKFLOW_TYPES = ['fit', 'deploy', 'fitThenDeploy', 'deleteEndpoint'] as const;
export type WorkflowType = (typeof WORKFLOW_TYPES)[number];

/** Query that answers a {@link Progress}. */
export const PROGRESS_QUERY = 'progress';

/** Search attributes (type Keyword) that a run sets where the namespace has them. */
export const SEARCH_ATTRIBUTES = ['TrainingJobName', 'EndpointName', 'SageMakerStage'] as const;
export type SearchAttributeName = (typeof SEARCH_ATTRIBUTES)[number];

/** Memo fields. `inputHash` is set by the starter; `run` (a {@link RunMemo}) by the workflow before every end. */
export const MEMO = { inputHash: 'temporalSagemakerInputHash', run: 'temporalSagemakerRun' } as const;

/** Tag that marks every resource a run makes; its value names the run. */
export const RUN_TAG = 'temporal-sagemaker:run';

// --- inputs ---------------------------------------------------------------------------------------------------------

/** A value that survives JSON. */
export type JsonValue = string | number | boolean | null | JsonValue[] | { [key: string]: JsonValue };

/** A resource tag, as AWS writes it but for the case of its fields. */
export interface Tag {
  key: string;
  value: string;
}

/** A metric that SageMaker reads out of the training log by a regular expression with one group. */
export interface MetricDefinition {
  name: string;
  regex: string;
}

/** How a channel's data reaches the container. */
export type InputMode = 'File' | 'Pipe' | 'FastFile';

/** The Estimator's own arguments (the seed's constructor). */
export interface EstimatorArguments {
  /** Training image: a registry path, as the account's registry names it. */
  imageName: string;
  /** Execution role: a name or an ARN. */
  role: string;
  trainInstanceCount: number;
  trainInstanceType: string;
  /** GB. @default 30 */
  trainVolumeSize?: number;
  /** Seconds. @default 86400 */
  trainMaxRun?: number;
  /** @default 'File' */
  inputMode?: InputMode;
  /** S3 URI under which the model data is written. Absent: the default bucket `sagemaker-{region}-{account}`. */
  outputPath?: string;
  /** KMS key for the model data. */
  outputKmsKey?: string;
  /** First part of the names that are made. @default the image's name */
  baseJobName?: string;
  /** Values other than strings are written as Python's `str()` writes numbers and as JSON otherwise; null is left out. */
  hyperparameters?: Record<string, JsonValue>;
  metricDefinitions?: MetricDefinition[];
  tags?: Tag[];
}

/** One channel's source, with all the fields of the seed's `s3_input`. */
export interface S3Input {
  s3Data: string;
  /** @default 'FullyReplicated' */
  distribution?: 'FullyReplicated' | 'ShardedByS3Key';
  compression?: 'None' | 'Gzip';
  contentType?: string;
  recordWrapping?: 'None' | 'RecordIO';
  /** @default 'S3Prefix' */
  s3DataType?: 'S3Prefix' | 'ManifestFile' | 'AugmentedManifestFile';
  inputMode?: InputMode;
  attributeNames?: string[];
  shuffleConfig?: { seed: number };
}

/** What to train on: one S3 URI or {@link S3Input} is the channel `training`; an object has a channel for each key. */
export type FitInputs = string | S3Input | Record<string, string | S3Input>;

/** Arguments of `fit`. */
export interface FitArguments {
  inputs: FitInputs;
  /** Name of the training job, and the Workflow Id of a run that our client starts. */
  jobName?: string;
  /** How long a job may wait before its training starts, in seconds. @default 86400 */
  pendingTimeoutSeconds?: number;
  /** How long past max-run a job may take before we stop it ourselves, in seconds. @default 1800 */
  overrunSeconds?: number;
}

/** Arguments of `deploy`, those of `createModel` among them. */
export interface DeployArguments {
  initialInstanceCount: number;
  instanceType: string;
  /** @default the training job's name */
  endpointName?: string;
  /** Serving image. @default the training image */
  image?: string;
  /** @default the estimator's role */
  role?: string;
  /** Environment of the serving container. */
  env?: Record<string, string>;
  tags?: Tag[];
  /** How long the endpoint may take to be in service, in seconds. @default 3600 */
  endpointTimeoutSeconds?: number;
}

/** Input of the workflow `fit`. */
export interface FitInput {
  estimator: EstimatorArguments;
  fit: FitArguments;
  region?: string;
}

/** Input of the workflow `deploy`: model data by the training job that made it, or by its own S3 URI. */
export interface DeployInput {
  estimator?: EstimatorArguments;
  trainingJobName?: string;
  modelData?: string;
  deploy: DeployArguments;
  region?: string;
}

/** Input of the workflow `fitThenDeploy`. */
export interface FitThenDeployInput {
  estimator: EstimatorArguments;
  fit: FitArguments;
  deploy: DeployArguments;
  region?: string;
}

/** Input of the workflow `deleteEndpoint`. */
export interface DeleteEndpointInput {
  endpointName: string;
  region?: string;
}

// --- the ledger, progress and results --------------------------------------------------------------------------------

/** The kinds of resource a run can make, in SageMaker's words. */
export type ResourceKind = 'bucket' | 'training job' | 'model' | 'endpoint config' | 'endpoint';

/**
 * What became of one resource: intended (asked for, answer unknown), made, adopted (it was there, equal and ours),
 * deleted, or left (it is still there, and `reason` says why).
 */
export interface LedgerEntry {
  kind: ResourceKind;
  name: string;
  state: 'intended' | 'made' | 'adopted' | 'deleted' | 'left';
  arn?: string;
  reason?: string;
}

/** One value of one training metric. */
export interface MetricSample {
  name: string;
  value: number;
  time: string;
}

/** One secondary status a training job went through. */
export interface SecondaryStatusTransition {
  status: string;
  startTime: string;
  endTime?: string;
  message?: string;
}

/** Where a run stands, in one word. */
export type Stage = 'Preparing' | 'Training' | 'Stopping' | 'Deploying' | 'Deleting' | 'Done' | 'Failed' | 'Cancelled';

/** What is known of the training job of a run. */
export interface TrainingJobProgress {
  name: string;
  arn?: string;
  status?: string;
  secondaryStatus?: string;
  /** When AWS entered the present secondary status. */
  since?: string;
  transitions: SecondaryStatusTransition[];
  /** At most 30 of each metric, thinned evenly; the newest is always there. */
  metrics: MetricSample[];
}

/** What is known of the endpoint of a run. */
export interface EndpointProgress {
  name: string;
  arn?: string;
  status?: string;
  since?: string;
  endpointConfigName?: string;
}

/** Answer of the query `progress`. */
export interface Progress {
  stage: Stage;
  region?: string;
  trainingJob?: TrainingJobProgress;
  /** S3 URI of the model data, once it is there. */
  modelData?: string;
  endpoint?: EndpointProgress;
  ledger: LedgerEntry[];
  /** How often each step that can be asked again was asked. */
  attempts: Record<string, number>;
  /** Pages to look at, by what they show. */
  links: Record<string, string>;
  warnings: string[];
  failure?: { code: string; message: string };
}

/** What a run leaves in its memo: the part of {@link Progress} that must outlive workers and results. */
export interface RunMemo {
  stage: Stage;
  trainingJobName?: string;
  modelData?: string;
  endpointName?: string;
  ledger: LedgerEntry[];
  warnings: string[];
}

/** Result of the workflow `fit`. */
export interface FitResult {
  trainingJobName: string;
  trainingJobArn: string;
  /** S3 URI of the model data. */
  modelData: string;
  region: string;
  trainingStartTime?: string;
  trainingEndTime?: string;
  trainingTimeSeconds?: number;
  billableTimeSeconds?: number;
  /** The last value of each metric. */
  finalMetrics: MetricSample[];
  ledger: LedgerEntry[];
  warnings: string[];
}

/** Result of the workflow `deploy`. */
export interface DeployResult {
  endpointName: string;
  endpointArn: string;
  endpointConfigName: string;
  modelName: string;
  modelData: string;
  region: string;
  /** True where an endpoint of this name was there and now serves the new model. */
  updated: boolean;
  ledger: LedgerEntry[];
  warnings: string[];
}

/** Result of the workflow `fitThenDeploy`. */
export type FitThenDeployResult = FitResult & DeployResult;

/** Result of the workflow `deleteEndpoint`. */
export interface DeleteEndpointResult {
  endpointName: string;
  region: string;
  deleted: LedgerEntry[];
  left: LedgerEntry[];
  ledger: LedgerEntry[];
  warnings: string[];
}

// --- failures --------------------------------------------------------------------------------------------------------

/** The closed set of failure codes: `ApplicationFailure.type`, the client's `code`, the headings of docs/errors.md. */
export const FAILURE_CODES = [
  'InvalidInput',
  'AccessDenied',
  'NameTaken',
  'RunConflict',
  'LimitExceeded',
  'RoleNotAssumable',
  'ArtefactMissing',
  'TrainingJobFailed',
  'TrainingJobStopped',
  'TrainingJobTimedOut',
  'TrainingJobNotFound',
  'EndpointFailed',
  'EndpointRolledBack',
  'EndpointTimedOut',
  'EndpointNotFound',
  'ModelError',
  'TemporalUnreachable',
  'AwsUnreachable',
  'RunNotFound',
  'RunTerminated',
  'Cancelled',
  'Internal',
] as const;
export type FailureCode = (typeof FAILURE_CODES)[number];

/** First of a failure's `details`: all that is known beside code and message. */
export interface FailureDetails {
  /** AWS's own words. */
  reason?: string;
  /** AWS's request id. */
  requestId?: string;
  /** What to do about it. */
  fix?: string;
  /** True where a create may have taken effect although nothing says so. */
  isEffectUnknown?: boolean;
  /** The last lines of the container's log. */
  logTail?: string[];
  /** Every problem of an input, each beginning with the field it is about. */
  problems?: string[];
  /** The fields in which a taken name differs from what was asked for. */
  differences?: string[];
  trainingJobName?: string;
  modelData?: string;
  endpointName?: string;
  ledger?: LedgerEntry[];
}
