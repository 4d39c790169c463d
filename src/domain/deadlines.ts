/**
 * Our own limits of time, behind AWS's. Made of the plan and of what AWS last said; handed to the waits.
 */
import type { SecondaryStatusTransition } from '../contract';
import type { TrainingPlan } from './plan';
import type { TrainingJobObservation } from './training-status';

/**
 * How long a wait may last. Until a time by AWS's clock where that counts from a time that AWS gave; else for so long, by no
 * clock at all: Temporal's and AWS's may be hours apart.
 */
export type WaitLimit = { deadline: string } | { withinMs: number };

/** A limit in seconds of which some have passed. */
export function within(seconds: number, passedMs = 0): { withinMs: number } {
  return { withinMs: Math.max(0, seconds * 1000 - passedMs) };
}

type KnownTimes = Pick<TrainingJobObservation, 'creationTime' | 'trainingStartTime'>;

/**
 * Before the training starts a job may be pending for so long; from then on max-run counts, and some for AWS's stop.
 *
 * @param passedMs since the wait began: all there is to count from until AWS has told a time
 * @param transitions as far as they are known: they tell the start too, where an answer leaves it out
 */
export function deadlineOfTrainingJob(
  plan: TrainingPlan,
  job: KnownTimes | undefined,
  passedMs: number,
  transitions: readonly SecondaryStatusTransition[] = [],
): WaitLimit {
  const begun = transitions.find(({ status }) => status === 'Training')?.startTime;
  const startTime = job?.trainingStartTime ?? begun;
  if (startTime !== undefined) {
    return { deadline: after(Date.parse(startTime), plan.maxRunSeconds + plan.overrunSeconds) };
  }
  if (job?.creationTime === undefined) return within(plan.pendingTimeoutSeconds, passedMs);
  return { deadline: after(Date.parse(job.creationTime), plan.pendingTimeoutSeconds) };
}

/** A job of others may be pending for 28 days and run for another 28: for so long a deploy waits for it. */
export const OTHERS_TRAINING_SECONDS = 56 * 86_400;

/** An endpoint that is being created or updated takes no delete for up to an hour; being deleted it takes minutes to go. */
export const ENDPOINT_SETTLES_SECONDS = 7_200;
export const ENDPOINT_GOES_SECONDS = 7_200;

/** AWS's reads lag behind its writes: for so long what was just made may not be found, and is not counted as gone. */
export const READS_LAG_MS = 30_000;

/** Clocks of AWS and of Temporal may differ by this much when what bears a run's tag is judged by its age. */
const CLOCK_SKEW_MS = 5_000;

/** True for what was made since a run began: by a run of the same tag before it, as in a cron chain, otherwise. */
export function isSinceRunBegan(madeAtMs: number, beganAt: string): boolean {
  return madeAtMs >= Date.parse(beganAt) - CLOCK_SKEW_MS;
}

export function after(startMs: number, seconds: number): string {
  return new Date(startMs + seconds * 1000).toISOString();
}
