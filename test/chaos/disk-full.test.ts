/**
 * The emulator on a disk that is full: what needs room is refused in plain words, nothing half-written passes for whole,
 * a run says why it failed, and with room again all goes on. A real file system, in a mount namespace of the emulator's own.
 */
import {
  CreateBucketCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import {
  CreateTrainingJobCommand,
  DescribeEndpointCommand,
  DescribeTrainingJobCommand,
  SageMakerClient,
  type Channel,
  type DescribeTrainingJobCommandOutput,
} from '@aws-sdk/client-sagemaker';
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { create as createArchive } from 'tar';
import { emulatorControl, type EmulatorControl } from '../../src/emulator';
import { createWorker, type SageMakerWorker } from '../../src/worker';
import { makeEndpoint, makeModel, trainingJobRequest } from '../support/by-hand';
import { failureOfRun } from '../support/failures';
import { endProcesses, startProcess, type TestProcess } from '../support/processes';
import { openWorld, type OpenWorld } from '../support/promises/open-worlds';
import { quietRuntime } from '../support/quiet-runtime';
import { DATA_BUCKET, fitInput, uniqueName } from '../support/rig';
import { makeScratchFolder, removeScratchFolders } from '../support/scratch';
import { connectToTestServer, uniqueTaskQueue, workflowBundle, type TestServer } from '../support/temporal';
import { until } from '../support/until';

jest.setTimeout(180_000);

const DISK_BYTES = 1024 ** 2;
/** Time enough to see it, and to fill the disk meanwhile. */
const TRAINING_MS = 15_000;
const REGISTER = join(__dirname, '../support/register-typescript.cjs');
const PROGRAM = join(__dirname, '../support/emulator-on-small-disk.ts');
const IS_FULL = /the disk that holds the emulator’s folder is full; free some space on it/;

/** A disk of one's own needs a namespace: root has one for the asking, others by way of a user namespace. */
const UNSHARE = process.getuid?.() === 0 ? ['-m'] : ['-rm'];
const MOUNT = `mount -t tmpfs -o size=${String(DISK_BYTES)} tmpfs "$0"`;
const mayMount = spawnSync('unshare', [...UNSHARE, 'sh', '-c', MOUNT, makeScratchFolder()]).status === 0;

interface Address {
  url: string;
  region: string;
  accessKeyId: string;
  secretAccessKey: string;
}

let emulator: TestProcess;
let server: TestServer;
let worker: SageMakerWorker;
let running: Promise<void>;
let world: OpenWorld;
let control: EmulatorControl;
let s3: S3Client;
let sagemaker: SageMakerClient;
const taskQueue = uniqueTaskQueue('disk');

async function tell(order: 'fill' | 'free', done: string): Promise<void> {
  emulator.write(`${order}\n`);
  await emulator.waitForOutput(new RegExp(`"${done}":true`));
}

/** Where the emulator is, once for each time that it was started. */
function addressesOf({ stdout }: TestProcess): Address[] {
  return [...stdout().matchAll(/^\{"started".*\}$/gm)].map(([line]) => JSON.parse(line) as Address);
}

function clientsOf({ url, region, ...credentials }: Address): void {
  const config = { endpoint: url, region, credentials, maxAttempts: 1 };
  s3 = new S3Client(config);
  sagemaker = new SageMakerClient(config);
  control = emulatorControl(url);
}

const startFit = (jobName: string) =>
  server.client.workflow.start('fit', { taskQueue, workflowId: jobName, args: [fitInput(jobName)] });

const put = (key: string, body: string | Buffer) =>
  s3.send(new PutObjectCommand({ Bucket: DATA_BUCKET, Key: key, Body: body }));
const read = async (key: string) =>
  (await s3.send(new GetObjectCommand({ Bucket: DATA_BUCKET, Key: key }))).Body?.transformToString();
const keys = async () =>
  (await s3.send(new ListObjectsV2Command({ Bucket: DATA_BUCKET }))).Contents?.map(({ Key }) => Key);

(mayMount ? describe : describe.skip)('a full disk (this host must allow mount namespaces)', () => {
  const early = uniqueName('early');

  beforeAll(async () => {
    quietRuntime();
    const disk = makeScratchFolder();
    const run = `${MOUNT} && exec "$1" -r "$2" "$3" "$0"`;
    const args = [...UNSHARE, 'sh', '-c', run, disk, process.execPath, REGISTER, PROGRAM];
    emulator = startProcess('unshare', args, { stdin: true });
    await emulator.waitForOutput(/^\{"started".*\}$/m, 60_000);
    const [address] = addressesOf(emulator) as [Address];
    clientsOf(address);
    Object.assign(process.env, {
      AWS_ENDPOINT_URL: address.url,
      AWS_REGION: address.region,
      AWS_ACCESS_KEY_ID: address.accessKeyId,
      AWS_SECRET_ACCESS_KEY: address.secretAccessKey,
    });
    await s3.send(new CreateBucketCommand({ Bucket: DATA_BUCKET }));
    await put('iris/data.csv', '1,2,3\n');
    server = await connectToTestServer();
    world = await openWorld({ control, client: server.client, taskQueues: [taskQueue] });
    worker = await createWorker({
      connection: server.nativeConnection,
      taskQueue,
      pollMinIntervalMs: 40,
      pollMaxIntervalMs: 150,
      worker: { workflowBundle: workflowBundle() },
    });
    running = worker.run();
  }, 120_000);

  afterAll(async () => {
    try {
      await world.close();
    } finally {
      worker.shutdown();
      await running;
      await server.close();
      s3.destroy();
      sagemaker.destroy();
      await endProcesses();
      removeScratchFolders();
    }
  });

  it('fails the job whose model finds no room, and its run says why; no half of the model is there', async () => {
    await control.setClock({ phases: { Training: TRAINING_MS } });
    const handle = await startFit(early);
    await until(async () => (await describeJob(early)).SecondaryStatus === 'Training', {
      what: 'the training',
      limitMs: 60_000,
    });
    await tell('fill', 'filled');
    const failure = await failureOfRun(handle);
    expect(failure.code).toBe('TrainingJobFailed');
    expect(failure.details.reason).toMatch(IS_FULL);
    expect(await keys()).toEqual(['iris/data.csv']);
  });

  it('has every call refused that needs room, as AWS fails, and leaves what was there whole', async () => {
    const refused = { name: 'InternalError', $metadata: expect.objectContaining({ httpStatusCode: 500 }) as object };
    await expect(put('iris/data.csv', Buffer.alloc(DISK_BYTES / 4))).rejects.toMatchObject(refused);
    await expect(put('iris/data.csv', '4,5,6\n')).rejects.toMatchObject(refused);
    await expect(put('iris/more.csv', '4,5,6\n')).rejects.toMatchObject(refused);
    expect(await read('iris/data.csv')).toBe('1,2,3\n');
    expect(await keys()).toEqual(['iris/data.csv']);

    await expect(sagemaker.send(new CreateTrainingJobCommand(trainingJobRequest('refused')))).rejects.toMatchObject({
      name: 'InternalFailure',
    });
    await expect(describeJob('refused')).rejects.toMatchObject({ message: 'Requested resource not found.' });
    await expect(control.setClock({ phases: { Training: 0 } })).rejects.toThrow('ENOSPC');
    expect((await control.clock()).phases.Training).toBe(TRAINING_MS);
  });

  it('is told to the operator in plain words, and as no defect', () => {
    expect(emulator.stderr()).toMatch(IS_FULL);
    expect(emulator.stderr()).not.toContain('defect');
  });

  it('with room again takes on what it refused, and has written down what happened meanwhile', async () => {
    await tell('free', 'freed');
    await emulator.waitForOutput(/what was only remembered is written down/);
    await control.setClock({ phases: { Training: 20 } });
    const late = uniqueName('late');
    expect(await (await startFit(late)).result()).toMatchObject({ trainingJobName: late });
    await put('iris/more.csv', '4,5,6\n');

    const before = await control.calls();
    emulator.write('restart\n');
    await until(() => addressesOf(emulator).length === 2, { what: 'the emulator to come back', limitMs: 30_000 });
    expect(await control.calls()).toEqual(before);
    const statuses = (await control.resources()).map(({ name, description }) => [name, description.TrainingJobStatus]);
    expect(Object.fromEntries(statuses)).toEqual({ [early]: 'Failed', [late]: 'Completed' });
  });

  it('says so of real programs whose data or model finds no room, and calls neither broken', async () => {
    const [address] = addressesOf(emulator).slice(-1) as [Address];
    clientsOf(address);
    await control.setClock({ simulated: false, phases: { Creating: 20 } });
    // Twice is more than there is.
    await put('large/data.csv', Buffer.alloc(DISK_BYTES * 0.6));
    const name = uniqueName('large');
    const job = trainingJobRequest(name, {
      AlgorithmSpecification: { TrainingImage: 'scripted', TrainingInputMode: 'File' },
      InputDataConfig: [channel('train', `s3://${DATA_BUCKET}/large`)],
    });
    await sagemaker.send(new CreateTrainingJobCommand(job));
    await until(async () => (await describeJob(name)).TrainingJobStatus === 'Failed', {
      what: 'the job to fail',
      limitMs: 60_000,
    });
    expect((await describeJob(name)).FailureReason).toMatch(IS_FULL);
    await s3.send(new DeleteObjectCommand({ Bucket: DATA_BUCKET, Key: 'large/data.csv' }));

    // Small as an archive.
    const folder = makeScratchFolder();
    writeFileSync(join(folder, 'weights'), Buffer.alloc(DISK_BYTES * 2));
    await put(
      'large/model.tar.gz',
      createArchive({ gzip: true, cwd: folder, sync: true }, ['weights']).read() as Buffer,
    );
    await makeModel(sagemaker, name, { Image: 'scripted', ModelDataUrl: `s3://${DATA_BUCKET}/large/model.tar.gz` });
    await makeEndpoint(sagemaker, name);
    const describe = () => sagemaker.send(new DescribeEndpointCommand({ EndpointName: name }));
    await until(async () => (await describe()).EndpointStatus === 'Failed', {
      what: 'the endpoint to fail',
      limitMs: 60_000,
    });
    expect((await describe()).FailureReason).toMatch(IS_FULL);
    expect(emulator.stderr()).not.toContain('own fault');
  });
});

function describeJob(name: string): Promise<DescribeTrainingJobCommandOutput> {
  return sagemaker.send(new DescribeTrainingJobCommand({ TrainingJobName: name }));
}

function channel(ChannelName: string, S3Uri: string): Channel {
  return { ChannelName, DataSource: { S3DataSource: { S3DataType: 'S3Prefix', S3Uri } } };
}
