/**
 * CloudWatch Logs' operations on events: writing a batch, reading a stream page by page, searching a group. Pages are
 * read out of the streams' files and never hold more than CloudWatch's own limits.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type {
  FilterLogEventsRequest,
  GetLogEventsRequest,
  OutputLogEvent,
  PutLogEventsRequest,
} from '@aws-sdk/client-cloudwatch-logs';
import type { Call, Handlers, World } from '../world';
import { findGroup, findStream } from './find';
import { buildMessageTest } from './filter-pattern';
import { type LogEvent, type PlacedEvent, readBackward, readForward } from './log-file';
import type { ReadableLogStore } from './log-store';
import { mergeStreams, type MergedEvent } from './merge-streams';
import {
  invalidParameter,
  MAX_PAGE_EVENTS,
  PageRoom,
  readListToken,
  readStreamToken,
  type StreamToken,
  writeListToken,
  writeStreamToken,
} from './paging';

const MAX_BATCH_BYTES = 1024 ** 2;
const OLDEST_EVENT_MS = 14 * 24 * 3600 * 1000;
const NEWEST_EVENT_MS = 2 * 3600 * 1000;
/** How many events may be looked at before other requests get a turn. */
const EVENTS_PER_TURN = 2000;

export function eventHandlers(store: ReadableLogStore, world: World): Handlers {
  return {
    PutLogEvents: ({ input }: Call<PutLogEventsRequest>) => {
      const group = findGroup(store, { logGroupName: input.logGroupName });
      const stream = findStream(group, input.logStreamName);
      const events = (input.logEvents ?? []).map(({ timestamp = 0, message = '' }) => ({ timestamp, message }));
      refuseBatch(events);
      const now = world.clock.now();
      const tooOld = events.filter(({ timestamp }) => timestamp < now - OLDEST_EVENT_MS).length;
      const tooNew = events.findIndex(({ timestamp }) => timestamp > now + NEWEST_EVENT_MS);
      store.append(group.name, stream.stream, events.slice(tooOld, tooNew < 0 ? undefined : tooNew));
      const rejected = {
        ...(tooOld > 0 ? { tooOldLogEventEndIndex: tooOld } : {}),
        ...(tooNew >= 0 ? { tooNewLogEventStartIndex: tooNew } : {}),
      };
      return {
        nextSequenceToken: String(stream.size).padStart(56, '0'),
        rejectedLogEventsInfo: Object.keys(rejected).length > 0 ? rejected : undefined,
      };
    },

    GetLogEvents: async ({ input, signal }: Call<GetLogEventsRequest>) => {
      const file = findStream(findGroup(store, input), input.logStreamName);
      const from: StreamToken =
        input.nextToken !== undefined
          ? readStreamToken(input.nextToken, file)
          : input.startFromHead
            ? { direction: 'f', offset: file.head }
            : { direction: 'b', offset: file.size };
      const forward = from.direction === 'f';
      const page = await readPage(forward ? readForward(file, from.offset) : readBackward(file, from.offset), {
        isWanted: (event) => isWithin(event, input),
        limit: input.limit,
        signal,
      });
      // The far side moves past all that was read, wanted or not; at the end it is the place that was asked from.
      const far = forward ? page.last?.end : page.last?.start;
      const [backward, onward] = forward ? [from.offset, far ?? from.offset] : [far ?? from.offset, from.offset];
      return {
        events: (forward ? page.events : page.events.reverse()).map(outputEvent),
        nextForwardToken: writeStreamToken({ direction: 'f', offset: onward }),
        nextBackwardToken: writeStreamToken({ direction: 'b', offset: backward }),
      };
    },

    FilterLogEvents: async ({ input, signal }: Call<FilterLogEventsRequest>) => {
      const group = findGroup(store, input);
      const { logStreamNames: names, logStreamNamePrefix: prefix } = input;
      if (names !== undefined && prefix !== undefined) {
        throw invalidParameter('Either the logStreamNames or the logStreamNamePrefix can be given, not both.');
      }
      const files = names
        ? names.map((name) => findStream(group, name))
        : [...group.streams.values()].filter(({ stream }) => stream.startsWith(prefix ?? ''));
      const after = input.nextToken === undefined ? undefined : readListToken(input.nextToken, isMergePlace);
      const matches = buildMessageTest(input.filterPattern);
      const page = await readPage(mergeStreams(files, after), {
        isWanted: (event) => isWithin(event, input) && matches(event.message),
        limit: input.limit,
        signal,
      });
      return {
        events: page.events.map((event) => ({
          ...outputEvent(event),
          logStreamName: event.stream,
          eventId: `${event.stream}:${String(event.start)}`,
        })),
        searchedLogStreams: [],
        nextToken: page.full && page.last ? writeListToken(page.last.place) : undefined,
      };
    },
  };
}

interface PageOf<E> {
  events: E[];
  /** The last event that was looked at and is done with, wanted or not. */
  last: E | undefined;
  /** True: another wanted event did not fit. */
  full: boolean;
}

async function readPage<E extends PlacedEvent>(
  source: Iterable<E>,
  options: { isWanted: (event: E) => boolean; limit: number | undefined; signal: AbortSignal },
): Promise<PageOf<E>> {
  const page: PageOf<E> = { events: [], last: undefined, full: false };
  const room = new PageRoom(Math.min(options.limit ?? MAX_PAGE_EVENTS, MAX_PAGE_EVENTS));
  let looked = 0;
  for (const event of source) {
    if (options.isWanted(event)) {
      if (!room.take(event)) {
        page.full = true;
        break;
      }
      page.events.push(event);
    }
    page.last = event;
    looked += 1;
    if (looked % EVENTS_PER_TURN === 0) await nextTurn(undefined, { signal: options.signal });
  }
  return page;
}

function refuseBatch(events: readonly { timestamp: number; message: string }[]): void {
  const bytes = events.reduce((sum, { message }) => sum + Buffer.byteLength(message) + 26, 0);
  if (bytes > MAX_BATCH_BYTES) {
    throw invalidParameter(`Upload too large: ${String(bytes)} bytes exceeds limit of ${String(MAX_BATCH_BYTES)}`);
  }
  if (events.some(({ timestamp }, at) => timestamp < (events[at - 1]?.timestamp ?? 0))) {
    throw invalidParameter('Log events in a single PutLogEvents request must be in chronological order.');
  }
}

function isWithin(event: LogEvent, range: { startTime?: number | undefined; endTime?: number | undefined }): boolean {
  return event.timestamp >= (range.startTime ?? 0) && event.timestamp < (range.endTime ?? Infinity);
}

function outputEvent({ timestamp, message, ingestionTime }: LogEvent): OutputLogEvent {
  return { timestamp, message, ingestionTime };
}

function isMergePlace(value: unknown): value is MergedEvent['place'] {
  return (
    Array.isArray(value) &&
    value.length === 3 &&
    typeof value[0] === 'number' &&
    typeof value[1] === 'string' &&
    typeof value[2] === 'number'
  );
}
