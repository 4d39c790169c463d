/** The closed set of failure codes, and what a failure tells beside its message. */
import type { Outcome, OutcomesByCode } from './outcomes';
import type { LedgerEntry } from './progress';

/** The closed set of failure codes: `ApplicationFailure.type`, the client's `code`, the headings of docs/errors.md. */
export const FAILURE_CODES = [
  'InvalidInput',
  'AccessDenied',
  'NameTaken',
  'RunConflict',
  'LimitExceeded',
  'RoleNotAssumable',
  'ArtefactMissing',
  'TrainingJobFailed',
  'TrainingJobStopped',
  'TrainingJobTimedOut',
  'TrainingJobNotFound',
  'EndpointFailed',
  'EndpointRolledBack',
  'EndpointTimedOut',
  'EndpointNotFound',
  'ModelError',
  'TemporalUnreachable',
  'AwsUnreachable',
  'RunNotFound',
  'RunTerminated',
  'PayloadUnreadable',
  'Cancelled',
  'Internal',
] as const;
/** A failure code: what to switch on. */
export type FailureCode = (typeof FAILURE_CODES)[number];

/** The outcomes that a failure of this code tells. */
export type OutcomeOf<Code extends FailureCode> = Code extends keyof OutcomesByCode ? OutcomesByCode[Code] : never;

/** First of a failure's `details`: all that is known beside code and message. */
export interface FailureDetails {
  /** AWS's own words. */
  reason?: string;
  /** What became of the training job or the endpoint, where the failure is about that. */
  outcome?: Outcome;
  /** AWS's request id. */
  requestId?: string;
  /** What to do about it. */
  fix?: string;
  /** True where a create may have taken effect although nothing says so. */
  isEffectUnknown?: boolean;
  /** The last lines of the container's log. */
  logTail?: string[];
  /** Every problem of an input, each beginning with the field it is about. */
  problems?: string[];
  /** The fields in which a taken name differs from what was asked for. */
  differences?: string[];
  /** The training job it is about. */
  trainingJobName?: string;
  /** Its ARN, once AWS has told it. */
  trainingJobArn?: string;
  /** S3 URI of the model data, where the training had succeeded: a `deploy` can go on from it. */
  modelData?: string;
  /** The endpoint it is about. */
  endpointName?: string;
  /** Its ARN, once AWS has told it. */
  endpointArn?: string;
  /** What the run made and what became of it. */
  ledger?: LedgerEntry[];
}
