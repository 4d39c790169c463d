/**
 * How long the phases of jobs and endpoints last at the least, by the world's clock.
 */
import type { Clock, Phase } from '../world';
import type { Waits } from './waits';

export interface Phases {
  /** Settles with true once the phase that began at `since` has lasted its time, with false when the signal aborts. */
  last(phase: Phase, since: number, signal?: AbortSignal): Promise<boolean>;
}

export function openPhases(clock: Clock, waits: Waits): Phases {
  return { last: (phase, since, signal) => waits.until(() => since + clock.durationMs(phase), signal) };
}
