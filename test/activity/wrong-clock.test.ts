/**
 * A worker on a host whose clock is wrong, or jumps: reads go on at their pace, and a deadline is told by AWS's time. Only
 * the process's clock is moved; the emulator in it is told to be as far off the other way, so that AWS's stays right. And
 * waits that no time of AWS's begins: they last so long by whatever clock, be it AWS's or Temporal's that is wrong.
 */
import { CreateTrainingJobCommand, SageMakerClient } from '@aws-sdk/client-sagemaker';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import type { Info as ActivityInfo } from '@temporalio/activity';
import { MockActivityEnvironment } from '@temporalio/testing';
import { createStatusReader, createWaitingActivities, type StatusReader } from '../../src/activities';
import type { TrainingJobCursor } from '../../src/domain/training-status';
import { emulatorControl, startEmulator, type Emulator, type EmulatorControl } from '../../src/emulator';
import { trainingJobRequest } from '../support/by-hand';
import { DATA_BUCKET, uniqueName } from '../support/rig';
import { until } from '../support/until';

jest.setTimeout(180_000);

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

let emulator: Emulator;
let control: EmulatorControl;
let sagemaker: SageMakerClient;
let config: { endpoint: string; region: string; credentials: Emulator['credentials']; maxAttempts: number };
let workers: SageMakerClient;
let reader: StatusReader;

const trueNow = Date.now;
/** Moves this process's clock, and the emulator's back to where it was. */
async function moveClock(byMs: number): Promise<void> {
  jest.spyOn(Date, 'now').mockImplementation(() => trueNow() + byMs);
  await control.setClock({ skewMs: -byMs });
}

beforeAll(async () => {
  emulator = await startEmulator({ simulated: true, phases: { Starting: 20, Downloading: 20, Training: 20 * DAY_MS } });
  control = emulatorControl(emulator.url);
  const { url: endpoint, region, credentials } = emulator;
  config = { endpoint, region, credentials, maxAttempts: 1 };
  sagemaker = new SageMakerClient(config);
  const s3 = new S3Client(config);
  await s3.send(new CreateBucketCommand({ Bucket: DATA_BUCKET }));
  s3.destroy();
});
afterAll(async () => {
  sagemaker.destroy();
  await emulator.close();
});
beforeEach(() => {
  workers = new SageMakerClient(config);
  reader = createStatusReader(workers, { minIntervalMs: 30, maxIntervalMs: 60, readsPerSecond: 100 });
});
afterEach(async () => {
  reader.close();
  workers.destroy();
  jest.restoreAllMocks();
  await control.setClock({ skewMs: 0 });
});

const SEEN: TrainingJobCursor = {
  status: 'InProgress',
  secondaryStatus: 'Training',
  transitions: 3,
  trainingStarted: true,
};

async function startTraining(): Promise<string> {
  const name = uniqueName();
  const StoppingCondition = { MaxRuntimeInSeconds: 28 * 86_400 };
  await sagemaker.send(new CreateTrainingJobCommand(trainingJobRequest(name, { StoppingCondition })));
  await until(() => isTraining(name), { what: 'the training', limitMs: 30_000 });
  return name;
}

async function isTraining(name: string): Promise<boolean> {
  const job = (await control.resources()).find((one) => one.name === name);
  return job?.description.SecondaryStatus === 'Training';
}

const readsOf = async (name: string) =>
  (await control.calls({ operation: 'DescribeTrainingJob' })).filter(
    ({ resource, status }) => resource === name && status === 200,
  ).length;

const at = (fromNowMs: number) => new Date(trueNow() + fromNowMs).toISOString();

function awaitChange(
  name: string,
  limit: { deadline: string } | { withinMs: number },
  scheduled: Partial<ActivityInfo> = {},
) {
  const environment = new MockActivityEnvironment(scheduled);
  const { awaitTrainingJobChange } = createWaitingActivities(reader);
  const answer = environment.run(awaitTrainingJobChange, { name, seen: SEEN, ...limit });
  return { environment, answer };
}

describe.each([
  ['a day ahead', DAY_MS],
  ['a day behind', -DAY_MS],
  ['right', 0],
])('with a clock that is %s', (_what, offMs) => {
  it('a deadline that lies ahead is waited for, and one that has passed is told', async () => {
    const name = await startTraining();
    await moveClock(offMs);
    const { environment, answer } = awaitChange(name, { deadline: at(HOUR_MS) });
    await until(async () => (await readsOf(name)) > 3, { what: 'reads that bring nothing new', limitMs: 30_000 });
    environment.cancel();
    await expect(answer).rejects.toThrow();
    expect(await awaitChange(name, { deadline: at(-HOUR_MS) }).answer).toEqual({ deadlinePassed: true });
  });
});

it.each([
  ['forward', DAY_MS],
  ['back', -DAY_MS],
])('a jump %s in the middle of a wait neither ends it nor holds up its reads', async (_where, byMs) => {
  const name = await startTraining();
  const { environment, answer } = awaitChange(name, { deadline: at(HOUR_MS) });
  await until(async () => (await readsOf(name)) > 1, { what: 'the wait to begin', limitMs: 30_000 });
  // A read is under way in the jump: it takes a day by the host's clock, or minus a day.
  const [held] = await control.addFaults([{ operation: 'DescribeTrainingJob', resource: name, action: 'hold' }]);
  await control.untilHeld(held?.id ?? '', 30_000);
  await moveClock(byMs);
  await control.clearFaults();
  const before = await readsOf(name);
  await until(async () => (await readsOf(name)) > before + 3, { what: 'reads after the jump', limitMs: 30_000 });
  environment.cancel();
  await expect(answer).rejects.toThrow();
});

describe.each([
  ['a day ahead of', DAY_MS],
  ['a day behind', -DAY_MS],
])('with AWS %s Temporal and its workers', (_what, offMs) => {
  const scheduledTimestampMs = trueNow();

  it('a wait of an hour lasts an hour, whichever try of it comes to its end', async () => {
    const name = await startTraining();
    await control.setClock({ skewMs: offMs });
    const before = await readsOf(name);
    const first = awaitChange(
      name,
      { withinMs: HOUR_MS },
      { scheduledTimestampMs, currentAttemptScheduledTimestampMs: scheduledTimestampMs },
    );
    await until(async () => (await readsOf(name)) > before + 3, {
      what: 'reads that bring nothing new',
      limitMs: 30_000,
    });
    first.environment.cancel();
    await expect(first.answer).rejects.toThrow();
    const currentAttemptScheduledTimestampMs = scheduledTimestampMs + HOUR_MS;
    const last = awaitChange(
      name,
      { withinMs: HOUR_MS },
      { attempt: 2, scheduledTimestampMs, currentAttemptScheduledTimestampMs },
    );
    expect(await last.answer).toEqual({ deadlinePassed: true });
  });
});
