/** Which models a config uses, as the sweep and a deploy read it: shadows and instance pools have models of their own. */
import {
  CreateEndpointCommand,
  CreateEndpointConfigCommand,
  CreateModelCommand,
  SageMakerClient,
} from '@aws-sdk/client-sagemaker';
import { MockActivityEnvironment } from '@temporalio/testing';
import { createHostingActivities } from '../../src/activities/hosting';
import type { HostingDescription } from '../../src/activities';
import { readConfig } from '../../src/activities/sweep/list-resources';
import type { AwsClients } from '../../src/activities/aws';
import { startEmulator, type Emulator } from '../../src/emulator';
import { ROLE } from '../support/rig';

const MODELS = ['served', 'pooled', 'shadow'];

let emulator: Emulator;
let sagemaker: SageMakerClient;
beforeAll(async () => {
  emulator = await startEmulator({ simulated: true });
  const { url: endpoint, region, credentials } = emulator;
  sagemaker = new SageMakerClient({ endpoint, region, credentials });
  for (const ModelName of MODELS) {
    const PrimaryContainer = { Image: 'iris' };
    await sagemaker.send(new CreateModelCommand({ ModelName, ExecutionRoleArn: ROLE, PrimaryContainer }));
  }
  const capacity = { VariantName: 'AllTraffic', InitialInstanceCount: 1, InitialVariantWeight: 1 };
  const pools = [
    { InstanceType: 'ml.m5.large', Priority: 1 },
    { InstanceType: 'ml.g5.xlarge', Priority: 2, ModelNameOverride: 'pooled' },
  ] as const;
  await sagemaker.send(
    new CreateEndpointConfigCommand({
      EndpointConfigName: 'iris',
      ProductionVariants: [{ ...capacity, ModelName: 'served', InstancePools: [...pools] }],
      ShadowProductionVariants: [
        { ...capacity, VariantName: 'Shadow', ModelName: 'shadow', InstanceType: 'ml.m5.large' },
      ],
    }),
  );
  await sagemaker.send(new CreateEndpointCommand({ EndpointName: 'iris', EndpointConfigName: 'iris' }));
});
afterAll(async () => {
  sagemaker.destroy();
  await emulator.close();
});

test('a sweep finds every model in use that a config names', async () => {
  const reading = { sagemaker, region: emulator.region, read: <T>(_at: object, call: () => Promise<T>) => call() };
  expect((await readConfig(reading, 'iris'))?.names.sort()).toEqual([...MODELS].sort());
});

test('an endpoint is described with every model that its config names', async () => {
  const { describeHosting } = createHostingActivities({ sagemaker, region: emulator.region } as AwsClients);
  const describe = () => describeHosting('iris');
  const live = await new MockActivityEnvironment().run<[], HostingDescription | null, typeof describe>(describe);
  expect(live?.models.map(({ name }) => name).sort()).toEqual([...MODELS].sort());
});
