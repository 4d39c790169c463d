/**
 * What a reset leaves behind. A run that was reset walks part of its way again and meets what it made the first time: it
 * takes that up, and says so. Used by the steps that create.
 */
import { workflowInfo } from '@temporalio/workflow';
import type { ResourceKind } from '../contract';
import type { RunRecord } from './run-record';

/** Reason in the ledger of what the run had made before. */
export const MADE_BEFORE_RESET = 'adopted: this run made it before it was reset';

/**
 * True after a reset. Only words may hang on it: a replay of what came before the reset has it true as well, and must
 * schedule what was scheduled then.
 */
export function wasReset(): boolean {
  const { runId, originalExecutionRunId } = workflowInfo();
  return runId !== originalExecutionRunId;
}

/** Says what was met, in a run that was reset; in others there is nothing to say. */
export function warnOfReset(record: RunRecord, kind: ResourceKind, name: string): void {
  if (!wasReset()) return;
  record.warn([`this run was reset: it goes on with the ${kind} ${name}, which was there from before`]);
}
