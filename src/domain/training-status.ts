/**
 * What a training job's Describe answer means. Comes from the status reader; what is new goes back to the workflow as
 * a delta, what it amounts to decides the outcome. Statuses that this version does not know count as still running.
 */
import type { DescribeTrainingJobCommandOutput } from '@aws-sdk/client-sagemaker';
import type { MetricSample, SecondaryStatusTransition } from '../contract';
import { isEarlierJobStatus, UNTOLD } from './known-statuses';

/** A Describe answer as plain JSON. */
export interface TrainingJobObservation {
  name: string;
  arn: string;
  status: string;
  secondaryStatus: string;
  transitions: SecondaryStatusTransition[];
  creationTime?: string;
  trainingStartTime?: string;
  trainingEndTime?: string;
  lastModifiedTime?: string;
  trainingTimeSeconds?: number;
  billableTimeSeconds?: number;
  failureReason?: string;
  modelData?: string;
  metrics: MetricSample[];
  /** Members that an answer must have and this one had not; what was seen before stands in their place. */
  lacks?: string[];
}

/** How much of a job the workflow has seen: what is handed to the next wait. */
export interface TrainingJobCursor {
  status: string;
  secondaryStatus: string;
  transitions: number;
  trainingStarted: boolean;
  lastModifiedTime?: string;
  /** Members that any answer lacked until now. */
  lacks?: string[];
}

/** What is new since a cursor. */
export interface TrainingJobChange {
  job: Omit<TrainingJobObservation, 'transitions' | 'metrics'>;
  /** From the last transition that was seen on, which may have got its end since. */
  transitions: SecondaryStatusTransition[];
  /** All samples the reader took since the last change, thinned. */
  metrics: MetricSample[];
  seen: TrainingJobCursor;
}

export type TrainingJobVerdict = 'running' | 'completed' | 'failed' | 'stopped' | 'ran out of time';

const iso = (time: Date | undefined): string | undefined => time?.toISOString();

/** Reads an answer about the job of this name. */
export function observeTrainingJob(
  answer: DescribeTrainingJobCommandOutput,
  name = answer.TrainingJobName ?? '',
): TrainingJobObservation {
  const transitions = (answer.SecondaryStatusTransitions ?? []).map((transition) =>
    withoutUndefined({
      status: transition.Status ?? '',
      startTime: iso(transition.StartTime) ?? '',
      endTime: iso(transition.EndTime),
      message: transition.StatusMessage,
    }),
  );
  const lacks = [
    ...(answer.TrainingJobStatus ? [] : ['TrainingJobStatus']),
    ...(answer.SecondaryStatus ? [] : ['SecondaryStatus']),
  ];
  return withoutUndefined({
    name,
    arn: answer.TrainingJobArn ?? '',
    status: answer.TrainingJobStatus ?? UNTOLD,
    secondaryStatus: answer.SecondaryStatus ?? transitions.at(-1)?.status ?? UNTOLD,
    transitions,
    creationTime: iso(answer.CreationTime),
    trainingStartTime: iso(answer.TrainingStartTime),
    trainingEndTime: iso(answer.TrainingEndTime),
    lastModifiedTime: iso(answer.LastModifiedTime),
    trainingTimeSeconds: answer.TrainingTimeInSeconds,
    billableTimeSeconds: answer.BillableTimeInSeconds,
    failureReason: answer.FailureReason,
    modelData: answer.ModelArtifacts?.S3ModelArtifacts,
    metrics: (answer.FinalMetricDataList ?? []).flatMap(({ MetricName, Value, Timestamp }) =>
      MetricName !== undefined && Value !== undefined && Timestamp !== undefined
        ? [{ name: MetricName, value: Value, time: Timestamp.toISOString() }]
        : [],
    ),
    lacks: lacks.length > 0 ? lacks : undefined,
  });
}

/** The observation with what was seen before in the place of what this answer does not tell. */
export function completeTrainingJob(
  job: TrainingJobObservation,
  seen: TrainingJobCursor | undefined,
): TrainingJobObservation {
  const told = (status: string, before: string | undefined) => (status === UNTOLD ? (before ?? UNTOLD) : status);
  return {
    ...job,
    status: told(job.status, seen?.status),
    secondaryStatus: told(job.secondaryStatus, seen?.secondaryStatus),
  };
}

