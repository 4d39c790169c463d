/**
 * Failures as workflows meet and make them. An activity's failure is read down to its code; a step's own outcome is
 * made here, with the code of the closed set.
 */
import { ActivityFailure, ApplicationFailure, TimeoutFailure } from '@temporalio/workflow';
import type { FailureCode, FailureDetails, OutcomeOf, Progress } from '../contract';
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
    const code = codeOf(cause.type);
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

/** What a worker without the key of an activity's input fails with, before the activity has begun: `payload-codec` names it. */
const PAYLOAD_ERROR = 'PayloadError';

function codeOf(type: string | null | undefined): FailureCode {
  if (type === PAYLOAD_ERROR) return 'PayloadUnreadable';
  return isFailureCode(type) ? type : 'Internal';
}

/** A failure in one sentence, for a warning: a denial comes with the statement that would have allowed it. */
export function tellFailure(error: unknown): { code: FailureCode; sentence: string } {
  const { code, message, details } = explain(error);
  const isDenied = code === 'AccessDenied' && details.fix !== undefined;
  return { code, sentence: isDenied ? `${message}; ${details.fix ?? ''}` : message };
}

/** The failure of a step, in which code and outcome fit each other. */
export function outcome<Code extends FailureCode>(
  code: Code,
  message: string,
  details: FailureDetails & { outcome?: OutcomeOf<Code> } = {},
): ApplicationFailure {
  return ApplicationFailure.create({
    type: code,
    message,
    nonRetryable: true,
    details: [{ fix: FAILURES[code].fix, ...details } satisfies FailureDetails],
  });
}

/** The message with its coordinates. An activity's has those of the call that failed; an outcome gets the run's. */
export function locate(message: string, { trainingJob, endpoint, region }: Progress, workflowId: string): string {
  if (COORDINATES_AT_END.test(message)) return message;
  const known = Object.entries({ job: trainingJob?.name, endpoint: endpoint?.name, region }).flatMap(([kind, name]) =>
    name === undefined ? [] : [`${kind}=${name}`],
  );
  return `${message} [${known.length > 0 ? known.join(', ') : `workflow=${workflowId}`}]`;
}

const COORDINATES_AT_END = /\[\w+=[^\]]*\]$/;
