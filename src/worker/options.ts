/**
 * The worker's options, their defaults and the environment variables that set them. Read by `create-worker.ts`, the
 * plugin and the command `worker`.
 */
import type { Pace } from '../activities';
import { TASK_QUEUE } from '../contract';

/** Options of a worker; every one has a default. */
export interface SageMakerWorkerOptions {
  /**
   * Task queue of workflows and short activities; waits run on the same name with `-waits` behind it.
   * @default 'sagemaker'
   */
  taskQueue?: string;
  /** AWS region. @default by AWS's own chain (AWS_REGION, profile) */
  region?: string;
  /** Shortest time between two reads of one resource's status, in ms. @default 5000 */
  pollMinIntervalMs?: number;
  /** Longest time between two reads of one resource's status, in ms. @default 30000 */
  pollMaxIntervalMs?: number;
  /** Most status reads in one second, over all waits of the process. @default 10 */
  readsPerSecond?: number;
  /** Time-out of one AWS request, in ms. @default 10000 */
  requestTimeoutMs?: number;
  /** How many waits one process holds. Each needs about 100 kB. @default 5000 */
  maxConcurrentWaits?: number;
  /** How long a stopping worker lets its short activities end, in ms. @default 20000 */
  shutdownGraceTimeMs?: number;
}

export interface ResolvedOptions extends Required<
  Omit<SageMakerWorkerOptions, 'region' | 'pollMinIntervalMs' | 'pollMaxIntervalMs' | 'readsPerSecond'>
> {
  region?: string;
  pace: Pace;
  /** A wait that is silent for so long has lost its worker: two of the reader's slowest rounds, at least 5 s. */
  heartbeatTimeoutMs: number;
  /** A create is at most three requests: create, describe, list tags. */
  callTimeoutMs: number;
}

export function resolveOptions(options: SageMakerWorkerOptions): ResolvedOptions {
  const maxIntervalMs = options.pollMaxIntervalMs ?? 30_000;
  const requestTimeoutMs = options.requestTimeoutMs ?? 10_000;
  return {
    taskQueue: options.taskQueue ?? TASK_QUEUE,
    ...(options.region !== undefined && { region: options.region }),
    pace: {
      minIntervalMs: Math.min(options.pollMinIntervalMs ?? 5_000, maxIntervalMs),
      maxIntervalMs,
      readsPerSecond: options.readsPerSecond ?? 10,
    },
    requestTimeoutMs,
    maxConcurrentWaits: options.maxConcurrentWaits ?? 5_000,
    shutdownGraceTimeMs: options.shutdownGraceTimeMs ?? 20_000,
    heartbeatTimeoutMs: Math.max(5_000, 2 * maxIntervalMs),
    callTimeoutMs: 3 * requestTimeoutMs,
  };
}

const NUMBERS = {
  TEMPORAL_SAGEMAKER_POLL_MIN_MS: 'pollMinIntervalMs',
  TEMPORAL_SAGEMAKER_POLL_MAX_MS: 'pollMaxIntervalMs',
  TEMPORAL_SAGEMAKER_READS_PER_SECOND: 'readsPerSecond',
  TEMPORAL_SAGEMAKER_REQUEST_TIMEOUT_MS: 'requestTimeoutMs',
  TEMPORAL_SAGEMAKER_MAX_WAITS: 'maxConcurrentWaits',
  TEMPORAL_SAGEMAKER_SHUTDOWN_GRACE_MS: 'shutdownGraceTimeMs',
} as const satisfies Record<string, keyof SageMakerWorkerOptions>;

/**
 * The options that the environment sets.
 *
 * @throws Error that names every variable that is no positive whole number
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
  if (problems.length > 0) throw new Error(problems.join('; '));
  if (env.TEMPORAL_SAGEMAKER_TASK_QUEUE) options.taskQueue = env.TEMPORAL_SAGEMAKER_TASK_QUEUE;
  return options;
}
