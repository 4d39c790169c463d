/**
 * What each activity promises. Workflows see these interfaces and nothing else of this room; `create-activities.ts`
 * wires their implementations to AWS's clients. Every one may run again at any time, in any process: none keeps state,
 * each looks at AWS before or after it acts.
 *
 * Failures are `ApplicationFailure`s whose type is a `FailureCode`. Unless an activity says otherwise it retries what
 * passes by itself (throttling, server errors, no answer, expired credentials) and fails at once with anything else.
 */
import type {
  CreateEndpointCommandInput,
  CreateEndpointConfigCommandInput,
  CreateModelCommandInput,
  CreateTrainingJobCommandInput,
  UpdateEndpointCommandInput,
} from '@aws-sdk/client-sagemaker';
import type { SearchAttributeName, SweepVerdict, SweptKind, WorkflowType } from '../contract';
import type { EndpointChange, EndpointCursor, EndpointObservation } from '../domain/endpoint-status';
import type { Plan, RunIdentity, RunPlan } from '../domain/plan';
import type { Finding } from '../domain/sweep';
import type { Use } from '../domain/sweep-uses';
import type { TrainingJobChange, TrainingJobCursor } from '../domain/training-status';

export { createActivities, createWaitingActivities } from './create-activities';
export type { ActivityDependencies } from './create-activities';
export { createStatusReader, type StatusReader } from './status-reader';
export type { AwsClients } from './aws';
export type { Pace } from '../domain/pacing';

/** How a create ended: made now, or found there, equal and ours. */
export interface Created {
  arn: string;
  adopted: boolean;
  /** True where this very step made it, if only by a create whose answer was lost: its clean-up may take it away. */
  isOwnWork: boolean;
  warnings: string[];
}

/** What a delete found. */
export interface Deleted {
  /** False where there was nothing (any more). */
  wasThere: boolean;
  /** True where it was left alone, because it is not what the caller meant (any more). */
  isOthers?: boolean;
  /** True where it was left alone and bears no tag of any run: nobody knows whose it is. */
  isUntagged?: boolean;
}

/** The part of a run's plan that a create needs to tell its own work from others'. */
export type RunMark = Pick<RunPlan, 'region' | 'runTag' | 'preparedAt' | 'beganAt'>;

/** An endpoint with what it is made of, and which of it bears the tag of any run of ours. */
export interface HostingDescription {
  endpoint: EndpointObservation;
  /** Value of the endpoint's run tag. */
  owner?: string;
  isOurs: boolean;
  config?: { name: string; isOurs: boolean };
  models: { name: string; isOurs: boolean }[];
}

/** A page of one of SageMaker's lists, by the list's own token; the first without one. */
export interface SurveyPage {
  kind: SweptKind;
  nextToken?: string;
  /** ISO 8601; older resources are not listed. */
  createdAfter?: string;
  /** Those of our search attributes that the namespace has. */
  searchAttributes: SearchAttributeName[];
}

/** What was found on a page: every resource that bears a run tag, judged by itself. */
export interface Survey {
  findings: Finding[];
  /** Resources on the page, of whoever made them. */
  lookedAt: number;
  /** What could not be looked at, so that resources are taken to be in use. */
  warnings?: string[];
  nextToken?: string;
}

/**
 * What became of an orphan: its stop or delete was sent; it was gone, or had ended, already; it cannot be deleted now; or
 * it turned out at the last look to be none.
 */
export type Removal =
  { outcome: 'sent' | 'gone' | 'not yet' } | { outcome: 'left'; verdict: SweepVerdict; reason: string };

