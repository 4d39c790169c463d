/**
 * The last lines that a job's or an endpoint's containers wrote, for the failure that tells of it. Read from CloudWatch
 * Logs once; logs can never make anything fail.
 */
import {
  DescribeLogStreamsCommand,
  GetLogEventsCommand,
  type CloudWatchLogsClient,
  type LogStream,
} from '@aws-sdk/client-cloudwatch-logs';
import { log } from '@temporalio/activity';
import type { AwsClients } from './aws';
import { readTrouble } from '../domain/aws-errors';
import { adviseOnDenial } from '../domain/missing-permission';

import type { Activities } from './index';

const LINES_MAX = 20;
const LINE_LENGTH_MAX = 500;
const STREAMS_MAX = 5;
/** Of 50 streams each: twenty hosts that were interrupted two dozen times. */
const JOB_PAGES_MAX = 10;

export function createLogActivities({ logs }: AwsClients): Pick<Activities, 'readLogTail'> {
  return {
    async readLogTail(source) {
      const logGroupName =
        'trainingJobName' in source ? '/aws/sagemaker/TrainingJobs' : `/aws/sagemaker/Endpoints/${source.endpointName}`;
      try {
        const streams =
          'trainingJobName' in source
            ? await listStreamsOfJob(logs, logGroupName, source.trainingJobName)
            : await listNewestStreams(logs, logGroupName);
        const newest = streams.sort((a, b) => newestSign(b) - newestSign(a)).slice(0, STREAMS_MAX);
        const lines: { time: number; text: string }[] = [];
        for (const { logStreamName } of newest) {
          const { events } = await logs.send(
            new GetLogEventsCommand({ logGroupName, logStreamName, limit: LINES_MAX, startFromHead: false }),
          );
          for (const { timestamp, message } of events ?? []) lines.push({ time: timestamp ?? 0, text: message ?? '' });
        }
        return lines
          .sort((a, b) => a.time - b.time)
          .slice(-LINES_MAX)
          .map(({ text }) => withoutControls(text).slice(0, LINE_LENGTH_MAX));
      } catch (error) {
        const trouble = readTrouble(error);
        log.warn('the log tail could not be read', { code: trouble.code, reason: trouble.message, logGroupName });
        // Who reads the failure would else take it that nothing was logged.
        const advice = adviseOnDenial(trouble.message);
        return advice === undefined ? [] : [`(the log could not be read: ${trouble.message}; ${advice})`];
      }
    },
  };
}

/** All of them: CloudWatch sorts no streams by time where it is asked for a prefix. */
async function listStreamsOfJob(
  logs: CloudWatchLogsClient,
  logGroupName: string,
  trainingJobName: string,
): Promise<LogStream[]> {
  const streams: LogStream[] = [];
  let nextToken: string | undefined;
  for (let page = 0; page < JOB_PAGES_MAX; page += 1) {
    const logStreamNamePrefix = `${trainingJobName}/`;
    const answer = await logs.send(new DescribeLogStreamsCommand({ logGroupName, logStreamNamePrefix, nextToken }));
    streams.push(...(answer.logStreams ?? []));
    nextToken = answer.nextToken;
    if (nextToken === undefined) break;
  }
  return streams;
}

/** An endpoint's group keeps the streams of every container that ever served there. */
async function listNewestStreams(logs: CloudWatchLogsClient, logGroupName: string): Promise<LogStream[]> {
  const newestFirst = { orderBy: 'LastEventTime', descending: true } as const;
  const { logStreams } = await logs.send(new DescribeLogStreamsCommand({ logGroupName, ...newestFirst }));
  return [...(logStreams ?? [])];
}

/** The time of the last event may lag behind by an hour; a stream that has begun since is newer than it says. */
function newestSign({ lastEventTimestamp = 0, creationTime = 0 }: LogStream): number {
  return Math.max(lastEventTimestamp, creationTime);
}

/** A container's escape sequences must not reach anyone's terminal. */
function withoutControls(text: string): string {
  return text
    .replace(ESCAPE_SEQUENCES, '')
    .replace(/\p{Cc}/gu, (control) => (control === '\t' ? control : ''))
    .trimEnd();
}

const ESCAPE_SEQUENCES = new RegExp(
  String.raw`\u001b(?:\[[0-9;?]*[ -/]*[@-~]|\][^\u0007]*(?:\u0007|\u001b\\)|[@-_])`,
  'g',
);
