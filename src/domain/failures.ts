/**
 * The single table of failures: what each code means, whether trying again can help, and the exit code of a command
 * that ends with it. Activities and workflows throw by it, the client and the command line read it, docs/errors.md is
 * held against it.
 */
import type { FailureCode } from '../contract';

export interface FailureKind {
  /** One sentence: what happened. */
  what: string;
  /** One sentence: what to do about it. */
  fix: string;
  exitCode: number;
}

/** Exit codes of the command line, by what they mean. */
export const EXIT = {
  ok: 0,
  internal: 1,
  usage: 2,
  notFound: 3,
  permission: 4,
  failed: 5,
  conflict: 6,
  timeout: 7,
  unreachable: 8,
  limit: 9,
} as const;

export const FAILURES: Record<FailureCode, FailureKind> = {
  InvalidInput: {
    what: 'The input was refused: before anything was made, or by AWS at the step that the message names.',
    fix: "Mend what the problems, or AWS's reason, name and start again.",
    exitCode: EXIT.usage,
  },
  AccessDenied: {
    what: 'AWS or Temporal refused a call for want of permission.',
    fix: 'Allow the named action on the named resource to whoever asked: the worker, or the program that predicts.',
    exitCode: EXIT.permission,
  },
  NameTaken: {
    what: 'A resource of this name exists and is not what this run asked for, or not its own.',
    fix: 'Choose another name, or delete the resource if it is yours; it was not touched.',
    exitCode: EXIT.conflict,
  },
  RunConflict: {
    what: 'A run of this Workflow Id exists with other input.',
    fix: 'Choose another name, or start with the input of the run that exists to attach to it.',
    exitCode: EXIT.conflict,
  },
  LimitExceeded: {
    what: 'A quota of the AWS account is used up, or AWS has no capacity.',
    fix: 'Ask AWS to raise the named quota, choose another instance type, or start again when others have ended.',
    exitCode: EXIT.limit,
  },
  RoleNotAssumable: {
    what: 'SageMaker cannot assume the execution role.',
    fix: "Let the role's trust policy allow sts:AssumeRole to sagemaker.amazonaws.com; a new role needs up to a minute.",
    exitCode: EXIT.permission,
  },
  ArtefactMissing: {
    what: 'The model data is not where it should be in S3.',
    fix: 'Let the training write its model to /opt/ml/model, or deploy from model data that exists.',
    exitCode: EXIT.failed,
  },
  TrainingJobFailed: {
    what: 'The training job failed.',
    fix: "Read AWS's reason and the last log lines, mend the algorithm or its input, and start again under a new name.",
    exitCode: EXIT.failed,
  },
  TrainingJobStopped: {
    what: 'The training job was stopped by someone other than this run.',
    fix: 'Find out who stopped it; start again under a new name, or with acceptStopped to go on with what such a job leaves.',
    exitCode: EXIT.failed,
  },
  TrainingJobTimedOut: {
    what: 'The training job ran into a limit of time and was stopped.',
    fix: 'Raise the limit that the message names, make the training shorter, or set acceptStopped to go on with what such a job leaves.',
    exitCode: EXIT.failed,
  },
  TrainingJobNotFound: {
    what: 'There is no training job of this name, or no longer.',
    fix: 'Check name, account and region.',
    exitCode: EXIT.notFound,
  },
  EndpointFailed: {
    what: 'The endpoint failed to come into service, or AWS gave its delete up.',
    fix: "Read AWS's reason and the last log lines; the model data is kept, so deploy again from the training job.",
    exitCode: EXIT.failed,
  },
  EndpointRolledBack: {
    what: 'The update of the endpoint was rolled back; it serves what it served before.',
    fix: "Read AWS's reason and the last log lines; the model data is kept, so deploy again from the training job.",
    exitCode: EXIT.failed,
  },
  EndpointTimedOut: {
    what: 'The endpoint did not come into service, or did not go, in time.',
    fix: 'Look at its log, raise endpointTimeoutSeconds, and deploy again from the training job.',
    exitCode: EXIT.failed,
  },
  EndpointNotFound: {
    what: 'There is no endpoint of this name.',
    fix: 'Check name, account and region.',
    exitCode: EXIT.notFound,
  },
  ModelError: {
    what: 'The model answered an invocation with an error.',
    fix: "Read the model's own message and the endpoint's log.",
    exitCode: EXIT.failed,
  },
  TemporalUnreachable: {
    what: 'The Temporal server did not answer.',
    fix: 'Check TEMPORAL_ADDRESS, the namespace and the network; the run itself is not affected.',
    exitCode: EXIT.unreachable,
  },
  AwsUnreachable: {
    what: 'AWS did not answer, or only with throttling or server errors.',
    fix: "Check the region, the endpoint URL, the network and AWS's health page, then start again.",
    exitCode: EXIT.unreachable,
  },
  RunNotFound: {
    what: 'There is no run of this Workflow Id in the namespace.',
    fix:
      'Check the Workflow Id, TEMPORAL_ADDRESS and TEMPORAL_NAMESPACE; a closed run is kept for its retention time only. ' +
      'What a run that is lost has made, temporal-sagemaker sweep lists.',
    exitCode: EXIT.notFound,
  },
  RunTerminated: {
    what: 'The run was ended from outside without clean-up: terminated or timed out by Temporal.',
    fix: 'See what it left with temporal-sagemaker sweep, and remove it with --apply.',
    exitCode: EXIT.failed,
  },
  PayloadUnreadable: {
    what: 'What Temporal stores is encrypted with a key that is not here, or was altered since.',
    fix: 'Give this program the key whose id the message names; what was altered cannot be had back.',
    exitCode: EXIT.permission,
  },
  Cancelled: {
    what: 'The run was cancelled; what it had made was stopped and removed.',
    fix: 'Start again under a new name.',
    exitCode: EXIT.failed,
  },
  Internal: {
    what: 'Something failed in a way this version does not know.',
    fix: 'Read the message; if it is not yours, report it with the run id.',
    exitCode: EXIT.internal,
  },
};

/** True for the codes of the closed set. */
export function isFailureCode(text: string | undefined | null): text is FailureCode {
  return typeof text === 'string' && Object.hasOwn(FAILURES, text);
}
