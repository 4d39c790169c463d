/** `deploy`, `fitThenDeploy` and `deleteEndpoint` against the emulator: create-or-update, take-down, ownership. */
import {
  CreateEndpointCommand,
  CreateEndpointConfigCommand,
  CreateModelCommand,
  CreateTrainingJobCommand,
  DescribeEndpointCommand,
  ListEndpointConfigsCommand,
  ListEndpointsCommand,
  ListModelsCommand,
} from '@aws-sdk/client-sagemaker';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { join } from 'node:path';
import { create } from 'tar';
import type {
  DeleteEndpointResult,
  DeployOnInstances,
  DeployInput,
  DeployResult,
  FitThenDeployResult,
  Progress,
} from '../../src/contract';
import { MEMO, PROGRESS_QUERY } from '../../src/contract';
import { activitiesSinceCancel } from '../support/cancels';
import { failureOfRun } from '../support/failures';
import {
  DATA_BUCKET,
  DEPLOY,
  ESTIMATOR,
  mainJob,
  ROLE,
  searchAttributesOf,
  startRig,
  uniqueName,
  type Handle,
  type Rig,
} from '../support/rig';
import { until } from '../support/until';

const MODEL_DATA = `s3://${DATA_BUCKET}/given/model.tar.gz`;
const ALGORITHMS = join(__dirname, '../support/algorithms');

let rig: Rig;
beforeAll(async () => {
  rig = await startRig({ emulator: { images: { 'broken-server': join(ALGORITHMS, 'broken-server') } } });
  const archive = create({ gzip: true, cwd: ALGORITHMS, sync: true }, ['scripted']).read() as Buffer;
  await rig.s3.send(new PutObjectCommand({ Bucket: DATA_BUCKET, Key: 'given/model.tar.gz', Body: archive }));
});
afterAll(() => rig.close());
afterEach(async () => {
  await rig.control.clearFaults();
  await rig.control.setClock({ simulated: true, phases: { Creating: 20, Updating: 20, Training: 20 } });
});

function deployInput(endpointName: string, further: Partial<DeployOnInstances> = {}): DeployInput {
  return { modelData: MODEL_DATA, deploy: { ...DEPLOY, endpointName, image: 'iris', role: ROLE, ...further } };
}

const deployTo = async (endpointName: string, further: Partial<DeployOnInstances> = {}) =>
  (await (await rig.start('deploy', deployInput(endpointName, further))).result()) as DeployResult;

/** Names of all that exists for an endpoint. */
async function standing(endpointName: string): Promise<{ endpoints: string[]; configs: string[]; models: string[] }> {
  const filter = { NameContains: endpointName, MaxResults: 100 };
  const [{ Endpoints }, { EndpointConfigs }, { Models }] = await Promise.all([
    rig.sagemaker.send(new ListEndpointsCommand(filter)),
    rig.sagemaker.send(new ListEndpointConfigsCommand(filter)),
    rig.sagemaker.send(new ListModelsCommand(filter)),
  ]);
  return {
    endpoints: (Endpoints ?? []).map(({ EndpointName }) => EndpointName ?? ''),
    configs: (EndpointConfigs ?? []).map(({ EndpointConfigName }) => EndpointConfigName ?? ''),
    models: (Models ?? []).map(({ ModelName }) => ModelName ?? ''),
  };
}
const NOTHING = { endpoints: [], configs: [], models: [] };

