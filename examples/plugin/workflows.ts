// A workflow of a worker that was there before: it trains and deploys by the steps of this package, and goes on with an
// activity of its own. Bundled by worker.mts; started under the name `retrain`.
import { proxyActivities } from '@temporalio/workflow';
import type { FitThenDeployInput } from 'temporal-sagemaker/client';
import { deploy, fit } from 'temporal-sagemaker/workflows';

const { announce } = proxyActivities<{ announce(text: string): Promise<void> }>({ startToCloseTimeout: '1 minute' });

export async function retrain({ estimator, fit: training, deploy: hosting }: FitThenDeployInput): Promise<string> {
  const { trainingJobName } = await fit({ estimator, fit: training });
  const { endpointName, updated } = await deploy({ trainingJobName, deploy: hosting });
  await announce(`${endpointName} ${updated ? 'now serves' : 'serves'} the model of ${trainingJobName}`);
  return endpointName;
}
