/**
 * Canaries: texts that stand for secrets, planted in a test and then looked for wherever they must not be. A part of one
 * counts too, since half a secret is one.
 */
import { randomBytes } from 'node:crypto';
import type { temporal } from '@temporalio/proto';

const LENGTH = 24;
/** So much of a canary is found as it is; less might be there by chance. */
const PART_LENGTH = 10;

export interface Canary {
  /** Letters and digits alone: no encoding of texts changes it. */
  text: string;
  /** True where the value, or anything in it, has the text or a part of it. */
  isIn(value: unknown): boolean;
}

export function makeCanary(): Canary {
  const text = `canary${randomBytes(LENGTH / 2).toString('hex')}`.slice(0, LENGTH);
  const starts = Array.from({ length: LENGTH - PART_LENGTH + 1 }, (_, start) => start);
  // The word alone is in names of tests and files.
  const parts = starts.slice('canary'.length / 2).map((start) => text.slice(start, start + PART_LENGTH));
  return { text, isIn: (value) => holdsAny(value, parts, new Set()) };
}

function holdsAny(value: unknown, parts: readonly string[], seen: Set<object>): boolean {
  if (typeof value === 'string') return parts.some((part) => value.includes(part));
  if (value instanceof Uint8Array) {
    const bytes = Buffer.from(value.buffer, value.byteOffset, value.byteLength);
    return parts.some((part) => bytes.includes(part));
  }
  if (typeof value !== 'object' || value === null || seen.has(value)) return false;
  seen.add(value);
  if (value instanceof Map) return holdsAny([...(value as Map<unknown, unknown>)], parts, seen);
  // What an error says of itself is not enumerable.
  const own = value instanceof Error ? [value.message, value.stack, value.cause] : [];
  return [...own, ...Object.keys(value), ...(Object.values(value) as unknown[])].some((inner) =>
    holdsAny(inner, parts, seen),
  );
}

type History = temporal.api.history.v1.IHistory;
type Event = temporal.api.history.v1.IHistoryEvent;

/** Which parts of a history hold a canary: the event's attributes and, where it is an activity's, that one's type. */
export function placesInHistory({ events }: History, canary: Canary): string[] {
  const activities = new Map<string, string>();
  const places = (events ?? []).flatMap((event) => {
    const scheduled = event.activityTaskScheduledEventAttributes;
    if (scheduled) activities.set(String(event.eventId), scheduled.activityType?.name ?? '');
    if (!canary.isIn(event)) return [];
    const kind = kindOf(event);
    const attributes = (event as Record<string, unknown>)[kind] as { scheduledEventId?: unknown };
    const activity = scheduled?.activityType?.name ?? activities.get(String(attributes.scheduledEventId));
    return [[kind.replace('EventAttributes', ''), ...(activity === undefined ? [] : [activity])].join(' ')];
  });
  return [...new Set(places)];
}

function kindOf(event: Event): string {
  const found = Object.entries(event).find(([name, value]) => name.endsWith('EventAttributes') && value !== null);
  return found?.[0] ?? 'unknown';
}
