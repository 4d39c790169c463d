/**
 * Our own limits of time, behind AWS's. Made of the plan and of what AWS last said; handed to the waits.
 */
import type { SecondaryStatusTransition } from '../contract';
import type { TrainingPlan } from './plan';
import type { TrainingJobObservation } from './training-status';

type KnownTimes = Pick<TrainingJobObservation, 'creationTime' | 'trainingStartTime'>;

/**
 * Before the training starts a job may be pending for so long; from then on max-run counts, and some for AWS's stop.
 *
 * @param transitions as far as they are known: they tell the start too, where an answer leaves it out
 */
export function deadlineOfTrainingJob(
  plan: TrainingPlan,
  job: KnownTimes | undefined,
  askedAtMs: number,
  transitions: readonly SecondaryStatusTransition[] = [],
): string {
  const begun = transitions.find(({ status }) => status === 'Training')?.startTime;
  const startTime = job?.trainingStartTime ?? begun;
  if (startTime !== undefined) {
    return after(Date.parse(startTime), plan.maxRunSeconds + plan.overrunSeconds);
  }
  const sinceMs = job?.creationTime === undefined ? askedAtMs : Date.parse(job.creationTime);
  return after(sinceMs, plan.pendingTimeoutSeconds);
}

/** A job of others may be pending for 28 days and run for another 28: for so long a deploy waits for it. */
export const OTHERS_TRAINING_SECONDS = 56 * 86_400;

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
