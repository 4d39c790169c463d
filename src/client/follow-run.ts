/**
 * Waits for a run with its training log beside it: what `fit` and `fitThenDeploy` do when they are asked to wait. Lines go
 * to stdout or to a function; trouble with the log goes to stderr or to another function, and stops nothing.
 */
import type { WorkflowType } from '../contract';
import { guardListener } from './guard-listener';
import type { LogLine } from './log-line';
import { printTo } from './print-to';
import type { ResultOf, Run, RunProgress } from './run';
import { followTrainingLog, type LogFollowing } from './training-log';

/** How long the last look at a run that has ended may take, until its log is taken for unknown. */
const LAST_LOOK_LIMIT_MS = 15_000;

/** `true` prints the containers' lines to stdout; a function gets them instead. */
export type LogTarget = boolean | ((line: LogLine) => void);

export interface FollowOptions extends Pick<LogFollowing, 'region' | 'intervalMs' | 'silenceLimitMs' | 'aws'> {
  logs: LogTarget;
  /** Lines are headed by their host where there is more than one. */
  hostCount: number;
  /** @default lines on stderr */
  onNotice?: (notice: string) => void;
}

/** What is asked of the run. */
type FollowableRun<T extends WorkflowType> = Pick<Run<T>, 'result' | 'watch'>;

/** The run's result. Its log has been told by then, as far as it could be read. */
export async function followRun<T extends WorkflowType>(
  run: FollowableRun<T>,
  { logs, onNotice: givenOnNotice, ...reading }: FollowOptions,
): Promise<ResultOf[T]> {
  const onNotice = guardListener(givenOnNotice ?? printTo(process.stderr));
  if (logs === false) return run.result({ onNotice });
  const stop = new AbortController();
  const log = followTrainingLog({
    ...reading,
    onLine: typeof logs === 'function' ? logs : printLine(reading.hostCount),
    onTrouble: onNotice,
  });
  const watching = showProgress(run, log.see, { onNotice, signal: stop.signal });
  try {
    return await run.result({ onNotice });
  } finally {
    const overdue = setTimeout(() => {
      stop.abort();
    }, LAST_LOOK_LIMIT_MS);
    await watching;
    clearTimeout(overdue);
    await log.end();
  }
}

/** Shows each progress, and notices where no worker tells it. Never rejects. */
async function showProgress<T extends WorkflowType>(
  run: FollowableRun<T>,
  see: (progress: RunProgress) => void,
  { onNotice, signal }: { onNotice: (notice: string) => void; signal: AbortSignal },
): Promise<void> {
  let last: string | undefined;
  try {
    for await (const progress of run.watch({ signal })) {
      const { notice } = progress;
      if (notice !== last) onNotice(notice ?? 'a worker answers again');
      last = notice;
      see(progress);
    }
  } catch (error) {
    // The same trouble fails the waiting itself, if it lasts.
    onNotice(`the log is not followed any more: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function printLine(hostCount: number): (line: LogLine) => void {
  const print = printTo(process.stdout);
  return ({ host, message }) => {
    print(hostCount > 1 ? `${host} | ${message}` : message);
  };
}
