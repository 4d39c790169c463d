/**
 * Waits for a run with its training log beside it: what `fit` and `fitThenDeploy` do when they are asked to wait. Lines go
 * to stdout or to a function; trouble with the log goes to stderr and stops nothing.
 */
import { setTimeout as pause } from 'node:timers/promises';
import type { WorkflowType } from '../contract';
import { tailTrainingLogs, type LogLine } from './logs';
import type { ResultOf, Run, RunProgress } from './run';

/** How long the last lines may take to arrive after the run has ended. */
const LOG_GRACE_MS = 15_000;

/** `true` prints the containers' lines to stdout; a function gets them instead. */
export type LogTarget = boolean | ((line: LogLine) => void);

export interface FollowOptions {
  logs: LogTarget;
  /** Lines are headed by their host where there is more than one. */
  hostCount: number;
  /** Used until the run tells its own. */
  region?: string;
}

/** The run's result. Its log has been told by then, as far as it could be read. */
export async function followRun<T extends WorkflowType>(run: Run<T>, options: FollowOptions): Promise<ResultOf[T]> {
  const stop = new AbortController();
  const logs = options.logs === false ? Promise.resolve() : tellLogs(run, options, stop.signal);
  try {
    return await run.result({ onNotice: warn });
  } finally {
    const done = new AbortController();
    await Promise.race([logs, pause(LOG_GRACE_MS, undefined, { signal: done.signal }).catch(() => undefined)]);
    done.abort();
    stop.abort();
    await logs;
  }
}

async function tellLogs<T extends WorkflowType>(
  run: Run<T>,
  options: FollowOptions,
  signal: AbortSignal,
): Promise<void> {
  const onLine = typeof options.logs === 'function' ? options.logs : printLine(options.hostCount);
  let tail: Promise<void> | undefined;
  let endTraining: () => void = () => undefined;
  const trainingEnded = new Promise<void>((resolve) => {
    endTraining = resolve;
  });
  try {
    for await (const progress of run.watch({ signal })) {
      const job = progress.trainingJob;
      if (job?.status !== undefined) {
        const region = progress.region ?? options.region;
        tail ??= tailTrainingLogs({
          trainingJobName: job.name,
          until: trainingEnded,
          onLine,
          onTrouble: warn,
          signal,
          ...(region !== undefined && { region }),
        });
      }
      if (hasTrained(progress)) endTraining();
    }
  } catch (error) {
    // The same trouble fails the waiting itself, if it lasts.
    warn(`the log is not followed any more: ${error instanceof Error ? error.message : String(error)}`);
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
