/**
 * Sends the update of a live endpoint, once. Called by `host-model.ts` with the endpoint as it was just before.
 */
import { CancellationScope, CancelledFailure, sleep } from '@temporalio/workflow';
import type { HostingDescription } from '../activities';
import type { HostingPlan } from '../domain/plan';
import { creating } from './activity-options';
import { explain } from './failures';
import type { Run } from './run';

const RETRIES_MAX = 40;
const RETRY_MS = { first: 2_000, most: 300_000 };

/** False where the endpoint was changed by others meanwhile: the caller looks again. */
export async function updateEndpoint(run: Run, plan: HostingPlan, live: HostingDescription): Promise<boolean> {
  const name = plan.endpoint.EndpointName ?? '';
  const request = { EndpointName: name, EndpointConfigName: plan.endpoint.EndpointConfigName };
  for (let attempt = 0; ; attempt++) {
    if (CancellationScope.current().consideredCancelled) throw new CancelledFailure('cancelled before the update');
    run.record.countAttempt('update endpoint');
    try {
      const { outcome } = await CancellationScope.nonCancellable(() =>
        creating(run.plan.run, `update endpoint ${name}`).updateEndpoint(request, live.endpoint, run.plan.run),
      );
      if (outcome === 'changed meanwhile') return false;
      run.record.note({ kind: 'endpoint', name, state: 'adopted', arn: live.endpoint.arn, reason: UPDATED });
      return true;
    } catch (error) {
      const { code, isTimeout } = explain(error);
      if (isTimeout) return false;
      if (code !== 'AwsUnreachable' || attempt >= RETRIES_MAX) throw error;
    }
    await sleep(Math.min(RETRY_MS.first * 2 ** attempt, RETRY_MS.most));
  }
}

/** Reason in the ledger of an endpoint that was there and that this run updated. */
export const UPDATED = 'it was there and this run updated it';
