/**
 * Identity: one run however often it is started, and whose a resource is that stands where a run wants to make one, or
 * that people change while it waits. Every story has names of its own and all are told at once, on one emulator and one
 * worker; people act through an AWS client of the test.
 */
import {
  CreateEndpointCommand,
  CreateEndpointConfigCommand,
  CreateModelCommand,
  CreateTrainingJobCommand,
  DeleteEndpointCommand,
  DeleteEndpointConfigCommand,
  DeleteModelCommand,
  DeleteTrainingJobCommand,
  StopTrainingJobCommand,
  UpdateEndpointCommand,
  type CreateTrainingJobCommandInput,
} from '@aws-sdk/client-sagemaker';
import { WorkflowExecutionAlreadyStartedError } from '@temporalio/client';
import {
  connect,
  Estimator,
  planRun,
  SageMakerError,
  startRun,
  type PlannedRequests,
  type Session,
} from '../../src/client';
import {
  RUN_TAG,
  type DeployOnInstances,
  type DeployInput,
  type DeployResult,
  type FitInput,
  type Progress,
} from '../../src/contract';
import type { StandingResource } from '../../src/emulator';
import { failureOfRun, type EndedBadly } from '../support/failures';
import { startLosingProxy } from '../support/losing-proxy';
import {
  DATA_BUCKET,
  DEPLOY,
  ESTIMATOR,
  fitInput,
  ROLE,
  startRig,
  uniqueName,
  type Handle,
  type Rig,
} from '../support/rig';
import { openStories } from '../support/stories';
import { until } from '../support/until';

jest.setTimeout(400_000);

const INPUTS = `s3://${DATA_BUCKET}/iris`;
const LIMIT = { limitMs: 120_000 };

let rig: Rig;
let session: Session;
const { tell, begin } = openStories(40);

beforeAll(async () => {
  rig = await startRig({
    emulator: { phases: { Creating: 150, Updating: 150, Deleting: 100 } },
    // Many stories at once: none is told of a time-out, and a call that is held is not sent again meanwhile.
    worker: { requestTimeoutMs: 10_000, retryMinIntervalMs: 200, retryMaxIntervalMs: 2_000 },
  });
  session = await connect({ client: rig.server.client, taskQueue: rig.taskQueue });
  await rig.control.addOutcomes([
    { kind: 'training job', resource: 'endless-.*', steps: [{ secondaryStatus: 'Training', durationMs: 1 }] },
  ]);
  begin();
});
afterAll(() => rig.close());

/** Model data that is there. */
const MODEL_DATA = `s3://${DATA_BUCKET}/iris/data.csv`;

const deployInput = (endpointName: string, further: Partial<DeployOnInstances> = {}): DeployInput => ({
  modelData: MODEL_DATA,
  deploy: { ...DEPLOY, endpointName, image: 'iris', role: ROLE, ...further },
});

async function refusal(attempt: Promise<unknown>): Promise<SageMakerError> {
  const error: unknown = await attempt.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(SageMakerError);
  return error as SageMakerError;
}

const effects = async (operation: string, resource: string) =>
  (await rig.calls(operation)).filter((call) => call.resource === resource && call.status === 200).length;

async function find(kind: StandingResource['kind'], name: string): Promise<StandingResource | undefined> {
  return (await rig.control.resources()).find((one) => one.kind === kind && one.name === name);
}

const untilThere = (kind: StandingResource['kind'], name: string, member: string, value: string) =>
  until(async () => (await find(kind, name))?.description[member] === value, {
    what: `${kind} ${name} to be ${value}`,
    ...LIMIT,
  });

const untilGone = (kind: StandingResource['kind'], name: string) =>
  until(async () => (await find(kind, name)) === undefined, { what: `${kind} ${name} to be gone`, ...LIMIT });

async function deployed(endpointName: string, further: Partial<DeployOnInstances> = {}): Promise<DeployResult> {
  return (await (await rig.start('deploy', deployInput(endpointName, further))).result()) as DeployResult;
}

/** The requests of a run, as someone else would send them: without our tag. */
function untagged(planned: PlannedRequests): Required<PlannedRequests> {
  return Object.fromEntries(
    Object.entries(planned).map(([operation, request]) => [operation, { ...(request as object), Tags: undefined }]),
  ) as Required<PlannedRequests>;
}

const planFit = (input: FitInput) => untagged(planRun('fit', input, { region: 'us-east-1' }));
const planDeploy = (input: DeployInput) => untagged(planRun('deploy', input, { region: 'us-east-1' }));

