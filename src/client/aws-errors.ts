/**
 * What AWS's SDK threw in predictions and log reading, as a {@link SageMakerError}. The meaning of a code is decided in
 * `domain/aws-errors.ts`, as for activities.
 */
import type { FailureCode } from '../contract';
import { classifyAwsError, type AwsAnswer, type AwsMeaning } from '../domain/aws-errors';
import { SageMakerError, type ErrorDetails } from './errors';

const REASON_LENGTH_MAX = 2_000;

/** The part of an SDK exception that is read. */
interface SdkException {
  name?: string;
  code?: string;
  message?: string;
  $metadata?: { httpStatusCode?: number; requestId?: string };
  $response?: { statusCode?: number };
}

export interface AwsFailure extends AwsAnswer {
  meaning: AwsMeaning;
  requestId: string | undefined;
}

export function readAwsError(error: unknown): AwsFailure {
  const { name, code, message, $metadata, $response } = (error ?? {}) as SdkException;
  const answer: AwsAnswer = {
    // What answered in something else than AWS's protocols still has a status.
    status: $metadata?.httpStatusCode ?? $response?.statusCode,
    code: name !== undefined && name !== 'Error' ? name : (code ?? 'Error'),
    message: (message ?? String(error)).slice(0, REASON_LENGTH_MAX),
  };
  return { ...answer, meaning: classifyAwsError(answer), requestId: $metadata?.requestId };
}

const CODE_OF: Record<AwsMeaning, FailureCode> = {
  absent: 'EndpointNotFound',
  exists: 'NameTaken',
  throttled: 'AwsUnreachable',
  unavailable: 'AwsUnreachable',
  denied: 'AccessDenied',
  'expired credentials': 'AccessDenied',
  'role not assumable': 'RoleNotAssumable',
  limit: 'LimitExceeded',
  'not now': 'AwsUnreachable',
  invalid: 'InvalidInput',
};

/** The error of one call to AWS; `at` are its coordinates, as in `[endpoint=…, region=…]`. */
export function toAwsError(
  error: unknown,
  operation: string,
  at: Record<string, string>,
  details: ErrorDetails = {},
): SageMakerError {
  const { meaning, code, message, requestId } = readAwsError(error);
  const coordinates = Object.entries(at).map(([name, value]) => `${name}=${value}`);
  return new SageMakerError(CODE_OF[meaning], `${operation}: ${code}: ${message} [${coordinates.join(', ')}]`, {
    reason: message,
    ...(requestId !== undefined && { requestId }),
    ...details,
    cause: error,
  });
}
