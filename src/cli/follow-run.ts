/**
 * Follows a run to its end: statuses as they change, the container's log lines, and the result or the failure. Used by
 * every command that waits for a run; letting go of it never touches the run itself.
 */
import { setTimeout as pause } from 'node:timers/promises';
import type { ResultOf, Run, RunProgress } from '../client';
import type { WorkflowType } from '../contract';
import { frame, type RunView } from './live-block';
import type { Output } from './output';
import { findChanges } from './status-changes';
import type { ClientModule } from './with-session';

const WATCH_INTERVAL_MS = 1_000;
/** Build servers end what says nothing for long. */
const SIGN_OF_LIFE_MS = 60_000;
const LAST_LINES_LIMIT_MS = 10_000;
const ENDED = ['Completed', 'Failed', 'Stopped'];

export interface FollowOptions {
  output: Output;
  client: ClientModule;
  /** Ends the following. */
  signal: AbortSignal;
  /** Milliseconds between two readings of the log. @default the client's */
  logIntervalMs?: number;
  /** Told of every log line beside the output. */
  onLogLine?: (line: string) => void;
  /** Drawn in place of the run's first metric. */
  curve?: RunView['curve'];
}

/** The run's result, and its last progress. @throws whatever the run's `result` throws */
export async function followRun<T extends WorkflowType>(
  run: Run<T>,
  options: FollowOptions,
): Promise<{ result: ResultOf[T]; progress: RunProgress | undefined }> {
  const { output, client, signal } = options;
  const view: RunView = { workflowId: run.workflowId, startedAtMs: Date.now(), progress: undefined };
  if (options.curve) view.curve = options.curve;
  const stopBlock = output.startBlock((columns, nowMs) => frame(view, columns, nowMs));
  const signOfLife = setInterval(() => {
    if (!output.live) output.note(`${run.workflowId}: ${view.progress?.stage ?? 'Starting'}, still followed`);
  }, SIGN_OF_LIFE_MS);
  const log = followLog(client, options);
  let last: RunProgress | undefined;
  let notice: string | undefined;
  try {
    view.startedAtMs = Date.parse((await run.status()).startTime);
    const onNotice = (message: string): void => output.emit({ type: 'warning', message });
    for await (const progress of run.watch({ intervalMs: WATCH_INTERVAL_MS, signal, onNotice })) {
      if (progress.notice !== notice) onNotice(progress.notice ?? 'a worker answers again');
      ({ notice } = progress);
      // What Temporal tells alone is less than what is known already.
      for (const event of findChanges(last, progress)) output.emit(event);
      if (progress.live || !last) last = progress;
      showProgress(view, last, notice, options.curve === undefined);
      log.see(progress);
    }
    signal.throwIfAborted();
    await log.end();
    return { result: await run.result({ signal, onNotice }), progress: last };
  } finally {
    clearInterval(signOfLife);
    log.leave();
    stopBlock();
  }
}

/** Reads the training job's log beside the progress, from when there is a job until a little after it has ended. */
function followLog(client: ClientModule, { output, signal, logIntervalMs, onLogLine }: FollowOptions) {
  const left = new AbortController();
  const trained = new AbortController();
  let tail: Promise<void> | undefined;
  return {
    see({ trainingJob: job, stage, region }: RunProgress): void {
      if (job?.status === undefined) return;
      tail ??= client.tailTrainingLogs({
        trainingJobName: job.name,
        until: () => trained.signal.aborted,
        onLine({ host, timestamp, message }) {
          for (const line of message.split('\n')) {
            output.emit({ type: 'log', source: host, line, time: new Date(timestamp).toISOString() });
            onLogLine?.(line);
          }
        },
        onTrouble: (message) => output.emit({ type: 'warning', message }),
        signal: AbortSignal.any([signal, left.signal]),
        ...(region !== undefined && { region }),
        ...(logIntervalMs !== undefined && { intervalMs: logIntervalMs }),
      });
      if (stage === 'Deploying' || ENDED.includes(job.status)) trained.abort();
    },
    /** Waits for the last lines, not for ever: a log can never hold up a result. */
    async end(): Promise<void> {
      trained.abort();
      const inTime = new AbortController();
      const limit = pause(LAST_LINES_LIMIT_MS, undefined, { signal: inTime.signal }).catch(() => undefined);
      await Promise.race([tail, limit]);
      inTime.abort();
    },
    leave(): void {
      left.abort();
    },
  };
}

function showProgress(view: RunView, progress: RunProgress, notice: string | undefined, withCurve: boolean): void {
  view.progress = progress;
  if (notice === undefined) delete view.notice;
  else view.notice = notice;
  const name = progress.trainingJob?.metrics[0]?.name;
  if (name === undefined || !withCurve) return;
  const samples = progress.trainingJob?.metrics.filter((sample) => sample.name === name) ?? [];
  view.curve = { name, values: samples.map(({ value }) => value) };
}
