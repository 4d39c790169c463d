/**
 * Names before effects: a create is intended in the ledger, sent, and noted as made or adopted. Where AWS throttles or
 * does not answer and nothing was made, the workflow waits and asks again; only that wait can be cancelled, never a
 * create under way.
 */
import { CancellationScope, sleep } from '@temporalio/workflow';
import type { Created } from '../activities';
import type { FailureCode, LedgerEntry, ResourceKind } from '../contract';
import { createPauseMs, type RetryPace } from '../domain/backoff';
import { READS_LAG_MS } from '../domain/deadlines';
import { explain } from './failures';
import { MADE_BEFORE_RESET, warnOfReset, wasReset } from './reset';
import type { Run } from './run';
import { throwIfCancelled } from './throw-if-cancelled';

/** For how long a create is asked again, by why it failed. All else fails at once. */
const PATIENCE_MS: Partial<Record<FailureCode, number>> = {
  AwsUnreachable: 6 * 3_600_000,
  // Of the workers some have the key of the run's payloads and some have not: whose turn it is next is chance.
  PayloadUnreadable: 6 * 3_600_000,
  // IAM spreads a new role within a minute.
  RoleNotAssumable: 90_000,
  // What it is to be made of was made just before; it may not be found yet.
  EndpointFailed: READS_LAG_MS,
};

export async function createPatiently(
  { record, plan }: Run,
  kind: ResourceKind,
  name: string,
  create: () => Promise<Created>,
): Promise<Created> {
  const startedMs = Date.now();
  let mayBeMade = false;
  for (let attempt = 0; ; attempt++) {
    throwIfCancelled(`the ${kind}`);
    record.note({ kind, name, state: 'intended' });
    record.countAttempt(`create ${kind}`);
    try {
      const created = await CancellationScope.nonCancellable(create);
      record.note({ kind, name, arn: created.arn, ...stateOf(created) });
      record.warn(created.warnings);
      if (created.adopted) warnOfReset(record, kind, name);
      return created;
    } catch (error) {
      const { code, details, isTimeout } = explain(error);
      // Once silence has left open whether it was made, no later refusal says that it was not.
      // A worker that could not read what to do says nothing of the try before its own.
      mayBeMade ||= isTimeout || details.isEffectUnknown === true || code === 'PayloadUnreadable';
      if (!mayBeMade) record.forget(kind, name);
      const patienceMs = PATIENCE_MS[code] ?? 0;
      if (Date.now() - startedMs >= patienceMs) throw error;
    }
    await sleep(pauseMs(attempt, plan.run));
  }
}

/** What an earlier try of this very step has made is the run's own work, though it was found and not answered. */
function stateOf({ adopted, isOwnWork }: Created): Pick<LedgerEntry, 'state' | 'reason'> {
  if (!isOwnWork) return { state: 'adopted' };
  if (!adopted) return { state: 'made' };
  return {
    state: 'made',
    reason: wasReset() ? MADE_BEFORE_RESET : 'adopted: its create took effect without an answer',
  };
}

/** Spread, so that a hundred runs do not ask in one breath. Replay-safe: a workflow's chance is seeded. */
export function pauseMs(attempt: number, pace: RetryPace): number {
  return createPauseMs(attempt, Math.random(), pace);
}
