/** What a run's history says of its cancel: when it was asked for, and what the run set about from then on. */
import type { WorkflowHandle } from '@temporalio/client';
import { millisecondsOf } from './event-time';

async function readEventsSinceCancel(handle: WorkflowHandle) {
  const events = (await handle.fetchHistory()).events ?? [];
  const at = events.findIndex((event) => event.workflowExecutionCancelRequestedEventAttributes);
  return at === -1 ? [] : events.slice(at);
}

/** The activities that it has asked for since, in order. */
export async function activitiesSinceCancel(handle: WorkflowHandle): Promise<string[]> {
  const events = await readEventsSinceCancel(handle);
  return events.flatMap(({ activityTaskScheduledEventAttributes: one }) => (one ? [one.activityType?.name ?? ''] : []));
}

/** Those of them that it asked for in the very task in which it heard of the cancel: nothing is waited for before. */
export async function activitiesAtCancel(handle: WorkflowHandle): Promise<string[]> {
  const events = await readEventsSinceCancel(handle);
  const heard = events.find((event) => event.workflowTaskCompletedEventAttributes)?.eventId;
  return events.flatMap(({ activityTaskScheduledEventAttributes: one }) =>
    one && String(one.workflowTaskCompletedEventId) === String(heard) ? [one.activityType?.name ?? ''] : [],
  );
}

/** When Temporal took the request to cancel, in ms since 1970. */
export async function whenCancelled(handle: WorkflowHandle): Promise<number> {
  const [cancel] = await readEventsSinceCancel(handle);
  return millisecondsOf(cancel?.eventTime);
}