/** Short activities, on the run's own task queue. */
export interface Activities {
  /**
   * Effect: none on AWS. Checks the input, whatever it is, and answers the plan: every name and every request.
   * Idempotency: the same input and identity give the same names. Heartbeat: none. Failures: `InvalidInput` with all
   * problems; `TrainingJobNotFound`, `TrainingJobFailed`, `TrainingJobStopped` for a deploy from such a job;
   * `AccessDenied`.
   */
  prepare: (type: WorkflowType, input: unknown, identity: RunIdentity) => Promise<Plan>;
  /**
   * Effect: makes the default bucket if it is not there. Idempotency: asks first; a bucket of ours counts as there, and
   * `mayBeOwn` tells that an earlier attempt may have made it. Heartbeat: none. Failures: `NameTaken` where the bucket
   * belongs to another account; `AccessDenied`.
   */
  ensureBucket: (bucket: string, region: string, account: string) => Promise<{ made: boolean; mayBeOwn?: boolean }>;
  /**
   * Effect: makes the training job. Idempotency: one of the same name that is equal and bears this run's tag is
   * adopted. Heartbeat: none. Failures: what AWS answered is not tried again here, as the caller may be cancelled between
   * two tries: `AwsUnreachable`, with `isEffectUnknown` where it may have been made all the same; `RoleNotAssumable`;
   * `NameTaken` with the differences; `LimitExceeded`; `InvalidInput`; `AccessDenied`. Only where a worker died under it, or
   * was too slow, Temporal has it tried again.
   */
  createTrainingJob: (request: CreateTrainingJobCommandInput, run: RunMark) => Promise<Created>;
  /**
   * Effect: StopTrainingJob. Idempotency: a job that has ended or is stopping is left to it. Heartbeat: none.
   * Failures: the usual. With `ifTaggedBy`, a job without that run tag is left alone and counts as absent, and
   * `isUntagged` where it bears none: for jobs that the run meant to make without hearing whether it did.
   */
  stopTrainingJob: (
    name: string,
    region: string,
    ifTaggedBy?: string,
  ) => Promise<{ found: boolean; isUntagged?: boolean }>;
  /**
   * Effect: none. Answers the last log lines of a training job's or an endpoint's containers. Idempotency: a read.
   * Heartbeat: none. Failures: none; without logs it answers none.
   */
  readLogTail: (source: { trainingJobName: string } | { endpointName: string }) => Promise<string[]>;
  /**
   * Effect: none. Checks that the model data is in S3. Idempotency: a read. Heartbeat: none. Failures:
   * `ArtefactMissing`, `AccessDenied`.
   */
  checkModelData: (modelData: string, expectedBucketOwner?: string) => Promise<void>;
  /**
   * Effect: makes the model. Idempotency: its name is its content, so an equal one of any run of ours is adopted.
   * Heartbeat: none. Failures: as `createTrainingJob`.
   */
  createModel: (request: CreateModelCommandInput, run: RunMark) => Promise<Created>;
  /** Effect: makes the endpoint config. All else as `createModel`; `EndpointFailed` where its model is not there. */
  createEndpointConfig: (request: CreateEndpointConfigCommandInput, run: RunMark) => Promise<Created>;
  /**
   * Effect: makes the endpoint. Idempotency: one that bears this run's tag and serves or awaits the same config is
   * adopted. Heartbeat: none. Failures: as `createTrainingJob`; `EndpointFailed` where its config is not there, which is
   * no proof for half a minute.
   */
  createEndpoint: (request: CreateEndpointCommandInput, run: RunMark) => Promise<Created>;
  /**
   * Effect: UpdateEndpoint to the config. Idempotency: not sent where the endpoint serves or awaits that config, nor
   * where it has changed since `before`: then the caller looks again, and `reason` has AWS's words if AWS refused the
   * update for now. Heartbeat: none. Failures: as
   * `createTrainingJob`.
   */
  updateEndpoint: (
    request: UpdateEndpointCommandInput,
    before: EndpointObservation,
    run: RunMark,
  ) => Promise<{ outcome: 'sent' | 'under way' | 'changed meanwhile'; reason?: string }>;
  /**
   * Effect: none. Answers the endpoint with its config and models and whose they are; null where there is none.
   * Idempotency: a read. Heartbeat: between its calls, which are many. Failures: `AccessDenied`.
   */
  describeHosting: (endpointName: string) => Promise<HostingDescription | null>;
  /**
   * Effect: DeleteEndpoint. Idempotency: one that is gone or going counts as deleted. Heartbeat: none. Failures: the
   * usual; an endpoint that cannot be deleted now (it is being created or updated) is tried again. With `ifConfig`, an
   * endpoint that serves or awaits another config is left alone: someone has deployed to it since.
   */
  deleteEndpoint: (endpointName: string, region: string, ifConfig?: string) => Promise<Deleted>;
  /**
   * Effect: DeleteEndpointConfig. Idempotency: one that is gone counts as deleted. Heartbeat: none. Failures: the usual. With
   * `ifTaggedBy`, one without that run tag is left alone, and nothing is sent where none is found: for those that the run
   * meant to make without hearing whether it did.
   */
  deleteEndpointConfig: (endpointConfigName: string, region: string, ifTaggedBy?: string) => Promise<Deleted>;
  /** Effect: DeleteModel. All else as `deleteEndpointConfig`. */
  deleteModel: (modelName: string, region: string, ifTaggedBy?: string) => Promise<Deleted>;
  /**
   * Effect: none. Lists a page of training jobs in progress, endpoints, endpoint configs or models, reads the tags of each
   * and judges those that bear a run tag by what Temporal knows of their runs. Idempotency: a read. Heartbeat: on each
   * call. Failures: `AccessDenied`; throttling and outages of AWS are waited for, then retried, as are Temporal's.
   */
  surveyResources: (page: SurveyPage) => Promise<Survey>;
  /** Effect: none. A page of endpoints with their configs, or of configs with their models. All else as `surveyResources`. */
  listUses: (page: {
    kind: 'endpoint' | 'endpoint config';
    nextToken?: string;
  }) => Promise<{ uses: Use[]; nextToken?: string }>;
  /**
   * Effect: StopTrainingJob or the kind's Delete, after a last look at the resource, its tag, the runs, and the endpoint
   * that a config's or model's name tells: what has changed since it was judged is left alone. Idempotency: one that is
   * gone counts as removed. Heartbeat: on each read. Failures: as `surveyResources`.
   */
  removeOrphan: (orphan: Finding, searchAttributes: SearchAttributeName[]) => Promise<Removal>;
}

