/**
 * How long a run waits before it tries a step again that AWS throttled or did not answer. Pure: chance is handed in, from
 * the workflow's own seeded source or from the run's name, so that a replay waits alike and a hundred runs do not.
 */

/** The shortest and the longest time between two tries, where the worker sets no others. */
export const RETRY_INTERVALS_MS = { least: 1_000, most: 60_000 };

/** What a run's plan says of it; plans of earlier releases say nothing. */
export interface RetryPace {
  retryMinIntervalMs?: number;
  retryMaxIntervalMs?: number;
}

/** A create that fails costs more than a read that does: its first pause is twice as long, and its longest five times. */
const CREATE = { first: 2, most: 5 };

/**
 * The pause before a create is asked again. Its upper end doubles; where it falls below that is chance alone, but for a
 * least of half the first.
 *
 * @param chance from 0 to 1
 */
export function createPauseMs(attempt: number, chance: number, pace: RetryPace = {}): number {
  const { least, most } = intervalsOf(pace);
  const firstMs = least * CREATE.first;
  const fullMs = Math.min(firstMs * 2 ** Math.min(attempt, 30), most * CREATE.most);
  const leastMs = Math.min(firstMs / 2, fullMs);
  return Math.round(leastMs + (fullMs - leastMs) * chance);
}

/** How Temporal spaces the tries of an activity: as for every run, but begun at an interval of this run's own. */
export function activityRetries(runName: string, pace: RetryPace = {}): { initialMs: number; maximumMs: number } {
  const { least, most } = intervalsOf(pace);
  return { initialMs: Math.min(Math.round(least * (1 + chanceOf(runName))), most), maximumMs: most };
}

function intervalsOf({ retryMinIntervalMs, retryMaxIntervalMs }: RetryPace): { least: number; most: number } {
  const most = retryMaxIntervalMs ?? RETRY_INTERVALS_MS.most;
  return { least: Math.min(retryMinIntervalMs ?? RETRY_INTERVALS_MS.least, most), most };
}

/** From 0 to 1, the same for the same name: FNV-1a. */
function chanceOf(name: string): number {
  let hash = 0x811c9dc5;
  for (const character of name) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193) >>> 0;
  return hash / 2 ** 32;
}
