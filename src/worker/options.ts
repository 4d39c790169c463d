/**
 * The worker's options, their defaults, what is wrong with them, and the environment variables that set them. Read by
 * `create-worker.ts`, the plugin and the command `worker`.
 */
import type { PayloadCodec } from '@temporalio/common';
import type { Pace } from '../activities';
import { TASK_QUEUE } from '../contract';
import { REGION_PATTERN } from '../domain/names';
import { RETRY_INTERVALS_MS } from '../domain/backoff';
import type { BudgetRate } from '../domain/retry-budget';
import { PayloadError, payloadCodecFromEnvironment } from '../payload-codec';
import { refuseProblems, WorkerError } from './errors';

/** What the steps need of a worker, whoever made it; every option has a default. */
export interface SageMakerPluginOptions {
  /** AWS region. @default by AWS's own chain (AWS_REGION, profile) */
  region?: string;
  /** Shortest time between two reads of one resource's status, in ms. @default 5000 */
  pollMinIntervalMs?: number;
  /** Longest time between two reads of one resource's status, in ms. @default 30000 */
  pollMaxIntervalMs?: number;
  /** Most status reads in one second, over all waits of the workers that one plugin serves. @default 10 */
  readsPerSecond?: number;
  /** Time until a step that AWS throttled or did not answer is tried again, doubling from then on, in ms. @default 1000 */
  retryMinIntervalMs?: number;
  /** Longest time between two tries of a step, in ms; a create waits up to five times as long. @default 60000 */
  retryMaxIntervalMs?: number;
  /** Time-out of one AWS request, in ms. @default 10000 */
  requestTimeoutMs?: number;
  /** How many waits one process holds. Each needs about 100 kB. @default 5000 */
  maxConcurrentWaits?: number;
}

/** Options of a worker of this package's own; every one has a default. */
export interface SageMakerWorkerOptions extends SageMakerPluginOptions {
  /**
   * Task queue of workflows and short activities; waits run on the same name with `-waits` behind it.
   * @default 'sagemaker'
   */
  taskQueue?: string;
  /** How long a stopping worker lets its short activities end, in ms. @default 20000 */
  shutdownGraceTimeMs?: number;
  /**
   * Encrypts what is handed to Temporal, failures included, and decrypts what comes back; clients need the same keys. Made
   * by {@link createPayloadCodec}, or one of your own. @default none: nothing is encrypted
   */
  payloadCodec?: PayloadCodec;
}

export interface ResolvedOptions extends Required<
  Omit<SageMakerWorkerOptions, 'region' | 'pollMinIntervalMs' | 'pollMaxIntervalMs' | 'readsPerSecond' | 'payloadCodec'>
> {
  region?: string;
  pace: Pace;
  /** Of all runs together. */
  retryBudget: BudgetRate;
  /** A wait that is silent for so long has lost its worker: two of the reader's slowest rounds, at least 5 s. */
  heartbeatTimeoutMs: number;
  /**
   * Three requests to their time-outs. A create is two to four, the fourth where tagging is denied: create, create without
   * tags, describe, list tags. One that takes longer is tried again, and finds what it made.
   */
  callTimeoutMs: number;
}

/**
 * Fills in the defaults.
 *
 * @param further what else is wrong, to be told with the rest
 * @throws {@link WorkerError} `InvalidInput` with everything that is wrong
 */
export function resolveOptions(options: SageMakerWorkerOptions, further: string[] = []): ResolvedOptions {
  const refusal = refuseProblems(
    "the worker's options have",
    [...findProblems(options), ...further],
    'Mend the options that are named.',
  );
  if (refusal) throw refusal;
  const maxIntervalMs = options.pollMaxIntervalMs ?? 30_000;
  const requestTimeoutMs = options.requestTimeoutMs ?? 10_000;
  const retryMaxIntervalMs = options.retryMaxIntervalMs ?? RETRY_INTERVALS_MS.most;
  return {
    taskQueue: options.taskQueue ?? TASK_QUEUE,
    ...(options.region !== undefined && { region: options.region }),
    pace: {
      minIntervalMs: options.pollMinIntervalMs ?? Math.min(5_000, maxIntervalMs),
      maxIntervalMs,
      readsPerSecond: options.readsPerSecond ?? 10,
    },
    retryMinIntervalMs: options.retryMinIntervalMs ?? Math.min(RETRY_INTERVALS_MS.least, retryMaxIntervalMs),
    retryMaxIntervalMs,
    retryBudget: { most: 50, perAnswer: 0.1, oneEveryMs: retryMaxIntervalMs / 6 },
    requestTimeoutMs,
    maxConcurrentWaits: options.maxConcurrentWaits ?? 5_000,
    shutdownGraceTimeMs: options.shutdownGraceTimeMs ?? 20_000,
    heartbeatTimeoutMs: Math.max(5_000, 2 * maxIntervalMs),
    callTimeoutMs: 3 * requestTimeoutMs,
  };
}