describe('deploy', () => {
  it('makes model, config and endpoint, and says what serves', async () => {
    const name = uniqueName();
    const result = await deployTo(name);
    expect(result).toMatchObject({ endpointName: name, modelData: MODEL_DATA, updated: false, warnings: [] });
    expect(result.ledger.map(({ kind, state }) => `${kind} ${state}`)).toEqual([
      'model made',
      'endpoint config made',
      'endpoint made',
    ]);
    expect(await standing(name)).toEqual({
      endpoints: [name],
      configs: [result.endpointConfigName],
      models: [result.modelName],
    });
  });

  it('updates an endpoint of ours, and retires what it replaced once the new one is proven', async () => {
    const name = uniqueName();
    const first = await deployTo(name);
    const second = await deployTo(name, { env: { VERSION: '2' } });
    expect(second.updated).toBe(true);
    expect(second.endpointConfigName).not.toBe(first.endpointConfigName);
    expect(second.ledger).toEqual(
      expect.arrayContaining([
        { kind: 'endpoint config', name: first.endpointConfigName, state: 'deleted' },
        { kind: 'model', name: first.modelName, state: 'deleted' },
      ]),
    );
    expect(await standing(name)).toEqual({
      endpoints: [name],
      configs: [second.endpointConfigName],
      models: [second.modelName],
    });
  });

  it('keeps the model that it replaced where an instance pool of the new config serves it', async () => {
    const name = uniqueName();
    const first = await deployTo(name);
    const { instanceType, ...serving } = deployInput(name, { env: { VERSION: '2' } }).deploy as DeployOnInstances;
    const instancePools = [{ instanceType }, { instanceType: 'ml.g5.xlarge', modelNameOverride: first.modelName }];
    const input = { ...deployInput(name), deploy: { ...serving, instancePools } };
    const second = (await (await rig.start('deploy', input)).result()) as DeployResult;
    const { models, configs } = await standing(name);
    expect(models.sort()).toEqual([first.modelName, second.modelName].sort());
    expect(configs).toEqual([second.endpointConfigName]);
  });

  it('of what serves already makes nothing', async () => {
    const name = uniqueName();
    const first = await deployTo(name);
    const again = await deployTo(name);
    expect(again).toMatchObject({ endpointConfigName: first.endpointConfigName, updated: false });
    expect(again.ledger.map(({ state }) => state)).toEqual(['adopted', 'adopted', 'adopted']);
    const updates = (await rig.calls('UpdateEndpoint')).filter(({ resource }) => resource === name);
    expect(updates).toEqual([]);
  });

  it('of what serves already makes nothing, though its overrides are newer than AWS’s client', async () => {
    const name = uniqueName();
    const Tomorrow = { key: 'canary-1' };
    const overrides = { createModel: { Tomorrow }, createEndpointConfig: { Tomorrow } };
    const first = await deployTo(name, { overrides });
    const again = await deployTo(name, { overrides });
    expect(again).toMatchObject({ endpointConfigName: first.endpointConfigName, updated: false });
    expect(again.ledger.map(({ state }) => state)).toEqual(['adopted', 'adopted', 'adopted']);
  });

  it('of a chosen model whose request is newer than AWS’s client is a conflict that shows no value', async () => {
    const chosen = { modelName: uniqueName('chosen'), overrides: { createModel: { Tomorrow: 'canary-1' } } };
    await deployTo(uniqueName(), chosen);
    const failure = await failureOfRun(await rig.start('deploy', deployInput(uniqueName(), chosen)));
    expect(failure).toMatchObject({ code: 'NameTaken' });
    expect(failure.message).toContain('Tomorrow: values differ');
    expect(JSON.stringify(failure)).not.toContain('canary');
  });

  it('waits for its turn while another deploy is under way', async () => {
    const name = uniqueName();
    await rig.control.setClock({ phases: { Creating: 700 } });
    const first = await rig.start('deploy', deployInput(name));
    await until(async () => (await standing(name)).endpoints.length === 1, { what: 'the first endpoint' });
    const second = await deployTo(name, { env: { VERSION: '2' } });
    expect(second.updated).toBe(true);
    expect(await first.result()).toMatchObject({ updated: false });
    const live = await rig.sagemaker.send(new DescribeEndpointCommand({ EndpointName: name }));
    expect(live.EndpointConfigName).toBe(second.endpointConfigName);
  });

  it('from model data that is not there is ArtefactMissing, and makes nothing', async () => {
    const name = uniqueName();
    const input = { ...deployInput(name), modelData: `s3://${DATA_BUCKET}/given/nothing.tar.gz` };
    const failure = await failureOfRun(await rig.start('deploy', input));
    expect(failure).toMatchObject({ code: 'ArtefactMissing', details: { ledger: [] } });
    expect(await standing(name)).toEqual(NOTHING);
  });

  it('to an endpoint that is not ours is a conflict, and takes nothing of it away', async () => {
    const name = uniqueName();
    const container = { Image: 'iris', ModelDataUrl: MODEL_DATA };
    await rig.sagemaker.send(
      new CreateModelCommand({ ModelName: name, ExecutionRoleArn: ROLE, PrimaryContainer: container }),
    );
    const variant = {
      VariantName: 'AllTraffic',
      ModelName: name,
      InitialInstanceCount: 1,
      InstanceType: 'ml.m5.large' as const,
    };
    await rig.sagemaker.send(
      new CreateEndpointConfigCommand({ EndpointConfigName: name, ProductionVariants: [variant] }),
    );
    await rig.sagemaker.send(new CreateEndpointCommand({ EndpointName: name, EndpointConfigName: name }));
    const failure = await failureOfRun(await rig.start('deploy', deployInput(name)));
    expect(failure.code).toBe('NameTaken');
    expect(await standing(name)).toEqual({ endpoints: [name], configs: [name], models: [name] });

    const removal = (await (
      await rig.start('deleteEndpoint', { endpointName: name })
    ).result()) as DeleteEndpointResult;
    expect(removal.deleted).toMatchObject([{ kind: 'endpoint', name }]);
    expect(removal.left.map(({ kind, reason }) => `${kind}: ${reason ?? ''}`)).toEqual([
      'endpoint config: it bears no tag of a run of ours',
      'model: it bears no tag of a run of ours',
    ]);
  });

  it('from a training job goes on from what AWS says of it, and waits while it runs', async () => {
    await rig.control.setClock({ phases: { Training: 500 } });
    const name = uniqueName();
    const { fit } = mainJob(name);
    const training = await rig.start('fit', { estimator: ESTIMATOR, fit });
    await until(async () => (await rig.calls('CreateTrainingJob')).some(({ resource }) => resource === name), {
      what: 'the job',
    });
    const result = (await (
      await rig.start('deploy', { trainingJobName: name, deploy: DEPLOY })
    ).result()) as DeployResult;
    expect(result).toMatchObject({
      endpointName: name,
      modelData: `s3://${DATA_BUCKET}/models/${name}/output/model.tar.gz`,
    });
    await training.result();
    expect(await rig.calls('StopTrainingJob')).toEqual([]);
  });

  it.each([['TrainingJobNotFound', 'no-such-job']])(
    'is %s where there is no such job',
    async (code, trainingJobName) => {
      const failure = await failureOfRun(await rig.start('deploy', { trainingJobName, deploy: DEPLOY }));
      expect(failure.code).toBe(code);
    },
  );
});

