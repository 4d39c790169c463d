/** What became of a training job or an endpoint, one shape for each end. Results and failures hold them. */
import type { ResourceKind } from './progress';

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
