/**
 * From the way a workflow ended to a {@link SageMakerError}: finds the failure that was thrown on purpose under the
 * wrappers Temporal put around it. `run.ts` adds what only the memo knows.
 */
import type { WorkflowFailedError } from '@temporalio/client';
import {
  ActivityFailure,
  ApplicationFailure,
  CancelledFailure,
  ChildWorkflowFailure,
  TerminatedFailure,
  TimeoutFailure,
} from '@temporalio/client';
import type { FailureDetails, RunMemo } from '../contract';
import { isFailureCode } from '../domain/failures';
import { SageMakerError } from './errors';

/** Where the failure happened, and what the run left in its memo. */
export interface FailedRun {
  workflowId: string;
  runId: string;
  memo?: RunMemo;
}

/** The error of a run that did not complete. */
export function fromWorkflowFailure(error: WorkflowFailedError, run: FailedRun): SageMakerError {
  const at = { workflowId: run.workflowId, runId: run.runId, ...fromMemo(run.memo) };
  const context = { ...at, cause: error };
  const failure = unwrap(error.cause);

  if (failure instanceof ApplicationFailure) {
    const details = readDetails(failure);
    if (isFailureCode(failure.type))
      return new SageMakerError(failure.type, failure.message, { ...context, ...details });
    const type = failure.type ?? 'unknown type';
    return new SageMakerError('Internal', `The run failed: ${failure.message} (${type})`, { ...context, ...details });
  }
  if (failure instanceof CancelledFailure) {
    return new SageMakerError('Cancelled', `The run was cancelled${describeLedger(run.memo)}.`, context);
  }
  if (failure instanceof TerminatedFailure) {
    return new SageMakerError('RunTerminated', `The run was terminated: ${failure.message}`, context);
  }
  if (failure instanceof TimeoutFailure && failure === error.cause) {
    return new SageMakerError('RunTerminated', 'The run was ended by a time-out of Temporal.', context);
  }
  const reason = failure?.message ?? error.message;
  return new SageMakerError('Internal', `The run failed: ${reason}`, context);
}

const WRAPPERS_MAX = 10;

function unwrap(cause: Error | undefined): Error | undefined {
  let at = cause;
  for (let depth = 0; depth < WRAPPERS_MAX; depth += 1) {
    const isWrapper =
      at instanceof ActivityFailure ||
      at instanceof ChildWorkflowFailure ||
      // A failure of no known code around one that has a code: somebody's own workflow rethrew ours.
      (at instanceof ApplicationFailure && !isFailureCode(at.type) && hasCode(at.cause));
    if (!isWrapper || !(at?.cause instanceof Error)) return at;
    at = at.cause;
  }
  return at;
}

function hasCode(error: unknown, depth = 0): boolean {
  if (!(error instanceof Error) || depth > WRAPPERS_MAX) return false;
  return (error instanceof ApplicationFailure && isFailureCode(error.type)) || hasCode(error.cause, depth + 1);
}

/** Our failures carry one object; whatever else stands there is somebody else's and is left alone. */
function readDetails(failure: ApplicationFailure): FailureDetails {
  const first: unknown = failure.details?.[0];
  return typeof first === 'object' && first !== null && !Array.isArray(first) ? first : {};
}

function fromMemo(memo: RunMemo | undefined): FailureDetails {
  if (!memo) return {};
  const { trainingJobName, modelData, endpointName, ledger } = memo;
  return {
    ledger,
    ...(trainingJobName !== undefined && { trainingJobName }),
    ...(modelData !== undefined && { modelData }),
    ...(endpointName !== undefined && { endpointName }),
  };
}

function describeLedger(memo: RunMemo | undefined): string {
  if (!memo) return '';
  const left = memo.ledger
    .filter(({ state }) => state === 'left')
    .map(({ kind, name, reason }) => `${kind} ${name}${reason === undefined ? '' : ` (${reason})`}`);
  return left.length === 0 ? '; nothing that it made is left' : `; left: ${left.join(', ')}`;
}
