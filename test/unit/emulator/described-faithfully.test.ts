/**
 * What a Create got, its Describe tells: each member that the answer's shape has too, over all of AWS's model. And what is
 * told is what the model lets an answer be.
 */
import { findOutputViolations, findViolations } from '../../../src/service-model';
import { findOperation, shapeOf, type OperationModel } from '../../../src/service-model/model';
import { asAnswered, fullValueOf } from '../../support/model-values';
import {
  BUCKET,
  openSageMakerWorld,
  ROLE_ARN,
  trainingRequest,
  type SageMakerWorld,
} from '../../support/sagemaker-world';

type Fields = Record<string, unknown>;

let sagemaker: SageMakerWorld;
beforeAll(async () => {
  // Jobs and endpoints stay as they begin: nothing is started.
  sagemaker = await openSageMakerWorld({ simulated: true, phases: { Starting: 3_600_000, Creating: 3_600_000 } });
  await sagemaker.put('key/part', '1');
  await model('name-1');
});
afterAll(async () => {
  await sagemaker.close();
  sagemaker.remove();
});

const model = (name: string, changes: Fields = {}) =>
  sagemaker.ask('CreateModel', {
    ModelName: name,
    ExecutionRoleArn: ROLE_ARN,
    PrimaryContainer: { Image: 'scripted' },
    ...changes,
  });

let count = 0;
const nextName = (): string => `made-${String((count += 1))}`;

function operationOf(name: string): OperationModel & { input: string; output: string } {
  const found = findOperation(name);
  if (found?.input === undefined) throw new Error(`${name} is not modelled`);
  return { output: '', ...found, input: found.input };
}

const membersOf = (operation: OperationModel, shape: string): Record<string, string> =>
  shapeOf(operation, shape).members ?? {};

/** Creates, describes, and answers both as far as the members go that both shapes have. */
async function createAndDescribe(kind: string, request: Fields): Promise<{ sent: Fields; told: Fields }> {
  const create = operationOf(`Create${kind}`);
  const describe = operationOf(`Describe${kind}`);
  expect(findViolations(`Create${kind}`, request)).toEqual([]);
  await sagemaker.ask(`Create${kind}`, request);
  const told: Fields = await sagemaker.ask(`Describe${kind}`, { [`${kind}Name`]: request[`${kind}Name`] });
  expect(findOutputViolations(`Describe${kind}`, told)).toEqual([]);
  return { sent: asAnswered({ ...create, ...describe }, request, describe.output) as Fields, told };
}

/** A valid request with this member in full, and without what it excludes. */
type Bases = Record<string, (value: unknown) => Fields>;

function fieldsOf(kind: string): [string, unknown][] {
  const create = operationOf(`Create${kind}`);
  const answered = membersOf(create, operationOf(`Describe${kind}`).output);
  return Object.entries(membersOf(create, create.input))
    .filter(([member]) => member in answered)
    .map(([member, shape]) => [member, fullValueOf(create, shape)]);
}

const MODEL_BASES: Bases = {
  // One source of model data excludes the other.
  PrimaryContainer: (value) => ({ PrimaryContainer: { ...(value as Fields), ModelDataUrl: undefined } }),
  Containers: (value) => ({
    PrimaryContainer: undefined,
    Containers: (value as Fields[]).map((container) => ({ ...container, ModelDataSource: undefined })),
  }),
};

const withoutUndefined = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

describe('DescribeModel tells what CreateModel got', () => {
  it.each(fieldsOf('Model'))('%s', async (member, value) => {
    const name = nextName();
    const fields = (MODEL_BASES[member] ?? ((given) => ({ [member]: given })))(value);
    const request = {
      ModelName: name,
      ExecutionRoleArn: ROLE_ARN,
      PrimaryContainer: { Image: 'scripted' },
      ...fields,
      ...(member === 'ModelName' && { ModelName: name }),
    };
    const { sent, told } = await createAndDescribe('Model', withoutUndefined(request) as Fields);
    expect(told).toMatchObject(sent);
  });
});

const VARIANT = {
  VariantName: 'AllTraffic',
  ModelName: 'name-1',
  InstanceType: 'ml.m5.large',
  InitialInstanceCount: 1,
};

const CONFIG_BASES: Bases = {
  ProductionVariants: () => ({ ProductionVariants: [VARIANT] }),
  ShadowProductionVariants: () => ({ ShadowProductionVariants: [{ ...VARIANT, VariantName: 'Shadow' }] }),
};

describe('DescribeEndpointConfig tells what CreateEndpointConfig got', () => {
  const make = (fields: Fields) => {
    const request = { EndpointConfigName: nextName(), ProductionVariants: [VARIANT], ...fields };
    return createAndDescribe('EndpointConfig', withoutUndefined(request) as Fields);
  };

  it.each(fieldsOf('EndpointConfig').filter(([member]) => member !== 'EndpointConfigName'))(
    '%s',
    async (member, value) => {
      const { sent, told } = await make((CONFIG_BASES[member] ?? ((given) => ({ [member]: given })))(value));
      expect(told).toMatchObject(sent);
    },
  );

  const create = operationOf('CreateEndpointConfig');
  const variantFields = Object.entries(membersOf(create, 'ProductionVariant'))
    .filter(([member]) => !(member in VARIANT))
    .map(([member, shape]): [string, unknown] => [member, fullValueOf(create, shape)]);

  it.each(variantFields)('ProductionVariants[0].%s', async (member, value) => {
    const instead: Record<string, Fields> = {
      InstancePools: { InstanceType: undefined },
      ServerlessConfig: { InstanceType: undefined, InitialInstanceCount: undefined },
    };
    const { sent, told } = await make({ ProductionVariants: [{ ...VARIANT, ...instead[member], [member]: value }] });
    expect(told).toMatchObject(sent);
  });
});

