/**
 * The payload codec in the life of keys: rotated under a run, missing in a worker, missing in a client. No run is lost for
 * want of a key, nothing is told without it, and what needs no key, such as stopping the bill, works without.
 */
import { CreateBucketCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { Client } from '@temporalio/client';
import type { PayloadCodec } from '@temporalio/common';
import { bundleWorkflowCode, DefaultLogger, Worker } from '@temporalio/worker';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { connect, createPayloadCodec, listRuns, Run, SageMakerError, startRun, type Session } from '../../src/client';
import { emulatorControl, startEmulator, type Emulator, type EmulatorControl } from '../../src/emulator';
import { createDataConverter, createWorker, SageMakerPlugin, type SageMakerWorker } from '../../src/worker';
import { openWorld, type OpenWorld } from '../support/promises/open-worlds';
import { DATA_BUCKET, mainJob, uniqueName } from '../support/rig';
import { quietRuntime } from '../support/quiet-runtime';
import { connectToTestServer, SEALED, uniqueTaskQueue, type TestServer } from '../support/temporal';
import { until } from '../support/until';

const KEYS = { old: randomBytes(32), new: randomBytes(32) };
const LIMIT_MS = 60_000;

let emulator: Emulator;
let control: EmulatorControl;
let server: TestServer;
/** With encoded failures, as the build makes it for workers with a codec. */
let workflowBundle: { code: string };
let world: OpenWorld;
/** The world's own list: each test adds the queue that its runs are on. */
const taskQueues: string[] = [];
const open: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  quietRuntime();
  emulator = await startEmulator({
    simulated: true,
    phases: { Starting: 20, Downloading: 20, Training: 20, Uploading: 20, Stopping: 20, Creating: 20, Deleting: 20 },
  });
  control = emulatorControl(emulator.url);
  Object.assign(process.env, {
    AWS_ENDPOINT_URL: emulator.url,
    AWS_REGION: emulator.region,
    AWS_ACCESS_KEY_ID: emulator.credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: emulator.credentials.secretAccessKey,
  });
  const s3 = new S3Client({});
  await s3.send(new CreateBucketCommand({ Bucket: DATA_BUCKET }));
  await s3.send(new PutObjectCommand({ Bucket: DATA_BUCKET, Key: 'iris/data.csv', Body: '1,2,3\n' }));
  s3.destroy();
  server = await connectToTestServer(SEALED);
  const dataConverter = createDataConverter(codecOf('new', 'new', 'old'));
  const client = new Client({ connection: server.connection, namespace: SEALED, dataConverter });
  world = await openWorld({ control, client, taskQueues });
  const { failureConverterPath = '' } = createDataConverter(codecOf('old', 'old'));
  workflowBundle = await bundleWorkflowCode({
    workflowsPath: join(__dirname, '../../src/workflows/index.ts'),
    failureConverterPath,
    logger: new DefaultLogger('WARN'),
  });
}, 120_000);
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
  await control.clearFaults();
});
afterAll(() => world.close());
afterAll(async () => {
  await server.close();
  await emulator.close();
});

function codecOf(activeKeyId: keyof typeof KEYS, ...ids: (keyof typeof KEYS)[]): PayloadCodec {
  const keys = Object.fromEntries(ids.map((id) => [id, KEYS[id]]));
  return createPayloadCodec({ keys, activeKeyId });
}

function openQueue(name: string): string {
  const taskQueue = uniqueTaskQueue(name);
  taskQueues.push(taskQueue);
  return taskQueue;
}

async function openSession(taskQueue: string, payloadCodec?: PayloadCodec): Promise<Session> {
  const session = await connect({
    address: server.address,
    namespace: SEALED,
    taskQueue,
    ...(payloadCodec && { payloadCodec }),
  });
  open.push(() => session.close());
  return session;
}

async function openWorker(taskQueue: string, payloadCodec?: PayloadCodec): Promise<{ stop: () => Promise<void> }> {
  const worker: SageMakerWorker = await createWorker({
    connection: server.nativeConnection,
    namespace: SEALED,
    taskQueue,
    pollMinIntervalMs: 40,
    pollMaxIntervalMs: 150,
    readsPerSecond: 200,
    requestTimeoutMs: 5_000,
    shutdownGraceTimeMs: 500,
    ...(payloadCodec && { payloadCodec }),
    worker: { workflowBundle },
  });
  const running = worker.run();
  let stopping: Promise<void> | undefined;
  const stop = (): Promise<void> => {
    worker.shutdown();
    return (stopping ??= running);
  };
  open.push(stop);
  return { stop };
}

/** Keeps a job in training until it is stopped or the rule is taken away. */
async function holdInTraining(name: string): Promise<void> {
  await control.addOutcomes([
    { kind: 'training job', resource: name, steps: [{ secondaryStatus: 'Training', durationMs: 20 }] },
  ]);
}

async function untilTraining(run: Run): Promise<void> {
  await until(async () => (await run.progress()).trainingJob?.secondaryStatus === 'Training', {
    what: `${run.workflowId} to train`,
    limitMs: LIMIT_MS,
  });
}

