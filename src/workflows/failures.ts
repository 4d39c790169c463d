/**
 * Failures as workflows meet and make them. An activity's failure is read down to its code; a step's own outcome is
 * made here, with the code of the closed set.
 */
import { ActivityFailure, ApplicationFailure, TimeoutFailure } from '@temporalio/workflow';
import type { FailureCode, FailureDetails } from '../contract';
import { FAILURES, isFailureCode } from '../domain/failures';

export interface Explanation {
  code: FailureCode;
  message: string;
  details: FailureDetails;
  /** True where Temporal gave up waiting for an activity: what it did, if anything, is unknown. */
  isTimeout: boolean;
}

export function explain(error: unknown): Explanation {
  const cause = error instanceof ActivityFailure ? error.cause : error;
  if (cause instanceof ApplicationFailure) {
    const [details] = (cause.details ?? []) as FailureDetails[];
    const code = isFailureCode(cause.type) ? cause.type : 'Internal';
    return { code, message: cause.message, details: details ?? { fix: FAILURES[code].fix }, isTimeout: false };
  }
  const message = cause instanceof Error ? cause.message : String(cause);
  if (cause instanceof TimeoutFailure) {
    return {
      code: 'AwsUnreachable',
      message: `no worker got an answer from AWS in time: ${message}`,
      details: { fix: FAILURES.AwsUnreachable.fix },
      isTimeout: true,
    };
  }
  return { code: 'Internal', message, details: { fix: FAILURES.Internal.fix }, isTimeout: false };
}

export function outcome(code: FailureCode, message: string, details: FailureDetails = {}): ApplicationFailure {
  return ApplicationFailure.create({
    type: code,
    message,
    nonRetryable: true,
    details: [{ fix: FAILURES[code].fix, ...details } satisfies FailureDetails],
  });
}
