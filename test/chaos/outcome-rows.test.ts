/**
 * How else training and hosting end, row by row: quota, capacity, images, interruptions, roll-backs, endpoints that stay on
 * their way, and jobs that were stopped. Each with AWS's text, the log, what is told to do, and what stands in the end. All
 * runs go at once; lives are scripted, but for one endpoint that really serves.
 */
import { StopTrainingJobCommand } from '@aws-sdk/client-sagemaker';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { join } from 'node:path';
import { RealTimePredictor } from '../../src/client';
import {
  PROGRESS_QUERY,
  type DeployOnInstances,
  type DeployInput,
  type DeployResult,
  type FitArguments,
  type FitResult,
  type FitThenDeployResult,
  type LedgerEntry,
  type Progress,
} from '../../src/contract';
import { openBegun } from '../support/begun';
import { failureOfRun } from '../support/failures';
import { DATA_BUCKET, DEPLOY, ESTIMATOR, mainJob, ROLE, startRig, type Handle, type Rig } from '../support/rig';
import { makeTarGz } from '../support/tar-file';
import { until } from '../support/until';
import { ALARM, EXITED, NO_CAPACITY, NO_IMAGE, NO_INSTANCES, NOT_HEALTHY, QUOTA, RULES, STUCK } from './outcome-lives';

const LIMIT_MS = 240_000;
jest.setTimeout(LIMIT_MS);

let rig: Rig;
const { begin, ended } = openBegun();

const fitInput = (jobName: string, further: Partial<FitArguments> = {}) => ({
  estimator: ESTIMATOR,
  fit: { inputs: `s3://${DATA_BUCKET}/iris`, jobName, ...further },
});
/** A main job whose training job and endpoint bear this name. */
const mainInput = (name: string, further: Partial<FitArguments> = {}, deploy: Partial<DeployOnInstances> = {}) => {
  const input = mainJob(name);
  return { ...input, fit: { ...input.fit, ...further }, deploy: { ...input.deploy, ...deploy } };
};
const deployInput = (endpointName: string, further: Partial<DeployOnInstances> = {}, model = 'one'): DeployInput => ({
  modelData: `s3://${DATA_BUCKET}/given/${model}.tar.gz`,
  deploy: { ...DEPLOY, endpointName, image: 'scripted', role: ROLE, ...further },
});

const ACCEPTED = { acceptStopped: 'if-model-exists' } as const;

/** An endpoint that serves, then a deploy that updates it. */
async function update(endpointName: string): Promise<Handle> {
  await (await rig.start('deploy', deployInput(endpointName))).result();
  return rig.start('deploy', deployInput(endpointName, { env: { VERSION: '2' } }, 'two'));
}

/** Asks the endpoint as long as the run goes on; answers what models answered, and what else was answered. */
async function probe(endpointName: string, run: Handle): Promise<{ models: string[]; wrong: string[] }> {
  const predictor = new RealTimePredictor(endpointName);
  const models: string[] = [];
  const wrong: string[] = [];
  const over = new AbortController();
  const end = (): void => {
    over.abort();
  };
  void run.result().then(end, end);
  while (!over.signal.aborted) {
    try {
      const answer = JSON.parse(Buffer.from(await predictor.predict('x')).toString()) as { model?: string };
      models.push(answer.model ?? 'none');
    } catch (error) {
      wrong.push(String(error));
    }
  }
  predictor.close();
  return { models, wrong };
}

async function untilStatus(handle: Handle, status: string): Promise<void> {
  await until(async () => (await handle.query<Progress>(PROGRESS_QUERY)).trainingJob?.secondaryStatus === status, {
    what: `${handle.workflowId} to be ${status}`,
    limitMs: LIMIT_MS,
    intervalMs: 200,
  });
}

async function stopByHand(
  name: string,
  type: 'fit' | 'fitThenDeploy',
  further: Partial<FitArguments>,
): Promise<Handle> {
  const handle = await rig.start(type, type === 'fit' ? fitInput(name, further) : mainInput(name, further));
  await untilStatus(handle, 'Training');
  await rig.sagemaker.send(new StopTrainingJobCommand({ TrainingJobName: name }));
  return handle;
}

