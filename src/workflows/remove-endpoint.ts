/**
 * Removes one endpoint and sees it gone, or says why it still stands. Called by `take-down.ts` for what a run made or is
 * to delete, and by `host-model.ts` for a failed one in the way; in scopes that cannot be cancelled.
 */
import { TemporalFailure } from '@temporalio/workflow';
import { ENDPOINT_GOES_SECONDS, ENDPOINT_SETTLES_SECONDS } from '../domain/deadlines';
import { isSettled, type EndpointObservation } from '../domain/endpoint-status';
import { ending, endingInDoubt } from './activity-options';
import { awaitEndpoint } from './await-endpoint';
import type { Run } from './run';

/** An endpoint that was to go and has not: AWS has not come to an end with it, or gave its delete up. */
export interface StandingEndpoint {
  kind: 'overdue' | 'given up';
  /** As the ledger has it. */
  reason: string;
  /** As it was seen last; undefined where it was not. */
  last: EndpointObservation | undefined;
}

/**
 * One that is being created or updated is waited for first. With `ifConfig`, an endpoint that has come to another config
 * since is left to whoever deployed that, and counts as another's.
 */
export async function removeEndpoint(
  run: Run,
  name: string,
  ifConfig?: string,
  settlesWithinSeconds = ENDPOINT_SETTLES_SECONDS,
): Promise<'gone' | "another's" | StandingEndpoint> {
  const note = (state: 'deleted' | 'left', reason?: string): void => {
    run.record.note({ kind: 'endpoint', name, state, ...(reason !== undefined && { reason }) });
  };
  let last: EndpointObservation | undefined;
  const leave = (kind: StandingEndpoint['kind'], reason: string): StandingEndpoint => {
    note('left', reason);
    return { kind, reason, last };
  };

  const settled = await awaitEndpoint(run, name, settlesWithinSeconds, (endpoint) => {
    last = endpoint;
    return isSettled(endpoint.status) || endpoint.status === 'Deleting' || undefined;
  });
  if (settled === 'absent') {
    note('deleted');
    return 'gone';
  }
  const isStuck = settled === 'overdue';
  try {
    const calls = (isStuck ? endingInDoubt : ending)(run.plan.run, `delete endpoint ${name}`);
    const { isOthers } = await calls.deleteEndpoint(name, run.plan.run.region, ifConfig);
    if (isOthers) {
      note('left', 'another deploy has updated it since');
      return "another's";
    }
  } catch (error) {
    if (!isStuck || !(error instanceof TemporalFailure)) throw error;
    return leave('overdue', `it is still ${last?.status ?? 'changing'} and takes no delete: it may cost money`);
  }
  let wasDeleting = false;
  const gone = await awaitEndpoint(
    run,
    name,
    ENDPOINT_GOES_SECONDS,
    (endpoint) => {
      last = endpoint;
      wasDeleting ||= endpoint.status === 'Deleting';
      // Failed before that is a read from before the delete; after it, AWS gave the delete up.
      return (wasDeleting && endpoint.status === 'Failed') || undefined;
    },
    { isGoing: true },
  );
  if (gone === 'absent') {
    note('deleted');
    return 'gone';
  }
  if (gone === 'overdue') return leave('overdue', 'its delete was sent but has not come to an end');
  return leave('given up', 'its delete was sent, and AWS gave it up');
}