const WHOLE = [
  'pollMinIntervalMs',
  'pollMaxIntervalMs',
  'retryMinIntervalMs',
  'retryMaxIntervalMs',
  'requestTimeoutMs',
  'maxConcurrentWaits',
] as const satisfies (keyof SageMakerPluginOptions)[];

/** Node's timers take no more. */
const TIMER_MS_MAX = 2 ** 31 - 1;

/** Types keep these out of TypeScript; options come from JavaScript and from parsed files too. */
function findProblems(options: SageMakerWorkerOptions): string[] {
  const problems: string[] = [];
  const expect = (name: keyof SageMakerWorkerOptions, isRight: (value: never) => boolean, wanted: string): void => {
    const value = options[name];
    if (value !== undefined && !isRight(value as never)) {
      problems.push(`${name} must be ${wanted}, got ${JSON.stringify(value)}`);
    }
  };
  const isWhole = (value: unknown): boolean =>
    Number.isInteger(value) && (value as number) > 0 && (value as number) <= TIMER_MS_MAX;
  for (const name of WHOLE) expect(name, isWhole, 'a positive whole number');
  expect('readsPerSecond', (value) => Number.isFinite(value) && value > 0, 'a positive number');
  expect('shutdownGraceTimeMs', (value) => value === 0 || isWhole(value), 'a whole number of 0 or more');
  const isRegion = (value: unknown): boolean => typeof value === 'string' && REGION_PATTERN.test(value);
  expect('region', isRegion, 'an AWS region such as eu-central-1');
  expect('taskQueue', (value) => typeof value === 'string' && value !== '', 'the name of a task queue');
  const expectOrder = (shorter: keyof SageMakerPluginOptions, longer: keyof SageMakerPluginOptions, most: number) => {
    const { [shorter]: least, [longer]: given = most } = options;
    if (least === undefined || least <= given) return;
    problems.push(`${shorter} must be at most ${longer}, got ${String(least)} and ${String(given)}`);
  };
  if (problems.length === 0) {
    expectOrder('pollMinIntervalMs', 'pollMaxIntervalMs', 30_000);
    expectOrder('retryMinIntervalMs', 'retryMaxIntervalMs', RETRY_INTERVALS_MS.most);
  }
  return problems;
}

const NUMBERS = {
  TEMPORAL_SAGEMAKER_POLL_MIN_MS: 'pollMinIntervalMs',
  TEMPORAL_SAGEMAKER_POLL_MAX_MS: 'pollMaxIntervalMs',
  TEMPORAL_SAGEMAKER_READS_PER_SECOND: 'readsPerSecond',
  TEMPORAL_SAGEMAKER_RETRY_MIN_MS: 'retryMinIntervalMs',
  TEMPORAL_SAGEMAKER_RETRY_MAX_MS: 'retryMaxIntervalMs',
  TEMPORAL_SAGEMAKER_REQUEST_TIMEOUT_MS: 'requestTimeoutMs',
  TEMPORAL_SAGEMAKER_MAX_WAITS: 'maxConcurrentWaits',
  TEMPORAL_SAGEMAKER_SHUTDOWN_GRACE_MS: 'shutdownGraceTimeMs',
} as const satisfies Record<string, keyof SageMakerWorkerOptions>;

/**
 * The options that the environment sets, for {@link createWorker} and {@link SageMakerPlugin} alike.
 *
 * @throws {@link WorkerError} `InvalidInput` that names every variable that is no positive whole number, or the key file
 * that cannot be used
 * @example
 * ```ts
 * import { createWorker, workerOptionsFromEnvironment } from 'temporal-sagemaker/worker';
 *
 * const worker = await createWorker({ ...workerOptionsFromEnvironment(), region: 'eu-central-1' });
 * await worker.run();
 * ```
 */
export function workerOptionsFromEnvironment(env: NodeJS.ProcessEnv = process.env): SageMakerWorkerOptions {
  const options: SageMakerWorkerOptions = {};
  const problems: string[] = [];
  for (const [variable, option] of Object.entries(NUMBERS)) {
    const text = env[variable];
    if (text === undefined || text === '') continue;
    const value = Number(text);
    if (Number.isInteger(value) && value > 0) options[option] = value;
    else problems.push(`${variable} must be a positive whole number, got ${JSON.stringify(text)}`);
  }
  const refusal = refuseProblems('the environment has', problems, 'Mend the environment variables that are named.');
  if (refusal) throw refusal;
  if (env.TEMPORAL_SAGEMAKER_TASK_QUEUE) options.taskQueue = env.TEMPORAL_SAGEMAKER_TASK_QUEUE;
  const payloadCodec = readPayloadCodec(env);
  return { ...options, ...(payloadCodec && { payloadCodec }) };
}

function readPayloadCodec(env: NodeJS.ProcessEnv): PayloadCodec | undefined {
  try {
    return payloadCodecFromEnvironment(env);
  } catch (error) {
    if (!(error instanceof PayloadError)) throw error;
    const { code, why, fix, problems } = error;
    throw new WorkerError(code, why, { fix, problems: [...problems], cause: error });
  }
}