/** Its own deadline sends a stop, which is held until the job has come to its own end. */
async function endBeforeOurStop(name: string): Promise<Handle> {
  const [rule] = await rig.control.addFaults([{ operation: 'StopTrainingJob', resource: name, action: 'hold' }]);
  const handle = await rig.start('fit', fitInput(name, { pendingTimeoutSeconds: 1 }));
  await until(() => rig.control.untilHeld(rule!.id), { what: 'the stop', limitMs: LIMIT_MS });
  await rig.control.addOutcomes([{ kind: 'training job', when: 'now', resource: name, end: { status: 'Completed' } }]);
  await until(async () => (await describeJob(name))?.TrainingJobStatus === 'Completed', {
    what: `${name} to complete`,
    limitMs: LIMIT_MS,
  });
  await rig.control.release(rule!.id);
  return handle;
}

async function cancelWhileTraining(name: string): Promise<Handle> {
  const handle = await rig.start('fitThenDeploy', mainInput(name, ACCEPTED));
  await untilStatus(handle, 'Training');
  await handle.cancel();
  return handle;
}

/** The endpoint is given up by its run before AWS gives it up; then it can be deleted. */
async function giveUpStuck(): Promise<Handle> {
  const handle = await rig.start('fitThenDeploy', mainInput('stuck', {}, { endpointTimeoutSeconds: 2 }));
  const seen = await until(async () => (await handle.query<Progress>(PROGRESS_QUERY)).endpoint?.status, {
    what: 'the endpoint to be made',
    limitMs: LIMIT_MS,
  });
  expect(seen).toBe('Creating');
  await untilAsked('GetLogEvents', 'DescribeLogStreams', '/aws/sagemaker/Endpoints/stuck');
  await rig.control.addOutcomes([
    { kind: 'endpoint', when: 'now', resource: 'stuck', end: { status: 'Failed', failureReason: STUCK } },
  ]);
  return handle;
}

/** The log is asked for once the limit has passed. */
async function untilAsked(...asked: string[]): Promise<void> {
  const group = asked.at(-1);
  await until(
    async () =>
      (await rig.control.calls()).some(({ operation, resource }) => asked.includes(operation) && resource === group),
    { what: `${String(group)} to be read`, limitMs: LIMIT_MS },
  );
}

beforeAll(async () => {
  const images = { scripted: join(__dirname, '../support/algorithms/scripted') };
  // As many runs at once as here need longer for a call.
  rig = await startRig({ emulator: { simulated: false, images }, worker: { requestTimeoutMs: 20_000 } });
  for (const model of ['one', 'two']) {
    const Body = makeTarGz([{ path: 'model.txt', content: model }]);
    await rig.s3.send(new PutObjectCommand({ Bucket: DATA_BUCKET, Key: `given/${model}.tar.gz`, Body }));
  }
  await rig.control.addOutcomes(RULES);
  const refuse = { action: 'error', status: 400, code: 'ResourceLimitExceeded', message: QUOTA } as const;
  await rig.control.addFaults([
    { operation: 'CreateTrainingJob', resource: 'over-quota', ...refuse },
    { operation: 'CreateEndpoint', resource: 'endpoint-over-quota', ...refuse },
  ]);

  const mains = [
    'over-quota',
    'endpoint-over-quota',
    'no-capacity',
    'no-image',
    'exits-at-once',
    'failed-after-upload',
  ];
  for (const name of [...mains, 'without-artefact', 'interrupted', 'unhealthy', 'no-instances']) {
    begin(name, rig.start('fitThenDeploy', mainInput(name)));
  }
  for (const limit of ['maxruntimeexceeded', 'maxwaittimeexceeded']) {
    begin(`${limit}-with-model`, rig.start('fitThenDeploy', mainInput(`${limit}-with-model`)));
    begin(`${limit}-without-model`, rig.start('fit', fitInput(`${limit}-without-model`)));
    for (const left of ['with-model', 'without-model']) {
      const name = `accepted-${limit}-${left}`;
      begin(name, rig.start('fitThenDeploy', mainInput(name, ACCEPTED)));
    }
  }
  begin('fit-accepted', rig.start('fit', fitInput('fit-maxruntimeexceeded-with-model', ACCEPTED)));
  begin('by-hand', stopByHand('stopped-while-training', 'fitThenDeploy', {}));
  begin('by-hand-accepted', stopByHand('accepted-stopped-while-training', 'fit', ACCEPTED));
  begin('cancelled', cancelWhileTraining('cancelled-stopped-while-training'));
  const pending = { pendingTimeoutSeconds: 1 };
  begin('never-starts', rig.start('fit', fitInput('never-starts', { ...pending, ...ACCEPTED })));
  begin('ends-before-our-stop', endBeforeOurStop('ends-before-our-stop'));
  for (const name of ['rolls-back', 'rollback-fails']) begin(name, update(name));
  begin(
    'probe',
    ended<Handle>('rolls-back').then((run) => probe('rolls-back', run)),
  );
  begin('stuck', giveUpStuck());
  for (const status of ['SystemUpdating', 'OutOfService']) {
    const name = `${status}-for-a-while`;
    begin(name, rig.start('deploy', deployInput(name)));
    const stays = `${status}-for-ever`;
    begin(stays, rig.start('deploy', deployInput(stays, { endpointTimeoutSeconds: 2 })));
  }
});
afterAll(() => rig.close());