describe('a run', () => {
  tell('that a hundred callers of the Estimator start at once is one run, and all of them get it', async () => {
    const jobName = uniqueName();
    const runs = await Promise.all(
      Array.from({ length: 100 }, () =>
        new Estimator({ ...ESTIMATOR, session }).fit(INPUTS, { jobName, wait: false, logs: false }),
      ),
    );
    expect(new Set(runs.map(({ runId }) => runId)).size).toBe(1);
    expect(runs.filter(({ attached }) => !attached)).toHaveLength(1);
    const results = await Promise.all(runs.map((run) => run.result()));
    expect(new Set(results.map(({ trainingJobArn }) => trainingJobArn)).size).toBe(1);
    expect(await effects('CreateTrainingJob', jobName)).toBe(1);
  });

  tell('that a hundred Temporal clients start at once is one run, and the others are told', async () => {
    // It is open until all have started it.
    const jobName = uniqueName('endless');
    const start = (workflowIdConflictPolicy?: 'USE_EXISTING') =>
      rig.server.client.workflow.start('fit', {
        taskQueue: rig.taskQueue,
        workflowId: jobName,
        args: [fitInput(jobName)],
        ...(workflowIdConflictPolicy && { workflowIdConflictPolicy }),
      });
    const starts = await Promise.allSettled([
      ...Array.from({ length: 50 }, () => start()),
      ...Array.from({ length: 50 }, () => start('USE_EXISTING')),
    ]);
    const handles = starts.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
    const reasons = starts.flatMap((one) => (one.status === 'rejected' ? [one.reason as unknown] : []));
    expect(new Set(handles.map(({ firstExecutionRunId }) => firstExecutionRunId)).size).toBe(1);
    expect(handles.length).toBeGreaterThanOrEqual(50);
    expect(reasons.every((reason) => reason instanceof WorkflowExecutionAlreadyStartedError)).toBe(true);
    const isMade = async (): Promise<boolean> => (await effects('CreateTrainingJob', jobName)) > 0;
    await until(isMade, { what: 'the training job', ...LIMIT });
    await handles[0]!.cancel();
    expect((await failureOfRun(handles[0]!)).code).toBe('Cancelled');
    expect(await effects('CreateTrainingJob', jobName)).toBe(1);
  });

  tell('of the same id with other input is RunConflict with the fields that differ, open or closed', async () => {
    const jobName = uniqueName('endless');
    const run = await startRun(session, 'fit', fitInput(jobName));
    const other = fitInput(jobName, { hyperparameters: { secret: 'canary' } });
    const whileOpen = await refusal(startRun(session, 'fit', other));
    expect(whileOpen).toMatchObject({ code: 'RunConflict', exitCode: 6 });
    expect(whileOpen.differences).toEqual(['estimator.hyperparameters is not in the run that exists']);
    await until(async () => (await effects('CreateTrainingJob', jobName)) > 0, { what: 'the job', ...LIMIT });
    await run.cancel();
    await refusal(run.result());
    const whenClosed = await refusal(startRun(session, 'fit', other));
    expect(whenClosed).toMatchObject({ code: 'RunConflict', differences: whileOpen.differences });
    expect(JSON.stringify([whileOpen, whenClosed])).not.toContain('canary');
    expect(await startRun(session, 'fit', fitInput(jobName))).toMatchObject({ runId: run.runId, attached: true });
    expect(await effects('CreateTrainingJob', jobName)).toBe(1);
  });

  tell('whose start’s answer is lost is the same run once it is asked for again', async () => {
    const jobName = uniqueName();
    const proxy = await startLosingProxy(rig.server.address, jobName);
    const behind = await connect({ address: proxy.address, taskQueue: rig.taskQueue });
    try {
      const starting = startRun(behind, 'fit', fitInput(jobName));
      await proxy.asked;
      const handle = rig.server.client.workflow.getHandle(jobName);
      const { runId } = await until(() => handle.describe(), { what: 'the run that nobody was told of', ...LIMIT });
      proxy.drop();
      expect((await starting).runId).toBe(runId);
      await handle.result();
    } finally {
      await behind.close();
      await proxy.close();
    }
    expect(await effects('CreateTrainingJob', jobName)).toBe(1);
  });
});

