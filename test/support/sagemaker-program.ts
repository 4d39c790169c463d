/**
 * An emulator's SageMaker in a process of its own, to be killed: trains and serves until then. Arguments: folder,
 * isolation as JSON, seconds that mark its training processes. Prints `ready` once all runs.
 */
import {
  createModelAndConfig,
  openSageMakerWorld,
  putModelData,
  trainingRequest,
  untilSettled,
} from './sagemaker-world';
import { TRAINING_LOGS } from './sagemaker-world';
import { until } from './until';

async function main(): Promise<void> {
  const [folder = '', isolation = '', seconds = ''] = process.argv.slice(2);
  const sagemaker = await openSageMakerWorld({ folder, isolation: JSON.parse(isolation) as never });
  const script = `trap "" TERM; sleep ${seconds} & setsid sleep ${seconds} & echo running; wait`;
  await sagemaker.ask('CreateTrainingJob', trainingRequest('running', script));
  const uri = await putModelData(sagemaker, 'model.tar.gz', 'served');
  await createModelAndConfig(sagemaker, 'serving', { ModelDataUrl: uri });
  await sagemaker.ask('CreateEndpoint', { EndpointName: 'serving', EndpointConfigName: 'serving' });
  await untilSettled(sagemaker, 'serving');
  await until(() => sagemaker.readLog(TRAINING_LOGS).length > 0, { what: 'training' });
  process.stdout.write('ready\n');
}

void main();