const resultOf = async <Result>(key: string): Promise<Result> => (await (await ended<Handle>(key)).result()) as Result;
const failed = async (key: string) => failureOfRun(await ended<Handle>(key));
const states = (ledger: LedgerEntry[] = []): string[] => ledger.map(({ kind, state }) => `${kind} ${state}`);
const creationsOf = async (operation: string, resource: string | RegExp): Promise<number> =>
  (await rig.calls(operation)).filter((call) =>
    typeof resource === 'string' ? call.resource === resource : resource.test(call.resource ?? ''),
  ).length;

async function describeJob(name: string): Promise<Record<string, unknown> | undefined> {
  const job = (await rig.control.resources()).find((one) => one.kind === 'training-job' && one.name === name);
  return job?.description;
}

/** What stands under a name of SageMaker's hosting that begins so. */
async function standing(name: string): Promise<string[]> {
  const resources = await rig.control.resources();
  return resources
    .filter((one) => one.kind !== 'training-job' && (one.name === name || one.name.startsWith(`${name}-`)))
    .map(({ kind }) => kind)
    .sort();
}

const modelDataOf = (name: string): string => `s3://${DATA_BUCKET}/models/${name}/output/model.tar.gz`;
const ofJob = (status: string, secondaryStatus = status) => ({ resource: 'training job', status, secondaryStatus });

describe('a quota', () => {
  const outcome = {
    kind: 'over quota',
    quota: 'ml.m5.large for training job usage',
    limit: 2,
    inUse: 2,
    requested: 1,
  };

  it('of training jobs ends the run at once, by its name', async () => {
    const { code, message, details } = await failed('over-quota');
    expect([code, details.outcome]).toEqual(['LimitExceeded', { resource: 'training job', ...outcome }]);
    expect(message).toContain(QUOTA);
    expect(details.reason).toBe(QUOTA);
    expect(details.ledger).toEqual([]);
    expect(await creationsOf('CreateTrainingJob', 'over-quota')).toBe(1);
  });

  it('of endpoints takes away what was made for it, and keeps the model data', async () => {
    const { code, details } = await failed('endpoint-over-quota');
    expect([code, details.outcome]).toEqual(['LimitExceeded', { resource: 'endpoint', ...outcome }]);
    expect(details.modelData).toBe(modelDataOf('endpoint-over-quota'));
    expect(states(details.ledger)).toEqual(['training job left', 'model deleted', 'endpoint config deleted']);
    expect(await standing('endpoint-over-quota')).toEqual([]);
  });
});

