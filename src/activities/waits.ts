/**
 * The waiting activities: each watches one resource through the process's status reader and returns when AWS says
 * something that the workflow has not seen. They heartbeat on the reader's own reads and on nothing else, so that a
 * reader that has died is noticed by Temporal.
 */
import { Context, log } from '@temporalio/activity';
import { READS_LAG_MS } from '../domain/deadlines';
import {
  changeOfEndpoint,
  completeEndpoint,
  isNewForEndpoint,
  type EndpointObservation,
} from '../domain/endpoint-status';
import { mergeSamples } from '../domain/metrics';
import { changeOfTrainingJob, completeTrainingJob, isNewForTrainingJob } from '../domain/training-status';
import type { MetricSample } from '../contract';
import type { AwsTrouble } from '../domain/aws-errors';
import { describeReadTrouble, isWorthTelling, kindOfTrouble } from '../domain/read-troubles';
import type { Awaited, Untold, WaitingActivities, Watch } from './index';
import type { Reading, StatusReader } from './status-reader';

export function createWaitingActivities(reader: StatusReader): WaitingActivities {
  return {
    awaitTrainingJobChange(watch) {
      const { name, seen, told } = watch;
      let samples =
        (Context.current().info.heartbeatDetails as { samples?: MetricSample[] } | undefined)?.samples ?? [];
      return untilAnswered<Awaited<ReturnType<typeof changeOfTrainingJob>>, Parameters<typeof isNewForTrainingJob>[0]>({
        watch: (listener) => reader.watchTrainingJob(name, listener),
        what: `training job ${name}`,
        told,
        isOverdue: limit(watch, reader.awsNowMs),
        details: () => ({ samples }),
        changeIn(answered) {
          const job = completeTrainingJob(answered, seen);
          samples = mergeSamples(samples, job.metrics);
          return isNewForTrainingJob(job, seen) ? { change: changeOfTrainingJob(job, seen, samples) } : undefined;
        },
      });
    },

    awaitEndpointChange(watch) {
      const { name, seen, isGoing, told } = watch;
      return untilAnswered<Awaited<ReturnType<typeof changeOfEndpoint>>, EndpointObservation>({
        watch: (listener) => reader.watchEndpoint(name, listener),
        what: `endpoint ${name}`,
        told,
        isOverdue: limit(watch, reader.awsNowMs),
        details: () => ({ status: seen?.status }),
        isAbsenceExpected: isGoing === true || seen?.status === 'Deleting',
        changeIn(answered) {
          const endpoint = completeEndpoint(answered, seen);
          return isNewForEndpoint(endpoint, seen) ? { change: changeOfEndpoint(endpoint, seen) } : undefined;
        },
      });
    },
  };
}

interface Waiting<Answer, Observation> {
  watch: (listener: (reading: Reading<Observation>) => void) => () => void;
  isOverdue: () => boolean;
  details: () => unknown;
  isAbsenceExpected?: boolean;
  changeIn: (observation: Observation) => Answer | undefined;
  /** What is watched, in words. */
  what: string;
  /** Kinds of trouble that the caller has been told of; undefined where it asks for none. */
  told: string[] | undefined;
}

/**
 * A deadline is told by AWS's time, since the times that it counts from are AWS's. A span is counted by Temporal from one
 * try to the next, and by the clock that nobody sets within a try.
 */
function limit(
  { deadline, withinMs = Infinity }: Pick<Watch<unknown>, 'deadline' | 'withinMs'>,
  awsNowMs: () => number,
): () => boolean {
  const { scheduledTimestampMs, currentAttemptScheduledTimestampMs } = Context.current().info;
  const beganMs = performance.now() - Math.max(0, currentAttemptScheduledTimestampMs - scheduledTimestampMs);
  const deadlineMs = deadline === undefined ? Infinity : Date.parse(deadline);
  return () => awsNowMs() >= deadlineMs || performance.now() - beganMs >= withinMs;
}

/** How a wait may come back beside its answer. */
type OtherEnd = { absent: true } | { deadlinePassed: true } | Untold;

async function untilAnswered<Answer, Observation>(waiting: Waiting<Answer, Observation>): Promise<Answer | OtherEnd> {
  const context = Context.current();
  // By the run's own time-out, which a worker of another pace may have put into its plan.
  const heartbeatEveryMs = (context.info.heartbeatTimeoutMs ?? 0) / 4;
  let lastHeartbeatMs = -Infinity;
  let absentSinceMs: number | undefined;
  let failuresInRow = 0;
  let unwatch = (): void => undefined;

  const answered = new Promise<Answer | OtherEnd>((resolve, reject) => {
    unwatch = waiting.watch((reading) => {
      try {
        const change = 'observation' in reading ? waiting.changeIn(reading.observation) : undefined;
        if (!('tick' in reading) || performance.now() - lastHeartbeatMs >= heartbeatEveryMs) {
          lastHeartbeatMs = performance.now();
          context.heartbeat(waiting.details());
        }
        // Told once for each outage: a line for every read of every wait would be an outage of its own.
        if ('trouble' in reading && failuresInRow === 0) {
          log.warn('a status read failed; the wait goes on', {
            code: reading.trouble.code,
            reason: reading.trouble.message,
          });
        }
        if ('tick' in reading) return;
        failuresInRow = 'trouble' in reading ? failuresInRow + 1 : 0;
        absentSinceMs = 'absent' in reading ? (absentSinceMs ?? performance.now()) : undefined;
        const untold = 'trouble' in reading ? findUntold(waiting, reading.trouble, failuresInRow) : undefined;
        if (change !== undefined) resolve(change);
        else if (untold) resolve(untold);
        else if (isGone(absentSinceMs, waiting.isAbsenceExpected)) resolve({ absent: true });
        // Only an answer can say that the deadline holds: what was not read may have ended long since.
        else if ('observation' in reading && waiting.isOverdue()) resolve({ deadlinePassed: true });
      } catch (error) {
        reject(error instanceof Error ? error : new Error(String(error)));
      }
    });
  });
  try {
    return await Promise.race([answered, context.cancelled]);
  } finally {
    unwatch();
  }
}

/** A trouble that needs somebody, and that the caller has not been told of. */
function findUntold(
  { what, told }: Pick<Waiting<unknown, unknown>, 'what' | 'told'>,
  trouble: AwsTrouble,
  failuresInRow: number,
): Untold | undefined {
  const kind = kindOfTrouble(trouble);
  if (told === undefined || told.includes(kind) || !isWorthTelling(kind, failuresInRow)) return undefined;
  return { trouble: kind, warning: describeReadTrouble(what, trouble) };
}

function isGone(absentSinceMs: number | undefined, isExpected = false): boolean {
  return absentSinceMs !== undefined && (isExpected || performance.now() - absentSinceMs >= READS_LAG_MS);
}
