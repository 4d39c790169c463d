/**
 * A whole worker, for a process that is nothing else: a Temporal worker with this package's workflows and plugin.
 * Configured by options and environment; run by the command `worker` or a program.
 */
import { loadClientConnectConfig } from '@temporalio/envconfig';
import { NativeConnection, Worker, type WorkerOptions } from '@temporalio/worker';
import { createDataConverter, createKeylessConverter } from '../payload-codec';
import { toWorkerError, WorkerError } from './errors';
import { resolveOptions, type ResolvedOptions, type SageMakerWorkerOptions } from './options';
import { SageMakerPlugin } from './plugin';
import { LOOK_EVERY_MS } from './run-together';
import { findWorkflowCode } from './workflow-bundle';

const NAMESPACE_LIMIT_MS = 10_000;

/** Given beside `worker`, not in it: they say what is connected to and asked before there is a worker. */
const BESIDE_WORKER = ['connection', 'namespace', 'taskQueue'] as const satisfies (keyof CreateWorkerOptions)[];

/** A worker process's two workers as one. */
export interface SageMakerWorker {
  /**
   * Polls until `shutdown`; settles once both workers have drained.
   *
   * @throws {@link WorkerError} `AccessDenied` or `TemporalUnreachable` where Temporal turned it away for good
   */
  run(): Promise<void>;
  /**
   * Stops polling and lets running activities end; training jobs and endpoints are left alone. Before `run`, it has `run`
   * close the worker and return.
   */
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
   * converter and activity interceptors serve the waits too. Connection, namespace and task queue are given beside it. A
   * workflow bundle that is given here encodes failures for `payloadCodec` only if it was made with the
   * `failureConverterPath` of {@link createDataConverter}.
   */
  worker?: Partial<Omit<WorkerOptions, 'connection' | 'namespace' | 'taskQueue'>>;
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
  const resolved = resolveOptions(options, findMisplaced(options));
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
  return wrapWorker(worker, at, closeOwn);
}

function wrapWorker(worker: Worker, at: Record<string, string>, closeOwn: () => Promise<void>): SageMakerWorker {
  let hasBegun = false;
  let isToStop = false;
  const stopIfAsked = (): void => {
    if (isToStop && worker.getState() === 'RUNNING') worker.shutdown();
  };
  return {
    async run() {
      const running = typed(at, worker.run());
      // Temporal refuses a second run; the connection is the first one's to close.
      if (hasBegun) return running;
      hasBegun = true;
      stopIfAsked();
      // A plugin may take its time before the worker runs, and whoever stops it does not know.
      const looking = setInterval(stopIfAsked, LOOK_EVERY_MS);
      try {
        await running;
      } finally {
        clearInterval(looking);
        await closeOwn();
      }
    },
    shutdown() {
      isToStop = true;
      stopIfAsked();
    },
  };
}

function compose(
  { worker = {}, payloadCodec }: CreateWorkerOptions,
  { taskQueue, shutdownGraceTimeMs }: ResolvedOptions,
  { plugin, ...connected }: { connection: NativeConnection; namespace: string; plugin: SageMakerPlugin },
): WorkerOptions {
  const bringsWorkflows = worker.workflowBundle !== undefined || worker.workflowsPath !== undefined;
  return {
    shutdownGraceTime: shutdownGraceTimeMs,
    // An activity that never returns must not keep a process alive that looks healthy and does nothing.
    shutdownForceTime: shutdownGraceTimeMs + 5_000,
    // A worker that died holds its workflows' tasks for this long; the default of 10 s would be the whole delay.
    stickyQueueScheduleToStartTimeout: '1s',
    ...(bringsWorkflows ? {} : findWorkflowCode({ encodesFailures: payloadCodec !== undefined })),
    dataConverter: payloadCodec ? createDataConverter(payloadCodec) : createKeylessConverter(),
    ...worker,
    ...connected,
    taskQueue,
    plugins: [...(worker.plugins ?? []), plugin],
  };
}

/** Types keep these out of TypeScript; in JavaScript they would lead the worker elsewhere than was asked and connected. */
function findMisplaced({ worker = {}, payloadCodec }: CreateWorkerOptions): string[] {
  const given: Partial<WorkerOptions> = worker;
  const misplaced = BESIDE_WORKER.filter((name) => given[name] !== undefined).map(
    (name) => `worker.${name} must be given as ${name}, beside worker`,
  );
  // Of two, one would go unused, and it might be the one that encrypts.
  const hasTwo = payloadCodec !== undefined && given.dataConverter !== undefined;
  return hasTwo ? [...misplaced, 'payloadCodec and worker.dataConverter cannot both be given'] : misplaced;
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
