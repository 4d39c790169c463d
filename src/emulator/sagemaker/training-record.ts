/**
 * What is stored of a training job, and how its statuses follow each other. Pure: `training-life.ts` moves a job on,
 * `training-jobs.ts` describes it.
 */
import type { CreateTrainingJobRequest } from '@aws-sdk/client-sagemaker';
import type { MetricValue } from '../processes/metrics';
import type { ResourceRecord } from './resources';
import { readTags } from './tag-rules';

export type TrainingJobStatus = 'InProgress' | 'Completed' | 'Failed' | 'Stopping' | 'Stopped';

export type SecondaryStatus =
  | 'Starting'
  | 'Downloading'
  | 'Training'
  | 'Uploading'
  | 'Completed'
  | 'Failed'
  | 'Stopping'
  | 'Stopped'
  | 'MaxRuntimeExceeded'
  | 'MaxWaitTimeExceeded';

/** Why a job is stopped, by the secondary status with which it then ends. */
export type StopCause = 'Stopped' | 'MaxRuntimeExceeded' | 'MaxWaitTimeExceeded';

export interface Transition {
  status: SecondaryStatus;
  startTime: number;
  endTime?: number;
  message: string;
}

export interface TrainingJobRecord extends ResourceRecord {
  /** As it was asked for, but for the tags, which can change. */
  request: TrainingRequest;
  status: TrainingJobStatus;
  secondaryStatus: SecondaryStatus;
  transitions: Transition[];
  trainingStartTime?: number;
  trainingEndTime?: number;
  failureReason?: string;
  metrics: MetricValue[];
}

/** A request that passed AWS's model and the rules in `training-rules.ts`. */
export type TrainingRequest = CreateTrainingJobRequest & {
  TrainingJobName: string;
  RoleArn: string;
  OutputDataConfig: { S3OutputPath: string };
  ResourceConfig: object;
  StoppingCondition: object;
  AlgorithmSpecification: object;
};

/** AWS's own limit for a failure reason. */
const MAX_REASON_CHARACTERS = 1_024;

const MESSAGES: Record<SecondaryStatus, string> = {
  Starting: 'Preparing the instances for training',
  Downloading: 'Downloading input data',
  Training: 'Training image download completed. Training in progress.',
  Uploading: 'Uploading generated training model',
  Completed: 'Training job completed',
  Failed: 'Training job failed',
  Stopping: 'Stopping the training job',
  Stopped: 'Training job stopped',
  MaxRuntimeExceeded: 'Training job runtime exceeded MaxRuntimeInSeconds provided',
  MaxWaitTimeExceeded: 'Training job wait time exceeded MaxWaitTimeInSeconds provided',
};

const STATUS_BY_SECONDARY: Partial<Record<SecondaryStatus, TrainingJobStatus>> = {
  Completed: 'Completed',
  Failed: 'Failed',
  Stopping: 'Stopping',
  Stopped: 'Stopped',
  MaxRuntimeExceeded: 'Stopped',
  MaxWaitTimeExceeded: 'Stopped',
};

export function beginTrainingRecord({ Tags, ...request }: TrainingRequest, time: number): TrainingJobRecord {
  return {
    name: request.TrainingJobName,
    tags: readTags(Tags),
    request,
    status: 'InProgress',
    secondaryStatus: 'Starting',
    creationTime: time,
    lastModifiedTime: time,
    transitions: [{ status: 'Starting', startTime: time, message: MESSAGES.Starting }],
    metrics: [],
  };
}

/** The job as it is from `time` on: the present transition ends, the next begins. A stopping job stays one until its end. */
export function enterStatus(job: TrainingJobRecord, secondary: SecondaryStatus, time: number): TrainingJobRecord {
  const isEnd = isFinal(secondary);
  const closed = job.transitions.map((one) => (one.endTime === undefined ? { ...one, endTime: time } : one));
  const next: Transition = { status: secondary, startTime: time, message: MESSAGES[secondary] };
  return {
    ...job,
    status: STATUS_BY_SECONDARY[secondary] ?? job.status,
    secondaryStatus: secondary,
    lastModifiedTime: time,
    transitions: [...closed, isEnd ? { ...next, endTime: time } : next],
    ...(secondary === 'Downloading' ? { trainingStartTime: time } : {}),
    ...(isEnd && job.trainingStartTime !== undefined ? { trainingEndTime: time } : {}),
  };
}

export function failTraining(job: TrainingJobRecord, reason: string, time: number): TrainingJobRecord {
  return { ...enterStatus(job, 'Failed', time), failureReason: reason.slice(0, MAX_REASON_CHARACTERS) };
}

export function isOver(job: TrainingJobRecord): boolean {
  return job.status === 'Completed' || job.status === 'Failed' || job.status === 'Stopped';
}

function isFinal(secondary: SecondaryStatus): boolean {
  const status = STATUS_BY_SECONDARY[secondary];
  return status !== undefined && status !== 'Stopping';
}

/** Whole seconds from the start to the end of training, as they are billed for each instance; undefined while it lasts. */
export function countTrainingSeconds({ trainingStartTime, trainingEndTime }: TrainingJobRecord): number | undefined {
  if (trainingStartTime === undefined || trainingEndTime === undefined) return undefined;
  return Math.max(1, Math.ceil((trainingEndTime - trainingStartTime) / 1_000));
}

/** What the algorithm wrote about its failure, in SageMaker's frame, which the whole never exceeds. */
export function formatAlgorithmError(failure: string, exitCode: number): string {
  const suffix = `, exit code: ${String(exitCode)}`;
  const prefix = 'AlgorithmError: ';
  return prefix + failure.slice(0, MAX_REASON_CHARACTERS - prefix.length - suffix.length) + suffix;
}
