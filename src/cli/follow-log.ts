/**
 * Reads a training job's log beside the progress of its run: from the log's first line, whenever the following began, to
 * a little after the job has ended. Each line is told once and in order.
 */
import { setTimeout as pause } from 'node:timers/promises';
import type { LogLine, RunProgress } from '../client';
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
  /** What is in the way of the log, one sentence each. */
  onTrouble: (trouble: string) => void;
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

export function followLog({ client, signal, onLine, onTrouble, intervalMs }: LogFollowing): FollowedLog {
  const left = new AbortController();
  let hasTrained = false;
  let endTraining = (): void => undefined;
  const trained = new Promise<void>((resolve) => {
    endTraining = () => {
      hasTrained = true;
      resolve();
    };
  });
  let heardAtMs = 0;
  let tail: Promise<void> | undefined;

  return {
    see({ trainingJob: job, stage, region, live }) {
      // Before the job exists there is no log. Without a worker nobody tells whether it does.
      if (job === undefined || (job.status === undefined && live)) return;
      tail ??= client.tailTrainingLogs({
        trainingJobName: job.name,
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
      if (STAGES_AFTER_TRAINING.includes(stage) || ENDED.includes(job.status ?? '')) endTraining();
    },
    async end() {
      if (!hasTrained) endTraining();
      heardAtMs = performance.now();
      const isRead = new AbortController();
      const reading = (tail ?? Promise.resolve()).then(() => {
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
