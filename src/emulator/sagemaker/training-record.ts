/**
 * What is stored of a training job, and how its statuses follow each other. Pure: `training-life.ts` moves a job on,
 * `training-jobs.ts` describes it.
 */
import type { CreateTrainingJobRequest, SecondaryStatus, TrainingJobStatus } from '@aws-sdk/client-sagemaker';
import type { MetricValue } from '../processes/metrics';
import type { ResourceRecord } from './resources';
import { readTags } from './tag-rules';

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
  Pending: 'Waiting for capacity for the training job',
  Starting: 'Preparing the instances for training',
  LaunchingMLInstances: 'Launching requested ML instances',
  PreparingTrainingStack: 'Preparing the instances for training',
  Downloading: 'Downloading input data',
  DownloadingTrainingImage: 'Downloading the training image',
  Training: 'Training image download completed. Training in progress.',
  Uploading: 'Uploading generated training model',
  Updating: 'Updating the training job',
  Interrupted: 'Training job interrupted',
  Restarting: 'Restarting the training job',
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

/** What is told of a status where it is not AWS's usual. */
export interface StatusWords {
  status?: TrainingJobStatus;
  message?: string;
}

/** The job as it is from `time` on: the present transition ends, the next begins. A stopping job stays one until its end. */
export function enterStatus(
  job: TrainingJobRecord,
  secondary: SecondaryStatus,
  time: number,
  words: StatusWords = {},
): TrainingJobRecord {
  const status = words.status ?? STATUS_BY_SECONDARY[secondary] ?? job.status;
  const isEnd = isOver({ status });
  const closed = job.transitions.map((one) => (one.endTime === undefined ? { ...one, endTime: time } : one));
  const next: Transition = { status: secondary, startTime: time, message: words.message ?? messageOf(secondary) };
  return {
    ...job,
    status,
    secondaryStatus: secondary,
    lastModifiedTime: time,
    transitions: [...closed, isEnd ? { ...next, endTime: time } : next],
    ...(ON_INSTANCES.includes(secondary) && job.trainingStartTime === undefined ? { trainingStartTime: time } : {}),
    ...(isEnd && job.trainingStartTime !== undefined ? { trainingEndTime: time } : {}),
  };
}

/** A word of tomorrow has none. */
function messageOf(secondary: string): string {
  return (MESSAGES as Partial<Record<string, string>>)[secondary] ?? secondary;
}

export function failTraining(job: TrainingJobRecord, reason: string, time: number): TrainingJobRecord {
  return { ...enterStatus(job, 'Failed', time), failureReason: cutReason(reason) };
}

export function cutReason(reason: string): string {
  return reason.slice(0, MAX_REASON_CHARACTERS);
}

export function isOver({ status }: Pick<TrainingJobRecord, 'status'>): boolean {
  return status === 'Completed' || status === 'Failed' || status === 'Stopped';
}

/** Statuses in which the job has its instances. One that was interrupted waits for others, at nobody's cost. */
const ON_INSTANCES: readonly SecondaryStatus[] = [
  'Downloading',
  'DownloadingTrainingImage',
  'Training',
  'Updating',
  'Uploading',
];

/** Whole seconds of one instance from the start to the end of training, and those that are billed; undefined while it lasts. */
export function countTrainingSeconds(job: TrainingJobRecord): { training: number; billable: number } | undefined {
  const { trainingStartTime: start, trainingEndTime: end } = job;
  if (start === undefined || end === undefined) return undefined;
  const billedMs = job.transitions
    .filter(({ status, startTime }) => startTime >= start && (status === 'Stopping' || ON_INSTANCES.includes(status)))
    .reduce((sum, { startTime, endTime = end }) => sum + endTime - startTime, 0);
  return { training: wholeSeconds(end - start), billable: wholeSeconds(billedMs) };
}

function wholeSeconds(ms: number): number {
  return Math.max(1, Math.ceil(ms / 1_000));
}

/** What the algorithm wrote about its failure, in SageMaker's frame, which the whole never exceeds. */
export function formatAlgorithmError(failure: string, exitCode: number): string {
  const suffix = `, exit code: ${String(exitCode)}`;
  const prefix = 'AlgorithmError: ';
  return prefix + failure.slice(0, MAX_REASON_CHARACTERS - prefix.length - suffix.length) + suffix;
}
