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
    const told = problems.filter((problem) => !why.includes(problem)).map((problem) => `  - ${problem}`);
    const words = reason === undefined || why.includes(reason) ? [] : [`reason: ${reason}`];
    super(
      [`${code}: ${why}`, ...told, ...words, `fix: ${fix}`].join('\n'),
      cause === undefined ? undefined : { cause },
    );
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
  return new WorkerError('InvalidInput', `${subject} ${count}: ${problems.join('; ')}`, { fix, problems });
}

/**
 * What Temporal's native core says of a server that does not answer or refuses. It gives neither a status code nor a
 * class for each, so its words are read, here and nowhere else. Any other error passes as it is.
 */
export function toWorkerError(error: unknown, coordinates: Record<string, string>): unknown {
  if (!(error instanceof Error)) return error;
  const reason = error.message;
  const context = { coordinates, reason, cause: error };
  if (error.name === 'TypeError' && reason.includes('targetUrl')) {
    const fix = 'Set TEMPORAL_ADDRESS to host:port, as in localhost:7233.';
    return new WorkerError('InvalidInput', "Temporal's address is none", { ...context, fix });
  }
  if (error.name !== 'TransportError') return error;
  if (/PermissionDenied|Unauthenticated|not have permission|unauthorized|authentication credentials/i.test(reason)) {
    return new WorkerError('AccessDenied', 'Temporal refused the worker', {
      ...context,
      fix: 'Check TEMPORAL_API_KEY or the TLS certificate, and that they are allowed to use this namespace.',
    });
  }
  if (/^Namespace \S+ was not found.*NotFound/s.test(reason)) {
    return new WorkerError('TemporalUnreachable', 'the Temporal namespace does not exist', {
      ...context,
      fix: 'Set TEMPORAL_NAMESPACE to a namespace of this server, or create it.',
    });
  }
  return new WorkerError('TemporalUnreachable', 'no connection to Temporal', {
    ...context,
    fix: 'Start a server (temporal server start-dev) or set TEMPORAL_ADDRESS to the address of one.',
  });
}
