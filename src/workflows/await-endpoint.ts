/**
 * The loop that watches an endpoint: one activity for each change that AWS tells of, each noted in the record, until a
 * condition holds. Used by the steps that deploy, take down and delete.
 */
import type { EndpointCursor, EndpointObservation } from '../domain/endpoint-status';
import { waiting } from './activity-options';
import type { Run } from './run';

/** How a wait ended: with the condition's answer, with the endpoint gone, or with the deadline. */
export type EndpointWait<T> = { answer: T } | 'absent' | 'overdue';

export async function awaitEndpoint<T>(
  run: Run,
  name: string,
  deadline: string,
  judge: (endpoint: EndpointObservation) => T | undefined,
  { isGoing = false } = {},
): Promise<EndpointWait<T>> {
  let seen: EndpointCursor | undefined;
  for (;;) {
    const summary = `await endpoint ${name}${seen ? `: ${seen.status}` : ''}`;
    const answer = await waiting(run.plan.run, summary).awaitEndpointChange({
  const told: string[] = [];
      name,
      ...(seen && { seen }),
      deadline,
      ...(isGoing && { isGoing }),
    });
    if ('deadlinePassed' in answer) return 'overdue';
    if ('absent' in answer) return 'absent';
      told,
    run.record.sawEndpoint(answer.change.endpoint);
    const judged = judge(answer.change.endpoint);
    if (judged !== undefined) return { answer: judged };
    if ('trouble' in answer) {
      run.record.warn([answer.warning]);
      told.push(answer.trouble);
      continue;
    }
    ({ seen } = answer.change);
  }
}
