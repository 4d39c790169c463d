/**
 * Follows a run to its end: statuses as they change, the container's log lines, and the result or the failure. Used by
 * every command that waits for a run; letting go of it never touches the run itself.
 */
import type { ResultOf, Run, RunProgress } from '../client';
import type { WorkflowType } from '../contract';
import { keepTelling } from './heartbeat';
import { frame, type RunView } from './live-block';
import { readLogLine } from './log-events';
import type { Output } from './output';
import { findChanges } from './status-changes';

const WATCH_INTERVAL_MS = 1_000;

export interface FollowOptions {
  output: Output;
  /** Ends the following. */
  signal: AbortSignal;
  /** Milliseconds between two readings of the log. @default the client's */
  logIntervalMs?: number;
  /** Told of every log line beside the output. */
  onLogLine?: (line: string) => void;
  /** Told of the newest progress, and when the run was started. */
  onProgress?: (progress: RunProgress, startedAtMs: number) => void;
  /** Drawn in place of the run's first metric. */
  curve?: RunView['curve'];
}

/** The run's result, and its last progress. @throws whatever the run's `result` throws */
export async function followRun<T extends WorkflowType>(
  run: Run<T>,
  options: FollowOptions,
): Promise<{ result: ResultOf[T]; progress: RunProgress | undefined }> {
  const { output, signal } = options;
  const { followTrainingLog } = await import('../client/training-log.js');
  const view: RunView = { workflowId: run.workflowId, startedAtMs: Date.now(), progress: undefined };
  if (options.curve) view.curve = options.curve;
  const stopBlock = output.startBlock((columns, nowMs) => frame(view, columns, nowMs));
  const stopHeartbeat = keepTelling(
    (event) => output.emit(event),
    run.workflowId,
    () => view.progress?.stage,
  );
  const onNotice = (message: string): void => output.emit({ type: 'warning', message });
  const log = followTrainingLog({
    signal,
    onTrouble: (trouble) => {
      onNotice(trouble);
    },
    onLine(line) {
      for (const event of readLogLine(line)) {
        output.emit(event);
        options.onLogLine?.(event.line);
      }
    },
    ...(options.logIntervalMs !== undefined && { intervalMs: options.logIntervalMs }),
  });
  let last: RunProgress | undefined;
  let notice: string | undefined;
  try {
    view.startedAtMs = Date.parse((await run.status()).startTime);
    for await (const progress of run.watch({ intervalMs: WATCH_INTERVAL_MS, signal, onNotice })) {
      if (progress.notice !== notice) onNotice(progress.notice ?? 'a worker answers again');
      ({ notice } = progress);
      // What Temporal tells alone is less than what is known already.
      for (const event of findChanges(last, progress)) output.emit(event);
      if (progress.live || !last) last = progress;
      showProgress(view, last, notice, options.curve === undefined);
      options.onProgress?.(last, view.startedAtMs);
      // The job that a deploy takes its model from has been followed by whoever trained it.
      if (run.workflowType !== 'deploy') log.see(progress);
    }
    signal.throwIfAborted();
    await log.end();
    return { result: await run.result({ signal, onNotice }), progress: last };
  } finally {
    stopHeartbeat();
    log.leave();
    stopBlock();
  }
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
