/**
 * Waits until our create or update of an endpoint has come to its end, and says which: only InService with our config
 * is success. Called by `host-model.ts`.
 */
import { patched } from '@temporalio/workflow';
import type { EndpointOutcome } from '../contract';
import { isUpdateUnderWay, judgeEndpoint, type EndpointObservation } from '../domain/endpoint-status';
import { codeOfEndpoint, outcomeOfEndpoint } from '../domain/outcomes';
import type { HostingPlan } from '../domain/plan';
import { awaitEndpoint } from './await-endpoint';
import { outcome } from './failures';
import { readLogTail, readLogTailToo } from './read-log-tail';
import type { Run } from './run';

/** `before`: the endpoint as it was before our update; undefined for a first creation. */
export async function proveEndpoint(
  run: Run,
  plan: HostingPlan,
  before: EndpointObservation | undefined,
): Promise<void> {
  const name = plan.endpoint.EndpointName ?? '';
  const config = plan.endpoint.EndpointConfigName ?? '';
  let wasUnderWay = false;
  let last: EndpointObservation | undefined;
  const wait = await awaitEndpoint(run, name, plan.endpointTimeoutSeconds, (endpoint) => {
    wasUnderWay ||= isUpdateUnderWay(endpoint.status);
    last = endpoint;
    const verdict = judgeEndpoint(endpoint, config, before, wasUnderWay);
    if (verdict === 'settling') return undefined;
    // AWS may bring it back. Histories of before that was waited for must replay.
    if (verdict === 'out of service' && patched('wait-while-out-of-service')) return undefined;
    return { verdict, endpoint };
  });
  if (wait === 'absent') {
    throw outcome('EndpointNotFound', `the endpoint ${name} is gone: someone deleted it`, {
      outcome: { resource: 'endpoint', kind: 'deleted' },
      ...(await readLogTailToo(run, { endpointName: name })),
    });
  }
  if (wait !== 'overdue' && wait.answer.verdict === 'serves') return;

  const { failureReason: reason, status } = last ?? {};
  const logTail = await readLogTail(run, { endpointName: name });
  const details = { ...(reason !== undefined && { reason }), logTail };
  if (wait === 'overdue') {
    const limit = `${String(plan.endpointTimeoutSeconds)} s (endpointTimeoutSeconds)`;
    const seen = status === undefined ? '' : `, and is ${status}`;
    throw outcome('EndpointTimedOut', `the endpoint ${name} was not in service within ${limit}${seen}`, {
      ...details,
      outcome: { resource: 'endpoint', kind: 'unfinished', ...(status !== undefined && { status }) },
    });
  }
  const { verdict, endpoint } = wait.answer;
  const ended = outcomeOfEndpoint(verdict as Exclude<typeof verdict, 'serves'>, endpoint);
  const fix = ended.kind === 'rollback failed' ? { fix: MEND_MIX } : {};
  throw outcome(codeOfEndpoint(ended), describeEnd(endpoint, ended, config), { ...details, ...fix, outcome: ended });
}

/** What no deploy of ours can mend. */
export const MEND_MIX =
  "Read AWS's reason and the endpoint's alarms and log, then have UpdateEndpoint bring the config that is to serve, or " +
  'delete the endpoint. Nothing of it was deleted, and no deploy touches it until then.';

function describeEnd(endpoint: EndpointObservation, ended: EndpointOutcome, config: string): string {
  const { name, status, endpointConfigName, failureReason = 'AWS gives no reason' } = endpoint;
  switch (ended.kind) {
    case 'superseded':
      return `another deploy has updated ${name} since: it serves ${ended.serves}, not this run's model`;
    case 'rolled back':
      return `the update of ${name} was rolled back, it serves ${ended.serves}: ${failureReason}`;
    case 'rollback failed':
      return `the update of ${name} failed and so did its rollback: it serves a mix of ${endpointConfigName} and ${config}: ${failureReason}`;
    default:
      return `the endpoint ${name} is ${status}: ${failureReason}`;
  }
}
