/**
 * Starts a run, or attaches to the one that was started before with the same input. Inputs come checked and named from
 * here on; the answer is a {@link Run}.
 */
import { WorkflowExecutionAlreadyStartedError, WorkflowNotFoundError } from '@temporalio/client';
import { MEMO, type WorkflowType } from '../contract';
import { checkInput, type InputOf } from '../schemas';
import { SageMakerError } from './errors';
import { findDifferences, hashInput, readInput } from './input-comparison';
import { nameRun } from './name-run';
import { Run } from './run';
import { describeRun, type RunStatus } from './run-description';
import type { Session } from './session';
import { summarize } from './summary';
import { toTemporalError } from './temporal-errors';

/** Temporal refuses payloads over 2 MiB; what is over this is refused before it is sent. */
const INPUT_BYTES_MAX = 2_000_000;
const START_TIMEOUT_MS = 30_000;
const ATTEMPTS_MAX = 3;

/** Options of {@link startRun}. */
export interface StartOptions {
  /** @default the training job's name; `deploy-` or `delete-` and the endpoint's name; `sweep-` and the region */
  workflowId?: string;
}

/**
 * Starts a run of one of the workflow types with an input of the wire contract.
 *
 * Started again with the same input, it attaches to the run that is there (`attached` is true), whatever its state; a
 * `deploy` or `deleteEndpoint` that has ended runs again. A training job that is not named gets a name here.
 *
 * @throws {@link SageMakerError} `InvalidInput` with every problem, before anything is sent; `RunConflict` with the
 * differing fields where a run of this Workflow Id has other input; `TemporalUnreachable`
 *
 * @example
 * ```ts
 * import { connect, startRun } from 'temporal-sagemaker/client';
 *
 * const session = await connect();
 * const run = await startRun(session, 'deploy', {
 *   modelData: 's3://my-bucket/digits/output/model.tar.gz',
 *   deploy: {
 *     endpointName: 'digits',
 *     initialInstanceCount: 1,
 *     instanceType: 'ml.m5.large',
 *     image: '123456789012.dkr.ecr.eu-central-1.amazonaws.com/digits:1',
 *     role: 'SageMakerRole',
 *   },
 * });
 * console.log((await run.result()).endpointArn);
 * await session.close();
 * ```
 */
export async function startRun<T extends WorkflowType>(
  session: Session,
  type: T,
  input: InputOf[T],
  options: StartOptions = {},
): Promise<Run<T>> {
  const wanted = prepareStart(session, type, input, options);
  for (let attempt = 1; attempt <= ATTEMPTS_MAX; attempt += 1) {
    const run = (await startNew(session, wanted)) ?? (await attachToSame(session, wanted));
    if (run) return run;
  }
  throw new SageMakerError(
    'RunConflict',
    'Other runs of this Workflow Id began and ended while this one was started.',
    {
      workflowId: wanted.workflowId,
    },
  );
}

/** The input as the workflow will take it, or every problem at once; asks nobody. */
export function requireValid<T extends WorkflowType>(type: T, given: unknown): InputOf[T] {
  const checked = checkInput(type, given);
  if (!('problems' in checked)) return checked.input;
  throw new SageMakerError('InvalidInput', `The input of ${type} was refused before anything was made:`, {
    problems: checked.problems,
  });
}

interface Wanted<T extends WorkflowType> {
  type: T;
  workflowId: string;
  input: InputOf[T];
  hash: string;
}

function prepareStart<T extends WorkflowType>(
  session: Session,
  type: T,
  given: InputOf[T],
  options: StartOptions,
): Wanted<T> {
  const checked = requireValid(type, given);
  const named =
    options.workflowId === undefined
      ? nameRun(type, checked, session)
      : { workflowId: options.workflowId, input: checked };
  const region = named.input.region ?? session.region;
  const text = JSON.stringify({ ...named.input, region });
  const bytes = Buffer.byteLength(text);
  if (bytes > INPUT_BYTES_MAX) {
    throw new SageMakerError(
      'InvalidInput',
      `The input of ${type} is ${String(bytes)} bytes long; Temporal takes ${String(INPUT_BYTES_MAX)}.`,
      { fix: 'Put large values into S3 and pass their URI as a channel or hyperparameter.' },
    );
  }
  // Exactly what will be on the wire: without fields that are undefined.
  const input = JSON.parse(text) as InputOf[T];
  return { type, workflowId: named.workflowId, input, hash: hashInput(input) };
}

/** Undefined where the Workflow Id is taken. */
async function startNew<T extends WorkflowType>(session: Session, wanted: Wanted<T>): Promise<Run<T> | undefined> {
  const { type, workflowId, input, hash } = wanted;
  const isForOneJob = type === 'fit' || type === 'fitThenDeploy';
  try {
    const handle = await session.client.withDeadline(Date.now() + START_TIMEOUT_MS, () =>
      session.client.workflow.start(type, {
        workflowId,
        taskQueue: session.taskQueue,
        args: [input],
        memo: { [MEMO.inputHash]: hash },
        ...summarize(type, input, workflowId),
        // A training job's name is never free again, not even when it has failed.
        workflowIdReusePolicy: isForOneJob ? 'REJECT_DUPLICATE' : 'ALLOW_DUPLICATE',
        workflowIdConflictPolicy: 'FAIL',
      }),
    );
    return Run.open<T>(session, { workflowId, runId: handle.firstExecutionRunId, workflowType: type, attached: false });
  } catch (error) {
    if (error instanceof WorkflowExecutionAlreadyStartedError) return undefined;
    throw toTemporalError(error, session, { workflowId });
  }
}

/** Undefined where the run that was in the way has gone meanwhile, so that a new one can be started. */
async function attachToSame<T extends WorkflowType>(session: Session, wanted: Wanted<T>): Promise<Run<T> | undefined> {
  const { type, workflowId } = wanted;
  try {
    const present = await describeRun(session, workflowId);
    const isForOneJob = type === 'fit' || type === 'fitThenDeploy';
    if (!isForOneJob && present.closed) return undefined;
    const differences = await compareWith(session, present, wanted);
    if (differences.length === 0) {
      return Run.open<T>(session, { workflowId, runId: present.firstRunId, workflowType: type, attached: true });
    }
    throw new SageMakerError('RunConflict', 'A run of this Workflow Id exists with other input:', {
      workflowId,
      runId: present.firstRunId,
      differences,
    });
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return undefined;
    throw toTemporalError(error, session, { workflowId });
  }
}

async function compareWith<T extends WorkflowType>(
  session: Session,
  present: RunStatus,
  { type, workflowId, input, hash }: Wanted<T>,
): Promise<string[]> {
  if (present.workflowType !== type) return [`the workflow type is ${present.workflowType}, not ${type}`];
  if (present.inputHash === hash) return [];
  // Another starter may have left no hash, or one that was made in another way; the input itself decides.
  const other = await readInput(session, workflowId, present.firstRunId);
  return findDifferences(other, input);
}
