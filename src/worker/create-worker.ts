/**
 * A whole worker: workflows and short activities on the task queue, waits on a queue and a worker of their own, one
 * status reader behind them. Configured by options and environment; run by the command `worker` or a program.
 */
import { loadClientConnectConfig } from '@temporalio/envconfig';
import { NativeConnection, Worker, type WorkerOptions } from '@temporalio/worker';
import { createActivities, createStatusReader, createWaitingActivities } from '../activities';
import { WAITS_QUEUE_SUFFIX } from '../contract';
import { createAwsClients } from './aws-clients';
import { resolveOptions, type ResolvedOptions, type SageMakerWorkerOptions } from './options';
import { findWorkflowCode } from './workflow-bundle';

/** A worker process's two workers as one. */
export interface SageMakerWorker {
  /** Polls until `shutdown`; settles once both workers have drained. */
  run(): Promise<void>;
  /** Stops polling and lets running activities end; training jobs and endpoints are left alone. */
  shutdown(): void;
}

/** Options of {@link createWorker}: the worker's own, and what else goes to Temporal's worker. */
export interface CreateWorkerOptions extends SageMakerWorkerOptions {
  /** A connection of your own. @default one by Temporal's environment profile (TEMPORAL_ADDRESS and so on) */
  connection?: NativeConnection;
  /** @default the profile's, else 'default' */
  namespace?: string;
  /** Further options for the worker of workflows and short activities; its data converter serves the waits too. */
  worker?: Partial<WorkerOptions>;
}

/**
 * Creates a worker that serves all workflow types of this package.
 *
 * It holds no state: kill it at any moment, and another goes on where it was.
 *
 * @throws Error where Temporal cannot be reached, or AWS's chain finds no region
 * @see https://docs.temporal.io/develop/typescript/workers/run-worker-process
 * @example
 * ```ts
 * import { createWorker } from 'temporal-sagemaker/worker';
 *
 * const worker = await createWorker({ region: 'eu-central-1' });
 * process.once('SIGTERM', () => worker.shutdown());
 * await worker.run();
 * ```
 */
export async function createWorker(options: CreateWorkerOptions = {}): Promise<SageMakerWorker> {
  const resolved = resolveOptions(options);
  const profile = loadClientConnectConfig();
  const namespace = options.namespace ?? profile.namespace ?? 'default';
  const aws = await createAwsClients(resolved);
  const connection = options.connection ?? (await NativeConnection.connect(profile.connectionOptions));
  const common = { connection, namespace, ...shutdownOf(resolved) };
  const reader = createStatusReader(aws.sagemaker, resolved.pace, resolved.requestTimeoutMs);

  const main = await Worker.create({
    ...common,
    ...(bringsWorkflows(options.worker) ? {} : findWorkflowCode()),
    // A worker that died holds its workflows' tasks for this long; the default of 10 s would be the whole delay.
    stickyQueueScheduleToStartTimeout: '1s',
    ...options.worker,
    taskQueue: resolved.taskQueue,
    activities: createActivities({ aws, timings: timingsOf(resolved) }),
  });
  const waits = await Worker.create({
    ...common,
    taskQueue: resolved.taskQueue + WAITS_QUEUE_SUFFIX,
    activities: createWaitingActivities(reader),
    ...(options.worker?.dataConverter && { dataConverter: options.worker.dataConverter }),
    maxConcurrentActivityTaskExecutions: resolved.maxConcurrentWaits,
    // Waits lose nothing when they are interrupted: another worker goes on at once.
    shutdownGraceTime: 0,
  });

  return {
    async run() {
      try {
        await runTogether([main, waits]);
      } finally {
        reader.close();
        if (!options.connection) await connection.close();
      }
    },
    shutdown() {
      for (const worker of [main, waits]) if (worker.getState() === 'RUNNING') worker.shutdown();
    },
  };
}

/** If one of the two fails, the other must not pretend that the process still works. */
async function runTogether(workers: Worker[]): Promise<void> {
  const runs = workers.map(async (worker) => {
    try {
      await worker.run();
    } finally {
      for (const other of workers) if (other.getState() === 'RUNNING') other.shutdown();
    }
  });
  await Promise.allSettled(runs);
  await Promise.all(runs);
}

function bringsWorkflows(options: Partial<WorkerOptions> | undefined): boolean {
  return options?.workflowBundle !== undefined || options?.workflowsPath !== undefined;
}

function timingsOf({ heartbeatTimeoutMs, callTimeoutMs }: ResolvedOptions) {
  return { heartbeatTimeoutMs, callTimeoutMs };
}

function shutdownOf({ shutdownGraceTimeMs }: ResolvedOptions) {
  return {
    shutdownGraceTime: shutdownGraceTimeMs,
    // An activity that never returns must not keep a process alive that looks healthy and does nothing.
    shutdownForceTime: shutdownGraceTimeMs + 5_000,
  };
}