describe('a deploy whose model does not come to serve', () => {
  beforeEach(() => rig.control.setClock({ simulated: false }));

  it('is EndpointFailed with AWS’s reason and the last log lines, and takes down all it made', async () => {
    const name = uniqueName();
    const failure = await failureOfRun(await rig.start('deploy', deployInput(name, { image: 'broken-server' })));
    expect(failure.code).toBe('EndpointFailed');
    expect(failure.details.reason).toContain('did not pass the ping health check');
    expect(failure.details.logTail).toEqual(expect.arrayContaining(['No module named joblib']));
    expect(failure.details.ledger?.map(({ kind, state }) => `${kind} ${state}`)).toEqual([
      'model deleted',
      'endpoint config deleted',
      'endpoint deleted',
    ]);
    expect(await standing(name)).toEqual(NOTHING);
  });

  it('is EndpointRolledBack on an update: the old one serves on, and only the new pair goes', async () => {
    const name = uniqueName();
    await rig.control.setClock({ simulated: true });
    const first = await deployTo(name);
    await rig.control.setClock({ simulated: false });
    const failure = await failureOfRun(await rig.start('deploy', deployInput(name, { image: 'broken-server' })));
    expect(failure.code).toBe('EndpointRolledBack');
    expect(await standing(name)).toEqual({
      endpoints: [name],
      configs: [first.endpointConfigName],
      models: [first.modelName],
    });
    const live = await rig.sagemaker.send(new DescribeEndpointCommand({ EndpointName: name }));
    expect(live).toMatchObject({ EndpointStatus: 'InService', EndpointConfigName: first.endpointConfigName });
  });

  it('within fitThenDeploy loses neither the model data nor the way on', async () => {
    await rig.control.setClock({ simulated: true, phases: { Training: 60_000 } });
    const name = uniqueName();
    const input = mainJob(name);
    input.deploy = { ...input.deploy, image: 'no-such-image' };
    const handle = await rig.start('fitThenDeploy', input);
    await until(
      async () => (await handle.query<Progress>(PROGRESS_QUERY)).trainingJob?.secondaryStatus === 'Training',
      { what: 'the training' },
    );
    // The job goes on as it began; the endpoint, which begins later, meets the image that is missing.
    await rig.control.setClock({ simulated: false, phases: { Training: 20 } });
    const failure = await failureOfRun(handle);
    expect(failure).toMatchObject({
      code: 'EndpointFailed',
      details: { trainingJobName: name, modelData: `s3://${DATA_BUCKET}/models/${name}/output/model.tar.gz` },
    });
    await rig.control.setClock({ simulated: true });
    const result = await (await rig.start('deploy', { trainingJobName: name, deploy: DEPLOY })).result();
    expect(result).toMatchObject({ endpointName: name });
  });
});

