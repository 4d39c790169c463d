/**
 * With what a command ends that met each code: literal, for scripts branch on these numbers and no table of ours may move
 * them. Tests of errors and of commands hold theirs against it.
 */
import type { FailureCode } from '../../src/contract';

export const EXIT_CODES: Readonly<Record<FailureCode, number>> = {
  // A bug of ours, or what this version does not know.
  Internal: 1,
  // Wrong usage or input: nothing was made.
  InvalidInput: 2,
  // Not found.
  TrainingJobNotFound: 3,
  EndpointNotFound: 3,
  RunNotFound: 3,
  // Credentials or permission.
  AccessDenied: 4,
  RoleNotAssumable: 4,
  PayloadUnreadable: 4,
  // The job or the endpoint failed, was stopped or was cancelled.
  ArtefactMissing: 5,
  TrainingJobFailed: 5,
  TrainingJobStopped: 5,
  TrainingJobTimedOut: 5,
  EndpointFailed: 5,
  EndpointRolledBack: 5,
  EndpointTimedOut: 5,
  ModelError: 5,
  RunTerminated: 5,
  Cancelled: 5,
  // A name or a run is taken by something else.
  NameTaken: 6,
  RunConflict: 6,
  // Temporal or AWS does not answer.
  TemporalUnreachable: 8,
  AwsUnreachable: 8,
  // Quota or capacity.
  LimitExceeded: 9,
};