describe('a training job that', () => {
  it.each([
    ['no-capacity', 'LimitExceeded', 'capacity', NO_CAPACITY],
    ['no-image', 'TrainingJobFailed', 'client', NO_IMAGE],
    ['exits-at-once', 'TrainingJobFailed', 'algorithm', EXITED],
  ])('ends by %s is %s, blamed on %s, and nothing is hosted', async (name, code, cause, reason) => {
    const failure = await failed(name);
    expect(failure.code).toBe(code);
    expect(failure.message).toContain(reason);
    expect(failure.details).toMatchObject({ reason, outcome: { ...ofJob('Failed'), kind: 'failed', cause } });
    expect(failure.details.modelData).toBeUndefined();
    expect(states(failure.details.ledger)).toEqual(['training job left']);
    expect(await creationsOf('CreateModel', new RegExp(`^${name}-`))).toBe(0);
  });

  it('exits at once has its last twenty lines told', async () => {
    const { details } = await failed('exits-at-once');
    expect(details.logTail).toEqual(Array.from({ length: 20 }, (_, i) => `line ${String(i + 10)}`));
  });

  it('fails after its upload is not deployed; what it left is told as such', async () => {
    const { code, details } = await failed('failed-after-upload');
    expect(code).toBe('TrainingJobFailed');
    const leftModelData = modelDataOf('failed-after-upload');
    expect(details.outcome).toEqual({ ...ofJob('Failed'), kind: 'failed', cause: 'internal', leftModelData });
    expect(details.modelData).toBeUndefined();
    expect(details.fix).toContain(leftModelData);
    expect(details.logTail).toEqual(['epoch 1', 'epoch 2']);
    expect(await creationsOf('CreateModel', /^failed-after-upload-/)).toBe(0);
  });

  it('completes without a model is ArtefactMissing, before anything is hosted', async () => {
    const { code, message, details } = await failed('without-artefact');
    expect([code, details.outcome]).toEqual(['ArtefactMissing', { ...ofJob('Completed'), kind: 'completed' }]);
    expect(message).toContain(modelDataOf('without-artefact'));
    expect(await creationsOf('CreateModel', /^without-artefact-/)).toBe(0);
  });

  it('is interrupted three times goes on, and its result tells each', async () => {
    const { outcome, transitions, warnings } = await resultOf<FitResult>('interrupted');
    expect(outcome).toEqual({ ...ofJob('Completed'), kind: 'completed' });
    const words = transitions.map(({ status }) => status);
    const count = (word: string) => words.filter((one) => one === word).length;
    expect([count('Interrupted'), count('Restarting'), count('Training')]).toEqual([3, 3, 4]);
    expect(words.at(-1)).toBe('Completed');
    expect(warnings).toEqual([]);
    const { trainingJob } = await (await ended<Handle>('interrupted')).query<Progress>(PROGRESS_QUERY);
    expect(trainingJob?.transitions.map(({ status }) => status)).toEqual(words);
  });

  it.each([
    ['maxruntimeexceeded', 'MaxRuntimeExceeded', 'max-runtime'],
    ['maxwaittimeexceeded', 'MaxWaitTimeExceeded', 'max-wait'],
  ])('ends by %s is no success, whatever it left', async (limit, secondary, by) => {
    const stopped = { ...ofJob('Stopped', secondary), kind: 'stopped', by };
    const withModel = await failed(`${limit}-with-model`);
    const leftModelData = modelDataOf(`${limit}-with-model`);
    expect([withModel.code, withModel.details.outcome]).toEqual(['TrainingJobTimedOut', { ...stopped, leftModelData }]);
    expect(withModel.message).toContain(secondary);
    expect(withModel.details.fix).toContain(leftModelData);
    expect(withModel.details.logTail).toEqual(['epoch 1', 'epoch 2']);
    expect(withModel.details.modelData).toBeUndefined();
    expect(await creationsOf('CreateModel', new RegExp(`^${limit}-with-model-`))).toBe(0);
    const without = await failed(`${limit}-without-model`);
    expect([without.code, without.details.outcome]).toEqual(['TrainingJobTimedOut', stopped]);
  });

  it('a person stops is told so, and what it left', async () => {
    const { code, details } = await failed('by-hand');
    const leftModelData = modelDataOf('stopped-while-training');
    const outcome = { ...ofJob('Stopped'), kind: 'stopped', by: 'person', leftModelData };
    expect([code, details.outcome]).toEqual(['TrainingJobStopped', outcome]);
    expect(details.logTail).toEqual(['epoch 1']);
    expect(await creationsOf('CreateModel', /^stopped-while-training-/)).toBe(0);
  });

  it('never starts is stopped by the run’s own deadline, which nothing accepts', async () => {
    const { code, message, details } = await failed('never-starts');
    const outcome = { ...ofJob('Stopped'), kind: 'stopped', by: 'deadline' };
    expect([code, details.outcome]).toEqual(['TrainingJobTimedOut', outcome]);
    expect(message).toContain('pendingTimeoutSeconds');
  });

  it('has completed before our deadline’s stop has its own end, and the run says so', async () => {
    const { outcome, ledger, warnings } = await resultOf<FitResult>('ends-before-our-stop');
    expect(outcome).toEqual({ ...ofJob('Completed'), kind: 'completed' });
    expect(states(ledger)).toEqual(['training job made']);
    expect(warnings).toEqual([expect.stringContaining('ended by itself as this run was about to stop it')]);
  });
});

