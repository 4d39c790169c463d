/**
 * From one progress to the next: which statuses are new, and which warnings. Pure; `follow-run.ts` tells what comes out.
 */
import type { Progress } from '../contract';
import type { CommandEvent } from './output';

/** Events that lead from `before` to `after`, in the order in which they happened as far as that is known. */
export function findChanges(before: Progress | undefined, after: Progress): CommandEvent[] {
  return [...trainingJobChanges(before, after), ...endpointChanges(before, after), ...newWarnings(before, after)];
}

function trainingJobChanges(before: Progress | undefined, after: Progress): CommandEvent[] {
  const job = after.trainingJob;
  if (!job?.status) return [];
  const event = { type: 'status', subject: 'training job', name: job.name } as const;
  const seen = before?.trainingJob?.transitions.length ?? 0;
  // Short statuses may come and go between two looks; AWS keeps the list.
  const missed = job.transitions.slice(seen).map(({ status, startTime, message }) => ({
    ...event,
    status: 'InProgress',
    secondaryStatus: status,
    since: startTime,
    ...(message !== undefined && message !== '' && { message }),
  }));
  const last = missed.at(-1);
  const isTold = last?.secondaryStatus === job.secondaryStatus;
  const isSame =
    before?.trainingJob?.status === job.status && before.trainingJob.secondaryStatus === job.secondaryStatus;
  if (isTold && last) return [...missed.slice(0, -1), { ...last, status: job.status }];
  if (isSame) return missed;
  const { secondaryStatus } = job;
  return [...missed, { ...event, status: job.status, ...(secondaryStatus !== undefined && { secondaryStatus }) }];
}

function endpointChanges(before: Progress | undefined, after: Progress): CommandEvent[] {
  const { endpoint } = after;
  if (endpoint?.status === undefined || before?.endpoint?.status === endpoint.status) return [];
  const { name, status, since } = endpoint;
  return [{ type: 'status', subject: 'endpoint', name, status, ...(since !== undefined && { since }) }];
}

function newWarnings(before: Progress | undefined, after: Progress): CommandEvent[] {
  const known = new Set(before?.warnings);
  return after.warnings.filter((message) => !known.has(message)).map((message) => ({ type: 'warning', message }));
}
