/**
 * CloudWatch Logs for the emulator: operations on log groups and streams, and those on events (`event-handlers.ts`)
 * gathered for the server. What they answer was appended by the emulator's own processes or by PutLogEvents.
 */
import type {
  CreateLogGroupRequest,
  CreateLogStreamRequest,
  DescribeLogGroupsRequest,
  DescribeLogStreamsRequest,
} from '@aws-sdk/client-cloudwatch-logs';
import { partitionOf } from '../partition';
import { AwsError, type Call, type Handlers, type World } from '../world';
import { eventHandlers } from './event-handlers';
import { findGroup } from './find';
import type { LogFile } from './log-file';
import type { ReadableLogStore } from './log-store';
import { invalidParameter, readListToken, writeListToken } from './paging';

const PAGE_SIZE = 50;

export function logsHandlers(store: ReadableLogStore, world: World): Handlers {
  const groupArn = (name: string) =>
    `arn:${partitionOf(world.region)}:logs:${world.region}:${world.account}:log-group:${name}`;

  return {
    CreateLogGroup: ({ input }: Call<CreateLogGroupRequest>) => {
      if (store.createGroup(input.logGroupName ?? '')) return {};
      throw new AwsError('ResourceAlreadyExistsException', 'The specified log group already exists');
    },

    CreateLogStream: ({ input }: Call<CreateLogStreamRequest>) => {
      const group = findGroup(store, { logGroupName: input.logGroupName });
      if (store.createStream(group, input.logStreamName ?? '')) return {};
      throw new AwsError('ResourceAlreadyExistsException', 'The specified log stream already exists');
    },

    DescribeLogGroups: ({ input }: Call<DescribeLogGroupsRequest>) => {
      const { logGroupNamePrefix = '', logGroupNamePattern = '' } = input;
      const pattern = logGroupNamePattern.toLowerCase();
      const found = store
        .groups()
        .filter(({ name }) => name.startsWith(logGroupNamePrefix) && name.toLowerCase().includes(pattern));
      const { page, nextToken } = pageAfter(found, input, ({ name }) => name);
      return {
        logGroups: page.map(({ name, createdAt, streams }) => ({
          logGroupName: name,
          creationTime: createdAt,
          metricFilterCount: 0,
          arn: `${groupArn(name)}:*`,
          logGroupArn: groupArn(name),
          logGroupClass: 'STANDARD',
          storedBytes: [...streams.values()].reduce((sum, { head, size }) => sum + size - head, 0),
        })),
        nextToken,
      };
    },

    DescribeLogStreams: ({ input }: Call<DescribeLogStreamsRequest>) => {
      const group = findGroup(store, input);
      const { logStreamNamePrefix: prefix, orderBy = 'LogStreamName' } = input;
      if (orderBy === 'LastEventTime' && prefix !== undefined) {
        throw invalidParameter('Cannot order by LastEventTime with a logStreamNamePrefix.');
      }
      const rank = orderBy === 'LastEventTime' ? rankByLastEvent : ({ stream }: LogFile) => stream;
      const found = [...group.streams.values()].filter(({ stream }) => stream.startsWith(prefix ?? ''));
      found.sort((a, b) => (rank(a) < rank(b) ? -1 : 1));
      if (input.descending) found.reverse();
      const { page, nextToken } = pageAfter(found, input, rank, input.descending);
      return {
        logStreams: page.map((file) => ({
          logStreamName: file.stream,
          creationTime: file.createdAt,
          firstEventTimestamp: file.firstEventAt,
          lastEventTimestamp: file.lastEventAt,
          lastIngestionTime: file.lastIngestionAt,
          uploadSequenceToken: String(file.size).padStart(56, '0'),
          arn: `${groupArn(group.name)}:log-stream:${file.stream}`,
          storedBytes: 0, // as CloudWatch has answered for every stream since 2019
        })),
        nextToken,
      };
    },

    ...eventHandlers(store, world),
  };
}

/** Sorts as text: the time in fixed width, then the name. */
function rankByLastEvent({ stream, lastEventAt = 0 }: LogFile): string {
  return `${String(lastEventAt).padStart(16, '0')} ${stream}`;
}

/** The page behind the token's rank; a token outlives what comes and goes between two pages. */
function pageAfter<T>(
  sorted: readonly T[],
  input: { nextToken?: string | undefined; limit?: number | undefined },
  rank: (item: T) => string,
  descending = false,
): { page: T[]; nextToken: string | undefined } {
  const after = input.nextToken === undefined ? undefined : readListToken(input.nextToken, isText);
  const rest =
    after === undefined ? sorted : sorted.filter((item) => (descending ? rank(item) < after : rank(item) > after));
  const page = rest.slice(0, Math.min(input.limit ?? PAGE_SIZE, PAGE_SIZE));
  const last = page.at(-1);
  return { page, nextToken: last !== undefined && page.length < rest.length ? writeListToken(rank(last)) : undefined };
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}
