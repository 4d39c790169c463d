/**
 * Everything that crosses the wire: names that both sides must spell alike, and the shapes of inputs, results and
 * progress. Constants and types only. Starters (client, CLI, any other language) write the inputs; `schemas/` checks
 * the same shapes at run time; workflows answer with the results.
 *
 * All of it is plain JSON: times are ISO 8601 strings, an absent value is an absent field.
 */

/** Task queue of workflows and short activities. */
export const TASK_QUEUE = 'sagemaker';

/** Appended to the task queue's name: the queue of the waiting activities, which have a worker of their own. */
export const WAITS_QUEUE_SUFFIX = '-waits';

/** The workflow types, by the names under which a worker registers them. */
export const WORKFLOW_TYPES = ['fit', 'deploy', 'fitThenDeploy', 'deleteEndpoint', 'sweep'] as const;
/** The name of a workflow type. */
export type WorkflowType = (typeof WORKFLOW_TYPES)[number];

/** Query that answers a {@link Progress}. */
export const PROGRESS_QUERY = 'progress';

/** Search attributes (type Keyword) that a run sets where the namespace has them. */
export const SEARCH_ATTRIBUTES = ['TrainingJobName', 'EndpointName', 'SageMakerStage'] as const;
/** The name of a search attribute that a run sets. */
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
  /** At most 128 characters; `aws:` and `temporal-sagemaker:` are taken. */
  key: string;
  /** At most 256 characters, or none. */
  value: string;
}

/** A metric that SageMaker reads out of the training log by a regular expression with one group. */
export interface MetricDefinition {
  /** What the metric is called in progress and result. */
  name: string;
  /** Its group is the value, as in `loss=([0-9.]+)`. */
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
  /** How many instances train. */
  trainInstanceCount: number;
  /** Such as `ml.m5.large`. */
  trainInstanceType: string;
  /** Volume of each instance, in GB. @default 30 */
  trainVolumeSize?: number;
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
  /** Values other than strings are written as Python's `str()` writes numbers and as JSON otherwise; null is left out. */
  hyperparameters?: Record<string, JsonValue>;
  /** Metrics to read out of the training log; at most 40. */
  metricDefinitions?: MetricDefinition[];
  /** Tags of the training job, and of what is deployed unless `deploy` has its own; at most 49. */
  tags?: Tag[];
}

/** One channel's source, with all the fields of the seed's `s3_input`. */
export interface S3Input {
  /** S3 URI of a prefix, a manifest or an augmented manifest. */
  s3Data: string;
  /** Whether each instance gets all of it or its share of the objects. @default 'FullyReplicated' */
  distribution?: 'FullyReplicated' | 'ShardedByS3Key';
  /** How the objects are compressed; for Pipe mode. @default 'None' */
  compression?: 'None' | 'Gzip';
  /** MIME type of the objects, told to the container. */
  contentType?: string;
  /** How to wrap the objects in records. @default 'None' */
  recordWrapping?: 'None' | 'RecordIO';
  /** What `s3Data` names. @default 'S3Prefix' */
  s3DataType?: 'S3Prefix' | 'ManifestFile' | 'AugmentedManifestFile';
  /** How this channel's data reaches the container. @default the estimator's */
  inputMode?: InputMode;
  /** Which attributes of an augmented manifest to read; at most 16. */
  attributeNames?: string[];
  /** Shuffles the order of objects, or of a manifest's lines, by this seed. */
  shuffleConfig?: {
    /** A whole number; it also decides the order of later epochs. */
    seed: number;
  };
}

/** What to train on: one S3 URI or {@link S3Input} is the channel `training`; an object has a channel for each key. */
export type FitInputs =
  | string
  | S3Input
  | (Record<string, string | S3Input> & {
      /** No channel is called so: an object that has it is one {@link S3Input}. */
      s3Data?: never;
    });

