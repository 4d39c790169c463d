/** The status reader and the waits behind it, against the emulator: who asks AWS, how often, and what waiters hear. */
import { CreateTrainingJobCommand, SageMakerClient, StopTrainingJobCommand } from '@aws-sdk/client-sagemaker';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { CancelledFailure } from '@temporalio/common';
import { MockActivityEnvironment } from '@temporalio/testing';
import { createStatusReader, createWaitingActivities, type StatusReader } from '../../src/activities';
import type { Reading } from '../../src/activities/status-reader';
import type { TrainingJobObservation } from '../../src/domain/training-status';
import { emulatorControl, startEmulator, type Emulator, type EmulatorControl } from '../../src/emulator';
import { trainingJobRequest } from '../support/by-hand';
import { DATA_BUCKET, uniqueName } from '../support/rig';
import { until } from '../support/until';

let emulator: Emulator;
let control: EmulatorControl;
let sagemaker: SageMakerClient;
let reader: StatusReader;

beforeAll(async () => {
  emulator = await startEmulator({ simulated: true, phases: { Starting: 20, Downloading: 20, Training: 60_000 } });
  control = emulatorControl(emulator.url);
  const { url: endpoint, region, credentials } = emulator;
  const config = { endpoint, region, credentials, maxAttempts: 1 };
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
  reader = createStatusReader(sagemaker, { minIntervalMs: 30, maxIntervalMs: 60, readsPerSecond: 100 });
});
afterEach(async () => {
  reader.close();
  await control.clearFaults();
});

async function createJob(name: string): Promise<void> {
  await sagemaker.send(new CreateTrainingJobCommand(trainingJobRequest(name)));
}

const readsOf = async (name: string) =>
  (await control.calls({ operation: 'DescribeTrainingJob' })).filter(({ resource }) => resource === name).length;

describe('the status reader', () => {
  it('asks once for all who wait for the same job', async () => {
    const name = uniqueName();
    await createJob(name);
    const heard = [0, 0, 0, 0, 0];
    const unwatch = heard.map((_, i) => reader.watchTrainingJob(name, () => (heard[i] = (heard[i] ?? 0) + 1)));
    await until(() => heard.every((count) => count >= 5), { what: 'five answers for each' });
    for (const stop of unwatch) stop();
    // Each of the five came late to a loop that ran, so each may have caused one read of its own.
    expect(await readsOf(name)).toBeLessThanOrEqual(Math.max(...heard) + heard.length);
  });

  it('lets waiters hear that it lives, however rarely it reads', async () => {
    const name = uniqueName();
    await createJob(name);
    const rare = createStatusReader(sagemaker, { minIntervalMs: 60_000, maxIntervalMs: 60_000, readsPerSecond: 100 });
    let ticks = 0;
    rare.watchTrainingJob(name, (reading) => (ticks += 'tick' in reading ? 1 : 0));
    await until(() => ticks >= 2, { what: 'two ticks' });
    expect(await readsOf(name)).toBe(1);
    rare.close();
  });

  it('stops asking when nobody waits', async () => {
    const name = uniqueName();
    await createJob(name);
    const other = uniqueName();
    await createJob(other);
    let heard = 0;
    const stop = reader.watchTrainingJob(name, () => heard++);
    await until(() => heard > 1, { what: 'answers' });
    stop();
    const reads = await readsOf(name);
    let heardOfOther = 0;
    reader.watchTrainingJob(other, () => heardOfOther++);
    await until(() => heardOfOther > 5, { what: 'several rounds for another job' });
    expect(await readsOf(name)).toBeLessThanOrEqual(reads + 1);
  });

  it('passes troubles and absence on as answers, and goes on', async () => {
    const name = uniqueName();
    const readings: string[] = [];
    const kindOf = (reading: Reading<TrainingJobObservation>) =>
      'absent' in reading
        ? 'absent'
        : 'trouble' in reading
          ? reading.trouble.meaning
          : 'tick' in reading
            ? 'tick'
            : reading.observation.status;
    reader.watchTrainingJob(name, (reading) => readings.push(kindOf(reading)));
    await until(() => readings.includes('absent'), { what: 'absence' });
    await control.addFaults([{ operation: 'DescribeTrainingJob', resource: name, action: 'throttle', times: 2 }]);
    await until(() => readings.includes('throttled'), { what: 'the trouble' });
    await createJob(name);
    await until(() => readings.includes('InProgress'), { what: 'the job' });
  });
});

