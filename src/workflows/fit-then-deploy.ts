/** `fitThenDeploy`: the main job, as one history. Started by the client or by any Temporal client. */
import type { FitThenDeployInput, FitThenDeployResult } from '../contract';
import type { HostingPlan, TrainingPlan } from '../domain/plan';
import { hostModel } from './host-model';
import { inRun } from './run';
import { trainModel } from './train-model';

/**
 * Trains a model and deploys it: the steps of `fit`, then those of `deploy`.
 *
 * A deploy that fails never loses the model data: the failure carries the training job's name and the data's URI, from
 * which `deploy` goes on.
 *
 * @throws ApplicationFailure as `fit` and `deploy`
 * @see https://sagemaker.readthedocs.io/en/v1.72.0/api/training/estimators.html
 *
 * @example
 * ```ts
 * import type { FitThenDeployInput } from 'temporal-sagemaker/client';
 * import { fitThenDeploy } from 'temporal-sagemaker/workflows';
 *
 * export async function trainAndHost(input: FitThenDeployInput): Promise<string> {
 *   const { endpointName, warnings } = await fitThenDeploy(input);
 *   return [endpointName, ...warnings].join('\n');
 * }
 * ```
 */
export function fitThenDeploy(input: FitThenDeployInput): Promise<FitThenDeployResult> {
  return inRun('fitThenDeploy', input, async (run) => {
    const trained = await trainModel(run, run.plan.training as TrainingPlan);
    const served = await hostModel(run, run.plan.hosting as HostingPlan);
    return { ...trained, ...served };
  });
}