/** Someone's training job, and a run that wants its name. */
async function fitWhereStands(jobName: string, job: CreateTrainingJobCommandInput): Promise<EndedBadly> {
  await rig.sagemaker.send(new CreateTrainingJobCommand(job));
  const before = await find('training-job', jobName);
  const input = fitInput(jobName, { hyperparameters: { epochs: 3, token: 'canary' } });
  const failure = await failureOfRun(await rig.start('fit', input));
  expect(failure.code).toBe('NameTaken');
  expect(failure.details.ledger).toEqual([]);
  expect(JSON.stringify(failure)).not.toContain('canary');
  expect(await effects('StopTrainingJob', jobName)).toBe(0);
  expect((await find('training-job', jobName))?.description.CreationTime).toBe(before?.description.CreationTime);
  return failure;
}

const wanted = (jobName: string) =>
  planFit(fitInput(jobName, { hyperparameters: { epochs: 3, token: 'canary' } })).CreateTrainingJob;

describe('a training job of that name', () => {
  tell('of the same request, but of nobody we know, is NameTaken and stays as it is', async () => {
    const jobName = uniqueName('endless');
    const { details } = await fitWhereStands(jobName, wanted(jobName));
    expect(details.differences).toEqual([`it bears no tag ${RUN_TAG}`]);
  });

  tell('of another request is NameTaken with what differs, without hyperparameters’ values', async () => {
    const jobName = uniqueName('endless');
    const { details } = await fitWhereStands(jobName, {
      ...wanted(jobName),
      HyperParameters: { epochs: '3', token: 'another-canary', extra: '1' },
      StoppingCondition: { MaxRuntimeInSeconds: 60 },
    });
    expect(details.differences).toEqual([
      'StoppingCondition.MaxRuntimeInSeconds: asked for 86400, found 60',
      'HyperParameters.extra: values differ',
      'HyperParameters.token: values differ',
      `it bears no tag ${RUN_TAG}`,
    ]);
  });

  tell('from last night’s run is NameTaken, and says which run owns it', async () => {
    const jobName = uniqueName('endless');
    const owner = 'nightly/0b7e5f0a-6f0a-4f6a-9a55-5a6f6e5d4c3b';
    const { details, message } = await fitWhereStands(jobName, {
      ...wanted(jobName),
      Tags: [{ Key: RUN_TAG, Value: owner }],
    });
    expect(details.differences).toEqual([`it belongs to the run ${owner}`]);
    expect(message).toContain(`it belongs to the run ${owner}`);
  });

  tell('that our own earlier try made is adopted, though AWS leaves out some of what it was asked for', async () => {
    const jobName = uniqueName();
    await rig.control.addFaults([
      { operation: 'CreateTrainingJob', resource: jobName, action: 'lose', times: 1 },
      {
        operation: 'DescribeTrainingJob',
        resource: jobName,
        action: 'rewrite',
        patch: { StoppingCondition: null, HyperParameters: null },
        times: 1,
      },
    ]);
    const input = fitInput(jobName, { hyperparameters: { epochs: 3 } });
    const result = (await (await rig.start('fit', input)).result()) as { warnings: string[]; ledger: unknown[] };
    expect(result.ledger).toMatchObject([{ kind: 'training job', name: jobName, state: 'made' }]);
    expect(result.warnings).toEqual([
      expect.stringContaining('AWS does not tell its StoppingCondition, HyperParameters.epochs'),
    ]);
    expect(await effects('CreateTrainingJob', jobName)).toBe(1);
  });
});

