/**
 * What all that goes on in the background shares: the world, the processes' launcher, the waits, and the end of the
 * emulator. Made once by `index.ts`.
 */
import type { Outcomes } from '../control/outcomes';
import type { Launcher } from '../processes/launcher';
import type { World } from '../world';
import type { Phases } from './phases';
import type { Waits } from './waits';

export interface Life {
  world: World;
  launcher: Launcher;
  waits: Waits;
  phases: Phases;
  /** Folder for the files of running processes; removed with them. */
  processFolder: string;
  /** Aborted when the emulator ends: then everything stops where it is, as if it had been killed. */
  closing: AbortSignal;
  limits: LifeLimits;
  /** Lives that a test has written; absent where none can be. */
  outcomes?: Outcomes;
}

/** The limits that tests shorten. */
export interface LifeLimits {
  /** How long a model may take to answer an invocation. */
  invocationMs: number;
  /** How long a serving program may take to end after SIGTERM. */
  servingStopMs: number;
  /** How long a training program may take to end after SIGTERM, where the clock sets no time for stopping. */
  trainingStopMs: number;
}

export const AWS_LIMITS: LifeLimits = { invocationMs: 60_000, servingStopMs: 30_000, trainingStopMs: 120_000 };
