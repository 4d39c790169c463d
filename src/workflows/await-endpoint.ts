/**
 * The loop that watches an endpoint: one activity for each change that AWS tells of, each noted in the record, until a
 * condition holds. Used by the steps that deploy, take down and delete.
 */
import { within } from '../domain/deadlines';
import type { EndpointCursor, EndpointObservation } from '../domain/endpoint-status';
import { waiting } from './activity-options';
import type { Run } from './run';
import { throwIfCancelledNow } from './throw-if-cancelled';

/** How a wait ended: with the condition's answer, with the endpoint gone, or with the deadline. */
export type EndpointWait<T> = { answer: T } | 'absent' | 'overdue';

/** What a wait tells as it goes: a run that watches many endpoints at once keeps it to itself. */
export type EndpointWatcher = Pick<Run, 'plan'> & { record: Pick<Run['record'], 'warn' | 'sawEndpoint'> };

/** @param limitSeconds from now on */
export async function awaitEndpoint<T>(
  run: EndpointWatcher,
  name: string,
  limitSeconds: number,
  judge: (endpoint: EndpointObservation) => T | undefined,
  { isGoing = false } = {},
): Promise<EndpointWait<T>> {
  const beganMs = Date.now();
  let seen: EndpointCursor | undefined;
  const told: string[] = [];
  for (;;) {
    const summary = `await endpoint ${name}${seen ? `: ${seen.status}` : ''}`;
    const answer = await waiting(run.plan.run, summary).awaitEndpointChange({
      name,
      ...(seen && { seen }),
      ...within(limitSeconds, Date.now() - beganMs),
      ...(isGoing && { isGoing }),
      told,
    });
    // Where cancel and answer come in one workflow task the cancel wins, as it does when it comes alone.
    throwIfCancelledNow('what AWS told was heard', 'cancel-before-outcome');
    if ('deadlinePassed' in answer) return 'overdue';
    if ('absent' in answer) return 'absent';
    if ('trouble' in answer) {
      run.record.warn([answer.warning]);
      told.push(answer.trouble);
      continue;
    }
    run.record.sawEndpoint(answer.change.endpoint);
    const judged = judge(answer.change.endpoint);
    if (judged !== undefined) return { answer: judged };
    ({ seen } = answer.change);
  }
}
