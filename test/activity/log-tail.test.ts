/** The last lines of a log, out of more streams than CloudWatch lists at once. */
import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  CreateLogStreamCommand,
  PutLogEventsCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import type { AwsClients } from '../../src/activities/aws';
import { createLogActivities } from '../../src/activities/log-tail';
import { startEmulator, type Emulator } from '../../src/emulator';

/** After the streams were made, so that the lines alone tell which is the newest; CloudWatch takes two hours ahead. */
const BEGAN_MS = Date.now() + 600_000;
const STREAMS = 60;

let emulator: Emulator;
let logs: CloudWatchLogsClient;
beforeAll(async () => {
  emulator = await startEmulator({ simulated: true });
  const { url: endpoint, region, credentials } = emulator;
  logs = new CloudWatchLogsClient({ endpoint, region, credentials });
});
afterAll(async () => {
  logs.destroy();
  await emulator.close();
});

/** Streams whose names sort as they came: the last one has the newest line. */
async function writeStreams(logGroupName: string, nameOf: (index: number) => string): Promise<void> {
  await logs.send(new CreateLogGroupCommand({ logGroupName }));
  for (let index = 0; index < STREAMS; index += 1) {
    const at = { logGroupName, logStreamName: nameOf(index) };
    await logs.send(new CreateLogStreamCommand(at));
    const logEvents = [{ timestamp: BEGAN_MS + index, message: `line ${String(index)}` }];
    await logs.send(new PutLogEventsCommand({ ...at, logEvents }));
  }
}

async function readTail(source: { trainingJobName: string } | { endpointName: string }): Promise<string[]> {
  const { readLogTail } = createLogActivities({ logs } as unknown as AwsClients);
  const environment = new MockActivityEnvironment({}, { logger: new DefaultLogger('ERROR') });
  return environment.run<[], string[], () => Promise<string[]>>(() => readLogTail(source));
}

const NEWEST = ['line 55', 'line 56', 'line 57', 'line 58', 'line 59'];
const inDigits = (index: number): string => String(index).padStart(2, '0');

test('of a job with many hosts, those that wrote last are told', async () => {
  await writeStreams('/aws/sagemaker/TrainingJobs', (index) => `digits/algo-${inDigits(index)}-1700000000`);
  expect(await readTail({ trainingJobName: 'digits' })).toEqual(NEWEST);
});

test('of an endpoint, the containers that wrote last are told, however many were before them', async () => {
  await writeStreams('/aws/sagemaker/Endpoints/digits', (index) => `AllTraffic/i-${inDigits(index)}`);
  expect(await readTail({ endpointName: 'digits' })).toEqual(NEWEST);
});
