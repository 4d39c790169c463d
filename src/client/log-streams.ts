/**
 * One reading of many CloudWatch log streams, merged in time order with one page of each in memory. Keeps for each
 * stream where it has come to, so that the next reading goes on there, after trouble too, and each line comes once.
 */
import type * as Sdk from '@aws-sdk/client-cloudwatch-logs';
import type { CloudWatchLogsClient, OutputLogEvent } from '@aws-sdk/client-cloudwatch-logs';
import { inParallel } from './in-parallel';
import { orAborted } from './or-aborted';

/** 50 hosts with pages of this length are a few MB. */
const PAGE_EVENTS_MAX = 1_000;
const LIST_PAGES_MAX = 100;
/** AWS answers empty pages before the end; so many in a row and the rest is left to the next reading. */
const EMPTY_PAGES_MAX = 20;
const STREAMS_AT_ONCE = 5;
/** So many streams that AWS does not answer for, and the others are not asked now either. */
const FAILURES_MAX = 5;
/** Longer than the SDK's attempts take: credentials that never come have no limit of their own. */
const CALL_LIMIT_MS = 90_000;

/** One line as it stands in CloudWatch. */
export interface LogEvent {
  stream: string;
  /** Milliseconds since the epoch. */
  timestamp: number;
  message: string;
}

/** What one reading brought. */
export interface Reading {
  lineCount: number;
  /** False where a stream may have more that AWS has already. */
  isAtEnd: boolean;
}

export interface LogGroupReader {
  /** How many pages AWS has answered with: a reading that was interrupted may have come on all the same. */
  readonly pageCount: number;
  /** Finds streams that are new; answers the names of all that are known. */
  findStreams(): Promise<string[]>;
  /** Tells each line that came since the last reading, oldest first. Where it rejects, the next one goes on from there. */
  read(onEvent: (event: LogEvent) => void): Promise<Reading>;
}

interface Position {
  stream: string;
  /** Where the next page begins. */
  token: string | undefined;
  /** The present page, and the first line of it that is not told yet. */
  page: OutputLogEvent[];
  next: number;
  /** AWS has said in this round that there is no more. */
  isAtEnd: boolean;
  /** Where reading begins again should AWS have forgotten the token: this time, so many lines of it already told. */
  timestamp: number;
  toldAtTimestamp: number;
}

export function readLogGroup(
  sdk: typeof Sdk,
  client: CloudWatchLogsClient,
  { group, streamPrefix, signal }: { group: string; streamPrefix: string; signal?: AbortSignal },
): LogGroupReader {
  const positions = new Map<string, Position>();
  const options = signal ? { abortSignal: signal } : {};
  const limited = <T>(call: () => Promise<T>): Promise<T> => {
    const inTime = () => orAborted(AbortSignal.timeout(CALL_LIMIT_MS), call);
    return signal ? orAborted(signal, inTime) : inTime();
  };
  let isInterrupted = false;
  let pageCount = 0;

  async function findStreams(): Promise<string[]> {
    let nextToken: string | undefined;
    for (let page = 0; page < LIST_PAGES_MAX; page += 1) {
      const command = new sdk.DescribeLogStreamsCommand({
        logGroupName: group,
        logStreamNamePrefix: streamPrefix,
        nextToken,
      });
      const answer = await limited(() => client.send(command, options));
      for (const { logStreamName: stream } of answer.logStreams ?? []) {
        if (stream !== undefined && !positions.has(stream)) positions.set(stream, beginningOf(stream));
      }
      nextToken = answer.nextToken;
      if (nextToken === undefined) break;
    }
    return [...positions.keys()];
  }

  /** Gets the next page that has lines, where the present one is told and there may be one. */
  async function turnPage(position: Position): Promise<void> {
    for (let pages = 0; isTold(position) && !position.isAtEnd && pages < EMPTY_PAGES_MAX; pages += 1) {
      const { token, timestamp } = position;
      const from = token === undefined ? timestamp > 0 && { startTime: timestamp } : { nextToken: token };
      try {
        const command = new sdk.GetLogEventsCommand({
          logGroupName: group,
          logStreamName: position.stream,
          startFromHead: true,
          limit: PAGE_EVENTS_MAX,
          ...from,
        });
        const { events = [], nextForwardToken } = await limited(() => client.send(command, options));
        pageCount += 1;
        position.page = token === undefined ? withoutTold(events, position) : events;
        position.next = 0;
        position.token = nextForwardToken;
        // The end is the token that was sent, not an empty page.
        position.isAtEnd = nextForwardToken === undefined || nextForwardToken === token;
      } catch (error) {
        const name = error instanceof Error ? error.name : '';
        if (name === 'InvalidParameterException' && token !== undefined) {
          // Tokens expire after a day; the place is found by its time.
          position.token = undefined;
        } else if (name === 'ResourceNotFoundException') {
          // A stream that was deleted has no more lines; the others have.
          positions.delete(position.stream);
          return;
        } else throw error;
      }
    }
  }

  /** Turns every stream's page, and throws after that what went wrong with one. */
  async function turnPages(): Promise<void> {
    const failures: unknown[] = [];
    const bounds = { limit: STREAMS_AT_ONCE, ...(signal && { signal }) };
    await inParallel(positions.values(), bounds, async (position) => {
      await turnPage(position).catch((error: unknown) => {
        failures.push(error);
        if (failures.length === FAILURES_MAX) throw error;
      });
    });
    if (failures.length > 0) throw failures[0];
  }

  async function read(onEvent: (event: LogEvent) => void): Promise<Reading> {
    // A round that was interrupted goes on: asking all streams anew could go on for ever where AWS throttles a few.
    if (!isInterrupted) for (const position of positions.values()) position.isAtEnd = false;
    isInterrupted = true;
    await turnPages();
    let lineCount = 0;
    for (let oldest = findOldest(positions); oldest; oldest = findOldest(positions)) {
      const { position, event } = oldest;
      const { timestamp = position.timestamp, message = '' } = event;
      position.next += 1;
      position.toldAtTimestamp = timestamp === position.timestamp ? position.toldAtTimestamp + 1 : 1;
      position.timestamp = timestamp;
      lineCount += 1;
      onEvent({ stream: position.stream, timestamp, message });
      await turnPage(position);
    }
    isInterrupted = false;
    return { lineCount, isAtEnd: [...positions.values()].every(({ isAtEnd }) => isAtEnd) };
  }

  return {
    get pageCount() {
      return pageCount;
    },
    findStreams,
    read,
  };
}

function beginningOf(stream: string): Position {
  return { stream, token: undefined, page: [], next: 0, isAtEnd: false, timestamp: 0, toldAtTimestamp: 0 };
}

function isTold({ page, next }: Position): boolean {
  return next >= page.length;
}

/** The oldest line of all present pages; of equal ones that of the first stream, so that streams keep their order. */
function findOldest(positions: Map<string, Position>): { position: Position; event: OutputLogEvent } | undefined {
  let oldest: { position: Position; event: OutputLogEvent } | undefined;
  for (const position of positions.values()) {
    const event = position.page[position.next];
    if (event && (!oldest || (event.timestamp ?? 0) < (oldest.event.timestamp ?? 0))) oldest = { position, event };
  }
  return oldest;
}

function withoutTold(events: OutputLogEvent[], { timestamp, toldAtTimestamp }: Position): OutputLogEvent[] {
  let skipped = 0;
  return events.filter((event) => event.timestamp !== timestamp || ++skipped > toldAtTimestamp);
}
