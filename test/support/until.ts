/**
 * Waiting in tests: for a condition, with a limit, never for a time. What is awaited is named, so that a test that runs
 * into the limit says what did not happen.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { inspect } from 'node:util';

export interface UntilOptions {
  /** What is waited for, as it would follow "waited for". */
  what: string;
  /** @default 30000 */
  limitMs?: number;
  /** @default 25 */
  intervalMs?: number;
}

/**
 * Asks `condition` until it answers something truthy, and returns that. An exception counts as "not yet" and is told
 * when the limit is reached.
 */
export async function until<T>(
  condition: () => T | Promise<T>,
  { what, limitMs = 30_000, intervalMs = 25 }: UntilOptions,
): Promise<NonNullable<Exclude<T, false | 0 | ''>>> {
  const deadline = performance.now() + limitMs;
  let last: unknown;
  for (;;) {
    try {
      const answer = await condition();
      // The same values that the return type leaves out.
      if (answer) return answer as NonNullable<Exclude<T, false | 0 | ''>>;
      last = answer;
    } catch (error) {
      last = error;
    }
    if (performance.now() > deadline) {
      const seen = last instanceof Error ? last.message : inspect(last);
      throw new Error(`waited ${String(limitMs)} ms for ${what}; last seen: ${seen}`);
    }
    await pause(intervalMs);
  }
}
