/**
 * What a training job's Describe answer means. Comes from the status reader; what is new goes back to the workflow as
 * a delta, what it amounts to decides the outcome. Statuses that this version does not know count as still running.
 */
import type { DescribeTrainingJobCommandOutput } from '@aws-sdk/client-sagemaker';
import type { MetricSample, SecondaryStatusTransition } from '../contract';

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
}

/** How much of a job the workflow has seen: what is handed to the next wait. */
export interface TrainingJobCursor {
  status: string;
  secondaryStatus: string;
  transitions: number;
  trainingStarted: boolean;
  lastModifiedTime?: string;
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

export function observeTrainingJob(answer: DescribeTrainingJobCommandOutput): TrainingJobObservation {
  return withoutUndefined({
    name: answer.TrainingJobName ?? '',
    arn: answer.TrainingJobArn ?? '',
    status: answer.TrainingJobStatus ?? 'InProgress',
    secondaryStatus: answer.SecondaryStatus ?? 'Starting',
    transitions: (answer.SecondaryStatusTransitions ?? []).map((transition) =>
      withoutUndefined({
        status: transition.Status ?? '',
        startTime: iso(transition.StartTime) ?? '',
        endTime: iso(transition.EndTime),
        message: transition.StatusMessage,
      }),
    ),
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
  });
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

/** True where AWS says something that the cursor has not: another status, a further transition, the training's start. */
export function isNewForTrainingJob(job: TrainingJobObservation, seen: TrainingJobCursor | undefined): boolean {
  if (!seen) return true;
  // An answer older than what was seen (reads are eventually consistent) must not turn progress back.
  if (seen.lastModifiedTime && job.lastModifiedTime && job.lastModifiedTime < seen.lastModifiedTime) return false;
  return (
    job.status !== seen.status ||
    job.secondaryStatus !== seen.secondaryStatus ||
    job.transitions.length > seen.transitions ||
    (job.trainingStartTime !== undefined) !== seen.trainingStarted
  );
}

export function changeOfTrainingJob(
  observation: TrainingJobObservation,
  seen: TrainingJobCursor | undefined,
  metrics: MetricSample[],
): TrainingJobChange {
  const { transitions, metrics: _latest, ...job } = observation;
  return {
    job,
    transitions: transitions.slice(Math.max(0, (seen?.transitions ?? 0) - 1)),
    metrics,
    seen: withoutUndefined({
      status: job.status,
      secondaryStatus: job.secondaryStatus,
      transitions: transitions.length,
      trainingStarted: job.trainingStartTime !== undefined,
      lastModifiedTime: job.lastModifiedTime,
    }),
  };
}

/** Leaves out what is undefined, so that what goes over the wire is what the types say. */
export function withoutUndefined<T extends object>(value: T): T {
  return Object.fromEntries(Object.entries(value).filter(([, field]) => field !== undefined)) as T;
}
