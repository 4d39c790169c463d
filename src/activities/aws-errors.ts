/**
 * From an SDK exception to its meaning and to the failure that an activity throws. Reads what the SDK caught; the
 * meaning itself is decided in `domain/aws-errors.ts`, the texts in `domain/failures.ts`.
 */
import { ApplicationFailure } from '@temporalio/common';
import type { FailureCode, FailureDetails } from '../contract';
import { classifyAwsError, type AwsAnswer, type AwsMeaning } from '../domain/aws-errors';
import { FAILURES } from '../domain/failures';

/** Longest text of AWS's that is passed on; a payload in an error would swell every history. */
const REASON_LENGTH_MAX = 2_000;

export interface AwsTrouble extends AwsAnswer {
  meaning: AwsMeaning;
  requestId: string | undefined;
}

interface SdkException {
  name?: string;
  code?: string;
  message?: string;
  $metadata?: { httpStatusCode?: number; requestId?: string };
  $response?: { statusCode?: number };
}

/** Reads any value that a client threw. An answer that is no AWS error (HTML from a proxy) keeps its HTTP status. */
export function readTrouble(error: unknown): AwsTrouble {
  const { name, code, message, $metadata, $response } = (error ?? {}) as SdkException;
  const answer: AwsAnswer = {
    status: $metadata?.httpStatusCode ?? $response?.statusCode,
    code: name && name !== 'Error' ? name : (code ?? 'Error'),
    message: withoutSecrets(message ?? String(error)).slice(0, REASON_LENGTH_MAX),
  };
  return { ...answer, meaning: classifyAwsError(answer), requestId: $metadata?.requestId };
}

/** AWS echoes a refused value; those of hyperparameters and environment may be secret. */
function withoutSecrets(message: string): string {
  return message.replace(/Value '[^]*?' at '([^']*(?:hyperParameters|environment)[^']*)'/gi, "Value at '$1'");
}

/** What was asked of which resource: the coordinates of a failure. */
export interface Coordinates {
  operation: string;
  region: string;
  [kind: string]: string;
}

const CODE_OF: Record<AwsMeaning, FailureCode> = {
  absent: 'InvalidInput',
  exists: 'NameTaken',
  throttled: 'AwsUnreachable',
  unavailable: 'AwsUnreachable',
  denied: 'AccessDenied',
  'expired credentials': 'AwsUnreachable',
  'role not assumable': 'RoleNotAssumable',
  limit: 'LimitExceeded',
  'not now': 'AwsUnreachable',
  invalid: 'InvalidInput',
};

/** The failure of a call, with AWS's reason; transient troubles are retryable. */
export function failureOf(
  trouble: AwsTrouble,
  at: Coordinates,
  code = CODE_OF[trouble.meaning],
  further: FailureDetails = {},
): ApplicationFailure {
  const { operation } = at;
  return failWith(code, `${operation}: ${trouble.code}: ${trouble.message}`, at, {
    details: {
      reason: trouble.message,
      ...(trouble.requestId !== undefined && { requestId: trouble.requestId }),
      ...further,
    },
    retryable: code === 'AwsUnreachable' || code === 'RoleNotAssumable',
  });
}

/** Calls AWS; what the client throws becomes the failure that its meaning is. */
export async function callAws<T>(at: Coordinates, call: () => Promise<T>, further: FailureDetails = {}): Promise<T> {
  try {
    return await call();
  } catch (error) {
    throw failureOf(readTrouble(error), at, undefined, further);
  }
}

/** Calls AWS for something that may not be there: undefined where it is not. */
export async function ifPresent<T>(describe: () => Promise<T>): Promise<T | undefined> {
  try {
    return await describe();
  } catch (error) {
    if (readTrouble(error).meaning === 'absent') return undefined;
    throw error;
  }
}

/** A failure of ours: code, sentence with coordinates, details. */
export function failWith(
  code: FailureCode,
  what: string,
  at: Record<string, string>,
  { details, retryable = false }: { details?: FailureDetails; retryable?: boolean } = {},
): ApplicationFailure {
  const coordinates = Object.entries(at).map(([kind, value]) => `${kind}=${value}`);
  return ApplicationFailure.create({
    type: code,
    message: `${what} [${coordinates.join(', ')}]`,
    nonRetryable: !retryable,
    details: [{ fix: FAILURES[code].fix, ...details } satisfies FailureDetails],
  });
}