describe('cancel of a deploy', () => {
  /** Its clean-up waits until the endpoint is no longer on its way. */
  const untilSettling = (handle: Handle) =>
    until(async () => (await activitiesSinceCancel(handle)).includes('awaitEndpointChange'), {
      what: 'the clean-up to wait for the endpoint',
    });

  it('while the endpoint is being created waits for it and takes down all it made', async () => {
    await rig.control.setClock({ phases: { Creating: 600_000 } });
    const name = uniqueName();
    const handle = await rig.start('deploy', deployInput(name));
    await until(async () => (await standing(name)).endpoints.length === 1, { what: 'the endpoint' });
    await handle.cancel();
    await untilSettling(handle);
    await rig.control.setClock({ phases: { Creating: 20 } });
    expect((await failureOfRun(handle)).code).toBe('Cancelled');
    expect(await standing(name)).toEqual(NOTHING);
    const { memo } = await handle.describe();
    expect(memo?.[MEMO.run]).toMatchObject({ stage: 'Cancelled' });
  });

  it('while the create is held takes down what it makes', async () => {
    const name = uniqueName();
    const [rule] = await rig.control.addFaults([
      { operation: 'CreateEndpoint', resource: name, action: 'hold', when: 'after' },
    ]);
    const handle = await rig.start('deploy', deployInput(name));
    await rig.control.untilHeld(rule!.id);
    await handle.cancel();
    // Without its rule the held call goes on, and so does one that was sent again meanwhile.
    await rig.control.clearFaults(rule!.id);
    expect((await failureOfRun(handle)).code).toBe('Cancelled');
    expect(await standing(name)).toEqual(NOTHING);
  });

  it('during an update lets it settle, and takes away only what does not serve', async () => {
    const name = uniqueName();
    const first = await deployTo(name);
    await rig.control.setClock({ phases: { Updating: 600_000 } });
    const handle = await rig.start('deploy', deployInput(name, { env: { VERSION: '2' } }));
    await until(async () => (await rig.calls('UpdateEndpoint')).some(({ resource }) => resource === name), {
      what: 'the update',
    });
    await handle.cancel();
    await untilSettling(handle);
    await rig.control.setClock({ phases: { Updating: 20 } });
    expect((await failureOfRun(handle)).code).toBe('Cancelled');
    const live = await rig.sagemaker.send(new DescribeEndpointCommand({ EndpointName: name }));
    expect(live.EndpointStatus).toBe('InService');
    expect(live.EndpointConfigName).not.toBe(first.endpointConfigName);
    expect(await standing(name)).toMatchObject({ endpoints: [name], configs: [live.EndpointConfigName] });
  });
});

