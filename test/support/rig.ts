/**
 * Everything a run needs, in one test file: an emulator, a worker in this process on a task queue of its own, and
 * clients of Temporal and AWS. The Temporal server is the test run's.
 */
import { CreateBucketCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { SageMakerClient } from '@aws-sdk/client-sagemaker';
import type { WorkflowHandleWithFirstExecutionRunId, WorkflowStartOptions } from '@temporalio/client';
import { randomUUID } from 'node:crypto';
import {
  SEARCH_ATTRIBUTES,
  type DeployOnInstances,
  type FitInput,
  type FitThenDeployInput,
  type TrainOnInstances,
  type WorkflowType,
} from '../../src/contract';
import {
  emulatorControl,
  startEmulator,
  type Emulator,
  type EmulatorControl,
  type EmulatorOptions,
} from '../../src/emulator';
import { createWorker, type CreateWorkerOptions } from '../../src/worker';
import { holdToSchemas } from './hold-to-schemas';
import type { Exemption } from './promises';
import { openWorld } from './promises/open-worlds';
import { quietRuntime } from './quiet-runtime';
import { connectToTestServer, uniqueTaskQueue, workflowBundle, type TestServer } from './temporal';

export const DATA_BUCKET = 'training-data';
export const ROLE = 'arn:aws:iam::123456789012:role/Trainer';

export interface Rig {
  emulator: Emulator;
  control: EmulatorControl;
  server: TestServer;
  taskQueue: string;
  sagemaker: SageMakerClient;
  s3: S3Client;
  /** Starts a workflow as any Temporal client would. */
  start(type: WorkflowType | (string & {}), input: unknown, options?: StartOptions): Promise<Handle>;
  /** Journal entries of one operation, as `status resource`. */
  calls(operation: string): Promise<{ status: number; resource: string | null }[]>;
  /** Tells the checker, which looks after every test, what a test itself has broken. */
  exempt(workflowId: string, exemption: Exemption): void;
  /** Checks all promises to the last run, and ends everything whatever it finds. */
  close(): Promise<void>;
}

export type Handle = WorkflowHandleWithFirstExecutionRunId;
type StartOptions = Partial<WorkflowStartOptions> & { workflowId?: string };

/** Phases of a simulated job or endpoint that end at once. */
const INSTANT = {
  Starting: 20,
  Downloading: 20,
  Training: 20,
  Uploading: 20,
  Stopping: 20,
  Creating: 20,
  Updating: 20,
  Deleting: 20,
};

export async function startRig(
  options: {
    emulator?: EmulatorOptions;
    worker?: CreateWorkerOptions;
    /** In place of the key pair, where AWS's clients are to find theirs in another way. */
    credentials?: Record<string, string>;
    /** @default the one that all tests share */
    namespace?: string;
  } = {},
): Promise<Rig> {
  quietRuntime();
  const emulator = await startEmulator({ simulated: true, checkAnswers: true, phases: INSTANT, ...options.emulator });
  Object.assign(process.env, {
    AWS_ENDPOINT_URL: emulator.url,
    AWS_REGION: emulator.region,
    AWS_ACCESS_KEY_ID: emulator.credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: emulator.credentials.secretAccessKey,
  });
  if (options.credentials) {
    delete process.env.AWS_ACCESS_KEY_ID;
    delete process.env.AWS_SECRET_ACCESS_KEY;
    Object.assign(process.env, options.credentials);
  }
  const server = await connectToTestServer(options.namespace);
  const taskQueue = uniqueTaskQueue('rig');
  const worker = await createWorker({
    connection: server.nativeConnection,
    namespace: server.namespace,
    taskQueue,
    pollMinIntervalMs: 40,
    pollMaxIntervalMs: 150,
    readsPerSecond: 200,
    requestTimeoutMs: 5_000,
    shutdownGraceTimeMs: 500,
    worker: { workflowBundle: workflowBundle() },
    ...options.worker,
  });
  const running = worker.run();
  const sagemaker = new SageMakerClient({});
  const s3 = new S3Client({});
  await s3.send(new CreateBucketCommand({ Bucket: DATA_BUCKET }));
  await s3.send(new PutObjectCommand({ Bucket: DATA_BUCKET, Key: 'iris/data.csv', Body: '1,2,3\n' }));
  const control = emulatorControl(emulator.url);
  const taskQueues = [taskQueue];
  const world = await openWorld({ control, client: server.client, taskQueues });

  return {
    emulator,
    control,
    server,
    taskQueue,
    sagemaker,
    s3,
    start: async (type, input, further = {}) => {
      const options = { taskQueue, workflowId: uniqueName(type), args: [input], ...further };
      if (!taskQueues.includes(options.taskQueue)) taskQueues.push(options.taskQueue);
      return holdToSchemas(await server.client.workflow.start(type, options), type);
    },
    calls: async (operation) =>
      (await control.calls({ operation })).map(({ status, resource }) => ({ status, resource })),
    exempt: world.exempt,
    async close() {
      try {
        await world.close();
      } finally {
        worker.shutdown();
        await running;
        await server.close();
        sagemaker.destroy();
        s3.destroy();
        await emulator.close();
      }
    },
  };
}

/** A name that SageMaker takes and no other test has. */
export function uniqueName(prefix = 'iris'): string {
  return `${prefix}-${randomUUID().slice(0, 13)}`;
}

export const ESTIMATOR: TrainOnInstances = {
  imageName: 'iris',
  role: ROLE,
  trainInstanceCount: 1,
  trainInstanceType: 'ml.m5.large',
  outputPath: `s3://${DATA_BUCKET}/models`,
};

export const DEPLOY: DeployOnInstances = { initialInstanceCount: 1, instanceType: 'ml.m5.large' };

/** Input of a training alone, under a name of its own. */
export function fitInput(jobName: string, further: Partial<TrainOnInstances> = {}): FitInput {
  return { estimator: { ...ESTIMATOR, ...further }, fit: { inputs: `s3://${DATA_BUCKET}/iris`, jobName } };
}

/** Input of the main job with a name of its own. */
export function mainJob(jobName: string, further: Partial<TrainOnInstances> = {}): FitThenDeployInput {
  return {
    estimator: { ...ESTIMATOR, ...further },
    fit: { inputs: `s3://${DATA_BUCKET}/iris`, jobName },
    deploy: DEPLOY,
  };
}

/** Our search attributes as the server has them. */
export async function searchAttributesOf(handle: Handle): Promise<Record<string, unknown>> {
  const { typedSearchAttributes } = await handle.describe();
  const ours = typedSearchAttributes
    .getAll()
    .filter(({ key }) => (SEARCH_ATTRIBUTES as readonly string[]).includes(key.name));
  return Object.fromEntries(ours.map(({ key, value }) => [key.name, value]));
}
