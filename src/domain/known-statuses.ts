/**
 * The statuses that this version knows, how far along each is, and what a run warns of where AWS says another, or leaves
 * one out. Used by `training-status.ts`, `endpoint-status.ts` and the run's record; types see to it that none is missing.
 */
import type { EndpointStatus, SecondaryStatus, TrainingJobStatus } from '@aws-sdk/client-sagemaker';

/** Stands for a status that AWS has never told: something that still goes on. */
export const UNTOLD = 'Unknown';

/** A job goes up this scale and never down. */
const JOB_RANKS: Record<TrainingJobStatus, number> = {
  InProgress: 0,
  Stopping: 1,
  Completed: 2,
  Failed: 2,
  Stopped: 2,
  Deleting: 3,
};

const SECONDARY: Record<SecondaryStatus, true> = {
  Starting: true,
  LaunchingMLInstances: true,
  PreparingTrainingStack: true,
  Pending: true,
  Downloading: true,
  DownloadingTrainingImage: true,
  Training: true,
  Uploading: true,
  Stopping: true,
  Interrupted: true,
  Restarting: true,
  Updating: true,
  Completed: true,
  Failed: true,
  Stopped: true,
  MaxRuntimeExceeded: true,
  MaxWaitTimeExceeded: true,
};

const OF_ENDPOINTS: Record<EndpointStatus, true> = {
  Creating: true,
  Updating: true,
  SystemUpdating: true,
  RollingBack: true,
  InService: true,
  OutOfService: true,
  Failed: true,
  UpdateRollbackFailed: true,
  Deleting: true,
};

function rankOf(status: string | undefined): number | undefined {
  return status !== undefined && Object.hasOwn(JOB_RANKS, status) ? JOB_RANKS[status as TrainingJobStatus] : undefined;
}

/** True where a job cannot have come from `seen` to `status`: what says so is a read from before. */
export function isEarlierJobStatus(status: string, seen: string | undefined): boolean {
  const [rank, seenRank] = [rankOf(status), rankOf(seen)];
  return rank !== undefined && seenRank !== undefined && rank < seenRank;
}

/** What to warn of in a training job's answer. */
export function findOddJobAnswer(
  name: string,
  { status, secondaryStatus, lacks = [] }: { status: string; secondaryStatus: string; lacks?: string[] },
): string[] {
  const unknown = [
    ...(rankOf(status) === undefined && status !== UNTOLD ? [status] : []),
    ...(Object.hasOwn(SECONDARY, secondaryStatus) || secondaryStatus === UNTOLD ? [] : [secondaryStatus]),
  ];
  return warningsOf(`training job ${name}`, unknown, lacks);
}

/** What to warn of in an endpoint's answer. */
export function findOddEndpointAnswer(name: string, status: string, lacks: string[] = []): string[] {
  const isKnown = Object.hasOwn(OF_ENDPOINTS, status) || status === UNTOLD;
  return warningsOf(`endpoint ${name}`, isKnown ? [] : [status], lacks);
}

function warningsOf(what: string, unknown: string[], lacks: string[]): string[] {
  return [
    ...unknown.map(
      (status) =>
        `the ${what} has the status ${status}, which this version does not know: it counts as still under way`,
    ),
    ...lacks.map((member) => `AWS told of the ${what} without ${member}: what was known before counts`),
  ];
}
