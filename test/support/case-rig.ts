/**
 * Many cases side by side, each with an AWS and a task queue of its own, cheap enough for tables of hundreds. A case's
 * emulator runs in the test process (about 20 ms) under a region that nobody else has; workers are real processes, told
 * apart by the option `region`, and reach it through one router, whose gate names their calls and can stop them.
 *
 *     const rig = await startCaseRig();
 *     const one = await rig.startCase();                   // stepwise: each phase lasts until a worker has seen it
 *     const victim = await rig.loadVictim();               // a process to be killed, for one case or a few
 *     await one.startWorkerIn(victim);
 *     const stopped = one.gate.stopAt('CreateTrainingJob', 'after its effect');
 *     const handle = await one.start('fit', input);
 *     await stopped;
 *     await victim.kill();
 *     one.gate.reopen();
 *     await one.startRescuer();                            // a worker in a process that serves all cases
 *     await handle.result();
 *     await one.close();
 */
import { CreateBucketCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { SageMakerClient } from '@aws-sdk/client-sagemaker';
import { join } from 'node:path';
import { create } from 'tar';
import type { WorkflowType } from '../../src/contract';
import { emulatorControl, startEmulator, type Emulator, type EmulatorControl, type Phase } from '../../src/emulator';
import { createCallGate, type CallGate } from './call-gate';
import { startCutProxy, type CutProxy } from './cut-proxy';
import { startProcess, type TestProcess } from './processes';
import { startRegionRouter, type RegionRouter } from './region-router';
import { DATA_BUCKET, uniqueName, type Handle } from './rig';
import { connectToTestServer, type TestServer } from './temporal';

export interface CaseRig {
  server: TestServer;
  startCase(options?: CaseOptions): Promise<Case>;
  /** A process without work yet. */
  loadVictim(): Promise<Victim>;
  /** Starts a worker that serves one case after the other, for tables that kill none. */
  openPlace(): Promise<Place>;
  close(): Promise<void>;
}

/** A worker's task queue, and the region by which its calls to AWS are known. */
export interface Place {
  taskQueue: string;
  region: string;
}

export interface CaseOptions {
  /** Time of each phase, in ms. @default each lasts until a worker has seen it, once or twice */
  phases?: Partial<Record<Phase, number>>;
  /** What comes of a phase that has been seen. @default its end */
  onSeen?: Partial<Record<Phase, (control: EmulatorControl) => unknown>>;
  /** From this call on a training job stays in its phase until it is stopped. @default it goes on once it was seen */
  holdJobFrom?: string;
  /** Where a worker waits for it, and no other case is. @default a place of its own, without a worker */
  place?: Place;
}

export interface Case {
  name: string;
  taskQueue: string;
  emulator: Emulator;
  control: EmulatorControl;
  /** Not through the gate. */
  sagemaker: SageMakerClient;
  /** Where the workers' calls to AWS pass. */
  gate: CallGate;
  /** @param workflowId @default the type and the case's name */
  start(type: WorkflowType, input: unknown, workflowId?: string): Promise<Handle>;
  /** Answers the worker's way to Temporal. */
  startWorkerIn(victim: Victim): Promise<CutProxy>;
  startRescuer(): Promise<void>;
  close(): Promise<void>;
}

export interface Victim {
  process: TestProcess;
  proxies: CutProxy[];
  /** SIGKILL; resolves when it is gone and its connections are closed. */
  kill(): Promise<void>;
}

/** A status read twice in a row, so that there is a read that brings nothing new; all others go at first sight. */
const SEEN_TWICE: readonly Phase[] = ['Training', 'Creating', 'Updating', 'Deleting'];
/** Stopping is not held up: a job that stops uploads what it has, and shows that. */
const PHASES: readonly Phase[] = [...SEEN_TWICE, 'Starting', 'Downloading', 'Uploading'];
const JOB_PHASES: readonly Phase[] = ['Starting', 'Downloading', 'Training', 'Uploading'];
const FOR_EVER_MS = 3_600_000;
const STEPWISE = { Stopping: 0, ...Object.fromEntries(PHASES.map((phase) => [phase, FOR_EVER_MS])) };

const PROGRAM = join(__dirname, 'worker-process.cjs');
const CREDENTIALS = {
  accessKeyId: 'AKIACASESOFCHAOSTEST',
  secretAccessKey: 'cases-of-chaos-have-one-key-for-all-emulators',
};

const SETTINGS = {
  TEMPORAL_SAGEMAKER_POLL_MIN_MS: '40',
  TEMPORAL_SAGEMAKER_POLL_MAX_MS: '150',
  TEMPORAL_SAGEMAKER_READS_PER_SECOND: '200',
  // A call that is held must not time out before the kill; an activity that lost its worker waits for three of these.
  TEMPORAL_SAGEMAKER_REQUEST_TIMEOUT_MS: '4000',
  TEMPORAL_SAGEMAKER_SHUTDOWN_GRACE_MS: '500',
};

/** An archive as SageMaker wants it. */
const MODEL_DATA = create({ gzip: true, cwd: __dirname, sync: true }, ['until.ts']).read() as Buffer;

/** @param spares how many processes are kept loaded for victims to come */
export async function startCaseRig({ spares = 1 } = {}): Promise<CaseRig> {
  const server = await connectToTestServer();
  const router = await startRegionRouter();
  const processes = openProcesses(router.url, spares);
  let made = 0;
  const findPlace = (): Place => ({ taskQueue: uniqueName('case'), region: nameRegion(made++) });
  return {
    server,
    loadVictim: async () => ownVictim(await processes.takeSpare()),
    startCase: (options = {}) => startCase({ server, router, processes }, options.place ?? findPlace(), options),
    async openPlace() {
      const place = findPlace();
      await order(await processes.rescuer(), { ...place, address: server.address });
      return place;
    },
    async close() {
      await processes.close();
      await router.close();
      await server.close();
    },
  };
}

function ownVictim(process: TestProcess): Victim {
  const proxies: CutProxy[] = [];
  return {
    process,
    proxies,
    async kill() {
      process.kill('SIGKILL');
      await process.ended;
      await Promise.all(proxies.map((proxy) => proxy.close()));
    },
  };
}

/** AWS has no such regions, and the workers take whatever looks like one. */
function nameRegion(ordinal: number): string {
  const letters = String(ordinal).replaceAll(/\d/g, (digit) => 'abcdefghij'.charAt(Number(digit)));
  return `us-case${letters}-1`;
}

interface Shared {
  server: TestServer;
  router: RegionRouter;
  processes: Processes;
}

async function startCase({ server, router, processes }: Shared, place: Place, options: CaseOptions): Promise<Case> {
  const { taskQueue, region } = place;
  const { phases = STEPWISE } = options;
  const emulator = await startEmulator({
    simulated: true,
    checkAnswers: true,
    phases,
    region,
    credentials: CREDENTIALS,
  });
  const control = emulatorControl(emulator.url);
  const isJobHeld = (): boolean => {
    const calls = gate.calls();
    return (
      options.holdJobFrom !== undefined &&
      calls.includes(options.holdJobFrom) &&
      !calls.some((call) => call.startsWith('StopTrainingJob'))
    );
  };
  const gate: CallGate = createCallGate({
    namedTwice: options.phases ? [] : SEEN_TWICE,
    onStatus(status, times) {
      // A job that is stopped while it uploads shows the stop, and uploads on.
      const phase = status === 'Stopping' ? 'Uploading' : PHASES.find((one) => one === status);
      if (options.phases || !phase || times !== (SEEN_TWICE.includes(phase) ? 2 : 1)) return;
      if (JOB_PHASES.includes(phase) && isJobHeld()) return;
      const endPhase = (): unknown => control.setClock({ phases: { [phase]: 0 } });
      void (options.onSeen?.[phase] ?? endPhase)(control);
    },
  });
  router.open(region, emulator.url, (call) => gate.pass(call));
  const clients = { endpoint: emulator.url, region, credentials: CREDENTIALS };
  const sagemaker = new SageMakerClient(clients);
  await fillDataBucket(new S3Client(clients));

  const name = options.place ? uniqueName('case') : taskQueue;
  let hasRescuer = false;
  return {
    name,
    taskQueue,
    emulator,
    control,
    sagemaker,
    gate,
    start: (type, input, workflowId = `${type}-${name}`) =>
      server.client.workflow.start(type, { taskQueue, workflowId, args: [input] }),
    async startWorkerIn(victim) {
      const proxy = await startCutProxy(server.address);
      victim.proxies.push(proxy);
      await order(victim.process, { ...place, address: proxy.address });
      return proxy;
    },
    async startRescuer() {
      hasRescuer = true;
      await order(await processes.rescuer(), { ...place, address: server.address });
    },
    async close() {
      if (hasRescuer) await order(await processes.rescuer(), { stop: taskQueue });
      router.shut(region);
      gate.reopen();
      sagemaker.destroy();
      await emulator.close();
    },
  };
}

async function fillDataBucket(s3: S3Client): Promise<void> {
  await s3.send(new CreateBucketCommand({ Bucket: DATA_BUCKET }));
  await s3.send(new PutObjectCommand({ Bucket: DATA_BUCKET, Key: 'iris/data.csv', Body: '1,2,3\n' }));
  await s3.send(new PutObjectCommand({ Bucket: DATA_BUCKET, Key: 'given/model.tar.gz', Body: MODEL_DATA }));
  s3.destroy();
}

interface Processes {
  takeSpare(): Promise<TestProcess>;
  /** The one that serves all cases. */
  rescuer(): Promise<TestProcess>;
  close(): Promise<void>;
}

function openProcesses(awsUrl: string, spares: number): Processes {
  const all: TestProcess[] = [];
  const load = async (): Promise<TestProcess> => {
    const process = startProcess(globalThis.process.execPath, ['--no-warnings', PROGRAM], {
      stdin: true,
      env: {
        ...globalThis.process.env,
        ...SETTINGS,
        AWS_ENDPOINT_URL: awsUrl,
        AWS_ACCESS_KEY_ID: CREDENTIALS.accessKeyId,
        AWS_SECRET_ACCESS_KEY: CREDENTIALS.secretAccessKey,
      },
    });
    all.push(process);
    await process.waitForOutput(/"loaded":true/, 60_000);
    return process;
  };
  const loaded: Promise<TestProcess>[] = [];
  const refill = (): void => {
    while (loaded.length < spares) loaded.push(load());
  };
  let rescuer: Promise<TestProcess> | undefined;
  return {
    takeSpare() {
      refill();
      const spare = loaded.shift() ?? load();
      refill();
      return spare;
    },
    rescuer: () => (rescuer ??= load()),
    async close() {
      await Promise.allSettled(loaded);
      for (const process of all) process.kill('SIGKILL');
      await Promise.all(all.map(({ ended }) => ended));
    },
  };
}

/** Tells a process what to do, and waits until it has done it. */
async function order(process: TestProcess, what: { taskQueue: string } | { stop: string } | object): Promise<void> {
  const { taskQueue, stop } = what as { taskQueue?: string; stop?: string };
  process.write(`${JSON.stringify(what)}\n`);
  const subject = taskQueue ?? stop ?? '';
  const [, verdict = '', error = ''] = await process.waitForOutput(
    new RegExp(`"(${stop === undefined ? 'started' : 'stopped'}|failed)":"${subject}"(.*)`),
    60_000,
  );
  if (verdict === 'failed') throw new Error(error);
}
