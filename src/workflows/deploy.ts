/** `deploy`: serve model data behind an endpoint. Started by the client or by any Temporal client. */
import type { DeployInput, DeployResult } from '../contract';
import type { HostingPlan } from '../domain/plan';
import { hostModel } from './host-model';
import { inRun } from './run';

/**
 * Deploys: creates model, endpoint config and endpoint, or updates the endpoint where it exists, and waits until it
 * serves.
 *
 * What an endpoint served before goes on serving until the new model is proven; a deploy that fails or is cancelled
 * takes down what it made. In a workflow of your own it can be called as a function.
 *
 * @throws ApplicationFailure whose type is a failure code: `InvalidInput`, `NameTaken`, `ArtefactMissing`,
 *   `EndpointFailed`, `EndpointRolledBack`, `EndpointTimedOut` and the rest of docs/errors.md
 * @see https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateEndpoint.html
 *
 * @example
 * ```ts
 * import { deploy } from 'temporal-sagemaker/workflows';
 *
 * export async function host(trainingJobName: string): Promise<string> {
 *   const { endpointArn } = await deploy({
 *     trainingJobName,
 *     deploy: { endpointName: 'digits-next', initialInstanceCount: 1, instanceType: 'ml.m5.large' },
 *   });
 *   return endpointArn;
 * }
 * ```
 */
export function deploy(input: DeployInput): Promise<DeployResult> {
  return inRun('deploy', input, (run) => hostModel(run, run.plan.hosting as HostingPlan));
}
