/**
 * This package's part of a worker that one already has: the short activities go into it, the waits into a second worker
 * that runs beside it. Given to Temporal's `Worker.create`, by users and by `create-worker.ts`.
 */
import { Worker, type WorkerOptions, type WorkerPlugin } from '@temporalio/worker';
import { createActivities, createStatusReader, createWaitingActivities } from '../activities';
import type { Activities, WaitingActivities } from '../activities';
import { WAITS_QUEUE_SUFFIX } from '../contract';
import { createAwsClients } from './aws-clients';
import { WorkerError } from './errors';
import { resolveOptions, type ResolvedOptions, type SageMakerPluginOptions } from './options';
import { runTogether } from './run-together';

/** Marks the options of a waits worker; a plugin that copies options copies this too. */
const IS_OF_WAITS = Symbol('a worker of the waits');
/** Waits workers themselves. All plugins know all of them: a plugin of the connection is given another's. */
const waitsWorkers = new WeakSet<Worker>();

/** Made once for each plugin: workers that share one share AWS's clients and the pace of status reads. */
interface Parts {
  activities: Activities;
  waits: WaitingActivities;
}

/**
 * Lets a worker of your own run workflows that call the steps of `temporal-sagemaker/workflows`.
 *
 * It adds this package's activities to the worker and runs a second worker in the same process, on the task queue's name
 * with `-waits` behind it, for the activities that wait for AWS. The two start, drain and fail together; a worker that is
 * told to stop hands its waits over at once. Your workflows, activities, interceptors, data converter, time-outs and
 * limits stay as they are; data converter and activity interceptors serve the waits too.
 *
 * One plugin may be given to several workers, one for each task queue: they then share its pace of status reads.
 *
 * `new` @throws {@link WorkerError} `InvalidInput` with everything that is wrong with the options; `Worker.create`
 * throws it where no AWS region is known, or the worker has no `connection` or has activities of the same names
 *
 * @see https://docs.temporal.io/develop/plugins-guide
 *
 * @example
 * ```ts
 * import { NativeConnection, Worker } from '@temporalio/worker';
 * import { SageMakerPlugin } from 'temporal-sagemaker/worker';
 *
 * const worker = await Worker.create({
 *   connection: await NativeConnection.connect({ address: 'localhost:7233' }),
 *   taskQueue: 'nightly',
 *   workflowsPath: new URL('workflows.ts', import.meta.url).pathname,
 *   plugins: [new SageMakerPlugin({ region: 'eu-central-1' })],
 * });
 * await worker.run();
 * ```
 */
export class SageMakerPlugin implements WorkerPlugin {
  /** How Temporal names the plugin in a worker's record. */
  readonly name = 'temporal-sagemaker';
  readonly #options: ResolvedOptions;
  readonly #running = new WeakSet<Worker>();
  #parts: Promise<Parts> | undefined;

  /** Task queue and grace time are the worker's own: where the options hold them, they are not looked at. */
  constructor(options: SageMakerPluginOptions = {}) {
    this.#options = resolveOptions(options);
  }

  /** Called by `Worker.create`: adds the activities. */
  async configureWorker(options: WorkerOptions): Promise<WorkerOptions> {
    // A plugin of the connection is given to every worker on it, the one of the waits included.
    if (IS_OF_WAITS in options) return options;
    if (!options.connection) throw connectionIsMissing(options);
    const own = (options.activities ?? {}) as Record<string, unknown>;
    const { activities, waits } = await this.#makeParts();
    const taken = Object.keys({ ...activities, ...waits }).filter((name) => name in own);
    if (taken.length > 0) throw activitiesAreTaken(taken, options);
    return { ...options, activities: { ...own, ...activities } };
  }

  /** Called by the worker's `run`: runs the waits beside it. */
  async runWorker(worker: Worker, next: (worker: Worker) => Promise<void>): Promise<void> {
    // A second `run` is Temporal's to refuse: waits beside it would end, and take the first run with them.
    const isSecondRun = worker.getState() !== 'INITIALIZED' || this.#running.has(worker);
    if (waitsWorkers.has(worker) || isSecondRun) return next(worker);
    const at = { namespace: worker.options.namespace, taskQueue: worker.options.taskQueue + WAITS_QUEUE_SUFFIX };
    this.#running.add(worker);
    try {
      await runTogether(worker, next(worker), () => this.#createWaits(worker, at.taskQueue), at);
    } finally {
      this.#running.delete(worker);
    }
  }

  async #createWaits(worker: Worker, taskQueue: string): Promise<Worker> {
    // As they are after all plugins, whatever their order.
    const { connection } = worker;
    const { namespace, identity, dataConverter, interceptors } = worker.options;
    const { waits } = await this.#makeParts();
    const options: WorkerOptions & { [IS_OF_WAITS]: true } = {
      [IS_OF_WAITS]: true,
      ...(connection && { connection }),
      namespace,
      taskQueue,
      identity,
      activities: waits,
      ...(dataConverter && { dataConverter }),
      interceptors: { activity: interceptors.activity },
      maxConcurrentActivityTaskExecutions: this.#options.maxConcurrentWaits,
      // Waits lose nothing when they are interrupted: another worker goes on at once.
      shutdownGraceTime: 0,
      // An activity that never returns must not keep a process alive that looks healthy and does nothing.
      shutdownForceTime: '5 seconds',
    };
    const created = await Worker.create(options);
    waitsWorkers.add(created);
    return created;
  }

  /** A failure, such as a missing region, is not kept: the next worker may find it mended. */
  #makeParts(): Promise<Parts> {
    this.#parts ??= createParts(this.#options).catch((error: unknown) => {
      this.#parts = undefined;
      throw error;
    });
    return this.#parts;
  }
}

/** The reader needs no end of its own: it sleeps while nothing is waited for. */
async function createParts(options: ResolvedOptions): Promise<Parts> {
  const { pace, requestTimeoutMs, heartbeatTimeoutMs, callTimeoutMs, retryMinIntervalMs, retryMaxIntervalMs } = options;
  const { aws, reading } = await createAwsClients(options);
  const reader = createStatusReader(reading, pace, requestTimeoutMs);
  return {
    activities: createActivities({
      aws,
      timings: { heartbeatTimeoutMs, callTimeoutMs, retryMinIntervalMs, retryMaxIntervalMs },
      readsPerSecond: pace.readsPerSecond,
    }),
    waits: createWaitingActivities(reader),
  };
}

/** A connection that a worker made itself ends with that worker, whoever else is on it. */
function connectionIsMissing({ taskQueue }: WorkerOptions): WorkerError {
  return new WorkerError('InvalidInput', 'the worker has no connection that its waits could share', {
    coordinates: { taskQueue },
    fix: 'Give Worker.create a connection: await NativeConnection.connect().',
  });
}

function activitiesAreTaken(names: string[], { taskQueue }: WorkerOptions): WorkerError {
  const problems = names.map(
    (name) => `activities.${name} is registered already, and is the name of a step of this package`,
  );
  return new WorkerError('InvalidInput', `the worker has activities of this package's names: ${names.join(', ')}`, {
    coordinates: { taskQueue },
    problems,
    fix: 'Rename your activities, serve them on another task queue, or give the worker one SageMakerPlugin only.',
  });
}
