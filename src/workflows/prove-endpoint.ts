/**
 * Waits until our create or update of an endpoint has come to its end, and says which: only InService with our config
 * is success. Called by `host-model.ts`.
 */
import { after } from '../domain/deadlines';
import { isUpdateUnderWay, judgeEndpoint, type EndpointObservation } from '../domain/endpoint-status';
import type { HostingPlan } from '../domain/plan';
import { awaitEndpoint } from './await-endpoint';
import { outcome } from './failures';
import { readLogTail } from './read-log-tail';
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
  let reason: string | undefined;
  const wait = await awaitEndpoint(run, name, after(Date.now(), plan.endpointTimeoutSeconds), (endpoint) => {
    wasUnderWay ||= isUpdateUnderWay(endpoint.status);
    reason = endpoint.failureReason;
    const verdict = judgeEndpoint(endpoint, config, before, wasUnderWay);
    return verdict === 'settling' ? undefined : { verdict, endpoint };
  });
  if (wait === 'absent') throw outcome('EndpointNotFound', `the endpoint ${name} is gone: someone deleted it`);
  if (wait !== 'overdue' && wait.answer.verdict === 'serves') return;

  const details = { ...(reason !== undefined && { reason }), logTail: await readLogTail(run, { endpointName: name }) };
  if (wait === 'overdue') {
    const limit = `${String(plan.endpointTimeoutSeconds)} s (endpointTimeoutSeconds)`;
    throw outcome('EndpointTimedOut', `the endpoint ${name} was not in service within ${limit}`, details);
  }
  const why = reason ?? 'AWS gives no reason';
  const { verdict, endpoint } = wait.answer;
  if (verdict === 'superseded') {
    const what = `another deploy has updated ${name} since: it serves ${endpoint.endpointConfigName}, not this run's model`;
    throw outcome('EndpointFailed', what, details);
  }
  if (verdict === 'rolled back') {
    const serves = before?.endpointConfigName ?? '';
    throw outcome('EndpointRolledBack', `the update of ${name} was rolled back, it serves ${serves}: ${why}`, details);
  }
  throw outcome('EndpointFailed', `the endpoint ${name} is ${endpoint.status}: ${why}`, details);
}
