/**
 * Finds the training that a name stands for: a run that Temporal knows, else a job that AWS may know. What
 * `Estimator.attach` stands on.
 */
import { WorkflowFailedError } from '@temporalio/client';
import type { FitThenDeployInput } from '../contract';
import { describeTrainingJob } from './describe-training-job';
import { isSageMakerError } from './errors';
import { readInput } from './input-comparison';
import { Run } from './run';
import type { Session } from './session';
import { toTemporalError } from './temporal-errors';
import { trainingOfJob, trainingOfRun, type Training } from './training';

/** The training of that name. Waits for no training, but one that has ended tells its end. */
export async function findTraining(session: Session, name: string): Promise<Training> {
  const run = await findRun(session, name);
  if (!run) return trainingOfJob(name, await describeTrainingJob(name, session.region));
  // Any program may have started the run; only its workflow checks the input.
  const input = await readInput(session, run.workflowId, run.runId).then(
    (given) => given as Partial<FitThenDeployInput> | null | undefined,
    (error: unknown) => {
      throw toTemporalError(error, session, { workflowId: run.workflowId, runId: run.runId });
    },
  );
  const trainingJobName = input?.fit?.jobName;
  const training = trainingOfRun(run, {
    arguments: input?.estimator,
    trainingJobName,
    acceptStopped: input?.fit?.acceptStopped,
    endpointName: input?.deploy?.endpointName ?? trainingJobName,
  });
  if ((await run.status()).closed) {
    await training.awaitEnd().catch((error: unknown) => {
      // A training that failed is told when it is deployed.
      if (!isSageMakerError(error) || !(error.cause instanceof WorkflowFailedError)) throw error;
    });
  }
  return training;
}

async function findRun(session: Session, workflowId: string): Promise<Run<'fit' | 'fitThenDeploy'> | undefined> {
  try {
    const run = await Run.attach<'fit' | 'fitThenDeploy'>(session, workflowId);
    return ['fit', 'fitThenDeploy'].includes(run.workflowType) ? run : undefined;
  } catch (error) {
    if (isSageMakerError(error) && error.code === 'RunNotFound') return undefined;
    throw error;
  }
}
