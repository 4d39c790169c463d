/**
 * Waits for a run with its training log beside it: what `fit` and `fitThenDeploy` do when they are asked to wait. Lines go
 * to stdout or to a function; trouble with the log goes to stderr or to another function, and stops nothing.
 */
import { setTimeout as pause } from 'node:timers/promises';
import type { WorkflowType } from '../contract';
import { guardListener } from './guard-listener';
import type { LogLine } from './log-line';
import { tailTrainingLogs } from './logs';
import type { ResultOf, Run, RunProgress } from './run';

/** How long the log may be silent after the run has ended, until it is left; it ends by itself before that. */
const LOG_SILENCE_MS = 15_000;

/** `true` prints the containers' lines to stdout; a function gets them instead. */
export type LogTarget = boolean | ((line: LogLine) => void);

export interface FollowOptions {
  logs: LogTarget;
  /** Lines are headed by their host where there is more than one. */
  hostCount: number;
  /** Used until the run tells its own. */
  region?: string;
  /** @default lines on stderr */
  onNotice?: (notice: string) => void;
}

/** The run's result. Its log has been told by then, as far as it could be read. */
export async function followRun<T extends WorkflowType>(run: Run<T>, options: FollowOptions): Promise<ResultOf[T]> {
  const onNotice = guardListener(options.onNotice ?? warn);
  const log = options.logs === false ? undefined : openLog(run, { ...options, logs: options.logs, onNotice });
  try {
    return await run.result({ onNotice });
  } finally {
    await log?.close();
  }
}

interface FollowedLog {
  /** Resolves when the log has been told to its end, or has been silent for too long. */
  close(): Promise<void>;
}

function openLog<T extends WorkflowType>(
  run: Run<T>,
  options: Required<Pick<FollowOptions, 'logs' | 'onNotice'>> & FollowOptions,
): FollowedLog {
  const stop = new AbortController();
  const told = new AbortController();
  const tellLine = typeof options.logs === 'function' ? options.logs : printLine(options.hostCount);
  let lastLineAtMs = 0;
  const onLine = (line: LogLine): void => {
    lastLineAtMs = performance.now();
    tellLine(line);
  };
  const telling = tellLog(run, { ...options, onLine, signal: stop.signal }).finally(() => {
    told.abort();
  });
  return {
    async close() {
      const endedAtMs = performance.now();
      while (!told.signal.aborted) {
        const leftMs = Math.max(endedAtMs, lastLineAtMs) + LOG_SILENCE_MS - performance.now();
        if (leftMs <= 0) {
          options.onNotice(
            `the log is left unread: nothing came for ${String(LOG_SILENCE_MS / 1_000)} s after the end`,
          );
          break;
        }
        await pause(leftMs, undefined, { signal: told.signal }).catch(() => undefined);
      }
      stop.abort();
      await telling;
    },
  };
}

interface Telling {
  hostCount: number;
  region?: string;
  onLine: (line: LogLine) => void;
  onNotice: (notice: string) => void;
  signal: AbortSignal;
}

/** Never rejects. */
async function tellLog<T extends WorkflowType>(
  run: Run<T>,
  { hostCount, onLine, onNotice, signal, ...given }: Telling,
): Promise<void> {
  let tail: Promise<void> | undefined;
  let endTraining: () => void = () => undefined;
  const trainingEnded = new Promise<void>((resolve) => {
    endTraining = resolve;
  });
  try {
    for await (const progress of run.watch({ signal })) {
      const job = progress.trainingJob;
      if (job?.status !== undefined) {
        const region = progress.region ?? given.region;
        tail ??= tailTrainingLogs({
          trainingJobName: job.name,
          hostCount,
          until: trainingEnded,
          onLine,
          onTrouble: onNotice,
          signal,
          ...(region !== undefined && { region }),
        });
      }
      if (hasTrained(progress)) endTraining();
    }
  } catch (error) {
    // The same trouble fails the waiting itself, if it lasts.
    onNotice(`the log is not followed any more: ${error instanceof Error ? error.message : String(error)}`);
  }
  endTraining();
  await tail;
}

function hasTrained({ stage, trainingJob }: RunProgress): boolean {
  return stage === 'Deploying' || ['Completed', 'Failed', 'Stopped'].includes(trainingJob?.status ?? '');
}

function printLine(hostCount: number): (line: LogLine) => void {
  return ({ host, message }) => {
    process.stdout.write(hostCount > 1 ? `${host} | ${message}\n` : `${message}\n`);
  };
}

function warn(text: string): void {
  process.stderr.write(`${text}\n`);
}
