/**
 * The last lines that a job's or an endpoint's containers wrote, for the failure that tells of it. Read from CloudWatch
 * Logs once; logs can never make anything fail.
 */
import { DescribeLogStreamsCommand, GetLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { log } from '@temporalio/activity';
import type { AwsClients } from './aws';
import { readTrouble } from '../domain/aws-errors';

import type { Activities } from './index';

const LINES_MAX = 20;
const LINE_LENGTH_MAX = 500;
const STREAMS_MAX = 5;

export function createLogActivities({ logs }: AwsClients): Pick<Activities, 'readLogTail'> {
  return {
    async readLogTail(source) {
      const logGroupName =
        'trainingJobName' in source ? '/aws/sagemaker/TrainingJobs' : `/aws/sagemaker/Endpoints/${source.endpointName}`;
      const prefix = 'trainingJobName' in source ? { logStreamNamePrefix: `${source.trainingJobName}/` } : {};
      try {
        const { logStreams } = await logs.send(new DescribeLogStreamsCommand({ logGroupName, ...prefix }));
        const newest = [...(logStreams ?? [])]
          .sort((a, b) => (b.lastEventTimestamp ?? b.creationTime ?? 0) - (a.lastEventTimestamp ?? a.creationTime ?? 0))
          .slice(0, STREAMS_MAX);
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
        return [];
      }
    },
  };
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