describe('acceptStopped', () => {
  it.each([
    ['maxruntimeexceeded', 'MaxRuntimeExceeded', 'max-runtime'],
    ['maxwaittimeexceeded', 'MaxWaitTimeExceeded', 'max-wait'],
  ])('goes on with what a job left that ended by %s, and never calls it completed', async (limit, secondary, by) => {
    const name = `accepted-${limit}-with-model`;
    const result = await resultOf<FitThenDeployResult>(name);
    expect(result.outcome).toEqual({ ...ofJob('Stopped', secondary), kind: 'stopped', by });
    expect(result.warnings).toEqual([
      `the training job ${name} was stopped (${secondary}, not Completed): the run went on with the model that it had left`,
    ]);
    expect(JSON.stringify(result)).not.toMatch(/"status":"Completed"/);
    expect(result).toMatchObject({ endpointName: name, modelData: modelDataOf(name) });
    expect(await standing(name)).toEqual(['endpoint', 'endpoint-config', 'model']);
  });

  it('has the same failure where nothing was left, and hosts nothing', async () => {
    for (const [limit, by] of [
      ['maxruntimeexceeded', 'max-runtime'],
      ['maxwaittimeexceeded', 'max-wait'],
    ]) {
      const name = `accepted-${String(limit)}-without-model`;
      const { code, details } = await failed(name);
      expect([code, details.outcome]).toMatchObject(['TrainingJobTimedOut', { kind: 'stopped', by }]);
      expect(details.outcome).not.toHaveProperty('leftModelData');
      expect(await standing(name)).toEqual([]);
    }
  });

  it('goes on from a job that a person stopped', async () => {
    const { outcome, modelData } = await resultOf<FitResult>('by-hand-accepted');
    expect(outcome).toMatchObject({ kind: 'stopped', by: 'person' });
    expect(modelData).toBe(modelDataOf('accepted-stopped-while-training'));
  });

  it('is for a deploy too, which else refuses such a job', async () => {
    await ended<Handle>('fit-accepted').then((handle) => handle.result());
    const from = {
      trainingJobName: 'fit-maxruntimeexceeded-with-model',
      deploy: { ...DEPLOY, endpointName: 'from-stopped' },
    };
    const refused = await failureOfRun(await rig.start('deploy', from));
    expect([refused.code, refused.details.outcome]).toMatchObject(['TrainingJobTimedOut', { kind: 'stopped' }]);
    const { modelData, warnings } = (await (
      await rig.start('deploy', { ...from, ...ACCEPTED })
    ).result()) as DeployResult;
    expect(modelData).toBe(modelDataOf('fit-maxruntimeexceeded-with-model'));
    expect(warnings).toEqual([expect.stringContaining('was stopped (MaxRuntimeExceeded, not Completed)')]);
  });

  it('accepts no cancel: the run stays cancelled, though the job leaves a model', async () => {
    const { code } = await failed('cancelled');
    expect(code).toBe('Cancelled');
    expect((await describeJob('cancelled-stopped-while-training'))?.TrainingJobStatus).toBe('Stopped');
    expect(await standing('cancelled-stopped-while-training')).toEqual([]);
  });
});