describe('fitThenDeploy', () => {
  it('is one history with the steps of both', async () => {
    const name = uniqueName();
    const handle = await rig.start('fitThenDeploy', mainJob(name));
    const result = (await handle.result()) as FitThenDeployResult;
    expect(result).toMatchObject({ trainingJobName: name, endpointName: name, updated: false });
    expect(result.ledger.map(({ kind, state }) => `${kind} ${state}`)).toEqual([
      'training job made',
      'model made',
      'endpoint config made',
      'endpoint made',
    ]);
    expect(await searchAttributesOf(handle)).toEqual({
      TrainingJobName: name,
      EndpointName: name,
      SageMakerStage: 'Done',
    });
  });

  it('carries tags and metric definitions', async () => {
    const name = uniqueName();
    const input = mainJob(name, {
      tags: [{ key: 'team', value: 'ml' }],
      metricDefinitions: [{ name: 'loss', regex: 'loss=(\\S+)' }],
    });
    await (await rig.start('fitThenDeploy', input)).result();
    const calls = await rig.calls('CreateEndpoint');
    expect(calls).toContainEqual({ status: 200, resource: name });
  });
});

describe('deleteEndpoint', () => {
  it('takes down endpoint, config and model of ours', async () => {
    const name = uniqueName();
    await deployTo(name);
    const result = (await (await rig.start('deleteEndpoint', { endpointName: name })).result()) as DeleteEndpointResult;
    expect(result.deleted.map(({ kind }) => kind)).toEqual(['endpoint', 'endpoint config', 'model']);
    expect(result.left).toEqual([]);
    expect(await standing(name)).toEqual(NOTHING);
  });

  it('of none is EndpointNotFound', async () => {
    const failure = await failureOfRun(await rig.start('deleteEndpoint', { endpointName: uniqueName() }));
    expect(failure.code).toBe('EndpointNotFound');
  });
});

describe('a create of hosting whose answer is lost', () => {
  it.each(['CreateModel', 'CreateEndpointConfig', 'CreateEndpoint'] as const)('%s is adopted', async (operation) => {
    const name = uniqueName();
    await rig.control.addFaults([{ operation, resource: `${name}.*`, action: 'lose', times: 1 }]);
    const result = await deployTo(name);
    expect(result.ledger.filter(({ reason }) => reason?.startsWith('adopted'))).toHaveLength(1);
    const made = (await rig.calls(operation)).filter(
      ({ status, resource }) => status === 200 && resource?.startsWith(name),
    );
    expect(made).toHaveLength(1);
  });

  it.each(['CreateModel', 'CreateEndpointConfig', 'CreateEndpoint'] as const)(
    '%s is taken down again when the run is cancelled: it is the run’s own work',
    async (operation) => {
      await rig.control.setClock({ phases: { Creating: 600_000 } });
      const name = uniqueName();
      await rig.control.addFaults([{ operation, resource: `${name}.*`, action: 'lose', times: 1 }]);
      const handle = await rig.start('deploy', deployInput(name));
      await until(async () => (await standing(name)).endpoints.length === 1, { what: 'the endpoint' });
      await handle.cancel();
      await rig.control.setClock({ phases: { Creating: 20 } });
      expect((await failureOfRun(handle)).code).toBe('Cancelled');
      expect(await standing(name)).toEqual(NOTHING);
    },
  );

  it('UpdateEndpoint is seen under way and not sent again', async () => {
    const name = uniqueName();
    await deployTo(name);
    await rig.control.addFaults([{ operation: 'UpdateEndpoint', resource: name, action: 'lose', times: 1 }]);
    const result = await deployTo(name, { env: { VERSION: '2' } });
    expect(result.updated).toBe(true);
    const sent = (await rig.calls('UpdateEndpoint')).filter(({ resource }) => resource === name);
    expect(sent).toHaveLength(1);
  });
});

it('a training job of another run stays what it is when a deploy is refused', async () => {
  const name = uniqueName();
  const request = {
    TrainingJobName: name,
    AlgorithmSpecification: { TrainingImage: 'iris', TrainingInputMode: 'File' as const },
    RoleArn: ROLE,
    OutputDataConfig: { S3OutputPath: `s3://${DATA_BUCKET}/models` },
    ResourceConfig: { InstanceCount: 1, InstanceType: 'ml.m5.large' as const, VolumeSizeInGB: 1 },
    StoppingCondition: { MaxRuntimeInSeconds: 60 },
  };
  await rig.sagemaker.send(new CreateTrainingJobCommand(request));
  const result = (await (
    await rig.start('deploy', { trainingJobName: name, deploy: DEPLOY })
  ).result()) as DeployResult;
  expect(result.modelData).toBe(`s3://${DATA_BUCKET}/models/${name}/output/model.tar.gz`);
});
