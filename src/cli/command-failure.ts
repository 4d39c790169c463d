/**
 * What a command ends with when it does not reach what was asked: one shape for our own refusals and for whatever the
 * client throws. `output.ts` prints it, `main.ts` exits with its code.
 */
import type { FailureCode, FailureDetails, Stage } from '../contract';
import { EXIT, FAILURES, isFailureCode } from '../domain/failures';
import { Interruption } from './interruption';

/** A failure as people and programs are told it. */
export interface Failure extends FailureDetails {
  /** `Interrupted` and `TimedOut` end the command alone: what it followed goes on. */
  code: FailureCode | 'Interrupted' | 'TimedOut';
  message: string;
  workflowId?: string;
  runId?: string;
  /** HTTP status with which a model answered. */
  modelStatus?: number;
  /** Where the run stood when it was let go of. */
  stage?: Stage;
  /** How to go on with a run that was let go of, as commands to type. */
  next?: { attach: string; cancel: string };
  exitCode: number;
}

type Details = Omit<Failure, 'code' | 'message' | 'exitCode'>;

/** Thrown by commands for what the client does not throw itself. */
export class CommandFailure extends Error {
  constructor(
    readonly code: FailureCode,
    message: string,
    readonly details: Details = {},
  ) {
    super(message);
    this.name = 'CommandFailure';
  }
}

const DETAILS: (keyof Details)[] = [
  'reason',
  'outcome',
  'requestId',
  'fix',
  'problems',
  'differences',
  'logTail',
  'trainingJobName',
  'trainingJobArn',
  'modelData',
  'endpointName',
  'endpointArn',
  'modelStatus',
  'ledger',
  'workflowId',
  'runId',
];

/** Reads any thrown value as a {@link Failure}. */
export function describeFailure(error: unknown): Failure {
  if (error instanceof Interruption) {
    const code = error.by === 'timeout' ? 'TimedOut' : 'Interrupted';
    return { code, message: error.message, exitCode: error.exitCode };
  }
  if (!(error instanceof Error)) return { code: 'Internal', message: String(error), exitCode: EXIT.internal };
  // The client's errors are read by their fields: loading their class would load the client for every command.
  const { code, why, details, ...fields } = error as Partial<CommandFailure> & { why?: string } & Details;
  if (!isFailureCode(code)) return { code: 'Internal', message: error.message, exitCode: EXIT.internal };
  const known = FAILURES[code];
  return {
    code,
    message: why ?? error.message,
    fix: known.fix,
    ...pickDetails(details ?? fields),
    exitCode: known.exitCode,
  };
}

function pickDetails(from: Details): Details {
  const given = DETAILS.map((name) => [name, from[name]] as const).filter(
    ([, value]) => value !== undefined && !(Array.isArray(value) && value.length === 0),
  );
  return Object.fromEntries(given);
}
