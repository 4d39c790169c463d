/**
 * A sweep's calls to AWS: one after the other, at a share of the worker's reads in a second, and patient where AWS
 * throttles or fails. Its activities read through this; all of a process share one pace.
 */
import { Context } from '@temporalio/activity';
import { isTransient, readTrouble } from '../../domain/aws-errors';
import { failureOf, type Coordinates } from '../aws-errors';

/** Calls AWS; undefined where there is nothing of that name. */
export type PacedRead = <T>(at: Coordinates, call: () => Promise<T>) => Promise<T | undefined>;

/** The status reader has the worker's reads in a second; a sweep, which nobody waits for, takes half as many beside it. */
const SHARE = 1 / 2;
/** Together some ten minutes; then Temporal tries the whole activity again. */
const ATTEMPTS_MAX = 16;
const BACKOFF_MS = { first: 1_000, most: 60_000 };
const SLICE_MS = 1_000;

export function createPacedRead(readsPerSecond: number): PacedRead {
  const intervalMs = 1_000 / (readsPerSecond * SHARE);
  let nextMs = 0;
  return async (at, call) => {
    for (let attempt = 1; ; attempt += 1) {
      const startMs = Math.max(performance.now(), nextMs);
      nextMs = startMs + intervalMs;
      await pause(startMs - performance.now());
      try {
        return await call();
      } catch (error) {
        const trouble = readTrouble(error);
        if (trouble.meaning === 'absent') return undefined;
        if (!isTransient(trouble.meaning) || attempt >= ATTEMPTS_MAX) throw failureOf(trouble, at);
        await pause(backoffMs(attempt));
      }
    }
  };
}

/** Doubling, and spread by a quarter: an outage is met with fewer calls, not more. */
function backoffMs(attempt: number): number {
  return Math.min(BACKOFF_MS.first * 2 ** (attempt - 1), BACKOFF_MS.most) * (0.75 + Math.random() * 0.25);
}

/** Heartbeats as it waits, so that a lost worker is noticed and a cancelled sweep ends. */
export async function pause(waitMs: number): Promise<void> {
  const context = Context.current();
  context.heartbeat();
  for (let leftMs = waitMs; leftMs > 0; leftMs -= SLICE_MS) {
    await context.sleep(Math.min(leftMs, SLICE_MS));
    context.heartbeat();
  }
}