describe('an endpoint that', () => {
  it('fails its creation is taken down with what it was made of; the training is kept', async () => {
    const { code, message, details } = await failed('unhealthy');
    expect(code).toBe('EndpointFailed');
    expect(message).toContain(NOT_HEALTHY);
    expect(details).toMatchObject({
      reason: NOT_HEALTHY,
      outcome: { resource: 'endpoint', status: 'Failed', kind: 'failed', cause: 'unknown' },
      logTail: ['No module named joblib'],
      trainingJobName: 'unhealthy',
      modelData: modelDataOf('unhealthy'),
    });
    expect(await standing('unhealthy')).toEqual([]);
  });

  it('gets no instances is a limit, and is taken down', async () => {
    const { code, details } = await failed('no-instances');
    expect([code, details.outcome]).toMatchObject([
      'LimitExceeded',
      { resource: 'endpoint', kind: 'failed', cause: 'capacity' },
    ]);
    expect(details.reason).toBe(NO_INSTANCES);
    expect(await standing('no-instances')).toEqual([]);
  });

  it('rolls an update back serves what it served, without one wrong answer', async () => {
    const { code, message, details } = await failed('rolls-back');
    expect(code).toBe('EndpointRolledBack');
    expect(message).toContain(ALARM);
    expect(details.outcome).toMatchObject({ resource: 'endpoint', status: 'InService', kind: 'rolled back' });
    const { models, wrong } = await ended<Awaited<ReturnType<typeof probe>>>('probe');
    expect(wrong).toEqual([]);
    expect(models.length).toBeGreaterThan(5);
    expect([...new Set(models)]).toEqual(['one']);
    // The new pair is gone, and the old one stands.
    expect(await standing('rolls-back')).toEqual(['endpoint', 'endpoint-config', 'model']);
  });

  it('fails its rollback too is told loudly, and nothing of it is deleted', async () => {
    const { code, message, details } = await failed('rollback-fails');
    expect([code, details.outcome]).toEqual([
      'EndpointFailed',
      { resource: 'endpoint', status: 'UpdateRollbackFailed', kind: 'rollback failed' },
    ]);
    expect(message).toContain('serves a mix of');
    expect(details.fix).toContain('UpdateEndpoint');
    expect(details.logTail).toEqual(['loading the new model']);
    const both = ['endpoint', 'endpoint-config', 'endpoint-config', 'model', 'model'];
    expect(await standing('rollback-fails')).toEqual(both);
  });

  it('stays in Creating is given up after its time, and removed once AWS lets go of it', async () => {
    const { code, message, details } = await failed('stuck');
    expect([code, details.outcome]).toEqual([
      'EndpointTimedOut',
      { resource: 'endpoint', status: 'Creating', kind: 'unfinished' },
    ]);
    expect(message).toContain('2 s (endpointTimeoutSeconds)');
    expect(details.modelData).toBe(modelDataOf('stuck'));
    expect(await standing('stuck')).toEqual([]);
  });

  it.each(['SystemUpdating', 'OutOfService'])('is %s is waited for', async (status) => {
    const { endpointName } = await resultOf<DeployResult>(`${status}-for-a-while`);
    expect(endpointName).toBe(`${status}-for-a-while`);
  });

  it.each(['SystemUpdating', 'OutOfService'])('stays %s is waited for no longer than its time', async (status) => {
    const name = `${status}-for-ever`;
    // What is being updated by AWS cannot be deleted before that is over.
    await untilAsked('DescribeLogStreams', `/aws/sagemaker/Endpoints/${name}`);
    await rig.control.addOutcomes([{ kind: 'endpoint', when: 'now', resource: name, end: { status: 'OutOfService' } }]);
    const { code, details } = await failed(name);
    expect([code, details.outcome]).toEqual(['EndpointTimedOut', { resource: 'endpoint', status, kind: 'unfinished' }]);
    expect(await standing(name)).toEqual([]);
  });
});
