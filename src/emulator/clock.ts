/**
 * Time, and how long the phases of jobs and endpoints take. Settings come from the start options and from
 * `POST /_emulator/clock`, are kept in the emulator's folder, and are read by what makes jobs and endpoints go on.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { InvalidControlRequest } from './control/fault-rules';
import { replaceFile } from './disk';
import { PHASES, type Clock, type Phase } from './world';

/** Settings as `POST /_emulator/clock` answers them. */
export interface ClockSettings {
  /** The shortest time that each phase takes, in ms. */
  phases: Record<Phase, number>;
  /** True: jobs and endpoints run no process. */
  simulated: boolean;
  /** How far the emulator's clock is ahead of this machine's, in ms. */
  skewMs: number;
}

/** A change of settings: what is absent stays as it is. */
export interface ClockChange {
  /** The shortest time of these phases, in ms. */
  phases?: Partial<Record<Phase, number>>;
  /** True: jobs and endpoints run no process. */
  simulated?: boolean;
  /**
   * How far the emulator's clock is ahead of this machine's, in ms; negative where it is behind. All its times move with
   * it: those in answers, those that signatures are held against, and those that phases are counted by.
   */
  skewMs?: number;
}

export interface SettableClock extends Clock {
  settings(): ClockSettings;
  set(change: unknown): ClockSettings;
}

/** Quick, but slow enough that each phase can be seen by one who looks twice a second. */
const DEFAULTS: ClockSettings = {
  phases: {
    Starting: 1000,
    Downloading: 500,
    Training: 0,
    Uploading: 500,
    Stopping: 0,
    Creating: 1000,
    Updating: 1000,
    Deleting: 300,
  },
  simulated: false,
  skewMs: 0,
};

/** 28 days, the longest that a training job may run. */
const DURATION_MS_MAX = 28 * 86_400_000;
const SKEW_MS_MAX = 86_400_000;
const NAMES: readonly string[] = ['phases', 'simulated', 'skewMs'] satisfies (keyof ClockChange)[];

function readChange(change: unknown): ClockChange {
  if (typeof change !== 'object' || change === null || Array.isArray(change)) {
    throw new InvalidControlRequest(
      'The body must be { "phases"?: { ... }, "simulated"?: boolean, "skewMs"?: number }',
    );
  }
  const problems = Object.keys(change)
    .filter((name) => !NAMES.includes(name))
    .map((name) => `${name} is not known`);
  const { phases, simulated, skewMs } = change as Partial<Record<keyof ClockChange, unknown>>;
  if (simulated !== undefined && typeof simulated !== 'boolean') problems.push('simulated must be true or false');
  if (skewMs !== undefined && !(Number.isInteger(skewMs) && Math.abs(skewMs as number) <= SKEW_MS_MAX)) {
    problems.push(`skewMs must be a whole number from -${String(SKEW_MS_MAX)} to ${String(SKEW_MS_MAX)}`);
  }
  if (phases !== undefined && (typeof phases !== 'object' || phases === null))
    problems.push('phases must be an object');
  for (const [phase, ms] of Object.entries(phases ?? {})) {
    if (!PHASES.includes(phase as Phase)) problems.push(`phases.${phase} is not one of ${PHASES.join(', ')}`);
    else if (typeof ms !== 'number' || !(ms >= 0 && ms <= DURATION_MS_MAX)) {
      problems.push(`phases.${phase} must be from 0 to ${String(DURATION_MS_MAX)} ms`);
    }
  }
  if (problems.length > 0) throw new InvalidControlRequest(problems.join('; '));
  return change;
}

function applyChange(settings: ClockSettings, change: ClockChange): ClockSettings {
  return {
    phases: { ...settings.phases, ...change.phases },
    simulated: change.simulated ?? settings.simulated,
    skewMs: change.skewMs ?? settings.skewMs,
  };
}

function readSaved(path: string): ClockChange {
  try {
    return readChange(JSON.parse(readFileSync(path, 'utf8')));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return {};
    throw error;
  }
}

/** Opens the clock of `folder`. What `initial` gives wins over what was set there before. */
export function openClock(folder: string, initial: ClockChange = {}): SettableClock {
  const path = join(folder, 'clock.json');
  const saved = readSaved(path);
  let settings = applyChange(applyChange(DEFAULTS, saved), readChange(initial));
  const save = (kept: ClockSettings) => {
    replaceFile(path, JSON.stringify(kept));
  };
  // On a disk that is full the emulator comes back as it was.
  if (JSON.stringify(settings) !== JSON.stringify(saved)) save(settings);
  return {
    now: () => Date.now() + settings.skewMs,
    durationMs: (phase) => settings.phases[phase],
    simulated: () => settings.simulated,
    settings: () => settings,
    set(change) {
      const changed = applyChange(settings, readChange(change));
      save(changed);
      settings = changed;
      return settings;
    },
  };
}
