/**
 * One reading of many CloudWatch log streams, merged in time order with one page of each in memory. Keeps for each
 * stream the token it has come to, so that the next reading goes on there and each line comes once.
 */
import type * as Sdk from '@aws-sdk/client-cloudwatch-logs';
import type { CloudWatchLogsClient, OutputLogEvent } from '@aws-sdk/client-cloudwatch-logs';

/** 50 hosts with pages of this length are a few MB. */
const PAGE_EVENTS_MAX = 1_000;
const LIST_PAGES_MAX = 100;
/** AWS answers empty pages before the end; so many in a row and the rest is left to the next reading. */
const EMPTY_PAGES_MAX = 20;

/** One line as it stands in CloudWatch. */
export interface LogEvent {
  stream: string;
  /** Milliseconds since the epoch. */
  timestamp: number;
  message: string;
}

interface Position {
  stream: string;
  token?: string;
  /** Where reading begins again should AWS have forgotten the token: this time, so many lines of it already read. */
  timestamp: number;
  readAtTimestamp: number;
  /** How many lines of the page at the token are already told, where a reading broke off within it. */
  readOfPage: number;
}

export interface LogGroupReader {
  /** Finds streams that are new; true where there is any stream at all. */
  findStreams(): Promise<boolean>;
  /** Tells each line that came since the last reading, oldest first; answers how many. */
  read(onEvent: (event: LogEvent) => void): Promise<number>;
}

export function readLogGroup(
  sdk: typeof Sdk,
  client: CloudWatchLogsClient,
  { group, streamPrefix, signal }: { group: string; streamPrefix: string; signal?: AbortSignal },
): LogGroupReader {
  const positions = new Map<string, Position>();
  const options = signal ? { abortSignal: signal } : {};

  async function findStreams(): Promise<boolean> {
    let nextToken: string | undefined;
    for (let page = 0; page < LIST_PAGES_MAX; page += 1) {
      const answer = await client.send(
        new sdk.DescribeLogStreamsCommand({ logGroupName: group, logStreamNamePrefix: streamPrefix, nextToken }),
        options,
      );
      for (const { logStreamName: stream } of answer.logStreams ?? []) {
        if (stream !== undefined && !positions.has(stream)) {
          positions.set(stream, { stream, timestamp: 0, readAtTimestamp: 0, readOfPage: 0 });
        }
      }
      nextToken = answer.nextToken;
      if (nextToken === undefined) break;
    }
    return positions.size > 0;
  }

  async function* readPages(position: Position): AsyncGenerator<OutputLogEvent[], void, undefined> {
    let emptyPages = 0;
    while (emptyPages < EMPTY_PAGES_MAX) {
      const { token, timestamp, readAtTimestamp } = position;
      const answer = await client.send(
        new sdk.GetLogEventsCommand({
          logGroupName: group,
          logStreamName: position.stream,
          startFromHead: true,
          limit: PAGE_EVENTS_MAX,
          ...(token === undefined ? timestamp > 0 && { startTime: timestamp } : { nextToken: token }),
        }),
        options,
      );
      const events = answer.events ?? [];
      const fresh =
        token === undefined ? skipRead(events, timestamp, readAtTimestamp) : events.slice(position.readOfPage);
      emptyPages = fresh.length === 0 ? emptyPages + 1 : 0;
      if (fresh.length > 0) yield fresh;
      position.token = answer.nextForwardToken;
      position.readOfPage = 0;
      // The end is the token that was sent, not an empty page.
      if (answer.nextForwardToken === undefined || answer.nextForwardToken === token) return;
    }
  }

  async function open(position: Position): Promise<Cursor | undefined> {
    const pages = readPages(position);
    const events = await nextPage(pages, position);
    return events && { position, pages, events, index: 0 };
  }

  async function nextPage(pages: Pages, position: Position): Promise<OutputLogEvent[] | undefined> {
    try {
      const { value, done } = await pages.next();
      return done === true ? undefined : value;
    } catch (error) {
      const name = error instanceof Error ? error.name : '';
      // A stream that was deleted has no more lines; the others have.
      if (name === 'ResourceNotFoundException') return undefined;
      if (name !== 'InvalidParameterException' || position.token === undefined) throw error;
      // Tokens expire after a day; the next reading finds its place by time.
      delete position.token;
      position.readOfPage = 0;
      return undefined;
    }
  }

  async function read(onEvent: (event: LogEvent) => void): Promise<number> {
    const cursors: Cursor[] = [];
    for (const position of positions.values()) {
      const cursor = await open(position);
      if (cursor) cursors.push(cursor);
    }
    let count = 0;
    for (let cursor = earliest(cursors); cursor; cursor = earliest(cursors)) {
      const { position, events, index } = cursor;
      const { timestamp = position.timestamp, message = '' } = events[index] ?? {};
      onEvent({ stream: position.stream, timestamp, message });
      count += 1;
      position.readAtTimestamp = timestamp === position.timestamp ? position.readAtTimestamp + 1 : 1;
      position.timestamp = timestamp;
      position.readOfPage += 1;
      cursor.index += 1;
      if (cursor.index < events.length) continue;
      const page = await nextPage(cursor.pages, position);
      if (page) Object.assign(cursor, { events: page, index: 0 });
      else cursors.splice(cursors.indexOf(cursor), 1);
    }
    return count;
  }

  return { findStreams, read };
}

type Pages = AsyncGenerator<OutputLogEvent[], void, undefined>;

interface Cursor {
  position: Position;
  pages: Pages;
  events: OutputLogEvent[];
  index: number;
}

/** The cursor at the oldest line; of equal ones the first, so that streams keep their order. */
function earliest(cursors: Cursor[]): Cursor | undefined {
  let found: Cursor | undefined;
  for (const cursor of cursors) {
    if (!found || timeOf(cursor) < timeOf(found)) found = cursor;
  }
  return found;
}

function timeOf({ events, index }: Cursor): number {
  return events[index]?.timestamp ?? 0;
}

function skipRead(events: OutputLogEvent[], timestamp: number, readAtTimestamp: number): OutputLogEvent[] {
  let skipped = 0;
  return events.filter((event) => event.timestamp !== timestamp || ++skipped > readAtTimestamp);
}