describe('model and endpoint config, whose names are their content,', () => {
  tell('are adopted where any run of ours made them', async () => {
    const name = uniqueName();
    const first = await deployed(name);
    await rig.sagemaker.send(new DeleteEndpointCommand({ EndpointName: name }));
    await untilGone('endpoint', name);
    const second = await deployed(name);
    expect(second).toMatchObject({ modelName: first.modelName, endpointConfigName: first.endpointConfigName });
    expect(second.ledger.map(({ kind, state }) => `${kind} ${state}`)).toEqual([
      'model adopted',
      'endpoint config adopted',
      'endpoint made',
    ]);
    expect(await effects('CreateModel', first.modelName)).toBe(1);
  });

  tell('are NameTaken where someone else made the same, and stay as they are', async () => {
    const [one, two] = [uniqueName(), uniqueName()];
    const ofModel = planDeploy(deployInput(one));
    await rig.sagemaker.send(new CreateModelCommand(ofModel.CreateModel));
    const model = await failureOfRun(await rig.start('deploy', deployInput(one)));
    expect(model).toMatchObject({ code: 'NameTaken', details: { differences: [`it bears no tag ${RUN_TAG}`] } });
    expect(await find('model', ofModel.CreateModel.ModelName!)).toBeDefined();

    const ofConfig = planDeploy(deployInput(two));
    await rig.sagemaker.send(new CreateModelCommand(ofConfig.CreateModel));
    await rig.sagemaker.send(new CreateEndpointConfigCommand(ofConfig.CreateEndpointConfig));
    await rig.sagemaker.send(new DeleteModelCommand({ ModelName: ofConfig.CreateModel.ModelName }));
    const config = await failureOfRun(await rig.start('deploy', deployInput(two)));
    expect(config.code).toBe('NameTaken');
    expect(config.message).toContain(`endpoint config ${ofConfig.CreateEndpointConfig.EndpointConfigName!}`);
    expect(await find('endpoint-config', ofConfig.CreateEndpointConfig.EndpointConfigName!)).toBeDefined();
    // The model was this run's own.
    expect(await find('model', ofConfig.CreateModel.ModelName!)).toBeUndefined();
  });
});

/** Someone's endpoint, of a model and config that are theirs. */
async function hostElsewhere(endpointName: string): Promise<string> {
  const theirs = `theirs-${endpointName}`.slice(0, 63);
  const { CreateModel, CreateEndpointConfig } = planDeploy(deployInput(endpointName));
  await rig.sagemaker.send(new CreateModelCommand({ ...CreateModel, ModelName: theirs }));
  await rig.sagemaker.send(
    new CreateEndpointConfigCommand({
      ...CreateEndpointConfig,
      EndpointConfigName: theirs,
      ProductionVariants: CreateEndpointConfig.ProductionVariants!.map((variant) => ({
        ...variant,
        ModelName: theirs,
      })),
    }),
  );
  return theirs;
}

describe('an endpoint', () => {
  tell('of someone else is NameTaken, and goes on serving what it served', async () => {
    const name = uniqueName();
    const theirs = await hostElsewhere(name);
    await rig.sagemaker.send(new CreateEndpointCommand({ EndpointName: name, EndpointConfigName: theirs }));
    await untilThere('endpoint', name, 'EndpointStatus', 'InService');
    const failure = await failureOfRun(await rig.start('deploy', deployInput(name)));
    expect(failure.code).toBe('NameTaken');
    expect(failure.details.differences).toEqual([
      `EndpointConfigName: found "${theirs}"`,
      'it bears no tag of a run of ours',
    ]);
    expect((await find('endpoint', name))?.description).toMatchObject({
      EndpointStatus: 'InService',
      EndpointConfigName: theirs,
    });
    expect(await effects('UpdateEndpoint', name)).toBe(0);
  });

  tell('that someone else changes just after our update is told as such: nothing of theirs is touched', async () => {
    const name = uniqueName();
    await deployed(name);
    const theirs = await hostElsewhere(name);
    const reads = await holdReadsAfter('UpdateEndpoint', name, 'DescribeEndpoint');
    const handle = await rig.start('deploy', deployInput(name, { env: { VERSION: '2' } }));
    await reads.held;
    await untilThere('endpoint', name, 'EndpointStatus', 'InService');
    await rig.sagemaker.send(new UpdateEndpointCommand({ EndpointName: name, EndpointConfigName: theirs }));
    await untilThere('endpoint', name, 'EndpointConfigName', theirs);
    await reads.letGo();
    const failure = await failureOfRun(handle);
    expect(failure.code).toBe('EndpointFailed');
    expect(failure.message).toContain(`another deploy has updated ${name} since: it serves ${theirs}`);
    expect((await find('endpoint', name))?.description).toMatchObject({
      EndpointStatus: 'InService',
      EndpointConfigName: theirs,
    });
    expect(await find('endpoint-config', theirs)).toBeDefined();
    expect(await find('model', theirs)).toBeDefined();
    expect(await effects('UpdateEndpoint', name)).toBe(2);
  });

  tell('that someone else changes just before our update is let settle first; what they made is kept', async () => {
    const name = uniqueName();
    await deployed(name);
    const theirs = await hostElsewhere(name);
    // The run has seen the endpoint as it was, and asks whose it is.
    const [rule] = await rig.control.addFaults([
      { operation: 'ListTags', resource: `.*:endpoint/${name}`, action: 'hold' },
    ]);
    const handle = await rig.start('deploy', deployInput(name, { env: { VERSION: '2' } }));
    await rig.control.untilHeld(rule!.id, 60_000);
    await rig.sagemaker.send(new UpdateEndpointCommand({ EndpointName: name, EndpointConfigName: theirs }));
    await rig.control.release(rule!.id);
    const { endpointConfigName, updated, ledger } = (await handle.result()) as DeployResult;
    expect(updated).toBe(true);
    expect((await find('endpoint', name))?.description.EndpointConfigName).toBe(endpointConfigName);
    expect(await find('endpoint-config', theirs)).toBeDefined();
    expect(await find('model', theirs)).toBeDefined();
    expect(ledger).toContainEqual({
      kind: 'endpoint config',
      name: theirs,
      state: 'left',
      reason: 'it bears no tag of a run of ours',
    });
  });

  tell('that two runs deploy to is theirs in turn, and no run takes away what the other serves', async () => {
    const name = uniqueName();
    await deployed(name);
    const handles = await Promise.all(
      ['2', '3'].map((VERSION) => rig.start('deploy', deployInput(name, { env: { VERSION } }))),
    );
    const results = (await Promise.all(handles.map((handle) => handle.result()))) as DeployResult[];
    expect(results.map(({ updated }) => updated)).toEqual([true, true]);
    const served = (await find('endpoint', name))?.description.EndpointConfigName;
    const [last] = results.filter(({ endpointConfigName }) => endpointConfigName === served);
    expect(last).toBeDefined();
    const ofName = (await rig.control.resources()).filter((one) => one.name.startsWith(`${name}-`));
    expect(ofName.map((one) => one.name).sort()).toEqual([last!.endpointConfigName, last!.modelName].sort());
    expect(await effects('UpdateEndpoint', name)).toBe(2);
  });

  tell(
    'that is deleted by a run while another deploys to it ends deleted or deployed, and leaves nothing between',
    async () => {
      const name = uniqueName();
      const deploying = await rig.start('deploy', deployInput(name));
      await until(async () => (await effects('CreateEndpoint', name)) > 0, { what: 'the endpoint', ...LIMIT });
      const deleting = await rig.start('deleteEndpoint', { endpointName: name });
      await deleting.result();
      const ended = await deploying.result().then(
        () => 'deployed',
        () => failureOfRun(deploying).then(({ code }) => code),
      );
      expect(['deployed', 'EndpointNotFound']).toContain(ended);
      expect(await find('endpoint', name)).toBeUndefined();
      expect((await rig.control.resources()).filter((one) => one.name.startsWith(`${name}-`))).toEqual([]);
    },
  );
});

