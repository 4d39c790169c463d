/**
 * The other policies of docs/iam.md: the execution role's, held against what SageMaker does in its name for real programs,
 * and that of programs that predict, upload and read logs. Sufficient, and none of their actions too many.
 */
import { CreateTrainingJobCommand, type CreateTrainingJobCommandInput } from '@aws-sdk/client-sagemaker';
import type { PolicyDocument } from '../../src/emulator';
import { connect, Estimator, planRun, RealTimePredictor, tailTrainingLogs, type Session } from '../../src/client';
import type { FitResult } from '../../src/contract';
import { makeIrisImage } from '../integration/client/iris-image';
import { actionsOf, readDocumentedPolicies, withoutAction } from '../support/documented-policies';
import { removeBucket } from '../support/empty-bucket';
import { failureOfRun } from '../support/failures';
import { DATA_BUCKET, DEPLOY, ESTIMATOR, ROLE, startRig, uniqueName, type Handle, type Rig } from '../support/rig';
import { makeScratchFolder } from '../support/scratch';

jest.setTimeout(180_000);

const [region, account] = ['us-east-1', '123456789012'];
const POLICIES = readDocumentedPolicies({ region, account, 'execution role': 'Trainer', bucket: DATA_BUCKET });

describe('the execution role', () => {
  const policy = POLICIES.role;
  const TRAINS = { epochs: '1' };
  const FAILS = { ...TRAINS, fail: 'on purpose' };
  const nameRole = (action: string) => `Without-${action.replace(':', '-')}`;
  const warnings: string[] = [];
  let rig: Rig;
  let full: { deployed: Handle; failed: Handle };
  const lacking = new Map<string, Handle>();

  const start = (role: string, hyperparameters: Record<string, string>, deploy?: object) => {
    const estimator = {
      ...ESTIMATOR,
      imageName: 'iris',
      role: ROLE.replace('Trainer', role),
      hyperparameters,
    };
    const fit = { inputs: `s3://${DATA_BUCKET}/iris`, jobName: uniqueName('role') };
    return deploy === undefined
      ? rig.start('fit', { estimator, fit })
      : rig.start('fitThenDeploy', { estimator, fit, deploy });
  };

  beforeAll(async () => {
    rig = await startRig({
      emulator: {
        simulated: false,
        images: { iris: makeIrisImage() },
        policies: {
          roles: {
            Trainer: policy,
            ...Object.fromEntries(actionsOf(policy).map((action) => [nameRole(action), withoutAction(policy, action)])),
          },
        },
        onWarning: (message) => warnings.push(message),
      },
    });
    full = { deployed: await start('Trainer', TRAINS, DEPLOY), failed: await start('Trainer', FAILS) };
    for (const action of actionsOf(policy)) {
      lacking.set(action, await start(nameRole(action), action.startsWith('logs:') ? FAILS : TRAINS));
    }
  });
  afterAll(() => rig.close());

  it('is one that SageMaker may assume', () => {
    expect(POLICIES.trust.Statement).toEqual([
      { Effect: 'Allow', Principal: { Service: 'sagemaker.amazonaws.com' }, Action: 'sts:AssumeRole' },
    ]);
  });

  it('suffices to train, to serve and to log', async () => {
    await expect(full.deployed.result()).resolves.toMatchObject({ warnings: [] });
    const { code, details } = await failureOfRun(full.failed);
    expect({ code, logTail: details.logTail }).toEqual({
      code: 'TrainingJobFailed',
      logTail: ['epoch 1', 'Traceback: on purpose'],
    });
  });

  it('is allowed nothing that is not asked for in its name', async () => {
    const asked = (await rig.control.askedPermissions()).filter(({ principal }) => principal === 'Trainer');
    expect(asked.filter(({ allowed }) => !allowed)).toEqual([]);
    expect([...new Set(asked.map(({ action }) => action))].sort()).toEqual(actionsOf(policy).sort());
  });

  it.each(actionsOf(policy).filter((action) => !action.startsWith('logs:')))(
    'without %s the job fails as AWS has it fail',
    async (action) => {
      const { code, message, details } = await failureOfRun(lacking.get(action)!);
      expect(['TrainingJobFailed', 'InvalidInput']).toContain(code);
      expect(`${message} ${details.reason ?? ''}`).toMatch(/AccessDenied|permissions/);
    },
  );

  it.each(actionsOf(policy).filter((action) => action.startsWith('logs:')))(
    'without %s the job goes on, and its log is lost',
    async (action) => {
      const { code, details } = await failureOfRun(lacking.get(action)!);
      expect({ code, logTail: details.logTail }).toEqual({ code: 'TrainingJobFailed', logTail: [] });
      expect(warnings).toContainEqual(expect.stringContaining(`may not perform ${action} on `));
    },
  );
});

