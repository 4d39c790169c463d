/**
 * For tests that kill: a Temporal server of their own on a file database, and workers as processes of this package's
 * own program. The emulator runs in the test, since it stands for AWS, which nobody kills here.
 */
import { CreateBucketCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { SageMakerClient } from '@aws-sdk/client-sagemaker';
import { Client, Connection } from '@temporalio/client';
import { join } from 'node:path';
import { TASK_QUEUE } from '../../src/contract';
import {
  emulatorControl,
  startEmulator,
  type Emulator,
  type EmulatorControl,
  type JournalEntry,
} from '../../src/emulator';
import { startTemporalServer, type TemporalServer } from '../../src/temporal-server';
import { startProcess, type TestProcess } from './processes';
import type { Exemption } from './promises';
import { openWorld } from './promises/open-worlds';
import { DATA_BUCKET } from './rig';
import { makeScratchFolder } from './scratch';
import { temporalCliPath } from './temporal';

const PROGRAM = join(__dirname, '../../lib/cli/main.js');

export interface KillRig {
  emulator: Emulator;
  control: EmulatorControl;
  sagemaker: SageMakerClient;
  client: Client;
  server(): TemporalServer;
  /** @param env what this one has in its environment beside */
  startWorker(env?: NodeJS.ProcessEnv): Promise<TestProcess>;
  /** Starts the server again on the same ports and database. */
  restartServer(): Promise<void>;
  /**
   * Kills the server, and starts it on the same ports and an empty database. The promises are checked just before, and
   * not again: there is nobody left to ask about the runs.
   */
  loseHistory(): Promise<void>;
  /** Calls of one operation for one resource. */
  callsFor(operation: string, resource: string): Promise<JournalEntry[]>;
  /** Tells the checker, which looks after every test, what a test itself has broken. */
  exempt(workflowId: string, exemption: Exemption): void;
  /** Checks all promises to the last run, and ends everything whatever it finds. */
  close(): Promise<void>;
}

export async function startKillRig(): Promise<KillRig> {
  const phases = {
    Starting: 50,
    Downloading: 50,
    Training: 50,
    Uploading: 50,
    Stopping: 50,
    Creating: 50,
    Updating: 50,
    Deleting: 50,
  };
  const emulator = await startEmulator({ simulated: true, checkAnswers: true, phases });
  const control = emulatorControl(emulator.url);
  const environment = {
    AWS_ENDPOINT_URL: emulator.url,
    AWS_REGION: emulator.region,
    AWS_ACCESS_KEY_ID: emulator.credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: emulator.credentials.secretAccessKey,
  };
  Object.assign(process.env, environment);
  let dbFilename = join(makeScratchFolder(), 'temporal.db');
  let server = await startTemporalServer({ cliPath: temporalCliPath(), ui: false, dbFilename });
  const { ports } = server;
  const connection = await Connection.connect({ address: server.address });
  const sagemaker = new SageMakerClient({});
  const s3 = new S3Client({});
  await s3.send(new CreateBucketCommand({ Bucket: DATA_BUCKET }));
  await s3.send(new PutObjectCommand({ Bucket: DATA_BUCKET, Key: 'iris/data.csv', Body: '1,2,3\n' }));
  s3.destroy();
  const client = new Client({ connection });
  const world = await openWorld({ control, client, taskQueues: [TASK_QUEUE] });
  let isLost = false;

  return {
    emulator,
    control,
    sagemaker,
    client,
    server: () => server,
    async startWorker(env = {}) {
      const worker = startProcess(process.execPath, [PROGRAM, 'worker', '--json'], {
        env: {
          ...process.env,
          TEMPORAL_ADDRESS: server.address,
          TEMPORAL_SAGEMAKER_POLL_MIN_MS: '100',
          TEMPORAL_SAGEMAKER_POLL_MAX_MS: '250',
          // A create that lost its worker is tried again after three of these.
          TEMPORAL_SAGEMAKER_REQUEST_TIMEOUT_MS: '1500',
          TEMPORAL_SAGEMAKER_SHUTDOWN_GRACE_MS: '2000',
          ...env,
        },
      });
      await worker.waitForOutput(/"ready":true/, 60_000);
      return worker;
    },
    async restartServer() {
      server = await startTemporalServer({ cliPath: temporalCliPath(), ui: false, dbFilename, ports });
    },
    async loseHistory() {
      isLost = true;
      await world.close();
      process.kill(server.pid, 'SIGKILL');
      await server.exited;
      dbFilename = join(makeScratchFolder(), 'temporal.db');
      server = await startTemporalServer({ cliPath: temporalCliPath(), ui: false, dbFilename, ports });
    },
    callsFor: async (operation, resource) =>
      (await control.calls({ operation })).filter((call) => call.resource === resource),
    exempt: world.exempt,
    async close() {
      try {
        if (!isLost) await world.close();
      } finally {
        sagemaker.destroy();
        await connection.close();
        await server.close();
        await emulator.close();
      }
    },
  };
}
