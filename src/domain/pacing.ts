/**
 * When the status reader asks AWS next: pure, so that it can be tested over days in a millisecond. The reader hands in
 * what it watches; what comes out are the reads that are due and how long it may sleep.
 */

/** The shortest and the longest time between two reads of one resource, and the most reads in one second. */
export interface Pace {
  minIntervalMs: number;
  maxIntervalMs: number;
  readsPerSecond: number;
}

export interface WatchState {
  name: string;
  /** Secondary status of a job, status of an endpoint; undefined before the first answer. */
  status: string | undefined;
  /** When that status was first seen; when the watch began, before. */
  sinceMs: number;
  /** When the last read was sent; undefined before the first. */
  lastReadMs: number | undefined;
  /** Since when someone new waits, who is not to wait for the others' pace; undefined where nobody does. */
  hurriedMs: number | undefined;
  /** Reads that failed since the last answer. */
  failures: number;
  /** From 0 to 1, drawn anew with each failure: where in its stretched interval the next read falls. */
  spread: number;
  /** True while a read has no answer yet: it is not sent twice, and counts towards the rate. */
  isBeingRead: boolean;
}

/** Statuses that pass quickly and stand between someone and the next step. */
const BRIEF = new Set(['Starting', 'Uploading', 'Stopping', 'Updating', 'RollingBack', 'Deleting']);
/** A brief status that lasts longer than this is treated like any other. */
const BRIEF_FOR_MS = 300_000;
/** A status is read again after a twentieth of the time it has lasted: at most 5 % late. */
const LATENESS = 1 / 20;

/** How many times the longest interval errors may make of it. */
const STRETCH_MAX = 2;

/** How long after its last read a resource is to be read again. */
export function intervalMs(watch: WatchState, nowMs: number, pace: Pace): number {
  const ageMs = Math.max(0, nowMs - watch.sinceMs);
  const isBrief = watch.status === undefined || (BRIEF.has(watch.status) && ageMs < BRIEF_FOR_MS);
  const calm = isBrief ? pace.minIntervalMs : clamp(ageMs * LATENESS, pace);
  if (watch.failures === 0) return calm;
  // Never sooner than in calm, so that an outage is met with fewer reads, and not all at once when it is over.
  const stretched = Math.min(calm * 2 ** Math.min(watch.failures, 10), STRETCH_MAX * pace.maxIntervalMs);
  return calm + Math.max(0, stretched - calm) * watch.spread;
}

/** The reads that are due now, longest overdue first, within the rate; and when to look again. */
export function scheduleReads(watches: WatchState[], nowMs: number, pace: Pace): { due: string[]; sleepMs: number } {
  const overdue = watches
    .filter(({ isBeingRead }) => !isBeingRead)
    .map((watch) => ({ watch, dueMs: dueAtMs(watch, nowMs, pace) }))
    .sort((a, b) => a.dueMs - b.dueMs);
  const ready = overdue.filter(({ dueMs }) => dueMs <= nowMs);
  // Less than one in a second is one in more than a second.
  const windowMs = Math.max(1_000, 1_000 / pace.readsPerSecond);
  const most = Math.max(1, Math.floor(pace.readsPerSecond));
  const sentLately = watches.filter(
    ({ lastReadMs }) => lastReadMs !== undefined && nowMs - lastReadMs < windowMs,
  ).length;
  const due = ready.slice(0, Math.max(0, most - sentLately)).map(({ watch }) => watch.name);
  const nextMs = ready.length > due.length ? nowMs + 1000 / pace.readsPerSecond : overdue[due.length]?.dueMs;
  const sleepMs = nextMs === undefined ? pace.minIntervalMs : nextMs - nowMs;
  return { due, sleepMs: Math.min(Math.max(sleepMs, 10), pace.maxIntervalMs) };
}

function dueAtMs(watch: WatchState, nowMs: number, pace: Pace): number {
  if (watch.lastReadMs === undefined) return watch.sinceMs;
  return Math.min(watch.lastReadMs + intervalMs(watch, nowMs, pace), watch.hurriedMs ?? Infinity);
}

function clamp(valueMs: number, pace: Pace): number {
  return Math.min(Math.max(valueMs, pace.minIntervalMs), pace.maxIntervalMs);
}
