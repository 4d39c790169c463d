/**
 * Reads the log of a run's training jobs beside its progress: from each log's first line, whenever the following began,
 * to a little after the job has ended. Each line is told once, those of one job in order.
 */
import { setTimeout as pause } from 'node:timers/promises';
import type { LogLine, RunProgress } from '../client';
import type { FailureCode } from '../contract';
import type { CommandEvent } from './output';
import type { ClientModule } from './with-session';

type LogEvent = Extract<CommandEvent, { type: 'log' }>;

/** How long the log may be silent after the end before it is taken to be whole. */
const SILENCE_LIMIT_MS = 10_000;
const ENDED = ['Completed', 'Failed', 'Stopped'];
const STAGES_AFTER_TRAINING = ['Deploying', 'Done', 'Failed', 'Cancelled'];

export interface LogFollowing {
  client: ClientModule;
  /** Ends the reading. */
  signal: AbortSignal;
  onLine: (line: LogLine) => void;
  /** What is in the way of the log, one sentence each; with a code where it could not be read. */
  onTrouble: (trouble: string, code?: FailureCode) => void;
  /** Milliseconds between two readings. @default the client's */
  intervalMs?: number;
}

export interface FollowedLog {
  /** Looks whether there is a job, and whether it has ended. */
  see(progress: RunProgress): void;
  /** Waits for the last lines, not for ever: a log can never hold up a result. */
  end(): Promise<void>;
  leave(): void;
}

interface Tail {
  /** Resolves when the log has been read to its end. */
  read: Promise<void>;
  endTraining: () => void;
}

export function followLog({ client, signal, onLine, onTrouble, intervalMs }: LogFollowing): FollowedLog {
  const left = new AbortController();
  let heardAtMs = 0;
  /** By the job's name: a workflow may train several models. */
  const tails = new Map<string, Tail>();

  const begin = (trainingJobName: string, region: string | undefined): Tail => {
    let endTraining = (): void => undefined;
    const trained = new Promise<void>((resolve) => {
      endTraining = resolve;
    });
    const read = client.tailTrainingLogs({
      trainingJobName,
      until: trained,
      onLine(line) {
        heardAtMs = performance.now();
        onLine(line);
      },
      onTrouble,
      signal: AbortSignal.any([signal, left.signal]),
      ...(region !== undefined && { region }),
      ...(intervalMs !== undefined && { intervalMs }),
    });
    return { read, endTraining };
  };

  return {
    see({ trainingJob: job, stage, region, live }) {
      // Before the job exists there is no log. Without a worker nobody tells whether it does.
      if (job === undefined || (job.status === undefined && live)) return;
      const tail = tails.get(job.name) ?? begin(job.name, region);
      tails.set(job.name, tail);
      // One that another job follows may train beside it, so that it ends by its own status or with the run.
      if (STAGES_AFTER_TRAINING.includes(stage) || ENDED.includes(job.status ?? '')) tail.endTraining();
    },
    async end() {
      for (const { endTraining } of tails.values()) endTraining();
      heardAtMs = performance.now();
      const isRead = new AbortController();
      const reading = Promise.all(Array.from(tails.values(), ({ read }) => read)).then(() => {
        isRead.abort();
      });
      while (!isRead.signal.aborted) {
        const silentMs = performance.now() - heardAtMs;
        if (silentMs >= SILENCE_LIMIT_MS) {
          onTrouble('the last lines of the log are late and not waited for');
          return;
        }
        // Rejects when the log has been read; the loop then ends.
        await pause(SILENCE_LIMIT_MS - silentMs, undefined, { signal: isRead.signal }).catch(() => undefined);
      }
      await reading;
    },
    leave() {
      left.abort();
    },
  };
}

/** A line of CloudWatch's as events: what a container wrote with carriage returns is more than one. */
export function readLogLine({ host, timestamp, message }: LogLine): LogEvent[] {
  const time = new Date(timestamp).toISOString();
  return message.split('\n').map((line) => ({ type: 'log', source: host, line, time }));
}
