/**
 * The training half of an estimator: starts a run that trains, and waits for it with its log where that is wanted. The
 * estimator stands on the training from the moment its run is started.
 */
import { countHosts } from '../domain/training-instances';
import type { InputOf } from '../schemas';
import type { FollowArguments } from './estimator-options';
import { followRun } from './follow-run';
import type { HeldSession } from './held-session';
import type { Run } from './run';
import { requireValid, startRun } from './start';
import { trainingOfRun, type Training } from './training';

/** What is started, how it is followed, and who is told of it. */
export interface TrainingStart<T extends 'fit' | 'fitThenDeploy'> {
  type: T;
  input: InputOf[T];
  follow: FollowArguments;
  session: HeldSession;
  onStarted: (training: Training) => void;
}

/** Checks the input before it connects to anything. */
export async function train<T extends 'fit' | 'fitThenDeploy'>({
  type,
  input,
  follow: { wait = true, logs = true, onNotice },
  session,
  onStarted,
}: TrainingStart<T>): Promise<Run<T>> {
  requireValid(type, input);
  const run = await startRun<T>(await session.open(), type, input);
  const training = trainingOfRun(run, {
    arguments: input.estimator,
    trainingJobName: run.workflowId,
    acceptStopped: input.fit.acceptStopped,
    endpointName: 'deploy' in input ? (input.deploy.endpointName ?? run.workflowId) : undefined,
  });
  onStarted(training);
  if (!wait) return run;
  const region = session.given?.region;
  try {
    await followRun(run, {
      logs,
      hostCount: countHosts(input.estimator),
      ...(region !== undefined && { region }),
      ...(onNotice && { onNotice }),
    });
    return run;
  } catch (error) {
    training.noteFailure(error);
    throw error;
  }
}
