/**
 * Where a run stands: stage, ledger, training job and endpoint. Workflows answer the progress query with it and keep it in
 * the memo.
 */

/** The kinds of resource a run can make, in SageMaker's words. */
export type ResourceKind = 'bucket' | 'training job' | 'model' | 'endpoint config' | 'endpoint';

/** All of them, in the order in which a run makes them. */
export const RESOURCE_KINDS = [
  'bucket',
  'training job',
  'model',
  'endpoint config',
  'endpoint',
] as const satisfies ResourceKind[];

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
  /** Why the run has failed, once its clean-up is done; the ledger tells of that as it goes. */
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
