/**
 * What AWS's SDK threw in predictions, uploads and descriptions, as a {@link SageMakerError}. The meaning of a code is
 * decided in `domain/aws-errors.ts`, as for activities.
 */
import type { FailureCode } from '../contract';
import { readTrouble, type AwsMeaning } from '../domain/aws-errors';
import { SageMakerError, type ErrorDetails } from './errors';

const CODE_OF: Record<Exclude<AwsMeaning, 'absent'>, FailureCode> = {
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

/** What to do where the catalogue's advice is for a worker: here it is this process that asks. */
const FIX_OF: Partial<Record<AwsMeaning, (operation: string, message: string) => string | undefined>> = {
  throttled: () => 'Ask again later, and fewer times at once.',
  denied: (operation) => `Allow ${operation} to the AWS credentials of this process, or give it others.`,
  'expired credentials': () => 'Renew the AWS credentials of this process.',
  invalid: (_operation, message) => (message.startsWith('Region is missing') ? NO_REGION : undefined),
};
const NO_REGION = 'Set AWS_REGION or AWS_PROFILE, or give a region to the session or to aws.';

/** What a call to AWS fails with; `absent` where what it was about is not there. */
export function failureCodeOf(meaning: AwsMeaning, absent: FailureCode): FailureCode {
  return meaning === 'absent' ? absent : CODE_OF[meaning];
}

/**
 * The error of one call to AWS; `at` are its coordinates, as in `[endpoint=…, region=…]`, and `absent` is the code for
 * what the call was about not being there.
 */
export function toAwsError(
  error: unknown,
  operation: string,
  at: Record<string, string>,
  absent: FailureCode,
  details: ErrorDetails = {},
): SageMakerError {
  const { meaning, code, message, requestId } = readTrouble(error);
  const coordinates = Object.entries(at).map(([name, value]) => `${name}=${value}`);
  const fix = FIX_OF[meaning]?.(operation, message);
  return new SageMakerError(
    failureCodeOf(meaning, absent),
    `${operation}: ${code}: ${message} [${coordinates.join(', ')}]`,
    {
      reason: message,
      ...(fix !== undefined && { fix }),
      ...(requestId !== undefined && { requestId }),
      ...details,
      cause: error,
    },
  );
}
