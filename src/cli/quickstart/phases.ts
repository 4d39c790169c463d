/**
 * Where the time of a quickstart went: from the moments that were noted and the statuses that AWS timed itself, to a
 * table. Pure; `run-quickstart.ts` notes the moments.
 */
import type { SecondaryStatusTransition } from '../../contract';

/** Moments of a quickstart, in milliseconds since the epoch. */
export interface Moments {
  begun: number;
  stackReady: number;
  uploaded: number;
  runEnded: number;
  predicted: number;
  removed: number;
  stopped: number;
}

/** A phase and the seconds it took. */
export interface Phase {
  /** For programs; SageMaker's own statuses under their own names. */
  key: string;
  name: string;
  seconds: number;
}

/** Phases in the order in which they began; they add up to the whole, for what lies between them has a row too. */
export function measurePhases(
  moments: Moments,
  transitions: SecondaryStatusTransition[],
  endpointInServiceAt: string | undefined,
): Phase[] {
  const job = transitions.flatMap(({ status, startTime, endTime }) =>
    endTime === undefined || FINAL.includes(status)
      ? []
      : [{ key: status, name: `training job: ${status}`, ms: Date.parse(endTime) - Date.parse(startTime) }],
  );
  const jobEnd = Math.max(...transitions.map(({ startTime, endTime }) => Date.parse(endTime ?? startTime)));
  const creatingMs = endpointInServiceAt === undefined ? Number.NaN : Date.parse(endpointInServiceAt) - jobEnd;
  const endpoint = Number.isFinite(creatingMs)
    ? [{ key: 'Creating', name: 'endpoint: Creating', ms: Math.max(0, creatingMs) }]
    : [];
  const seen = [...job, ...endpoint];
  const betweenMs = moments.runEnded - moments.uploaded - seen.reduce((sum, { ms }) => sum + ms, 0);
  return [
    { key: 'start', name: 'start of the stack', ms: moments.stackReady - moments.begun },
    { key: 'upload', name: 'upload', ms: moments.uploaded - moments.stackReady },
    ...seen,
    { key: 'between', name: 'between them', ms: Math.max(0, betweenMs) },
    { key: 'predictions', name: 'predictions', ms: moments.predicted - moments.runEnded },
    { key: 'removal', name: 'removal of the endpoint', ms: moments.removed - moments.predicted },
    { key: 'stop', name: 'stop of the stack', ms: moments.stopped - moments.removed },
    { key: 'total', name: 'total', ms: moments.stopped - moments.begun },
  ].map(({ key, name, ms }) => ({ key, name, seconds: Math.round(ms / 10) / 100 }));
}

/** Statuses that last no time of their own. */
const FINAL = ['Completed', 'Failed', 'Stopped'];
const BAR_WIDTH = 30;

/** The phases as lines: name, seconds, and a bar in proportion to the whole. */
export function describePhases(phases: Phase[]): string[] {
  const total = Math.max(...phases.map(({ seconds }) => seconds), Number.MIN_VALUE);
  const nameWidth = Math.max(...phases.map(({ name }) => name.length));
  return phases.map(({ key, name, seconds }) => {
    const bar = key === 'total' ? '' : '█'.repeat(Math.round((seconds / total) * BAR_WIDTH));
    return `  ${name.padEnd(nameWidth)}  ${seconds.toFixed(1).padStart(6)} s  ${bar}`.trimEnd();
  });
}
