/**
 * Sends the update of a live endpoint, once. Called by `host-model.ts` with the endpoint as it was just before.
 */
import { CancellationScope, sleep } from '@temporalio/workflow';
import type { HostingDescription } from '../activities';
import type { FailureCode } from '../contract';
import { READS_LAG_MS } from '../domain/deadlines';
import type { HostingPlan } from '../domain/plan';
import { buildUpdateRequest } from '../domain/update-request';
import { creating } from './activity-options';
import { pauseMs } from './create-patiently';
import { explain } from './failures';
import type { Run } from './run';
import { throwIfCancelled } from './throw-if-cancelled';

const RETRIES_MAX = 40;
/** AWS, or a worker that lacks the key of the run's payloads while another has it. */
const PASSES_BY_ITSELF: FailureCode[] = ['AwsUnreachable', 'PayloadUnreadable'];

/**
 * How the sending ended: it was sent; others changed the endpoint meanwhile, or AWS says so (`refusal`), or nobody knows:
 * the caller looks again.
 */
export interface Sending {
  sending: 'sent' | 'changed meanwhile' | 'unknown';
  refusal?: string;
}

export async function updateEndpoint(run: Run, plan: HostingPlan, live: HostingDescription): Promise<Sending> {
  const name = plan.endpoint.EndpointName ?? '';
  const request = buildUpdateRequest(plan, live.endpoint);
  const startedMs = Date.now();
  for (let attempt = 0; ; attempt++) {
    throwIfCancelled('the update');
    run.record.countAttempt('update endpoint');
    try {
      const { outcome, reason } = await CancellationScope.nonCancellable(() =>
        creating(run.plan.run, `update endpoint ${name}`).updateEndpoint(request, live.endpoint, run.plan.run),
      );
      if (outcome === 'changed meanwhile')
        return { sending: outcome, ...(reason !== undefined && { refusal: reason }) };
      run.record.note({ kind: 'endpoint', name, state: 'adopted', arn: live.endpoint.arn, reason: UPDATED });
      return { sending: 'sent' };
    } catch (error) {
      const { code, isTimeout } = explain(error);
      if (isTimeout) {
        run.record.note({ kind: 'endpoint', name, state: 'adopted', arn: live.endpoint.arn, reason: UPDATED });
        return { sending: 'unknown' };
      }
      // The config was made just before; it may not be found yet.
      const isLagging = code === 'EndpointFailed' && Date.now() - startedMs < READS_LAG_MS;
      if (!isLagging && (!PASSES_BY_ITSELF.includes(code) || attempt >= RETRIES_MAX)) throw error;
    }
    await sleep(pauseMs(attempt, run.plan.run));
  }
}

/** Reason in the ledger of an endpoint that was there and that this run updated. */
export const UPDATED = 'it was there and this run updated it';