describe('a program', () => {
  const policy = POLICIES.program;
  const endpointName = uniqueName('endpoint');
  const jobName = uniqueName('program');
  const elsewhere = uniqueName('elsewhere');
  const folder = makeScratchFolder({ 'small.csv': '1,2,3\n' });
  const largeFolder = makeScratchFolder({ 'large.bin': 'large '.repeat(2 ** 21) });
  let rig: Rig;
  let estimator: Estimator;

  /** What a program does, by name; each answers what it was told in vain. */
  const DEEDS: Record<string, () => Promise<string>> = {
    predicts: () => inVain(() => new RealTimePredictor(endpointName).predict('hello')),
    'uploads to the default bucket': () =>
      inVain(() => estimator.uploadData(folder, { keyPrefix: uniqueName('data') })),
    async 'gives up an upload of parts'() {
      const [rule] = await rig.control.addFaults([
        { operation: 'UploadPart', action: 'error', status: 400, code: 'InvalidRequest' },
      ]);
      const told = await inVain(() => estimator.uploadData(largeFolder, { bucket: DATA_BUCKET, keyPrefix: 'large' }));
      await rig.control.clearFaults(rule!.id);
      return told.includes('parts are left') ? told : '';
    },
    async 'reads a log'() {
      const troubles: string[] = [];
      const lines: string[] = [];
      await tailTrainingLogs({
        trainingJobName: jobName,
        until: Promise.resolve(),
        onLine: ({ message }) => lines.push(message),
        onTrouble: (trouble) => troubles.push(JSON.stringify(trouble)),
      });
      return lines.length > 0 ? '' : `nothing was read: ${troubles.join(' ')}`;
    },
    'attaches to a job started elsewhere': () =>
      inVain(async () => (await Estimator.attach(elsewhere, { session })).trainImage()),
  };
  let session: Session;

  async function inVain(deed: () => Promise<unknown>): Promise<string> {
    try {
      await deed();
      return '';
    } catch (error) {
      const { problems = [] } = error as { problems?: string[] };
      return [String(error), ...problems].join(' ');
    }
  }

  /** What goes wrong with which deed under a policy. */
  async function findTroubles(caller: PolicyDocument): Promise<string[]> {
    await rig.control.setPolicies({});
    await removeBucket(rig.s3, `sagemaker-${region}-${account}`);
    await rig.control.setPolicies({ caller });
    const troubles: string[] = [];
    for (const [name, deed] of Object.entries(DEEDS)) {
      const told = await deed();
      if (told !== '') troubles.push(`${name}: ${told}`);
    }
    return troubles;
  }

  beforeAll(async () => {
    rig = await startRig();
    session = await connect({ client: rig.server.client, taskQueue: rig.taskQueue });
    estimator = new Estimator({ ...ESTIMATOR, session });
    await rig.control.addOutcomes([
      {
        kind: 'training job',
        resource: jobName,
        steps: [{ secondaryStatus: 'Training', durationMs: 20, logLines: ['epoch 1'] }],
        end: { status: 'Completed' },
      },
    ]);
    const input = {
      estimator: ESTIMATOR,
      fit: { inputs: `s3://${DATA_BUCKET}/iris`, jobName },
      deploy: { ...DEPLOY, endpointName },
    };
    const { CreateTrainingJob } = planRun('fit', { estimator: ESTIMATOR, fit: { ...input.fit, jobName: elsewhere } });
    const request = { ...(CreateTrainingJob as CreateTrainingJobCommandInput), Tags: [] };
    await rig.sagemaker.send(new CreateTrainingJobCommand(request));
    expect((await (await rig.start('fitThenDeploy', input)).result()) as FitResult).toMatchObject({
      trainingJobName: jobName,
    });
  });
  afterAll(async () => {
    await rig.control.setPolicies({});
    await rig.close();
  });

  it('may do all that it needs', async () => {
    expect(await findTroubles(policy)).toEqual([]);
    const asked = (await rig.control.askedPermissions()).map(({ action }) => action);
    expect([...new Set(asked)].sort()).toEqual(actionsOf(policy).sort());
  });

  it.each(actionsOf(policy))('without %s is told so', async (action) => {
    expect(await findTroubles(withoutAction(policy, action))).not.toEqual([]);
  });
});
