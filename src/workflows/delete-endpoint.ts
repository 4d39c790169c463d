/** `deleteEndpoint`: take an endpoint down. Started by the client or by any Temporal client. */
import { CancellationScope } from '@temporalio/workflow';
import type { DeleteEndpointInput, DeleteEndpointResult } from '../contract';
import { looking } from './activity-options';
import { outcome } from './failures';
import { inRun, type RunSummary } from './run';
import { deleteHosting } from './take-down';
import { throwIfCancelledNow } from './throw-if-cancelled';

/**
 * Deletes the endpoint, whoever made it, then its endpoint config and models where a run of ours made them; the rest is
 * listed as left.
 *
 * @throws ApplicationFailure of type `EndpointNotFound` where there is none
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
    await CancellationScope.nonCancellable(() => deleteHosting(run, live));
    const { ledger } = run.record.progress;
    return {
      endpointName,
      deleted: ledger.filter(({ state }) => state === 'deleted'),
      left: ledger.filter(({ state }) => state === 'left'),
    };
  });
}
