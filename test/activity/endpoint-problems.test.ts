/** What AWS refuses of a serverless deploy for the endpoint that stands there, told before anything is made. */
import {
  CreateEndpointCommand,
  CreateEndpointConfigCommand,
  CreateModelCommand,
  SageMakerClient,
  type ProductionVariant,
} from '@aws-sdk/client-sagemaker';
import type { AwsClients } from '../../src/activities/aws';
import { findStandingProblems } from '../../src/activities/endpoint-problems';
import type { Plan } from '../../src/domain/plan';
import { emulatorControl, startEmulator, type Emulator } from '../../src/emulator';
import { ROLE } from '../support/rig';

let emulator: Emulator;
let sagemaker: SageMakerClient;
beforeAll(async () => {
  emulator = await startEmulator({ simulated: true, phases: { Creating: 0 } });
  const { url: endpoint, region, credentials } = emulator;
  sagemaker = new SageMakerClient({ endpoint, region, credentials });
  const PrimaryContainer = { Image: 'iris' };
  await sagemaker.send(new CreateModelCommand({ ModelName: 'iris', ExecutionRoleArn: ROLE, PrimaryContainer }));
});
afterAll(async () => {
  sagemaker.destroy();
  await emulator.close();
});

const SERVERLESS = { MemorySizeInMB: 2048, MaxConcurrency: 5 } as const;

async function host(name: string, capacity: Partial<ProductionVariant>): Promise<void> {
  const ProductionVariants = [{ VariantName: 'AllTraffic', ModelName: 'iris', ...capacity }];
  await sagemaker.send(new CreateEndpointConfigCommand({ EndpointConfigName: name, ProductionVariants }));
  await sagemaker.send(new CreateEndpointCommand({ EndpointName: name, EndpointConfigName: name }));
}

function problemsOfServerless(EndpointName: string): Promise<string[]> {
  const variant = { VariantName: 'AllTraffic', ModelName: 'iris', ServerlessConfig: SERVERLESS };
  const hosting = { endpointConfig: { ProductionVariants: [variant] }, endpoint: { EndpointName } };
  return findStandingProblems({ sagemaker, region: emulator.region } as AwsClients, { hosting } as unknown as Plan);
}

const REFUSED = [
  expect.stringMatching(/^deploy\.serverlessInferenceConfig cannot be for .*, an endpoint on instances,/),
];

test('an endpoint on instances never becomes a serverless one, be it scaled to zero', async () => {
  await host('on-instances', { InstanceType: 'ml.m5.large', InitialInstanceCount: 1 });
  expect(await problemsOfServerless('on-instances')).toEqual(REFUSED);
  const patch = {
    ProductionVariants: [{ VariantName: 'AllTraffic', CurrentInstanceCount: 0, DesiredInstanceCount: 0 }],
  };
  await emulatorControl(emulator.url).addFaults([
    { operation: 'DescribeEndpoint', action: 'rewrite', patch, times: 1 },
  ]);
  expect(await problemsOfServerless('on-instances')).toEqual(REFUSED);
});

test('a serverless endpoint, and none, are no hindrance', async () => {
  await host('serverless', { ServerlessConfig: SERVERLESS });
  expect(await problemsOfServerless('serverless')).toEqual([]);
  expect(await problemsOfServerless('none')).toEqual([]);
});