/** The end that a job has come to, if any. Stopped is told apart: by someone, or by AWS's limits of time. */
export function judgeTrainingJob(job: Pick<TrainingJobObservation, 'status' | 'secondaryStatus'>): TrainingJobVerdict {
  switch (job.status) {
    case 'Completed':
      return 'completed';
    case 'Failed':
      return 'failed';
    case 'Stopped':
      return job.secondaryStatus === 'MaxRuntimeExceeded' || job.secondaryStatus === 'MaxWaitTimeExceeded'
        ? 'ran out of time'
        : 'stopped';
    default:
      return 'running';
  }
}

/** True for the statuses in which a job stays. */
export function hasJobEnded(status: string | undefined): boolean {
  return status !== undefined && judgeTrainingJob({ status, secondaryStatus: '' }) !== 'running';
}

/**
 * True where AWS says something that the cursor has not: another status, a further transition, the training's start, or
 * for the first time less than it must.
 */
export function isNewForTrainingJob(job: TrainingJobObservation, seen: TrainingJobCursor | undefined): boolean {
  if (!seen) return true;
  if (isFromBefore(job, seen)) return false;
  return (
    job.status !== seen.status ||
    job.secondaryStatus !== seen.secondaryStatus ||
    job.transitions.length > seen.transitions ||
    (job.trainingStartTime !== undefined && !seen.trainingStarted) ||
    (job.lacks ?? []).some((member) => !seen.lacks?.includes(member))
  );
}

/** An answer older than what was seen (reads are eventually consistent) must not turn progress back. */
function isFromBefore(job: TrainingJobObservation, seen: TrainingJobCursor): boolean {
  if (isEarlierJobStatus(job.status, seen.status)) return true;
  // A job does not come back from its end, so whatever tells of it is news.
  if (hasJobEnded(job.status) && !hasJobEnded(seen.status)) return false;
  if (job.lastModifiedTime !== undefined && seen.lastModifiedTime !== undefined) {
    return job.lastModifiedTime < seen.lastModifiedTime;
  }
  return job.transitions.length > 0 && job.transitions.length < seen.transitions;
}

export function changeOfTrainingJob(
  observation: TrainingJobObservation,
  seen: TrainingJobCursor | undefined,
  metrics: MetricSample[],
): TrainingJobChange {
  const { transitions, metrics: _latest, ...job } = observation;
  const lacks = [...new Set([...(seen?.lacks ?? []), ...(job.lacks ?? [])])];
  return {
    job,
    transitions: transitions.slice(Math.max(0, (seen?.transitions ?? 0) - 1)),
    metrics,
    seen: withoutUndefined({
      status: job.status,
      secondaryStatus: job.secondaryStatus,
      transitions: Math.max(transitions.length, seen?.transitions ?? 0),
      trainingStarted: job.trainingStartTime !== undefined || (seen?.trainingStarted ?? false),
      lastModifiedTime: job.lastModifiedTime ?? seen?.lastModifiedTime,
      lacks: lacks.length > 0 ? lacks : undefined,
    }),
  };
}

/** All transitions that were told of, each as it was told last. */
export function mergeTransitions(
  known: readonly SecondaryStatusTransition[],
  told: readonly SecondaryStatusTransition[],
): SecondaryStatusTransition[] {
  const byKey = new Map(known.map((transition) => [`${transition.startTime} ${transition.status}`, transition]));
  for (const transition of told) {
    const key = `${transition.startTime} ${transition.status}`;
    // What was seen to have ended has; an older answer does not know it yet.
    byKey.set(key, { ...byKey.get(key), ...transition });
  }
  return [...byKey.values()].sort((a, b) => (a.startTime < b.startTime ? -1 : a.startTime > b.startTime ? 1 : 0));
}

/** Leaves out what is undefined, so that what goes over the wire is what the types say. */
export function withoutUndefined<T extends object>(value: T): T {
  return Object.fromEntries(Object.entries(value).filter(([, field]) => field !== undefined)) as T;
}
