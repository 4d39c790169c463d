/**
 * How a run ended, for those who look at its end rather than for its result: what `cancel` tells, and a follower that
 * cancels on its way out.
 */
import type { ResultOf, Run } from '../client';
import type { LedgerEntry, WorkflowType } from '../contract';
import { describeFailure } from './command-failure';
import { describeLedger, isOurs } from './describe-run';

export interface RunEnd {
  /** `Done`, `Cancelled`, or the code of its failure. */
  outcome: string;
  ledger: LedgerEntry[];
}

/** The end of a run that has come to its result. One of somebody's own type may have left a ledger in its memo. */
export async function readGoodEnd<T extends WorkflowType>(run: Run<T>, result: ResultOf[T]): Promise<RunEnd> {
  if (isOurs(run.workflowType)) return { outcome: 'Done', ledger: result.ledger };
  const { memo } = await run.status();
  return { outcome: 'Done', ledger: memo?.ledger ?? [] };
}

/** Reads what a run's result rejected with. @throws the same where it tells nothing of the run's end */
export async function readEnd<T extends WorkflowType>(run: Run<T>, error: unknown): Promise<RunEnd> {
  const { code, ledger, exitCode } = describeFailure(error);
  if (code === 'Internal' && ledger === undefined && exitCode === 1) throw error;
  // A refusal or an outage may be the run's own end, or be met while asking for it.
  const isOver = await run.status().then(
    ({ closed }) => closed,
    () => false,
  );
  if (!isOver) throw error;
  return { outcome: code, ledger: ledger ?? [] };
}

export function describeEnd(workflowId: string, { outcome, ledger }: RunEnd, wasOver = false): string[] {
  const how = wasOver ? 'had ended before' : 'has ended';
  return [`${workflowId} ${how}: ${outcome}`, ...describeLedger(ledger).map((line) => `  ${line}`)];
}
