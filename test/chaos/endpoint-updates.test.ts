/** What a deploy does to the endpoint that it finds: what it keeps, what it refuses, and how a policy takes it back. */
import { HeadBucketCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { DescribeEndpointCommand, DescribeModelCommand } from '@aws-sdk/client-sagemaker';
import type {
  DeleteEndpointResult,
  DeployAnywhere,
  DeployArguments,
  DeployInput,
  DeployResult,
  FitThenDeployResult,
  RequestFields,
} from '../../src/contract';
import { failureOfRun } from '../support/failures';
import { DATA_BUCKET, DEPLOY, mainJob, ROLE, startRig, uniqueName, type Rig } from '../support/rig';

const MODEL_DATA = `s3://${DATA_BUCKET}/given/model.tar.gz`;
const SERVERLESS = { serverlessInferenceConfig: {} };

let rig: Rig;
beforeAll(async () => {
  rig = await startRig();
  await rig.s3.send(new PutObjectCommand({ Bucket: DATA_BUCKET, Key: 'given/model.tar.gz', Body: 'packed' }));
});
afterAll(() => rig.close());

function inputOf(endpointName: string, deploy: DeployArguments): DeployInput {
  return { modelData: MODEL_DATA, deploy: { ...deploy, endpointName, image: 'iris', role: ROLE } };
}

const deployTo = async (name: string, deploy: DeployArguments = DEPLOY) =>
  (await (await rig.start('deploy', inputOf(name, deploy))).result()) as DeployResult;
const failureOf = async (name: string, deploy: DeployArguments) =>
  failureOfRun(await rig.start('deploy', inputOf(name, deploy)));
const describeEndpoint = (name: string) => rig.sagemaker.send(new DescribeEndpointCommand({ EndpointName: name }));
const another = (further: Partial<DeployAnywhere> = {}) => ({ ...DEPLOY, env: { VERSION: '2' }, ...further });

describe('an update', () => {
  it('goes on capturing data until it is told otherwise', async () => {
    const name = uniqueName();
    const dataCaptureConfig = { enableCapture: true, destinationS3Uri: `s3://${DATA_BUCKET}/kept` };
    await deployTo(name, { ...DEPLOY, dataCaptureConfig });
    const kept = { EnableCapture: true, DestinationS3Uri: `s3://${DATA_BUCKET}/kept`, CaptureStatus: 'Started' };

    const changed = await deployTo(name, { ...DEPLOY, initialInstanceCount: 2 });
    expect(changed.updated).toBe(true);
    expect(await describeEndpoint(name)).toMatchObject({
      EndpointConfigName: changed.endpointConfigName,
      ProductionVariants: [{ CurrentInstanceCount: 2 }],
      DataCaptureConfig: kept,
    });
    await deployTo(name, { ...DEPLOY, initialInstanceCount: 1, retainAllVariantProperties: true });
    expect(await describeEndpoint(name)).toMatchObject({
      ProductionVariants: [{ CurrentInstanceCount: 2 }],
      DataCaptureConfig: kept,
    });
    await deployTo(name);
    expect(await describeEndpoint(name)).toMatchObject({ DataCaptureConfig: kept });
    const ended = await deployTo(name, { ...DEPLOY, dataCaptureConfig: null });
    expect(ended.updated).toBe(true);
    expect(await describeEndpoint(name)).not.toHaveProperty('DataCaptureConfig');
  });

  it('captures what the overrides say, and nothing where they say so', async () => {
    const name = uniqueName();
    const DataCaptureConfig = {
      EnableCapture: true,
      InitialSamplingPercentage: 100,
      DestinationS3Uri: `s3://${DATA_BUCKET}/raw`,
      CaptureOptions: [{ CaptureMode: 'Input' }],
    };
    const capturing = (fields: object | null) => ({
      ...DEPLOY,
      overrides: { createEndpointConfig: { DataCaptureConfig: fields } as RequestFields },
    });
    await deployTo(name, capturing(DataCaptureConfig));
    await deployTo(name, capturing({ ...DataCaptureConfig, DestinationS3Uri: `s3://${DATA_BUCKET}/elsewhere` }));
    expect(await describeEndpoint(name)).toMatchObject({
      DataCaptureConfig: { DestinationS3Uri: `s3://${DATA_BUCKET}/elsewhere` },
    });
    await deployTo(name, capturing(null));
    expect(await describeEndpoint(name)).not.toHaveProperty('DataCaptureConfig');
  });

  it('brings its policy and alarms, and tells why AWS took it back', async () => {
    const name = uniqueName();
    const first = await deployTo(name);
    const reason = 'The update was rolled back because the alarm errors went into ALARM.';
    await rig.control.addOutcomes([
      {
        kind: 'endpoint',
        resource: name,
        when: 'update',
        steps: [
          { status: 'Updating', durationMs: 50 },
          { status: 'RollingBack', durationMs: 50, failureReason: reason },
        ],
        end: { status: 'InService', serves: 'old', failureReason: reason },
      },
    ]);
    const deploymentConfig = {
      blueGreenUpdatePolicy: {
        trafficRoutingConfiguration: {
          type: 'CANARY' as const,
          waitIntervalInSeconds: 60,
          canarySize: { type: 'CAPACITY_PERCENT' as const, value: 50 },
        },
      },
      autoRollbackConfiguration: { alarms: [{ alarmName: 'errors' }] },
    };
    const failure = await failureOf(name, { ...another(), deploymentConfig });
    expect(failure).toMatchObject({
      code: 'EndpointRolledBack',
      details: { reason, outcome: { kind: 'rolled back', serves: first.endpointConfigName } },
    });
    expect(await describeEndpoint(name)).toMatchObject({
      EndpointConfigName: first.endpointConfigName,
      LastDeploymentConfig: {
        BlueGreenUpdatePolicy: { TrafficRoutingConfiguration: { Type: 'CANARY' } },
        AutoRollbackConfiguration: { Alarms: [{ AlarmName: 'errors' }] },
      },
    });
  });

  it('takes a serverless endpoint to instances; back again is refused before anything is made', async () => {
    const name = uniqueName();
    await deployTo(name, SERVERLESS);
    expect(await describeEndpoint(name)).toMatchObject({
      ProductionVariants: [{ CurrentServerlessConfig: { MemorySizeInMB: 2048, MaxConcurrency: 5 } }],
    });
    const updated = await deployTo(name);
    expect(updated.updated).toBe(true);
    const before = (await rig.calls('CreateModel')).length;
    const failure = await failureOf(name, { ...SERVERLESS, env: { VERSION: '2' } });
    expect(failure).toMatchObject({ code: 'InvalidInput', details: { ledger: [] } });
    expect(failure.message).toContain(`deploy.serverlessInferenceConfig cannot be for ${name}`);
    expect(await rig.calls('CreateModel')).toHaveLength(before);
  });
});

it('a job that trained in a VPC, isolated, has its model hosted so too, and never serverless by mistake', async () => {
  const jobName = uniqueName();
  const { estimator, fit } = mainJob(jobName);
  const where = { subnets: ['subnet-1'], securityGroupIds: ['sg-1'], enableNetworkIsolation: true };
  await (await rig.start('fit', { estimator: { ...estimator, ...where }, fit })).result();
  const refused = await failureOfRun(await rig.start('deploy', { trainingJobName: jobName, deploy: SERVERLESS }));
  expect(refused).toMatchObject({
    code: 'InvalidInput',
    details: {
      problems: [expect.stringContaining('vpcConfigOverride'), expect.stringContaining('enableNetworkIsolation')],
    },
  });
  const result = (await (
    await rig.start('deploy', { trainingJobName: jobName, deploy: DEPLOY })
  ).result()) as DeployResult;
  expect(await rig.sagemaker.send(new DescribeModelCommand({ ModelName: result.modelName }))).toMatchObject({
    VpcConfig: { Subnets: ['subnet-1'], SecurityGroupIds: ['sg-1'] },
    EnableNetworkIsolation: true,
  });
});

describe('updateEndpoint', () => {
  it('true makes no endpoint, false updates none', async () => {
    const name = uniqueName();
    const missing = await failureOf(name, another({ updateEndpoint: true }));
    expect(missing.code).toBe('EndpointNotFound');
    expect(missing.details.ledger?.map(({ state }) => state)).toEqual(['deleted', 'deleted']);

    const first = await deployTo(name, { ...DEPLOY, updateEndpoint: false });
    expect(await failureOf(name, another({ updateEndpoint: false }))).toMatchObject({ code: 'NameTaken' });
    expect(await describeEndpoint(name)).toMatchObject({ EndpointConfigName: first.endpointConfigName });
    expect((await deployTo(name, another({ updateEndpoint: true }))).updated).toBe(true);
  });

  it('is held against what stands before a training is paid for', async () => {
    const endpointName = uniqueName();
    const trainFor = async (updateEndpoint: boolean) => {
      const input = mainJob(uniqueName());
      return failureOfRun(
        await rig.start('fitThenDeploy', { ...input, deploy: { ...input.deploy, endpointName, updateEndpoint } }),
      );
    };
    const trained = (await rig.calls('CreateTrainingJob')).length;
    const missing = await trainFor(true);
    expect(missing).toMatchObject({ code: 'EndpointNotFound', details: { ledger: [] } });
    expect(missing.message).toContain(`there is no endpoint named ${endpointName} to update`);
    await deployTo(endpointName);
    expect(await trainFor(false)).toMatchObject({ code: 'NameTaken', details: { ledger: [] } });
    expect(await rig.calls('CreateTrainingJob')).toHaveLength(trained);
  });
});

describe('a model with a name of the user’s own', () => {
  it('is served, taken up again, and left where it is replaced or its endpoint deleted', async () => {
    const name = uniqueName();
    const modelName = uniqueName('chosen');
    const left = {
      kind: 'model',
      name: modelName,
      state: 'left',
      reason: expect.stringContaining('modelName') as string,
    };
    expect((await deployTo(name, { ...DEPLOY, modelName })).modelName).toBe(modelName);
    expect(await failureOf(name, another({ modelName }))).toMatchObject({ code: 'NameTaken' });
    expect((await deployTo(name, another())).ledger).toContainEqual(left);
    await deployTo(name, { ...DEPLOY, modelName });
    const removal = (await (
      await rig.start('deleteEndpoint', { endpointName: name })
    ).result()) as DeleteEndpointResult;
    expect(removal.left).toMatchObject([left]);
    await expect(rig.sagemaker.send(new DescribeModelCommand({ ModelName: modelName }))).resolves.toBeDefined();
  });
});

it('what an endpoint writes to the default bucket has one to be written to', async () => {
  const bucket = `sagemaker-${rig.emulator.region}-123456789012`;
  const result = await deployTo(uniqueName(), { ...DEPLOY, asyncInferenceConfig: {} });
  expect(result.ledger).toContainEqual({ kind: 'bucket', name: bucket, state: 'made' });
  await expect(rig.s3.send(new HeadBucketCommand({ Bucket: bucket }))).resolves.toBeDefined();
});

it('a model that was never packed is hosted from its prefix', async () => {
  const name = uniqueName();
  const handle = await rig.start('fitThenDeploy', mainJob(name, { disableOutputCompression: true }));
  const { modelData, modelName } = (await handle.result()) as FitThenDeployResult;
  expect(modelData).toBe(`s3://${DATA_BUCKET}/models/${name}/output/model/`);
  const { PrimaryContainer } = await rig.sagemaker.send(new DescribeModelCommand({ ModelName: modelName }));
  expect(PrimaryContainer).toMatchObject({
    ModelDataSource: { S3DataSource: { S3Uri: modelData, S3DataType: 'S3Prefix', CompressionType: 'None' } },
  });
  const again = await rig.start('deploy', { trainingJobName: name, deploy: { ...DEPLOY, endpointName: `${name}-2` } });
  expect(await again.result()).toMatchObject({ modelData });
});
