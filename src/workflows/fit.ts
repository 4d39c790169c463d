/** `fit`: train a model as a SageMaker training job. Started by the client or by any Temporal client. */
import type { FitInput, FitResult } from '../contract';
import type { TrainingPlan } from '../domain/plan';
import { inRun } from './run';
import { trainModel } from './train-model';

/**
 * Trains: ensures the default bucket where it is needed, creates the training job, waits until it has completed.
 *
 * Survives crashes of workers and servers; makes at most one training job; cancelled, it ends only when the job was
 * seen stopped. In a workflow of your own it can be called as a function.
 *
 * @throws ApplicationFailure whose type is a failure code: `InvalidInput`, `NameTaken`, `TrainingJobFailed`,
 *   `TrainingJobStopped`, `TrainingJobTimedOut` and the rest of docs/errors.md
 * @see https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateTrainingJob.html
 *
 * @example
 * ```ts
 * import type { FitInput } from 'temporal-sagemaker/client';
 * import { fit } from 'temporal-sagemaker/workflows';
 *
 * export async function trainTwice(input: FitInput): Promise<string[]> {
 *   const runs = [1, 2].map((seed) =>
 *     fit({ ...input, estimator: { ...input.estimator, hyperparameters: { seed } } }),
 *   );
 *   return (await Promise.all(runs)).map(({ modelData }) => modelData);
 * }
 * ```
 */
export function fit(input: FitInput): Promise<FitResult> {
  return inRun('fit', input, (run) => trainModel(run, run.plan.training as TrainingPlan));
}