/** Arguments of `fit`. */
export interface FitArguments {
  /** What to train on. */
  inputs: FitInputs;
  /** Name of the training job, and the Workflow Id of a run that our client starts. */
  jobName?: string;
  /** How long a job may wait before its training starts, in seconds. @default 86400 */
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

/** Arguments of `deploy`, those of `createModel` among them. */
export interface DeployArguments {
  /** How many instances serve. */
  initialInstanceCount: number;
  /** Such as `ml.m5.large`. */
  instanceType: string;
  /** An endpoint of this name that a run of this package made is updated. @default the training job's name */
  endpointName?: string;
  /** Serving image. @default the training image */
  image?: string;
  /** @default the estimator's role */
  role?: string;
  /** Environment of the serving container. */
  env?: Record<string, string>;
  /** Tags of model, endpoint config and endpoint; at most 49. @default the estimator's */
  tags?: Tag[];
  /** How long the endpoint may take to be in service, in seconds. @default 3600 */
  endpointTimeoutSeconds?: number;
}

/** Input of the workflow `fit`. */
export interface FitInput {
  /** What to train with. */
  estimator: EstimatorArguments;
  /** What to train on. */
  fit: FitArguments;
  /** AWS region; a worker of another one refuses the run. @default the worker's */
  region?: string;
}

/** Input of the workflow `deploy`: model data by the training job that made it, or by its own S3 URI; never both. */
export type DeployInput = DeployTrainedInput | DeployModelDataInput;

/** Deploys what a training job made. What the arguments do not say, AWS's description of the job does. */
export interface DeployTrainedInput {
  /** A job that still trains is waited for. */
  trainingJobName: string;
  /** Deploy the model of a job that was stopped, where it has left one. @default such a job fails the run */
  acceptStopped?: AcceptStopped;
  /** Of the job, hence not given. */
  modelData?: undefined;
  /** Its image, role and tags serve where `deploy` has none. */
  estimator?: EstimatorArguments;
  /** How to host it. */
  deploy: DeployArguments;
  /** AWS region; a worker of another one refuses the run. @default the worker's */
  region?: string;
}

/** Deploys model data by its S3 URI. Nobody else knows image and role: an estimator tells them, or `deploy` does. */
export type DeployModelDataInput = {
  /** S3 URI of a `model.tar.gz`. */
  modelData: string;
  /** No job is asked. */
  trainingJobName?: undefined;
  /** Of a job, hence not given. */
  acceptStopped?: undefined;
  /** AWS region; a worker of another one refuses the run. @default the worker's */
  region?: string;
} & (
  | {
      /** Its image, role and tags serve where `deploy` has none. */
      estimator: EstimatorArguments;
      /** How to host it. */
      deploy: DeployWith<'endpointName'>;
    }
  | {
      /** Without one, image and role stand in `deploy`. */
      estimator?: undefined;
      /** How to host it, with all that nobody else tells. */
      deploy: DeployWith<'endpointName' | 'image' | 'role'>;
    }
);

/** Arguments of `deploy` of which some must be there. */
export type DeployWith<Needed extends keyof DeployArguments> = DeployArguments &
  Required<Pick<DeployArguments, Needed>>;

/** Input of the workflow `fitThenDeploy`. */
export interface FitThenDeployInput {
  /** What to train with. */
  estimator: EstimatorArguments;
  /** What to train on. */
  fit: FitArguments;
  /** How to host what was trained. */
  deploy: DeployArguments;
  /** AWS region; a worker of another one refuses the run. @default the worker's */
  region?: string;
}

/** Input of the workflow `deleteEndpoint`. */
export interface DeleteEndpointInput {
  /** The endpoint to delete, whoever made it. */
  endpointName: string;
  /** AWS region; a worker of another one refuses the run. @default the worker's */
  region?: string;
}

/** Input of the workflow `sweep`. */
export interface SweepInput {
  /** Deletes and stops what is found. Without it, a sweep only tells. */
  apply?: boolean;
  /** Looks only at what was made in the last so many seconds. @default all that there is */
  createdWithinSeconds?: number;
  /** AWS region; a worker of another one refuses the run. @default the worker's */
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
  /** What it is. */
  kind: ResourceKind;
  /** Its name on AWS. */
  name: string;
  /** What became of it. */
  state: 'intended' | 'made' | 'adopted' | 'deleted' | 'left';
  /** Absent until AWS has told it. */
  arn?: string;
  /** Why it is left. */
  reason?: string;
}

/** One value of one training metric. */
export interface MetricSample {
  /** As in its definition. */
  name: string;
  /** In the metric's own unit. */
  value: number;
  /** When SageMaker read it. */
  time: string;
}

/** One secondary status a training job went through. */
export interface SecondaryStatusTransition {
  /** AWS's word, such as `Downloading`. */
  status: string;
  /** When the job entered it. */
  startTime: string;
  /** When the job left it; absent for the present one. */
  endTime?: string;
  /** AWS's own words about it. */
  message?: string;
}

/** Where a run stands, in one word. */
export type Stage = 'Preparing' | 'Training' | 'Stopping' | 'Deploying' | 'Deleting' | 'Done' | 'Failed' | 'Cancelled';

/** What is known of the training job of a run. */
export interface TrainingJobProgress {
  /** The job's name. */
  name: string;
  /** Absent until the job is made. */
  arn?: string;
  /** AWS's word, such as `InProgress`. */
  status?: string;
  /** AWS's word, such as `Downloading`. */
  secondaryStatus?: string;
  /** When AWS entered the present secondary status. */
  since?: string;
  /** All secondary statuses until now, the oldest first. */
  transitions: SecondaryStatusTransition[];
  /** At most 30 of each metric, thinned evenly; the newest is always there. */
  metrics: MetricSample[];
}

/** What is known of the endpoint of a run. */
export interface EndpointProgress {
  /** The endpoint's name. */
  name: string;
  /** Absent until the endpoint is made. */
  arn?: string;
  /** AWS's word, such as `Creating`. */
  status?: string;
  /** When AWS last changed the endpoint. */
  since?: string;
  /** The config that AWS names as the endpoint's present one. */
  endpointConfigName?: string;
}

/** Answer of the query `progress`. */
export interface Progress {
  /** Where the run stands, in one word. */
  stage: Stage;
  /** AWS region, once a worker has taken the run up. */
  region?: string;
  /** Absent in a run that has nothing to do with training. */
  trainingJob?: TrainingJobProgress;
  /** S3 URI of the model data, once it is there. */
  modelData?: string;
  /** Absent in a run that has nothing to do with an endpoint. */
  endpoint?: EndpointProgress;
  /** What the run intended and made, and what became of it. */
  ledger: LedgerEntry[];
  /** How often each step that can be asked again was asked. */
  attempts: Record<string, number>;
  /** How far a sweep has come; absent in all other runs. */
  sweep?: SweepCounts;
  /** Pages to look at, by what they show. */
  links: Record<string, string>;
  /** What is worth knowing and stops nothing. */
  warnings: string[];
  /** Why the run fails, from the moment that is known. */
  failure?: {
    /** A {@link FailureCode}, or what Temporal says. */
    code: string;
    /** What happened, with its coordinates. */
    message: string;
  };
}

/** What a run leaves in its memo: the part of {@link Progress} that must outlive workers and results. */
export interface RunMemo {
  /** Where the run stands, in one word. */
  stage: Stage;
  /** The job that the run trains or deploys. */
  trainingJobName?: string;
  /** S3 URI of the model data, once it is there. */
  modelData?: string;
  /** The endpoint that the run makes, updates or deletes. */
  endpointName?: string;
  /** What the run intended and made, and what became of it. */
  ledger: LedgerEntry[];
  /** What is worth knowing and stops nothing. */
  warnings: string[];
}

// --- outcomes --------------------------------------------------------------------------------------------------------

/**
 * Who or what stopped a training job: a person, by AWS's console or API; AWS, after max-run or the wait for spot
 * instances; this run's own deadline. Unknown: AWS says so by a secondary status that this version does not know.
 */
export type StoppedBy = 'person' | 'max-runtime' | 'max-wait' | 'deadline' | 'unknown';

/** Why something failed, as the beginning of AWS's reason tells it. */
export type FailureCause = 'algorithm' | 'client' | 'internal' | 'capacity' | 'unknown';

/** What AWS last said of a training job. */
interface TrainingJobTold {
  /** What it is about. */
  resource: 'training job';
  /** AWS's word, such as `Stopped`. */
  status?: string;
  /** AWS's word, such as `MaxRuntimeExceeded`. */
  secondaryStatus?: string;
}

/** How a training job ended well: only that is what was asked for. */
export interface CompletedTrainingJob extends TrainingJobTold {
  /** All of it trained. */
  kind: 'completed';
}

/** How a training job ended that was stopped; that is no success, whatever it has left. */
export interface StoppedTrainingJob extends TrainingJobTold {
  /** It was told to end before it had. */
  kind: 'stopped';
  /** By whom. */
  by: StoppedBy;
  /** S3 URI of model data that stands there all the same: as far as the algorithm had got. */
  leftModelData?: string;
}

/** How a training job ended that failed. */
export interface FailedTrainingJob extends TrainingJobTold {
  /** AWS's reason says why. */
  kind: 'failed';
  /** What AWS's reason blames. */
  cause: FailureCause;
  /** S3 URI of model data that stands there all the same: perhaps in part. */
  leftModelData?: string;
}

/** A training job of which no end was seen: it was deleted, or its stop has not been observed. */
export interface LostTrainingJob extends TrainingJobTold {
  /** Somebody deleted it, or it has not ended in time. */
  kind: 'deleted' | 'unfinished';
}

/** How a training job ended; `kind` tells which. */
export type TrainingJobOutcome = CompletedTrainingJob | StoppedTrainingJob | FailedTrainingJob | LostTrainingJob;

/** What AWS last said of an endpoint. */
interface EndpointTold {
  /** What it is about. */
  resource: 'endpoint';
  /** AWS's word, such as `RollingBack`. */
  status?: string;
}

/** An endpoint that does not serve. */
export interface FailedEndpoint extends EndpointTold {
  /** AWS's reason says why. */
  kind: 'failed';
  /** What AWS's reason blames. */
  cause: FailureCause;
}

/** An endpoint that serves, but not this run's model: as before the update, or what another deploy brought since. */
export interface EndpointServingOther extends EndpointTold {
  /** Rolled back by AWS, or superseded by somebody's later deploy. */
  kind: 'rolled back' | 'superseded';
  /** The endpoint config that it serves by. */
  serves: string;
  /** What AWS's reason blames. */
  cause: FailureCause;
}

/**
 * An endpoint that serves an unknown mix, old and new, since its rollback failed too; or that was deleted; or that had not
 * settled in time.
 */
export interface UnsettledEndpoint extends EndpointTold {
  /** Which of them. */
  kind: 'rollback failed' | 'deleted' | 'unfinished';
}

/** What became of an endpoint that does not serve this run's model; `kind` tells which. */
export type EndpointOutcome = FailedEndpoint | EndpointServingOther | UnsettledEndpoint;

/** A create that AWS refused for a quota: nothing was made. */
export interface OverQuota {
  /** What was to be made. */
  resource: ResourceKind;
  /** No more of it is granted. */
  kind: 'over quota';
  /** The quota's name as AWS Service Quotas has it, where AWS names it. */
  quota?: string;
  /** What the quota grants, such as a number of instances. */
  limit?: number;
  /** How much of it was in use. */
  inUse?: number;
  /** How much more was asked for. */
  requested?: number;
}

/** What became of the one resource that a failure is about: told apart by `resource` and `kind`. */
export type Outcome = TrainingJobOutcome | EndpointOutcome | OverQuota;

/** The outcomes that a failure of each code tells; codes that are not here tell none. */
export interface OutcomesByCode {
  /** A quota, or AWS has no such instances. */
  LimitExceeded: OverQuota | FailedTrainingJob | FailedEndpoint;
  /** The job ended, but where is its model? */
  ArtefactMissing: CompletedTrainingJob;
  /** AWS's reason blames something. */
  TrainingJobFailed: FailedTrainingJob;
  /** By somebody. */
  TrainingJobStopped: StoppedTrainingJob;
  /** By a limit of time. */
  TrainingJobTimedOut: StoppedTrainingJob | LostTrainingJob;
  /** It was there when the run began to wait for it. */
  TrainingJobNotFound: LostTrainingJob;
  /** It serves nothing, a mix, or what another deploy brought. */
  EndpointFailed: FailedEndpoint | EndpointServingOther | UnsettledEndpoint;
  /** It serves what it served. */
  EndpointRolledBack: EndpointServingOther;
  /** It is still on its way. */
  EndpointTimedOut: UnsettledEndpoint;
  /** It was there when the run began to wait for it. */
  EndpointNotFound: UnsettledEndpoint;
}

/** Result of the workflow `fit`. */
export interface FitResult {
  /** The job that trained; its Workflow Id too where our client started it. */
  trainingJobName: string;
  /** The job's ARN. */
  trainingJobArn: string;
  /** S3 URI of the model data. */
  modelData: string;
  /** How the job ended: `completed`, or `stopped` where `acceptStopped` let the run go on with what it left. */
  outcome: CompletedTrainingJob | StoppedTrainingJob;
  /** AWS region of the job. */
  region: string;
  /** When training began, after the wait for instances. */
  trainingStartTime?: string;
  /** When training ended, the upload of the model data included. */
  trainingEndTime?: string;
  /** Between the two, as AWS counts it, in seconds. */
  trainingTimeSeconds?: number;
  /** What AWS charges for, in seconds of one instance. */
  billableTimeSeconds?: number;
  /** All secondary statuses that the job went through, the oldest first; interruptions and restarts are among them. */
  transitions: SecondaryStatusTransition[];
  /** The last value of each metric. */
  finalMetrics: MetricSample[];
  /** What the run intended and made, and what became of it. */
  ledger: LedgerEntry[];
  /** What is worth knowing and stopped nothing. */
  warnings: string[];
}

/** Result of the workflow `deploy`. */
export interface DeployResult {
  /** The endpoint that serves. */
  endpointName: string;
  /** The endpoint's ARN. */
  endpointArn: string;
  /** The config that it serves by, named after its content. */
  endpointConfigName: string;
  /** The model that it serves, named after its content. */
  modelName: string;
  /** S3 URI of the model data. */
  modelData: string;
  /** AWS region of the endpoint. */
  region: string;
  /** True where an endpoint of this name was there and now serves the new model. */
  updated: boolean;
  /** What the run intended and made, and what became of it. */
  ledger: LedgerEntry[];
  /** What is worth knowing and stopped nothing. */
  warnings: string[];
}

/** Result of the workflow `fitThenDeploy`. */
export type FitThenDeployResult = FitResult & DeployResult;

/** Result of the workflow `deleteEndpoint`. */
export interface DeleteEndpointResult {
  /** The endpoint that is gone. */
  endpointName: string;
  /** AWS region of the endpoint. */
  region: string;
  /** What is gone: the endpoint, and its config and model where a run of this package made them. */
  deleted: LedgerEntry[];
  /** What is still there, each with the reason. */
  left: LedgerEntry[];
  /** What the run intended and made, and what became of it. */
  ledger: LedgerEntry[];
  /** What is worth knowing and stopped nothing. */
  warnings: string[];
}

/** The kinds of resource that a sweep looks at. */
export type SweptKind = Exclude<ResourceKind, 'bucket'>;

/**
 * What a sweep takes a resource for: an orphan, which a run that has ended made and did not deliver; in use, by an open run
 * or by what stays; delivered by a run; or made by a run that Temporal does not know (any more), which is never touched.
 */
export type SweepVerdict = 'orphan' | 'in use' | 'delivered' | 'unknown run';

/** What a sweep did with a resource, or would do. */
export type SweepAction = 'would delete' | 'would stop' | 'deleted' | 'stopped' | 'left';

/** One resource that bears a run tag, as a sweep found it. */
export interface SweptResource {
  /** What it is. */
  kind: SweptKind;
  /** Its name on AWS. */
  name: string;
  /** Its ARN. */
  arn: string;
  /** When it was made. */
  createdAt: string;
  /** The run that its tag names. */
  run: {
    /** As in the tag, where Temporal does not know the run: long and odd ones are cut there. */
    workflowId: string;
    /** Run id of its first execution; absent where the tag names none. */
    firstRunId?: string;
  };
  /** What it is taken for. */
  verdict: SweepVerdict;
  /** What was done with it. */
  action: SweepAction;
  /** Why. */
  reason: string;
}

/** How many resources a sweep has found, by what it takes them for. */
export interface SweepCounts {
  /** Resources that were looked at, of whoever made them. */
  lookedAt: number;
  /** Made by a run that has ended and did not deliver them. */
  orphans: number;
  /** Of an open run, or used by what stays. */
  inUse: number;
  /** Delivered by a run. */
  delivered: number;
  /** Made by runs that Temporal does not know (any more). */
  ofUnknownRuns: number;
  /** Orphans that were deleted or stopped. */
  removed: number;
}

/** Result of the workflow `sweep`. */
export interface SweepResult {
  /** True where orphans were to be removed, and not only told. */
  applied: boolean;
  /** AWS region that was swept. */
  region: string;
  /** How many resources were found, by what they are taken for. */
  counts: SweepCounts;
  /** What bears a run tag: orphans first, then what unknown runs made, what is in use, what was delivered. */
  resources: SweptResource[];
  /** How many more there are than `resources` has room for. */
  omitted: number;
  /** What this run deleted, stopped or could not. */
  ledger: LedgerEntry[];
  /** What is worth knowing and stopped nothing. */
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
  'PayloadUnreadable',
  'Cancelled',
  'Internal',
] as const;
/** A failure code: what to switch on. */
export type FailureCode = (typeof FAILURE_CODES)[number];

/** The outcomes that a failure of this code tells. */
export type OutcomeOf<Code extends FailureCode> = Code extends keyof OutcomesByCode ? OutcomesByCode[Code] : never;

/** First of a failure's `details`: all that is known beside code and message. */
export interface FailureDetails {
  /** AWS's own words. */
  reason?: string;
  /** What became of the training job or the endpoint, where the failure is about that. */
  outcome?: Outcome;
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
  /** The training job it is about. */
  trainingJobName?: string;
  /** Its ARN, once AWS has told it. */
  trainingJobArn?: string;
  /** S3 URI of the model data, where the training had succeeded: a `deploy` can go on from it. */
  modelData?: string;
  /** The endpoint it is about. */
  endpointName?: string;
  /** Its ARN, once AWS has told it. */
  endpointArn?: string;
  /** What the run made and what became of it. */
  ledger?: LedgerEntry[];
}
