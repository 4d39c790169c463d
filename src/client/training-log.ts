/**
 * The logs of a run's training jobs beside its progress: each from its first line, whenever the following began, to a little
 * after the job has ended. `follow-run.ts` shows it what the run tells; lines go to whoever asked for the log.
 */
import { setTimeout as pause } from 'node:timers/promises';
import type { Stage } from '../contract';
import { hasJobEnded } from '../domain/training-status';
import { tailTrainingLogs, type TailOptions } from './logs';
import type { RunProgress } from './run';

/** How long the log may be silent after the run has ended, until it is left; it ends by itself before that. */
const SILENCE_LIMIT_MS = 15_000;
const STAGES_AFTER_TRAINING: readonly Stage[] = ['Deploying', 'Done', 'Failed', 'Cancelled'];

/** How a log is followed. */
export interface LogFollowing extends Pick<TailOptions, 'onLine' | 'hostCount' | 'intervalMs' | 'aws'> {
  /** What is in the way of the log, one sentence each. */
  onTrouble: NonNullable<TailOptions['onTrouble']>;
  /** Used until the run tells its own. */
  region?: string;
  /** Ends the reading at once. */
  signal?: AbortSignal;
  /** @default 15000 */
  silenceLimitMs?: number;
}

/** A log that is followed. None of it rejects. */
export interface FollowedLog {
  /** Looks whether there is a job, and whether it has ended: to be called with each progress of the run. */
  see: (progress: RunProgress) => void;
  /** Waits for the last lines, but for no silence: a log can never hold up a result. */
  end: () => Promise<void>;
  /** Ends the reading without its last lines. */
  leave: () => void;
}

interface Tail {
  /** Resolves when the log has been read to its end. */
  read: Promise<void>;
  endTraining: () => void;
}

/** Reads nothing until {@link FollowedLog.see} is shown a job. */
export function followTrainingLog(following: LogFollowing): FollowedLog {
  const { onLine, onTrouble, region: givenRegion, signal, silenceLimitMs = SILENCE_LIMIT_MS, ...how } = following;
  const left = new AbortController();
  let heardAtMs = 0;
  /** By the job's name: a workflow of somebody's own may train several models. */
  const tails = new Map<string, Tail>();
  const begin = (trainingJobName: string, region: string | undefined): Tail => {
    let endTraining = (): void => undefined;
    const trained = new Promise<void>((resolve) => {
      endTraining = resolve;
    });
    const read = tailTrainingLogs({
      ...how,
      trainingJobName,
      until: trained,
      onLine(line) {
        heardAtMs = performance.now();
        onLine(line);
      },
      onTrouble,
      signal: signal ? AbortSignal.any([signal, left.signal]) : left.signal,
      ...(region !== undefined && { region }),
    });
    return { read, endTraining };
  };

  return {
    see({ trainingJob: job, stage, region = givenRegion, live }) {
      // Before the job exists there is no log. Without a worker nobody tells whether it does.
      if (job === undefined || (job.status === undefined && live)) return;
      const tail = tails.get(job.name) ?? begin(job.name, region);
      tails.set(job.name, tail);
      // One that the run no longer tells of may train beside the other: it ends by its own status, or with the run.
      if (STAGES_AFTER_TRAINING.includes(stage) || hasJobEnded(job.status)) tail.endTraining();
    },
    async end() {
      for (const { endTraining } of tails.values()) endTraining();
      const isRead = new AbortController();
      const reading = Promise.all(Array.from(tails.values(), ({ read }) => read)).then(() => {
        isRead.abort();
      });
      const endedAtMs = performance.now();
      while (tails.size > 0 && !isRead.signal.aborted) {
        const leftMs = Math.max(endedAtMs, heardAtMs) + silenceLimitMs - performance.now();
        if (leftMs <= 0) {
          const seconds = String(silenceLimitMs / 1_000);
          onTrouble(`the log is left unread: nothing came for ${seconds} s after the end`);
          break;
        }
        // Rejects when the log has been read; the loop then ends.
        await pause(leftMs, undefined, { signal: isRead.signal }).catch(() => undefined);
      }
      left.abort();
      await reading;
    },
    leave() {
      left.abort();
    },
  };
}
