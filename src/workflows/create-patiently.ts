/**
 * Names before effects: a create is intended in the ledger, sent, and noted as made or adopted. Where AWS throttles or
 * does not answer and nothing was made, the workflow waits and asks again; only that wait can be cancelled, never a
 * create under way.
 */
import { CancellationScope, CancelledFailure, sleep } from '@temporalio/workflow';
import type { Created } from '../activities';
import type { FailureCode, ResourceKind } from '../contract';
import { explain } from './failures';
import type { RunRecord } from './run-record';

/** For how long a create is asked again, by why it failed. All else fails at once. */
const PATIENCE_MS: Partial<Record<FailureCode, number>> = {
  AwsUnreachable: 6 * 3_600_000,
  // IAM spreads a new role within a minute.
  RoleNotAssumable: 90_000,
};
const BACKOFF_MS = { first: 2_000, most: 300_000 };

export async function createPatiently(
  record: RunRecord,
  kind: ResourceKind,
  name: string,
  create: () => Promise<Created>,
): Promise<Created> {
  const startedMs = Date.now();
  for (let attempt = 0; ; attempt++) {
    if (CancellationScope.current().consideredCancelled) throw new CancelledFailure(`cancelled before the ${kind}`);
    record.note({ kind, name, state: 'intended' });
    record.countAttempt(`create ${kind}`);
    try {
      const created = await CancellationScope.nonCancellable(create);
      record.note({ kind, name, state: created.adopted ? 'adopted' : 'made', arn: created.arn });
      record.warn(created.warnings);
      return created;
    } catch (error) {
      const { code, isTimeout } = explain(error);
      // Every answer says that nothing of ours was made; only silence leaves it open.
      if (!isTimeout) record.forget(kind, name);
      const patienceMs = PATIENCE_MS[code] ?? 0;
      if (Date.now() - startedMs >= patienceMs) throw error;
    }
    await sleep(backoffMs(attempt));
  }
}

/** Doubling, and spread by a quarter, so that a hundred runs do not ask in one breath. Replay-safe: seeded randomness. */
function backoffMs(attempt: number): number {
  const fullMs = Math.min(BACKOFF_MS.first * 2 ** Math.min(attempt, 20), BACKOFF_MS.most);
  return Math.round(fullMs * (0.75 + Math.random() * 0.25));
}
