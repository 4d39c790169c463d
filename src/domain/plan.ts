/**
 * The plan of a run: every name and every AWS request, decided once by `prepare` and kept in the workflow's history,
 * so that a later release never changes what a run in flight asks for. `--dry-run` prints the same plan.
 */
import type { CreateTrainingJobCommandInput } from '@aws-sdk/client-sagemaker';
import type { AcceptStopped, SearchAttributeName } from '../contract';
import type { RetryPace } from './backoff';
import type { HostingRequests } from './hosting-requests';

/** Who a run is, from the workflow's own info; names for starters that give none are made of it. */
export interface RunIdentity {
  workflowId: string;
  firstExecutionRunId: string;
  /** When this run was due, for runs of a cron schedule, which share a first run id. A reset leaves it as it is. */
  cronStartTime?: string;
  /** When the run began, or the step of a workflow that has several. A reset leaves the run's as it is. */
  beganAt?: string;
  /** How many plans this workflow asked for before: a workflow may fit or deploy more than once. */
  ordinal: number;
  /** True after a continue-as-new, which starts anew under the first run's id: a made-up name would not be new. */
  isContinued?: boolean;
  /** What starts this very input again and again: a Temporal Schedule's id, or a cron expression. */
  schedule?: { id: string } | { cron: string };
  /** The shorter of the execution's and the run's time-out. */
  timeoutMs?: number;
}

/** What holds for the whole run. */
export interface RunPlan extends RetryPace {
  region: string;
  account: string;
  /** Value of the run tag on everything this run makes. */
  runTag: string;
  /** When the plan was made. */
  preparedAt: string;
  /** When the run began: nothing older can be this run's. Absent in plans of before it was kept; then `preparedAt` counts. */
  beganAt?: string;
  /** Those of our search attributes that the namespace has. */
  searchAttributes: SearchAttributeName[];
  /** Heartbeat time-out of the waits. */
  heartbeatTimeoutMs: number;
  /** Start-to-close time-out of every other activity. */
  callTimeoutMs: number;
  warnings: string[];
}

export interface TrainingPlan {
  request: CreateTrainingJobCommandInput;
  /** Where the model data will be; compared with AWS's answer. */
  modelData: string;
  /** Set where the output goes to the default bucket, which is then made if it is missing. */
  defaultBucket?: string;
  pendingTimeoutSeconds: number;
  maxRunSeconds: number;
  overrunSeconds: number;
  /** Set where a job that was stopped will do, if it has left its model. */
  acceptStopped?: AcceptStopped;
}

export interface HostingPlan extends HostingRequests {
  modelData: string;
  /** The training job whose model this is, where it is known. */
  trainingJobName?: string;
  /** A training job that was still running when the plan was made, to be waited for (never stopped: it is not ours). */
  awaitedTrainingJob?: string;
  /** Set where a job that was stopped will do, if it has left its model. */
  acceptStopped?: AcceptStopped;
  /** Set where the model data lies in the default bucket: its owner must be this account. */
  expectedBucketOwner?: string;
  endpointTimeoutSeconds: number;
}

/** Answer of `prepare`. */
export interface Plan {
  run: RunPlan;
  training?: TrainingPlan;
  hosting?: HostingPlan;
  /** Name of the endpoint to delete. */
  removal?: { endpointName: string };
  /** What to sweep, and whether to remove what is found. */
  sweep?: SweepPlan;
}

export interface SweepPlan {
  apply: boolean;
  /** Older resources are not looked at. */
  createdAfter?: string;
}
