/**
 * A whole worker, for a process that is nothing else: a Temporal worker with this package's workflows and plugin.
 * Configured by options and environment; run by the command `worker` or a program.
 */
import { loadClientConnectConfig } from '@temporalio/envconfig';
import { NativeConnection, Worker, type WorkerOptions } from '@temporalio/worker';
import { toWorkerError, WorkerError } from './errors';
import { resolveOptions, type ResolvedOptions, type SageMakerWorkerOptions } from './options';
import { SageMakerPlugin } from './plugin';
import { findWorkflowCode } from './workflow-bundle';

const NAMESPACE_LIMIT_MS = 10_000;

/** A worker process's two workers as one. */
export interface SageMakerWorker {
  /**
   * Polls until `shutdown`; settles once both workers have drained.
   *
   * @throws {@link WorkerError} `AccessDenied` or `TemporalUnreachable` where Temporal turned it away for good
   */
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
  /**
   * Further options for Temporal's worker, such as workflows and activities of your own beside this package's; its data
   * converter and activity interceptors serve the waits too.
   */
  worker?: Partial<WorkerOptions>;
}

/**
 * Creates a worker that serves all workflow types of this package.
 *
 * It holds no state: kill it at any moment, and another goes on where it was. Where it cannot be made, nothing is left
 * open.
 *
 * @throws {@link WorkerError} `InvalidInput` with everything that is wrong with the options, or where AWS's chain finds
 *   no region; `TemporalUnreachable` with the address; `AccessDenied` where Temporal refuses the worker
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
  const plugin = new SageMakerPlugin(options);
  const profile = loadProfile();
  const namespace = options.namespace ?? profile.namespace ?? 'default';
  const at = {
    ...(!options.connection && { address: profile.connectionOptions.address ?? 'localhost:7233' }),
    namespace,
    taskQueue: resolved.taskQueue,
  };

  const connection = options.connection ?? (await typed(at, NativeConnection.connect(profile.connectionOptions)));
  const closeOwn = async (): Promise<void> => {
    if (!options.connection) await connection.close();
  };
  let worker: Worker;
  try {
    await typed(at, askForNamespace(connection, namespace));
    worker = await typed(at, Worker.create(compose(options, resolved, { connection, namespace, plugin })));
  } catch (error) {
    await closeOwn();
    throw error;
  }
  return {
    async run() {
      try {
        await typed(at, worker.run());
      } finally {
        await closeOwn();
      }
    },
    shutdown() {
      if (worker.getState() === 'RUNNING') worker.shutdown();
    },
  };
}

function compose(
  { worker = {} }: CreateWorkerOptions,
  { taskQueue, shutdownGraceTimeMs }: ResolvedOptions,
  { plugin, ...connected }: { connection: NativeConnection; namespace: string; plugin: SageMakerPlugin },
): WorkerOptions {
  const bringsWorkflows = worker.workflowBundle !== undefined || worker.workflowsPath !== undefined;
  return {
    ...connected,
    shutdownGraceTime: shutdownGraceTimeMs,
    // An activity that never returns must not keep a process alive that looks healthy and does nothing.
    shutdownForceTime: shutdownGraceTimeMs + 5_000,
    // A worker that died holds its workflows' tasks for this long; the default of 10 s would be the whole delay.
    stickyQueueScheduleToStartTimeout: '1s',
    ...(bringsWorkflows ? {} : findWorkflowCode()),
    ...worker,
    taskQueue,
    plugins: [...(worker.plugins ?? []), plugin],
  };
}

function loadProfile(): ReturnType<typeof loadClientConnectConfig> {
  try {
    return loadClientConnectConfig();
  } catch (error) {
    throw new WorkerError('InvalidInput', "Temporal's configuration cannot be read", {
      reason: error instanceof Error ? error.message : String(error),
      fix: 'Check TEMPORAL_CONFIG_FILE, TEMPORAL_PROFILE and the TEMPORAL_TLS variables.',
      cause: error,
    });
  }
}

/**
 * Before workflows are bundled and their threads started: Temporal's worker asks only then, waits for ever for a server
 * that is silent, and leaves the threads running where it is refused.
 */
async function askForNamespace(connection: NativeConnection, namespace: string): Promise<void> {
  await connection.withDeadline(Date.now() + NAMESPACE_LIMIT_MS, () =>
    connection.workflowService.describeNamespace({ namespace }),
  );
}

async function typed<T>(at: Record<string, string>, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw toWorkerError(error, at);
  }
}