/** From the moment a write has taken effect on, reads of this resource wait: what is done meanwhile nobody sees. */
async function holdReadsAfter(write: string, resource: string, read: string) {
  const [writing] = await rig.control.addFaults([{ operation: write, resource, action: 'hold', when: 'after' }]);
  const reading = `hold-${resource}`;
  const held = (async () => {
    await rig.control.untilHeld(writing!.id, 60_000);
    await rig.control.addFaults([{ id: reading, operation: read, resource, action: 'hold', times: 1_000 }]);
    await rig.control.release(writing!.id);
  })();
  return { held, letGo: () => rig.control.clearFaults(reading) };
}

describe('what someone deletes under a run that waits for it', () => {
  tell('a training job: TrainingJobNotFound', async () => {
    const jobName = uniqueName('endless');
    const handle = await rig.start('fit', fitInput(jobName));
    await until(async () => (await handle.query<Progress>('progress')).trainingJob?.secondaryStatus === 'Training', {
      what: 'the training to begin',
      intervalMs: 250,
      ...LIMIT,
    });
    await rig.control.addFaults([
      { id: jobName, operation: 'DescribeTrainingJob', resource: jobName, action: 'hold', times: 1_000 },
    ]);
    await rig.control.untilHeld(jobName, 60_000);
    await rig.sagemaker.send(new StopTrainingJobCommand({ TrainingJobName: jobName }));
    await untilThere('training-job', jobName, 'TrainingJobStatus', 'Stopped');
    await rig.sagemaker.send(new DeleteTrainingJobCommand({ TrainingJobName: jobName }));
    await rig.control.clearFaults(jobName);
    const { code, details } = await failureOfRun(handle);
    expect(code).toBe('TrainingJobNotFound');
    expect(details.ledger).toMatchObject([{ kind: 'training job', state: 'deleted', reason: 'someone deleted it' }]);
    expect(await effects('CreateTrainingJob', jobName)).toBe(1);
  });

  tell('an endpoint that is being created: EndpointNotFound, and config and model go', async () => {
    const name = uniqueName();
    const reads = await holdReadsAfter('CreateEndpoint', name, 'DescribeEndpoint');
    const handle = await rig.start('deploy', deployInput(name));
    await reads.held;
    await deleteBehind(name, reads);
    await expectEndpointGone(handle, name);
  });

  tell('an endpoint that is being updated: EndpointNotFound, and what it was and was to be made of goes', async () => {
    const name = uniqueName();
    await deployed(name);
    const reads = await holdReadsAfter('UpdateEndpoint', name, 'DescribeEndpoint');
    const handle = await rig.start('deploy', deployInput(name, { env: { VERSION: '2' } }));
    await reads.held;
    await deleteBehind(name, reads);
    await expectEndpointGone(handle, name);
  });

  tell('the model of a config that is to be made: EndpointFailed in half a minute, and nothing stays', async () => {
    const name = uniqueName();
    const [rule] = await rig.control.addFaults([
      { operation: 'CreateEndpointConfig', resource: `${name}-.*`, action: 'hold' },
    ]);
    const handle = await rig.start('deploy', deployInput(name));
    await rig.control.untilHeld(rule!.id, 60_000);
    const { CreateModel } = planDeploy(deployInput(name));
    await rig.sagemaker.send(new DeleteModelCommand({ ModelName: CreateModel.ModelName }));
    await rig.control.release(rule!.id);
    await expectBuiltOnNothing(handle, name, 'Could not find model');
  });

  tell('the config of an endpoint that is to be made: EndpointFailed in half a minute, and nothing stays', async () => {
    const name = uniqueName();
    const [rule] = await rig.control.addFaults([{ operation: 'CreateEndpoint', resource: name, action: 'hold' }]);
    const handle = await rig.start('deploy', deployInput(name));
    await rig.control.untilHeld(rule!.id, 60_000);
    const { CreateEndpointConfig: config } = planDeploy(deployInput(name));
    await rig.sagemaker.send(new DeleteEndpointConfigCommand({ EndpointConfigName: config.EndpointConfigName }));
    await rig.control.release(rule!.id);
    await expectBuiltOnNothing(handle, name, 'Could not find endpoint configuration');
  });

  tell('the config of an update: EndpointFailed in half a minute, and the old one serves on', async () => {
    const name = uniqueName();
    const old = await deployed(name);
    const input = deployInput(name, { env: { VERSION: '2' } });
    const [rule] = await rig.control.addFaults([{ operation: 'UpdateEndpoint', resource: name, action: 'hold' }]);
    const handle = await rig.start('deploy', input);
    await rig.control.untilHeld(rule!.id, 60_000);
    const { CreateEndpointConfig: config } = planDeploy(input);
    await rig.sagemaker.send(new DeleteEndpointConfigCommand({ EndpointConfigName: config.EndpointConfigName }));
    await rig.control.release(rule!.id);
    await expectBuiltOnNothing(handle, name, 'Could not find endpoint configuration', [
      name,
      old.endpointConfigName,
      old.modelName,
    ]);
    expect((await find('endpoint', name))?.description).toMatchObject({
      EndpointStatus: 'InService',
      EndpointConfigName: old.endpointConfigName,
    });
  });
});

async function deleteBehind(name: string, reads: { letGo(): Promise<void> }): Promise<void> {
  await untilThere('endpoint', name, 'EndpointStatus', 'InService');
  await rig.sagemaker.send(new DeleteEndpointCommand({ EndpointName: name }));
  await untilGone('endpoint', name);
  await reads.letGo();
}

const namesLeft = async (name: string) =>
  (await rig.control.resources()).map((one) => one.name).filter((one) => one === name || one.startsWith(`${name}-`));

async function expectEndpointGone(handle: Handle, name: string): Promise<void> {
  const { code, message } = await failureOfRun(handle);
  expect(code).toBe('EndpointNotFound');
  expect(message).toContain('someone deleted it');
  expect(await namesLeft(name)).toEqual([]);
}

async function expectBuiltOnNothing(handle: Handle, name: string, reason: string, left: string[] = []): Promise<void> {
  const { code, details } = await failureOfRun(handle);
  expect(code).toBe('EndpointFailed');
  expect(details.reason).toContain(reason);
  expect((await namesLeft(name)).sort()).toEqual([...left].sort());
}
