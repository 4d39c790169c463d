/**
 * The one error that a worker's set-up throws, told by the codes of the wire contract. Thrown by the options, the plugin
 * and `createWorker`; programs read `code`, the command `worker` prints it and exits by it.
 */
import type { FailureCode } from '../contract';

/** What is known of a {@link WorkerError} beside its code and its reason. */
export interface WorkerErrorDetails {
  /** What to do about it. */
  fix: string;
  /** Where it happened: address, namespace, task queue. */
  coordinates?: Record<string, string>;
  /** Every problem of the options, each beginning with the option or variable it is about. */
  problems?: string[];
  /** The SDK's or the server's own words. */
  reason?: string;
  /** What it came from. */
  cause?: unknown;
}

/**
 * Why a worker could not be made, or could not go on: its options, the environment, or Temporal's refusal.
 *
 * Runs are not affected: they wait for a worker.
 *
 * @see `docs/errors.md` for each code: what happened, what to do
 *
 * @example
 * ```ts
 * import { createWorker, WorkerError, workerOptionsFromEnvironment } from 'temporal-sagemaker/worker';
 *
 * try {
 *   const worker = await createWorker(workerOptionsFromEnvironment());
 *   await worker.run();
 * } catch (error) {
 *   if (!(error instanceof WorkerError)) throw error;
 *   console.error(error.code, error.why, error.problems, error.fix);
 *   process.exitCode = 1;
 * }
 * ```
 */
export class WorkerError extends Error {
  /** Always `WorkerError`. */
  override readonly name = 'WorkerError';
  /** `InvalidInput`, `TemporalUnreachable` or `AccessDenied`: what to switch on. */
  readonly code: FailureCode;
  /** What happened, with its coordinates. */
  readonly why: string;
  /** What to do about it. */
  readonly fix: string;
  /** Where it happened: address, namespace, task queue, as far as they are known. */
  readonly coordinates: Readonly<Record<string, string>>;
  /** Every problem of the options, each beginning with the option or variable it is about. */
  readonly problems: readonly string[];
  /** The SDK's or the server's own words. */
  readonly reason: string | undefined;

  /** Made by this package; a test of your own may make one. */
  constructor(code: FailureCode, what: string, details: WorkerErrorDetails) {
    const { fix, coordinates = {}, problems = [], reason, cause } = details;
    const at = Object.entries(coordinates).map(([name, value]) => `${name}=${value}`);
    const why = at.length === 0 ? what : `${what} [${at.join(', ')}]`;
    const lines = [
      ...problems.map((problem) => `  - ${problem}`),
      ...(reason === undefined ? [] : [`reason: ${reason}`]),
    ];
    super([`${code}: ${why}`, ...lines, `fix: ${fix}`].join('\n'), cause === undefined ? undefined : { cause });
    this.code = code;
    this.why = why;
    this.fix = fix;
    this.coordinates = coordinates;
    this.problems = problems;
    this.reason = reason;
  }
}

/** All that is wrong with options, at once; undefined where nothing is. */
export function refuseProblems(subject: string, problems: string[], fix: string): WorkerError | undefined {
  if (problems.length === 0) return undefined;
  const count = problems.length === 1 ? '1 problem' : `${String(problems.length)} problems`;
  return new WorkerError('InvalidInput', `${subject} ${count}`, { fix, problems });
}

/** gRPC's status codes, as far as they are told apart here. */
const GRPC = { notFound: 5, permissionDenied: 7, unauthenticated: 16 } as const;

/**
 * What a call to Temporal threw: the server does not answer, refuses, or does not know the namespace. Of a first
 * connection, and of a worker that it does not take, the native core gives neither a status code nor a class for each, so
 * its words are read, here and nowhere else. Any other error passes as it is.
 */
export function toWorkerError(error: unknown, coordinates: Record<string, string>): unknown {
  // By name: what the native core throws is not an instance of every context's classes.
  const { name, message: reason = '', code } = (error ?? {}) as Partial<Error> & { code?: unknown };
  const refuse = (failure: FailureCode, what: string, fix: string): WorkerError =>
    new WorkerError(failure, what, { fix, coordinates, reason, cause: error });

  if (name === 'TypeError' && reason.includes('targetUrl')) {
    const fix = 'Set TEMPORAL_ADDRESS to host:port, as in localhost:7233.';
    return refuse('InvalidInput', "Temporal's address is none", fix);
  }
  if (reason.includes('Registration of multiple workers')) {
    const fix = 'Serve a task queue by one worker of a process, or give each worker a connection of its own.';
    return refuse('InvalidInput', 'another worker on this connection serves this task queue', fix);
  }
  if (name !== 'TransportError' && name !== 'ServiceError') return error;
  if (code === GRPC.notFound) {
    const fix = 'Set TEMPORAL_NAMESPACE to a namespace of this server, or create it.';
    return refuse('TemporalUnreachable', 'the Temporal namespace does not exist', fix);
  }
  const isDenied = code === GRPC.permissionDenied || code === GRPC.unauthenticated;
  if (isDenied || /not have permission|not have valid authentication/.test(reason)) {
    const fix = 'Check TEMPORAL_API_KEY or the TLS certificate, and that they are allowed to use this namespace.';
    return refuse('AccessDenied', 'Temporal refused the worker', fix);
  }
  const fix = 'Start a server (temporal server start-dev) or set TEMPORAL_ADDRESS to the address of one.';
  const what = name === 'ServiceError' ? 'Temporal did not answer' : 'no connection to Temporal';
  return refuse('TemporalUnreachable', what, fix);
}
