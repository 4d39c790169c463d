/**
 * From an SDK exception to the failure that an activity throws. What the exception means is read and decided in
 * `domain/aws-errors.ts`, the texts stand in `domain/failures.ts`.
 */
import { ApplicationFailure } from '@temporalio/common';
import type { FailureCode, FailureDetails, ResourceKind } from '../contract';
import { answerOf, lacksCredentials, readTrouble, type AwsMeaning, type AwsTrouble } from '../domain/aws-errors';
import { FAILURES } from '../domain/failures';
import { adviseOnDenial } from '../domain/missing-permission';
import { readOverQuota } from '../domain/outcomes';
import { RENEW_CREDENTIALS } from '../domain/read-troubles';

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
  code = codeOf(trouble),
  further: FailureDetails = {},
): ApplicationFailure {
  const { operation } = at;
  return failWith(code, `${operation}: ${trouble.code}: ${trouble.message}`, at, {
    details: { ...answerOf(trouble), ...adviceOn(trouble), ...quotaIn(trouble, at), ...further },
    retryable: code === 'AwsUnreachable' || code === 'RoleNotAssumable',
  });
}

/** Once a run is under way, credentials that are not good are waited for, as an outage is. */
function codeOf(trouble: AwsTrouble): FailureCode {
  return lacksCredentials(trouble) ? 'AwsUnreachable' : CODE_OF[trouble.meaning];
}

/** What to do, where AWS's words tell more than the code does. */
function adviceOn(trouble: AwsTrouble): Pick<FailureDetails, 'fix'> {
  const fix = lacksCredentials(trouble) ? RENEW_CREDENTIALS : adviseOnDenial(trouble.message);
  return fix === undefined ? {} : { fix };
}

/** What each operation was to make. */
const MADE_BY: Partial<Record<string, ResourceKind>> = {
  CreateTrainingJob: 'training job',
  CreateModel: 'model',
  CreateEndpointConfig: 'endpoint config',
  CreateEndpoint: 'endpoint',
  UpdateEndpoint: 'endpoint',
};

/** Which quota it is that AWS names. */
function quotaIn({ meaning, message }: AwsTrouble, { operation }: Coordinates): Pick<FailureDetails, 'outcome'> {
  const made = MADE_BY[operation];
  return meaning === 'limit' && made !== undefined ? { outcome: readOverQuota(made, message) } : {};
}

/** Calls AWS; what the client throws becomes the failure that its meaning is. */
export async function callAws<T>(at: Coordinates, call: () => Promise<T>, further: FailureDetails = {}): Promise<T> {
  try {
    return await call();
  } catch (error) {
    if (error instanceof ApplicationFailure) throw error;
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
