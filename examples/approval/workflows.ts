// A workflow of one's own around the steps of this package: trains, waits up to a week for somebody to approve the model,
// and only then deploys it. Bundled by worker.mts; started under the name `trainAndAsk`.
import { condition, defineSignal, setHandler } from '@temporalio/workflow';
import type { FitThenDeployInput } from 'temporal-sagemaker/client';
import { deploy, fit } from 'temporal-sagemaker/workflows';

export const approve = defineSignal('approve');

export async function trainAndAsk(input: FitThenDeployInput): Promise<string> {
  let isApproved = false;
  setHandler(approve, () => {
    isApproved = true;
  });

  const { trainingJobName } = await fit({ estimator: input.estimator, fit: input.fit });
  if (!(await condition(() => isApproved, '7 days'))) return `nobody approved ${trainingJobName}`;

  const { endpointName } = await deploy({ trainingJobName, deploy: input.deploy });
  return endpointName;
}
