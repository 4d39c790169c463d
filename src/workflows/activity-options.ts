/**
 * How each kind of activity is called: time-outs, retries, task queue. The figures that depend on the worker's set-up
 * stand in the plan, so that a run keeps them for its life. Workflows call the answered proxies.
 */
import type { RetryPolicy } from '@temporalio/common';
import {
  ActivityCancellationType,
  proxyActivities,
  workflowInfo,
  type ActivityInterfaceFor,
} from '@temporalio/workflow';
import type { Activities, WaitingActivities } from '../activities';
import { WAITS_QUEUE_SUFFIX } from '../contract';
import { activityRetries, type RetryPace } from '../domain/backoff';
import type { RunPlan } from '../domain/plan';

/** Retries of what passes by itself: quick at first, then rare enough not to feed an outage; no two runs in step. */
function retrying(runName: string, pace: RetryPace): RetryPolicy {
  const { initialMs, maximumMs } = activityRetries(runName, pace);
  return { initialInterval: initialMs, backoffCoefficient: 2, maximumInterval: maximumMs };
}

/** The first step, before there is a plan: a few reads, each with a time-out of its own. */
export function preparing(): ActivityInterfaceFor<Pick<Activities, 'prepare'>> {
  return proxyActivities<Pick<Activities, 'prepare'>>({
    summary: 'check the input and make the plan',
    startToCloseTimeout: '1 minute',
    // Nothing has been made yet, so giving up costs nothing; an hour outlasts most outages.
    scheduleToCloseTimeout: '1 hour',
    retry: retrying(workflowInfo().workflowId, {}),
  });
}

/**
 * Creates and updates: one call each. They run to their answer even when the workflow is cancelled, so that what
 * follows knows what was made. Tried again here only when a worker died under them (adopting what it made); what AWS
 * answered goes to the workflow, which can be cancelled between two tries.
 */
export function creating(run: RunPlan, summary: string): ActivityInterfaceFor<Activities> {
  return proxyActivities<Activities>({
    summary,
    startToCloseTimeout: run.callTimeoutMs,
    // Three workers may die under one create before the workflow looks at it anew.
    scheduleToCloseTimeout: run.callTimeoutMs * 4,
    retry: { ...retrying(run.runTag, run), nonRetryableErrorTypes: ['AwsUnreachable', 'RoleNotAssumable'] },
  });
}

/** Reads: an answer hangs on them, but no bill. One that takes many calls heartbeats between them. */
export function looking(run: RunPlan, summary: string): ActivityInterfaceFor<Activities> {
  return proxyActivities<Activities>({
    summary,
    heartbeatTimeout: run.callTimeoutMs,
    // A dozen calls to an AWS that takes nearly its time-out for each.
    startToCloseTimeout: run.callTimeoutMs * 8,
    scheduleToCloseTimeout: '2 hours',
    retry: retrying(run.runTag, run),
  });
}

/** Stops and deletes: tried until AWS has answered, however long that takes, since a bill hangs on them. */
export function ending(run: RunPlan, summary: string): ActivityInterfaceFor<Activities> {
  return proxyActivities<Activities>({
    summary,
    startToCloseTimeout: run.callTimeoutMs,
    retry: retrying(run.runTag, run),
  });
}

/** A delete that AWS is not expected to take: tried, since a status of tomorrow may be one that takes it, and given up. */
export function endingInDoubt(run: RunPlan, summary: string): ActivityInterfaceFor<Activities> {
  return proxyActivities<Activities>({
    summary,
    startToCloseTimeout: run.callTimeoutMs,
    retry: { ...retrying(run.runTag, run), maximumAttempts: 3 },
  });
}

/** A sweep's pages and removals: many calls, one after the other and at a pace, with a heartbeat on each. */
export function surveying(run: RunPlan, summary: string): ActivityInterfaceFor<Activities> {
  return proxyActivities<Activities>({
    summary,
    heartbeatTimeout: run.heartbeatTimeoutMs + run.callTimeoutMs,
    // Fifty resources, and minutes of patience with an AWS that throttles.
    startToCloseTimeout: '1 hour',
    // Nothing hangs on this sweep that the next would not find.
    scheduleToCloseTimeout: '6 hours',
    retry: retrying(run.runTag, run),
  });
}

/** What is nice to have, and must not hold up or hide what it adds to. */
export function telling(run: RunPlan, summary: string): ActivityInterfaceFor<Activities> {
  return proxyActivities<Activities>({
    summary,
    // Streams are read one after the other, each within a request's time-out.
    startToCloseTimeout: run.callTimeoutMs * 2,
    scheduleToCloseTimeout: run.callTimeoutMs * 4,
    retry: { ...retrying(run.runTag, run), maximumAttempts: 2 },
  });
}

/** Waits: on a queue of their own, without a limit but the deadline that they are handed. */
export function waiting(run: RunPlan, summary: string): ActivityInterfaceFor<WaitingActivities> {
  return proxyActivities<WaitingActivities>({
    summary,
    taskQueue: workflowInfo().taskQueue + WAITS_QUEUE_SUFFIX,
    heartbeatTimeout: run.heartbeatTimeoutMs,
    // A job may be pending and running for 28 days each; the deadline that the activity is handed comes first.
    startToCloseTimeout: '60 days',
    // A cancelled run stops its job at once; the wait itself hears of it with its next heartbeat.
    cancellationType: ActivityCancellationType.TRY_CANCEL,
    // A lost worker is no reason to wait longer with every loss.
    retry: { initialInterval: '1 second', backoffCoefficient: 1 },
  });
}
