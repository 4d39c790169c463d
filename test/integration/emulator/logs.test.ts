/** CloudWatch Logs of a running emulator through the AWS SDK. */
import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  CreateLogStreamCommand,
  DescribeLogGroupsCommand,
  DescribeLogStreamsCommand,
  FilterLogEventsCommand,
  GetLogEventsCommand,
  PutLogEventsCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import { startEmulator, type Emulator } from '../../../src/emulator';
import { makeScratchFolder, removeScratchFolders } from '../../support/scratch';

const logGroupName = '/aws/sagemaker/TrainingJobs';
const logStreamName = 'job/algo-1-1700000000';
let folder: string;
let emulator: Emulator;
let logs: CloudWatchLogsClient;

async function start(): Promise<void> {
  emulator = await startEmulator({ folder });
  const { url: endpoint, region, credentials } = emulator;
  logs = new CloudWatchLogsClient({ endpoint, region, credentials, maxAttempts: 1 });
}
async function stop(): Promise<void> {
  logs.destroy();
  await emulator.close();
}
beforeAll(async () => {
  folder = makeScratchFolder();
  await start();
});
afterAll(async () => {
  await stop();
  removeScratchFolders();
});

it('is written and read on, by token, over a restart', async () => {
  const missing = logs.send(new GetLogEventsCommand({ logGroupName, logStreamName }));
  await expect(missing).rejects.toMatchObject({
    name: 'ResourceNotFoundException',
    message: 'The specified log group does not exist.',
  });
  await logs.send(new CreateLogGroupCommand({ logGroupName }));
  await logs.send(new CreateLogStreamCommand({ logGroupName, logStreamName }));
  const now = Date.now();
  const write = (...messages: string[]) =>
    logs.send(
      new PutLogEventsCommand({
        logGroupName,
        logStreamName,
        logEvents: messages.map((message, at) => ({ timestamp: now + at, message })),
      }),
    );
  const read = (nextToken?: string) =>
    logs.send(new GetLogEventsCommand({ logGroupName, logStreamName, startFromHead: true, nextToken }));
  await write('epoch=1 train:loss=0.5', 'ünïcode 😀');
  const first = await read();
  expect(first.events?.map(({ message, timestamp }) => [message, timestamp])).toEqual([
    ['epoch=1 train:loss=0.5', now],
    ['ünïcode 😀', now + 1],
  ]);
  const end = await read(first.nextForwardToken);
  expect(end.events).toEqual([]);
  expect(end.nextForwardToken).toBe(first.nextForwardToken);
  await stop();
  await start();
  await write('after the restart');
  expect((await read(end.nextForwardToken)).events?.map(({ message }) => message)).toEqual(['after the restart']);
  const found = await logs.send(new FilterLogEventsCommand({ logGroupName, filterPattern: 'train:loss' }));
  expect(found.events).toMatchObject([{ logStreamName, message: 'epoch=1 train:loss=0.5' }]);
});

it('describes groups and streams', async () => {
  const { logGroups } = await logs.send(new DescribeLogGroupsCommand({ logGroupNamePrefix: '/aws/sagemaker' }));
  expect(logGroups).toMatchObject([
    { logGroupName, arn: `arn:aws:logs:us-east-1:123456789012:log-group:${logGroupName}:*` },
  ]);
  const { logStreams } = await logs.send(new DescribeLogStreamsCommand({ logGroupName, logStreamNamePrefix: 'job/' }));
  expect(logStreams).toMatchObject([{ logStreamName, creationTime: expect.any(Number) as number }]);
});
