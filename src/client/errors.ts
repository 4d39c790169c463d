/**
 * The one error that the client throws. Its parts come from a workflow's failure, from Temporal, from AWS or from a check
 * of the client's own; callers read `code`, the command line prints `why` and `fix` and exits with `exitCode`.
 */
import type { FailureCode, FailureDetails, LedgerEntry, Outcome, OutcomeOf } from '../contract';
import { FAILURES } from '../domain/failures';

/** All that is known of a failure beside its code and its reason. */
export interface ErrorDetails extends FailureDetails {
  /** The run it is about, by its Workflow Id. */
  workflowId?: string;
  /** Run id of that run's first execution. */
  runId?: string;
  /** HTTP status with which the model itself answered; with the code `ModelError` only. */
  modelStatus?: number;
  /** What was caught. */
  cause?: unknown;
}

/**
 * Whatever goes wrong in this package, told by a code of a closed set.
 *
 * @see `docs/errors.md` for each code: what happened, what to do
 *
 * @example
 * ```ts
 * import { Estimator, SageMakerError } from 'temporal-sagemaker/client';
 *
 * const estimator = new Estimator({
 *   imageName: '123456789012.dkr.ecr.eu-central-1.amazonaws.com/digits:1',
 *   role: 'SageMakerRole',
 *   trainInstanceCount: 1,
 *   trainInstanceType: 'ml.m5.large',
 * });
 * try {
 *   await estimator.fit('s3://my-bucket/digits');
 * } catch (error) {
 *   if (!(error instanceof SageMakerError)) throw error;
 *   switch (error.code) {
 *     case 'InvalidInput':
 *       console.error(error.problems);
 *       break;
 *     case 'TrainingJobFailed':
 *       console.error(error.reason, error.logTail);
 *       break;
 *     default:
 *       throw error;
 *   }
 * }
 * ```
 */
export class SageMakerError extends Error {
  /** Always `SageMakerError`. */
  override readonly name = 'SageMakerError';
  /** One of the closed set of codes: what to switch on. */
  readonly code: FailureCode;
  /** One sentence: what this code means. */
  readonly what: string;
  /** What happened this time, with its coordinates. */
  readonly why: string;
  /** What to do about it. */
  readonly fix: string;
  /** Exit code of a command that ends with this error. */
  readonly exitCode: number;
  /** AWS's own words. */
  readonly reason: string | undefined;
  /** What became of the training job or the endpoint, where the error is about that: typed by {@link SageMakerFailure}. */
  readonly outcome: Outcome | undefined;
  /** AWS's request id. */
  readonly requestId: string | undefined;
  /** The last lines of the container's log; empty where none are known. */
  readonly logTail: string[];
  /** Every problem of an input, each beginning with the field it is about. */
  readonly problems: string[];
  /** The fields that differ, where a name or a Workflow Id is taken. Never their values. */
  readonly differences: string[];
  /** The training job it is about. */
  readonly trainingJobName: string | undefined;
  /** Its ARN, once AWS has told it. */
  readonly trainingJobArn: string | undefined;
  /** S3 URI of the model data, where the training had succeeded: a `deploy` can go on from it. */
  readonly modelData: string | undefined;
  /** The endpoint it is about. */
  readonly endpointName: string | undefined;
  /** Its ARN, once AWS has told it. */
  readonly endpointArn: string | undefined;
  /** What the run made and what became of it; empty where that is not known. */
  readonly ledger: LedgerEntry[];
  /** The run it is about, by its Workflow Id. */
  readonly workflowId: string | undefined;
  /** Run id of that run's first execution. */
  readonly runId: string | undefined;
  /** HTTP status with which the model itself answered. */
  readonly modelStatus: number | undefined;

  /**
   * Composes the message: code, reason, fix and coordinates.
   *
   * @param why what happened this time, with its coordinates in brackets
   * @param details all else that is known; without a `fix`, the code's own
   */
  constructor(code: FailureCode, why: string, details: ErrorDetails = {}) {
    const fix = details.fix ?? FAILURES[code].fix;
    super(composeMessage(code, why, fix, details), details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.what = FAILURES[code].what;
    this.why = why;
    this.fix = fix;
    this.exitCode = FAILURES[code].exitCode;
    this.reason = details.reason;
    this.outcome = details.outcome;
    this.requestId = details.requestId;
    this.logTail = details.logTail ?? [];
    this.problems = details.problems ?? [];
    this.differences = details.differences ?? [];
    this.trainingJobName = details.trainingJobName;
    this.trainingJobArn = details.trainingJobArn;
    this.modelData = details.modelData;
    this.endpointName = details.endpointName;
    this.endpointArn = details.endpointArn;
    this.ledger = details.ledger ?? [];
    this.workflowId = details.workflowId;
    this.runId = details.runId;
    this.modelStatus = details.modelStatus;
  }
}

/**
 * {@link SageMakerError} as a union discriminated by its code, for a `switch` that the compiler holds to be complete; each
 * code has its own outcomes. A run of an older worker tells none.
 *
 * @example
 * ```ts
 * import { isSageMakerError, type Run } from 'temporal-sagemaker/client';
 *
 * export async function whoStopped(run: Run<'fit'>): Promise<string> {
 *   try {
 *     const { outcome } = await run.result();
 *     return outcome.kind === 'stopped' ? `${outcome.by}, and its model was good enough` : 'nobody';
 *   } catch (error) {
 *     if (!isSageMakerError(error)) throw error;
 *     if (error.code === 'TrainingJobStopped') return 'somebody';
 *     if (error.code !== 'TrainingJobTimedOut' || error.outcome?.kind !== 'stopped') throw error;
 *     return error.outcome.by;
 *   }
 * }
 * ```
 */
export type SageMakerFailure = {
  [Code in FailureCode]: SageMakerError & {
    /** This very code. */
    readonly code: Code;
    /** One of this code's. */
    readonly outcome: OutcomeOf<Code> | undefined;
  };
}[FailureCode];

/**
 * True for a {@link SageMakerError}; narrows to the union {@link SageMakerFailure}.
 *
 * @example
 * ```ts
 * import { isSageMakerError } from 'temporal-sagemaker/client';
 *
 * export function exitCodeOf(error: unknown): number {
 *   return isSageMakerError(error) ? error.exitCode : 1;
 * }
 * ```
 */
export function isSageMakerError(error: unknown): error is SageMakerFailure {
  return error instanceof SageMakerError;
}

/** Of the log tail, as many lines stand in the message; `logTail` has more. */
const LOG_LINES_MAX = 5;

function composeMessage(code: FailureCode, why: string, fix: string, details: ErrorDetails): string {
  const lines = [`${code}: ${why}`];
  for (const line of [...(details.problems ?? []), ...(details.differences ?? [])]) {
    if (!why.includes(line)) lines.push(`  - ${line}`);
  }
  const lastLines = (details.logTail ?? []).slice(-LOG_LINES_MAX);
  if (lastLines.length > 0) lines.push('last log lines:', ...lastLines.map((line) => `  | ${line}`));
  lines.push(`fix: ${fix}`);
  const coordinates = Object.entries({
    workflow: details.workflowId,
    run: details.runId,
    job: details.trainingJobName,
    modelData: details.modelData,
    endpoint: details.endpointName,
    requestId: details.requestId,
  }).flatMap(([name, value]) => (value === undefined ? [] : [`${name}=${value}`]));
  if (coordinates.length > 0) lines.push(`[${coordinates.join(', ')}]`);
  return lines.join('\n');
}
