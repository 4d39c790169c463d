/** `deleteEndpoint`: take an endpoint down. Started by the client or by any Temporal client. */
import { CancellationScope } from '@temporalio/workflow';
import type { DeleteEndpointInput, DeleteEndpointResult } from '../contract';
import { outcomeOfEndpoint } from '../domain/outcomes';
import { looking } from './activity-options';
import { outcome } from './failures';
import { readLogTail } from './read-log-tail';
import type { StandingEndpoint } from './remove-endpoint';
import { inRun, type Run, type RunSummary } from './run';
import { deleteHosting } from './take-down';
import { throwIfCancelledNow } from './throw-if-cancelled';

/**
 * Deletes the endpoint, whoever made it, then its endpoint config and models where a run of ours made them; the rest is
 * listed as left.
 *
 * @throws ApplicationFailure of type `EndpointNotFound` where there is none; `EndpointTimedOut` where it has not gone in four
 *   hours, and `EndpointFailed` where AWS gave its delete up: then its config and models are left to it
 * @see https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_DeleteEndpoint.html
 *
 * @example
 * ```ts
 * import { deleteEndpoint } from 'temporal-sagemaker/workflows';
 *
 * export async function takeDown(endpointName: string): Promise<string[]> {
 *   const { left } = await deleteEndpoint({ endpointName });
 *   return left.map(({ kind, name, reason = '' }) => `${kind} ${name} is left: ${reason}`);
 * }
 * ```
 */
export function deleteEndpoint(input: DeleteEndpointInput): Promise<DeleteEndpointResult> {
  return inRun('deleteEndpoint', input, async (run): Promise<Omit<DeleteEndpointResult, keyof RunSummary>> => {
    const endpointName = run.plan.removal?.endpointName ?? '';
    run.record.enter('Deleting');
    const live = await looking(run.plan.run, `look at endpoint ${endpointName}`).describeHosting(endpointName);
    if (!live) throw outcome('EndpointNotFound', `there is no endpoint named ${endpointName}`);
    throwIfCancelledNow('the take-down');
    // Half a take-down helps nobody: once begun it goes to its end.
    const standing = await CancellationScope.nonCancellable(() => deleteHosting(run, live));
    if (standing) throw await failureOf(run, endpointName, standing);
    const { ledger } = run.record.progress;
    return {
      endpointName,
      deleted: ledger.filter(({ state }) => state === 'deleted'),
      left: ledger.filter(({ state }) => state === 'left'),
    };
  });
}

/** Whatever was seen of it last: it stands, and costs. */
async function failureOf(run: Run, name: string, { kind, reason: why, last }: StandingEndpoint): Promise<Error> {
  const { status, failureReason: reason } = last ?? {};
  const details = {
    fix: 'See what AWS says of the endpoint, and delete it again; what it uses was left to it.',
    ...(reason !== undefined && { reason }),
    logTail: await readLogTail(run, { endpointName: name }),
  };
  if (kind === 'given up' && last) {
    const what = `AWS gave the delete of the endpoint ${name} up: ${reason ?? 'AWS gives no reason'}`;
    return outcome('EndpointFailed', what, { ...details, outcome: outcomeOfEndpoint('failed', last) });
  }
  return outcome('EndpointTimedOut', `the endpoint ${name} has not gone: ${why}`, {
    ...details,
    outcome: { resource: 'endpoint', kind: 'unfinished', ...(status !== undefined && { status }) },
  });
}
