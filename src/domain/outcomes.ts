/**
 * What became of a training job or an endpoint, made of AWS's statuses and words: the typed part of a failure and of a
 * result. Workflows and activities put it there; `training-status.ts` and `endpoint-status.ts` say when something has ended.
 */
import type {
  CompletedTrainingJob,
  EndpointOutcome,
  FailedTrainingJob,
  FailureCause,
  FailureCode,
  OverQuota,
  ResourceKind,
  StoppedBy,
  StoppedTrainingJob,
} from '../contract';
import type { EndpointObservation } from './endpoint-status';
import { judgeTrainingJob, type TrainingJobObservation } from './training-status';

/** What is read of a job that has ended. */
export type EndedJob = Pick<TrainingJobObservation, 'status' | 'secondaryStatus' | 'failureReason'>;

/** Secondary statuses of a job that is Stopped, by what they say of who stopped it. */
const STOPPED_BY: Partial<Record<string, StoppedBy>> = {
  Stopped: 'person',
  MaxRuntimeExceeded: 'max-runtime',
  MaxWaitTimeExceeded: 'max-wait',
};

/** How a job has ended; undefined while it goes on. */
export function outcomeOfTrainingJob(
  job: EndedJob,
): CompletedTrainingJob | StoppedTrainingJob | FailedTrainingJob | undefined {
  const { status, secondaryStatus } = job;
  const told = { resource: 'training job', status, secondaryStatus } as const;
  switch (judgeTrainingJob(job)) {
    case 'completed':
      return { ...told, kind: 'completed' };
    case 'stopped':
    case 'ran out of time':
      return { ...told, kind: 'stopped', by: STOPPED_BY[secondaryStatus] ?? 'unknown' };
    case 'failed':
      return { ...told, kind: 'failed', cause: findCause(job.failureReason) };
    case 'running':
      return undefined;
  }
}

/** The code of a run whose training job ended so. Capacity has the code of a quota: the same can be done about it. */
export function codeOfTrainingJob(outcome: StoppedTrainingJob | FailedTrainingJob): FailureCode {
  if (outcome.kind === 'failed') return outcome.cause === 'capacity' ? 'LimitExceeded' : 'TrainingJobFailed';
  return outcome.by === 'person' || outcome.by === 'unknown' ? 'TrainingJobStopped' : 'TrainingJobTimedOut';
}

/**
 * What became of an endpoint that does not serve our config.
 *
 * @param verdict what `judgeEndpoint` says
 */
export function outcomeOfEndpoint(
  verdict: 'failed' | 'out of service' | 'rolled back' | 'superseded',
  { status, endpointConfigName, failureReason }: EndpointObservation,
): EndpointOutcome {
  const told = { resource: 'endpoint', status } as const;
  if (status === 'UpdateRollbackFailed') return { ...told, kind: 'rollback failed' };
  const cause = findCause(failureReason);
  if (verdict === 'rolled back' || verdict === 'superseded') {
    return { ...told, kind: verdict, serves: endpointConfigName, cause };
  }
  return { ...told, kind: 'failed', cause };
}

/** The code of a run whose endpoint ended so. */
export function codeOfEndpoint(outcome: EndpointOutcome): FailureCode {
  if (outcome.kind === 'rolled back') return 'EndpointRolledBack';
  return outcome.kind === 'failed' && outcome.cause === 'capacity' ? 'LimitExceeded' : 'EndpointFailed';
}

/** What AWS's reasons begin with; capacity is told in the middle of a sentence too, but an algorithm may say anything. */
const CAUSES: [RegExp, FailureCause][] = [
  [/^AlgorithmError/, 'algorithm'],
  [/CapacityError|InsufficientInstanceCapacity|insufficient (?:\w+ )?capacity/i, 'capacity'],
  [/^ClientError/, 'client'],
  [/^Internal(?:Server)?Error|^Request to service failed/, 'internal'],
];

/** What AWS's reason blames. */
export function findCause(reason: string | undefined): FailureCause {
  if (reason === undefined) return 'unknown';
  return CAUSES.find(([pattern]) => pattern.test(reason))?.[1] ?? 'unknown';
}

/** AWS's own sentence about a quota, of which any part may be worded otherwise one day. */
const QUOTA_NAME = /service limit '([^']{1,200})'/;
const QUOTA_AMOUNTS: [keyof OverQuota, RegExp][] = [
  ['limit', /' is ([\d.]+)/],
  ['inUse', /current utilization of ([\d.]+)/],
  ['requested', /request delta of ([\d.]+)/],
];

/** What AWS says of the quota for which it refused to make a resource. */
export function readOverQuota(resource: ResourceKind, message: string): OverQuota {
  const quota = QUOTA_NAME.exec(message)?.[1];
  const amounts = QUOTA_AMOUNTS.flatMap(([field, pattern]) => {
    const amount = Number(pattern.exec(message)?.[1]);
    return Number.isFinite(amount) ? [[field, amount] as const] : [];
  });
  return { resource, kind: 'over quota', ...(quota !== undefined && { quota }), ...Object.fromEntries(amounts) };
}