/** A trouble that the caller has not been told of: the wait is to go on, and somebody is to know. */
export interface Untold {
  /** The kind of trouble, for `told`. */
  trouble: string;
  warning: string;
}

/**
 * Why a wait came back: AWS said something new, there is nothing (any more), the deadline passed, or its status cannot be
 * read for a reason that needs somebody.
 */
export type Awaited<Change> = { change: Change } | { absent: true } | { deadlinePassed: true } | Untold;

/** What a wait watches, what its caller has seen, and how long it may last: without a limit, for as long as it takes. */
export interface Watch<Cursor> {
  name: string;
  seen?: Cursor;
  /** ISO 8601, told by AWS's clock: counted from a time that AWS gave. */
  deadline?: string;
  /** Counted from when the wait was first scheduled, however often it is tried: for what no time of AWS's begins. */
  withinMs?: number;
  /** Kinds of trouble that the caller has been told of; without it, it is told of none. */
  told?: string[];
}

/** `isGoing`: its delete was sent, so that absence is the answer and not a read that lags behind a create. */
export interface EndpointWatch extends Watch<EndpointCursor> {
  isGoing?: boolean;
}

/** Waiting activities, on a task queue of their own, so that a thousand waits never take the slots of a stop. */
export interface WaitingActivities {
  /**
   * Effect: none. Returns when AWS says something of the job that `seen` has not. Idempotency: a read, resumed from
   * `seen`; samples of metrics survive in the heartbeat's details. Heartbeat: on each read of the status reader, also
   * a failed one. Failures: none; read errors, AccessDenied included, keep it waiting, and come back once for each kind
   * of trouble that `told` does not name.
   */
  awaitTrainingJobChange: (watch: Watch<TrainingJobCursor>) => Promise<Awaited<TrainingJobChange>>;
  /** Effect: none. Returns when AWS says something of the endpoint that `seen` has not. All else as for the job. */
  awaitEndpointChange: (watch: EndpointWatch) => Promise<Awaited<EndpointChange>>;
}
