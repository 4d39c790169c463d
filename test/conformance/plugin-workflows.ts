/** What a user has already: workflows of their own, bundled for their own workers in plugin.test.ts. */
import { proxyActivities } from '@temporalio/workflow';
import type { DeployResult, FitInput, FitResult } from 'temporal-sagemaker/client';
import { deploy, fit } from 'temporal-sagemaker/workflows';

const { announce } = proxyActivities<{ announce(endpointNames: string[]): Promise<string> }>({
  startToCloseTimeout: '1 minute',
});

export interface Rollout {
  trained: FitResult[];
  deployed: DeployResult[];
  announced: string;
}

/** Two trainings, an endpoint for each, and then the second model in the place of the first. */
export async function rollOut(input: FitInput, endpoints: [string, string]): Promise<Rollout> {
  const serve = (training: FitResult, endpointName: string): Promise<DeployResult> =>
    deploy({
      trainingJobName: training.trainingJobName,
      deploy: { initialInstanceCount: 1, instanceType: 'ml.m5.large', endpointName },
    });
  const first = await fit(input);
  const second = await fit(input);
  const deployed = [
    await serve(first, endpoints[0]),
    await serve(second, endpoints[1]),
    await serve(second, endpoints[0]),
  ];
  const announced = await announce(deployed.map(({ endpointName }) => endpointName));
  return { trained: [first, second], deployed, announced };
}

/** Trains one model. */
export function trainOne(input: FitInput): Promise<FitResult> {
  return fit(input);
}

/** Nothing of this package. */
export function greet(name: string): Promise<string> {
  return announce([name]);
}