test('a run goes on where the key is rotated under it, and tells its result to whoever has both', async () => {
  const taskQueue = openQueue('rotated');
  const before = await openWorker(taskQueue, codecOf('old', 'old'));
  const name = uniqueName('rotated');
  const id = await control.addFaults([{ operation: 'CreateEndpoint', resource: name, action: 'hold' }]);
  const run = await startRun(await openSession(taskQueue, codecOf('old', 'old')), 'fitThenDeploy', mainJob(name));
  await control.untilHeld(id[0]?.id ?? '', 60_000);
  await control.clearFaults();
  await before.stop();
  await openWorker(taskQueue, codecOf('new', 'new', 'old'));
  const both = await openSession(taskQueue, codecOf('new', 'new', 'old'));
  const result = await (await Run.attach(both, run.workflowId, 'fitThenDeploy')).result();
  expect(result.endpointName).toBe(name);
  // What the new key has encrypted, the old one alone does not read.
  await expect(run.result()).rejects.toMatchObject({
    code: 'PayloadUnreadable',
    why: expect.stringContaining('encrypted with the key new; this program has old') as string,
  });
}, 120_000);

test('a worker without the key lets the run wait, and one that has it takes the run to its end', async () => {
  const taskQueue = openQueue('waiting');
  const without = await openWorker(taskQueue);
  const session = await openSession(taskQueue, codecOf('old', 'old'));
  const name = uniqueName('waiting');
  const run = await startRun(session, 'fitThenDeploy', mainJob(name));
  const handle = session.client.workflow.getHandle(name);
  const failure = await until(
    async () => {
      const { events } = await handle.fetchHistory();
      return events?.find(({ workflowTaskFailedEventAttributes: failed }) => failed)?.workflowTaskFailedEventAttributes;
    },
    { what: 'the workflow task to fail', limitMs: LIMIT_MS },
  );
  expect(failure.failure?.message).toContain('a payload was encrypted with the key old; this program has no keys');
  expect((await run.status()).closed).toBe(false);
  await without.stop();
  await openWorker(taskQueue, codecOf('old', 'old'));
  expect((await run.result()).endpointName).toBe(name);
}, 120_000);

test('a client without the key lists the run, tells where it stands and stops it; its result it cannot read', async () => {
  const taskQueue = openQueue('keyless');
  await openWorker(taskQueue, codecOf('old', 'old'));
  const name = uniqueName('keyless');
  await holdInTraining(name);
  const withKey = await startRun(await openSession(taskQueue, codecOf('old', 'old')), 'fitThenDeploy', mainJob(name));
  await untilTraining(withKey);

  const session = await openSession(taskQueue);
  const listed = await until(
    async () =>
      (await listRuns(session)).find(
        ({ workflowId, stage, trainingJobName }) =>
          workflowId === name && stage === 'Training' && trainingJobName === name,
      ),
    { what: 'the listing to have it, with what it has told', limitMs: LIMIT_MS },
  );
  expect(listed.closed).toBe(false);
  const run = await Run.attach(session, name, 'fitThenDeploy');
  expect(await run.progress()).toMatchObject({
    live: false,
    stage: 'Training',
    notice: expect.stringContaining('encrypted with the key old; this program has no keys') as string,
  });
  await run.cancel();
  await expect(withKey.result()).rejects.toMatchObject({ code: 'Cancelled' });
  // What was cancelled has no words that a key would be needed for.
  await expect(run.result()).rejects.toMatchObject({ code: 'Cancelled' });
  await expect(startRun(session, 'fitThenDeploy', mainJob(name))).rejects.toMatchObject({ code: 'PayloadUnreadable' });
}, 120_000);

test('with a client and a worker of one’s own, the plugin’s steps keep failures from the server too', async () => {
  const taskQueue = openQueue('own');
  const dataConverter = createDataConverter(codecOf('new', 'new'));
  const worker = await Worker.create({
    connection: server.nativeConnection,
    namespace: SEALED,
    taskQueue,
    workflowBundle,
    dataConverter,
    plugins: [new SageMakerPlugin({ pollMinIntervalMs: 40, pollMaxIntervalMs: 150, readsPerSecond: 200 })],
  });
  const client = new Client({ connection: server.connection, namespace: SEALED, dataConverter });
  const name = uniqueName('own');
  await control.addFaults([
    {
      operation: 'CreateTrainingJob',
      resource: name,
      action: 'error',
      status: 400,
      code: 'ValidationException',
      message: 'a word that nobody else may read: canary-4711',
    },
  ]);
  const error = await worker.runUntil(async () => {
    const session = await connect({ client, taskQueue });
    const run = await startRun(session, 'fit', { estimator: mainJob(name).estimator, fit: mainJob(name).fit });
    return run.result().catch((reason: unknown) => reason);
  });
  if (!(error instanceof SageMakerError)) throw new Error(`it ended otherwise: ${String(error)}`);
  expect(error.message).toContain('canary-4711');
  const history = JSON.stringify((await client.workflow.getHandle(name).fetchHistory()).events);
  expect(history).toContain('Encoded failure');
  expect(history).not.toContain('canary-4711');
}, 120_000);

test('a codec and a data converter cannot both be given to a worker: one would go unused', async () => {
  const given = { payloadCodec: codecOf('old', 'old'), worker: { dataConverter: {} } };
  await expect(createWorker({ ...given, connection: server.nativeConnection })).rejects.toMatchObject({
    code: 'InvalidInput',
    problems: ['payloadCodec and worker.dataConverter cannot both be given'],
  });
});
