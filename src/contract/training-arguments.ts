/** How to train: the arguments of the Estimator's constructor and of `fit`, under the names that the client gives them. */
import type { JsonValue, Tag } from './values';

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