describe('DescribeEndpoint tells', () => {
  const create = operationOf('CreateEndpointConfig');
  const describeModel = operationOf('DescribeEndpoint');
  const ofEndpoint = membersOf(create, describeModel.output);

  async function endpointOf(config: Fields, further: Fields = {}): Promise<Fields> {
    const name = nextName();
    await sagemaker.ask('CreateEndpointConfig', {
      EndpointConfigName: name,
      ProductionVariants: [VARIANT],
      ...config,
    });
    await sagemaker.ask('CreateEndpoint', { EndpointName: name, EndpointConfigName: name, ...further });
    const told: Fields = await sagemaker.ask('DescribeEndpoint', { EndpointName: name });
    expect(findOutputViolations('DescribeEndpoint', told)).toEqual([]);
    return told;
  }

  const settings = fieldsOf('EndpointConfig').filter(([member]) => member in ofEndpoint && !(member in CONFIG_BASES));

  it.each(settings.filter(([member]) => !/^Endpoint|DataCapture/.test(member)))(
    'the config’s %s',
    async (member, value) => {
      expect(await endpointOf({ [member]: value })).toMatchObject({ [member]: value });
    },
  );

  it('what it captures', async () => {
    const value = fullValueOf(create, 'DataCaptureConfig') as Fields;
    expect(await endpointOf({ DataCaptureConfig: value })).toMatchObject({
      DataCaptureConfig: {
        EnableCapture: true,
        CaptureStatus: 'Stopped',
        CurrentSamplingPercentage: value.InitialSamplingPercentage,
        DestinationS3Uri: value.DestinationS3Uri,
        KmsKeyId: value.KmsKeyId,
      },
    });
  });

  const summary = membersOf(describeModel, 'ProductionVariantSummary');
  const repeated = Object.entries(membersOf(create, 'ProductionVariant')).filter(
    ([member]) => member in summary && !(member in VARIANT),
  );

  it.each(repeated)('a variant’s %s', async (member, shape) => {
    const value = fullValueOf(create, shape);
    const instead = member === 'InstancePools' ? { InstanceType: undefined } : {};
    const told = await endpointOf({ ProductionVariants: [{ ...VARIANT, ...instead, [member]: value }] });
    const [variant] = told.ProductionVariants as Fields[];
    expect(variant?.[member]).toMatchObject(
      asAnswered(describeModel, value, summary[member] ?? '') as Record<string, unknown>,
    );
  });

  it('how large a serverless variant is', async () => {
    const ServerlessConfig = { MemorySizeInMB: 3072, MaxConcurrency: 4, ProvisionedConcurrency: 2 };
    const variant = { VariantName: 'AllTraffic', ModelName: 'name-1', ServerlessConfig };
    const [told] = (await endpointOf({ ProductionVariants: [variant] })).ProductionVariants as Fields[];
    expect(told).toMatchObject({ DesiredServerlessConfig: ServerlessConfig });
    expect(told).not.toHaveProperty('DesiredInstanceCount');
  });

  it('how it is deployed', async () => {
    const DeploymentConfig = {
      BlueGreenUpdatePolicy: {
        TrafficRoutingConfiguration: { Type: 'ALL_AT_ONCE', WaitIntervalInSeconds: 60 },
        TerminationWaitInSeconds: 60,
        MaximumExecutionTimeoutInSeconds: 600,
      },
      AutoRollbackConfiguration: { Alarms: [{ AlarmName: 'errors' }] },
    };
    expect(await endpointOf({}, { DeploymentConfig })).toMatchObject({ LastDeploymentConfig: DeploymentConfig });
  });
});

const TRAINING_BASES: Bases = {
  AlgorithmSpecification: (value) => ({
    AlgorithmSpecification: { ...(value as Fields), AlgorithmName: undefined, TrainingImage: 'scripted' },
  }),
  InputDataConfig: (value) => ({
    InputDataConfig: (value as Fields[]).map((channel) => ({
      ...channel,
      DataSource: { S3DataSource: { S3DataType: 'S3Prefix', S3Uri: `s3://${BUCKET}/key` } },
    })),
  }),
  OutputDataConfig: (value) => ({ OutputDataConfig: { ...(value as Fields), S3OutputPath: `s3://${BUCKET}/out` } }),
  ResourceConfig: (value) => ({
    ResourceConfig: { ...(value as Fields), InstanceGroups: undefined, InstancePreferences: undefined },
  }),
  StoppingCondition: (value) => ({ StoppingCondition: { ...(value as Fields), MaxWaitTimeInSeconds: undefined } }),
  EnableManagedSpotTraining: (value) => ({
    EnableManagedSpotTraining: value,
    StoppingCondition: { MaxRuntimeInSeconds: 60, MaxWaitTimeInSeconds: 60 },
  }),
};

describe('DescribeTrainingJob tells what CreateTrainingJob got', () => {
  it.each(fieldsOf('TrainingJob').filter(([member]) => member !== 'TrainingJobName'))('%s', async (member, value) => {
    const fields = (TRAINING_BASES[member] ?? ((given) => ({ [member]: given })))(value);
    const request = withoutUndefined(trainingRequest(nextName(), '', fields)) as Fields;
    const { sent, told } = await createAndDescribe('TrainingJob', request);
    expect(told).toMatchObject(sent);
  });
});
