/**
 * Which training an estimator stands on: a run that Temporal knows, and whether a failed one had trained all the same.
 */
import { isSageMakerError, type SageMakerError } from './errors';
import { Run } from './run';
import type { Session } from './session';

/**
 * True where the training was done and what failed came after it. The model data's URI alone does not say so: it is
 * known before the training begins.
 */
export function hasTrained(error: unknown): error is SageMakerError & { trainingJobName: string; modelData: string } {
  if (!isSageMakerError(error) || error.trainingJobName === undefined || error.modelData === undefined) return false;
  const isOwnJob = error.ledger.some(({ kind, state }) => kind === 'training job' && state !== 'intended');
  const endedBefore = ['ArtefactMissing', 'Cancelled', 'RunTerminated'].includes(error.code);
  return isOwnJob && !endedBefore && !error.code.startsWith('TrainingJob');
}

/** The run of a training by its Workflow Id; undefined where Temporal knows none. */
export async function findTraining(
  session: Session,
  workflowId: string,
): Promise<Run<'fit' | 'fitThenDeploy'> | undefined> {
  try {
    const run = await Run.attach<'fit' | 'fitThenDeploy'>(session, workflowId);
    return ['fit', 'fitThenDeploy'].includes(run.workflowType) ? run : undefined;
  } catch (error) {
    if (isSageMakerError(error) && error.code === 'RunNotFound') return undefined;
    throw error;
  }
}
