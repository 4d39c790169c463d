/**
 * Waits for a run to close, through restarts of the Temporal server and resets of the workflow. `run.ts` keeps what it
 * brings; waiting itself takes no worker.
 */
import { setMaxListeners } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { TerminatedFailure, WorkflowFailedError } from '@temporalio/client';
import { describeRun, type RunStatus } from './run-description';
import type { Session } from './session';
import { addressOf, isOutage, toTemporalError } from './temporal-errors';
import { fromWorkflowFailure } from './workflow-failure';

const OUTAGE_LIMIT_MS = 10 * 60_000;
const PAUSE_MIN_MS = 500;
const PAUSE_MAX_MS = 10_000;
const RESETS_MAX = 100;
/** How long one question for the end is held open. */
const QUESTION_MS = 60_000;

/** Options of {@link Run.result} and {@link Run.watch}. */
export interface WaitOptions {
  /** Ends the waiting, not the run. */
  signal?: AbortSignal;
  /** How long Temporal may not answer before the waiting is given up, in milliseconds. @default 600000 */
  outageLimitMs?: number;
  /** Told when Temporal stops answering and when it answers again; one line each. */
  onNotice?: (notice: string) => void;
}

/**
 * The workflow's result, or its failure as an error of ours. An abort rejects with the signal's reason.
 */
export async function awaitResult<Result>(
  session: Session,
  { workflowId, runId: firstRunId }: { workflowId: string; runId: string },
  options: WaitOptions = {},
): Promise<Result> {
  let runId = firstRunId;
  for (let resets = 0; ; resets += 1) {
    try {
      return await awaitClose<Result>(session, workflowId, runId, options);
    } catch (error) {
      options.signal?.throwIfAborted();
      if (!(error instanceof WorkflowFailedError)) throw toTemporalError(error, session, { workflowId, runId });
      const present = await describeAfterEnd(session, workflowId, firstRunId);
      const wasReset = error.cause instanceof TerminatedFailure && present !== undefined && present.runId !== runId;
      if (!wasReset || resets === RESETS_MAX) {
        const memo = present?.memo && { memo: present.memo };
        throw fromWorkflowFailure(error, { workflowId, runId: firstRunId, ...memo });
      }
      runId = present.runId;
    }
  }
}

/** Asks until the execution has closed; a server that does not answer is waited for. */
async function awaitClose<Result>(
  session: Session,
  workflowId: string,
  runId: string,
  options: WaitOptions,
): Promise<Result> {
  for (;;) {
    options.signal?.throwIfAborted();
    try {
      return await ask<Result>(session, workflowId, runId, options.signal);
    } catch (error) {
      options.signal?.throwIfAborted();
      if (!isOutage(error)) throw error;
      await awaitServer(session, workflowId, options);
    }
  }
}

/**
 * One question of limited length, given up by the signal. Temporal's client would ask without end, add a listener to the
 * signal with every poll, and forget the signal once it has tried a call again.
 */
async function ask<Result>(
  { client }: Session,
  workflowId: string,
  runId: string,
  signal: AbortSignal | undefined,
): Promise<Result> {
  const given = new AbortController();
  setMaxListeners(0, given.signal);
  const giveUp = (): void => {
    given.abort();
  };
  signal?.addEventListener('abort', giveUp, { once: true });
  try {
    return await client.withAbortSignal(given.signal, () =>
      client.withDeadline(
        Date.now() + QUESTION_MS,
        async () => (await client.workflow.result(workflowId, runId)) as Result,
      ),
    );
  } finally {
    signal?.removeEventListener('abort', giveUp);
  }
}

/** Resolves as soon as the server answers, at once where it does; tells an outage only. */
async function awaitServer(
  session: Session,
  workflowId: string,
  { signal, outageLimitMs = OUTAGE_LIMIT_MS, onNotice }: WaitOptions,
): Promise<void> {
  const at = `[address=${addressOf(session)}, workflow=${workflowId}]`;
  const deadline = performance.now() + outageLimitMs;
  for (let pauseMs = PAUSE_MIN_MS, isTold = false; ; pauseMs = Math.min(pauseMs * 2, PAUSE_MAX_MS)) {
    try {
      await describeRun(session, workflowId);
      if (isTold) onNotice?.(`Temporal answers again. ${at}`);
      return;
    } catch (error) {
      if (!isOutage(error) || performance.now() + pauseMs > deadline) throw error;
      if (!isTold) onNotice?.(`Temporal does not answer; the run itself is not affected. Asking again. ${at}`);
      isTold = true;
    }
    await pause(pauseMs, undefined, signal ? { signal } : undefined);
  }
}

/** The run as it ended; undefined where Temporal cannot tell it any more, since the failure itself is known. */
async function describeAfterEnd(
  session: Session,
  workflowId: string,
  firstRunId: string,
): Promise<RunStatus | undefined> {
  try {
    return await describeRun(session, workflowId, { firstRunId });
  } catch {
    return undefined;
  }
}