describe('awaitTrainingJobChange', () => {
  const seenTraining = { status: 'InProgress', secondaryStatus: 'Training', transitions: 3, trainingStarted: true };

  async function untilTraining(name: string): Promise<void> {
    let secondary = '';
    const stop = reader.watchTrainingJob(name, (reading) => {
      if ('observation' in reading) secondary = reading.observation.secondaryStatus;
    });
    await until(() => secondary === 'Training', { what: 'the training' });
    stop();
  }

  it('returns at once what its caller has not seen, then only what is new', async () => {
    const name = uniqueName();
    await createJob(name);
    await untilTraining(name);
    const { awaitTrainingJobChange } = createWaitingActivities(reader);
    const environment = new MockActivityEnvironment();
    const first = await environment.run(awaitTrainingJobChange, { name });
    expect(first).toMatchObject({ change: { job: { secondaryStatus: 'Training' } } });

    const second = new MockActivityEnvironment();
    let heartbeats = 0;
    second.on('heartbeat', () => heartbeats++);
    const waiting = second.run(awaitTrainingJobChange, { name, seen: seenTraining });
    await until(() => heartbeats > 3, { what: 'heartbeats while nothing changes' });
    await sagemaker.send(new StopTrainingJobCommand({ TrainingJobName: name }));
    expect(await waiting).toMatchObject({ change: { job: { status: expect.stringMatching(/^Stopp/) as string } } });
  });

  it('heartbeats on failed reads too, and no read error ends it', async () => {
    const name = uniqueName();
    await createJob(name);
    await untilTraining(name);
    const denied = { action: 'error' as const, status: 400, code: 'AccessDeniedException', message: 'no' };
    const [rule] = await control.addFaults([{ operation: 'DescribeTrainingJob', resource: name, ...denied }]);
    const environment = new MockActivityEnvironment();
    let heartbeats = 0;
    environment.on('heartbeat', () => heartbeats++);
    const waiting = environment.run(createWaitingActivities(reader).awaitTrainingJobChange, {
      name,
      seen: seenTraining,
    });
    await until(() => heartbeats > 3, { what: 'heartbeats of failed reads' });
    await sagemaker.send(new StopTrainingJobCommand({ TrainingJobName: name }));
    await control.clearFaults(rule!.id);
    expect(await waiting).toHaveProperty('change');
  });

  it('says when its deadline has passed, and that a change comes first', async () => {
    const name = uniqueName();
    await createJob(name);
    await untilTraining(name);
    const { awaitTrainingJobChange } = createWaitingActivities(reader);
    const deadline = new Date(0).toISOString();
    expect(await new MockActivityEnvironment().run(awaitTrainingJobChange, { name, deadline })).toHaveProperty(
      'change',
    );
    expect(
      await new MockActivityEnvironment().run(awaitTrainingJobChange, { name, seen: seenTraining, deadline }),
    ).toEqual({
      deadlinePassed: true,
    });
  });

  it('ends as cancelled when the worker hands it over, and leaves the job alone', async () => {
    const name = uniqueName();
    await createJob(name);
    await untilTraining(name);
    const environment = new MockActivityEnvironment();
    const waiting = environment.run(createWaitingActivities(reader).awaitTrainingJobChange, {
      name,
      seen: seenTraining,
    });
    environment.cancel('WORKER_SHUTDOWN');
    await expect(waiting).rejects.toBeInstanceOf(CancelledFailure);
    const stops = (await control.calls({ operation: 'StopTrainingJob' })).filter(({ resource }) => resource === name);
    expect(stops).toEqual([]);
  });

  it('does not take a job for gone because of one read', async () => {
    const name = uniqueName();
    const environment = new MockActivityEnvironment();
    let heartbeats = 0;
    environment.on('heartbeat', () => heartbeats++);
    const waiting = environment.run(createWaitingActivities(reader).awaitTrainingJobChange, { name });
    await until(() => heartbeats > 3, { what: 'reads that find nothing' });
    await createJob(name);
    expect(await waiting).toHaveProperty('change');
  });
});
