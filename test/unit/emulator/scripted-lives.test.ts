/** Lives that a test has written: what Describe tells of training jobs and endpoints that follow a script. */
import type { DescribeTrainingJobResponse } from '@aws-sdk/client-sagemaker';
import type { OutcomeRuleInput } from '../../../src/emulator';
import { createOutcomes } from '../../../src/emulator/control/outcomes';
import {
  createModelAndConfig,
  openSageMakerWorld,
  secondaryStatuses,
  TRAINING_LOGS,
  trainingRequest,
  untilOver,
  untilSettled,
} from '../../support/sagemaker-world';
import type { SageMakerWorld } from '../../support/sagemaker-world';
import { until } from '../../support/until';

let outcomes: ReturnType<typeof createOutcomes>;
let sagemaker: SageMakerWorld;
beforeEach(async () => {
  outcomes = createOutcomes();
  sagemaker = await openSageMakerWorld({ simulated: true, outcomes });
});
afterEach(async () => {
  await sagemaker.close();
  sagemaker.remove();
});

const script = (...rules: OutcomeRuleInput[]) => outcomes.add({ rules });
const create = (name: string) => sagemaker.ask('CreateTrainingJob', trainingRequest(name, ''));
const hasModel = (name: string) =>
  sagemaker.world.objects.head('bucket-of-tests', `out/${name}/output/model.tar.gz`) !== undefined;

describe('a scripted training job', () => {
  it('goes through its steps, is billed for what it had its instances, and keeps the time it first started', async () => {
    const step = (secondaryStatus: string, durationMs = 0) => ({ secondaryStatus, durationMs });
    script({
      kind: 'training job',
      resource: 'spot-.*',
      steps: [
        step('Starting'),
        step('Downloading'),
        { ...step('Training', 20), logLines: ['epoch 1'] },
        step('Interrupted', 1_500),
        step('Starting'),
        step('Training', 20),
      ],
      end: { status: 'Stopped', secondaryStatus: 'MaxWaitTimeExceeded', artefact: true },
    });
    await create('spot-1');
    const job = (await untilOver(sagemaker, 'spot-1')) as unknown as DescribeTrainingJobResponse;
    expect(job).toMatchObject({ TrainingJobStatus: 'Stopped', SecondaryStatus: 'MaxWaitTimeExceeded' });
    const transitions = job.SecondaryStatusTransitions ?? [];
    expect(transitions.map(({ Status }) => Status)).toEqual([
      'Starting',
      'Starting',
      'Downloading',
      'Training',
      'Interrupted',
      'Starting',
      'Training',
      'MaxWaitTimeExceeded',
    ]);
    expect(transitions.at(-1)?.StatusMessage).toBe('Training job wait time exceeded MaxWaitTimeInSeconds provided');
    expect(job.TrainingStartTime).toEqual(transitions[2]?.StartTime);
    expect(job.BillableTimeInSeconds).toBe(1);
    expect(job.TrainingTimeInSeconds).toBeGreaterThan(1);
    expect(hasModel('spot-1')).toBe(true);
    expect(sagemaker.readLog(TRAINING_LOGS, 'spot-1/')).toEqual(['epoch 1']);
  });

  it('fails with the words it was given, before it ever started', async () => {
    const failureReason = 'CapacityError: Unable to provision requested ML compute capacity.';
    script({ kind: 'training job', end: { status: 'Failed', failureReason } });
    await create('no-capacity');
    const job = await untilOver(sagemaker, 'no-capacity');
    expect(job).toMatchObject({ TrainingJobStatus: 'Failed', SecondaryStatus: 'Failed', FailureReason: failureReason });
    expect(job).not.toHaveProperty('TrainingStartTime');
    expect(hasModel('no-capacity')).toBe(false);
  });

  it('completes without a model where the script has none', async () => {
    script({ kind: 'training job', end: { status: 'Completed', artefact: false } });
    await create('empty');
    expect(await untilOver(sagemaker, 'empty')).toMatchObject({ TrainingJobStatus: 'Completed' });
    expect(hasModel('empty')).toBe(false);
  });

  it('stays in its last step until somebody stops it, and then leaves what it had trained', async () => {
    script({ kind: 'training job', steps: [{ secondaryStatus: 'Training', durationMs: 0 }] });
    await create('endless');
    await until(
      async () =>
        String((await sagemaker.ask('DescribeTrainingJob', { TrainingJobName: 'endless' })).SecondaryStatus) ===
        'Training',
      { what: 'the step' },
    );
    await sagemaker.ask('StopTrainingJob', { TrainingJobName: 'endless' });
    const job = await untilOver(sagemaker, 'endless');
    expect(secondaryStatuses(job)).toEqual(['Starting', 'Training', 'Stopping', 'Uploading', 'Stopped']);
    expect(hasModel('endless')).toBe(true);
  });

  it('can be gone in the end, as if it had been deleted', async () => {
    script({
      kind: 'training job',
      steps: [{ status: 'Deleting', secondaryStatus: 'Stopped', durationMs: 0 }],
      end: 'deleted',
    });
    await create('deleted');
    await until(
      () =>
        sagemaker.ask('DescribeTrainingJob', { TrainingJobName: 'deleted' }).then(
          () => false,
          () => true,
        ),
      {
        what: 'it to be gone',
      },
    );
  });

  it('goes by another script from when it is told to; one that goes by none does not', async () => {
    script({ kind: 'training job', resource: 'waiting', steps: [{ secondaryStatus: 'Starting', durationMs: 0 }] });
    sagemaker.phases.Starting = 3_600_000;
    await create('waiting');
    await create('by-itself');
    const [moved] = script({
      kind: 'training job',
      when: 'now',
      steps: [{ secondaryStatus: 'Training', durationMs: 0 }],
      end: { status: 'Completed' },
    });
    expect(moved?.lives).toBe(1);
    const job = await untilOver(sagemaker, 'waiting');
    expect(secondaryStatuses(job)).toEqual(['Starting', 'Starting', 'Training', 'Completed']);
    expect(hasModel('waiting')).toBe(true);
    expect(await sagemaker.ask('DescribeTrainingJob', { TrainingJobName: 'by-itself' })).toMatchObject({
      SecondaryStatus: 'Starting',
    });
  });

  it('is one of as many as the rule decides; the next lives as the clock has it', async () => {
    const [rule] = script({ kind: 'training job', times: 1, end: { status: 'Stopped' } });
    await create('first');
    await create('second');
    expect((await untilOver(sagemaker, 'first')).TrainingJobStatus).toBe('Stopped');
    expect((await untilOver(sagemaker, 'second')).TrainingJobStatus).toBe('Completed');
    expect(outcomes.list()).toEqual([{ ...rule, lives: 1 }]);
  });
});

describe('a scripted endpoint', () => {
  const describeEndpoint = (name = 'iris') => sagemaker.ask('DescribeEndpoint', { EndpointName: name });
  const statusOf = async (): Promise<string> => String((await describeEndpoint()).EndpointStatus);
  const ask = (operation: string, config: string) =>
    sagemaker.ask(operation, { EndpointName: 'iris', EndpointConfigName: config });
  const untilStatus = (status: string) => until(async () => (await statusOf()) === status, { what: status });
  beforeEach(async () => {
    for (const name of ['one', 'two']) await createModelAndConfig(sagemaker, name, {});
  });

  it('fails its creation with a reason and its log', async () => {
    script({
      kind: 'endpoint',
      steps: [{ status: 'Creating', durationMs: 0, logLines: ['no module'] }],
      end: { status: 'Failed', failureReason: 'it did not pass the ping health check' },
    });
    await ask('CreateEndpoint', 'one');
    expect(await untilSettled(sagemaker, 'iris')).toMatchObject({
      EndpointStatus: 'Failed',
      EndpointConfigName: 'one',
      FailureReason: 'it did not pass the ping health check',
    });
    expect(sagemaker.readLog('/aws/sagemaker/Endpoints/iris')).toEqual(['no module']);
  });

  it('rolls an update back, and answers by the old config all the while', async () => {
    script({
      kind: 'endpoint',
      when: 'update',
      steps: [
        { status: 'Updating', durationMs: 50 },
        { status: 'RollingBack', durationMs: 50, failureReason: 'alarm' },
      ],
      end: { status: 'InService', serves: 'old' },
    });
    await ask('CreateEndpoint', 'one');
    await untilSettled(sagemaker, 'iris');
    await ask('UpdateEndpoint', 'two');
    await untilStatus('RollingBack');
    expect(await describeEndpoint()).toMatchObject({ PendingDeploymentSummary: { EndpointConfigName: 'two' } });
    expect((await sagemaker.invoke({ EndpointName: 'iris' }, 'x')).Body.toString()).toBe('x');
    const settled = await untilSettled(sagemaker, 'iris');
    expect(settled).toMatchObject({ EndpointStatus: 'InService', EndpointConfigName: 'one', FailureReason: 'alarm' });
    expect(settled).not.toHaveProperty('PendingDeploymentSummary');
  });

  it('can end in a rollback that failed, which still answers', async () => {
    script({ kind: 'endpoint', when: 'update', end: { status: 'UpdateRollbackFailed', failureReason: 'both failed' } });
    await ask('CreateEndpoint', 'one');
    await untilSettled(sagemaker, 'iris');
    await ask('UpdateEndpoint', 'two');
    await untilStatus('UpdateRollbackFailed');
    expect(await describeEndpoint()).toMatchObject({ EndpointConfigName: 'one', FailureReason: 'both failed' });
    expect((await sagemaker.invoke({ EndpointName: 'iris' }, 'x')).Body.toString()).toBe('x');
  });

  it('stuck in Creating takes no deletion, until a rule moves it on', async () => {
    script({ kind: 'endpoint' });
    await ask('CreateEndpoint', 'one');
    await expect(sagemaker.ask('DeleteEndpoint', { EndpointName: 'iris' })).rejects.toThrow('in-progress');
    const [moved] = script({ kind: 'endpoint', when: 'now', end: { status: 'Failed', failureReason: 'gave up' } });
    expect(moved?.lives).toBe(1);
    await untilStatus('Failed');
    await sagemaker.ask('DeleteEndpoint', { EndpointName: 'iris' });
  });

  it('that stands is taken into maintenance and back', async () => {
    await ask('CreateEndpoint', 'one');
    await untilSettled(sagemaker, 'iris');
    script({
      kind: 'endpoint',
      when: 'now',
      steps: [{ status: 'SystemUpdating', durationMs: 200 }],
      end: { status: 'InService', serves: 'old' },
    });
    await untilStatus('SystemUpdating');
    await expect(ask('UpdateEndpoint', 'two')).rejects.toThrow('in-progress');
    expect((await sagemaker.invoke({ EndpointName: 'iris' }, 'x')).Body.toString()).toBe('x');
    await untilStatus('InService');
  });

  it('out of service answers nothing', async () => {
    script({ kind: 'endpoint', end: { status: 'OutOfService' } });
    await ask('CreateEndpoint', 'one');
    await untilStatus('OutOfService');
    await expect(sagemaker.invoke({ EndpointName: 'iris' }, 'x')).rejects.toThrow('not found');
  });
});

describe('a rule of outcomes', () => {
  it.each<[unknown, string]>([
    [{}, 'The body must be { "rules": [ ... ] }'],
    [{ rules: [null] }, 'rules[0].kind must be training job or endpoint'],
    [{ rules: [{ kind: 'model' }] }, 'rules[0].kind must be'],
    [{ rules: [{ kind: 'training job', when: 'update' }] }, 'rules[0].when must be create or now'],
    [{ rules: [{ kind: 'training job', serves: 'old' }] }, 'rules[0].serves is not known'],
    [{ rules: [{ kind: 'training job', times: 0 }] }, 'rules[0].times must be a whole number from 1'],
    [
      { rules: [{ kind: 'training job', steps: [{ durationMs: 1 }] }] },
      'rules[0].steps[0].secondaryStatus must be given',
    ],
    [
      { rules: [{ kind: 'training job', steps: [{ secondaryStatus: 'Failed', status: 'Failed', durationMs: 1 }] }] },
      'rules[0].steps[0].status must be a word that is no end',
    ],
    [
      { rules: [{ kind: 'training job', end: { status: 'InProgress' } }] },
      'rules[0].end.status must be Completed or Failed or Stopped',
    ],
    [{ rules: [{ kind: 'endpoint', when: 'later' }] }, 'rules[0].when must be create or update or now'],
    [{ rules: [{ kind: 'endpoint', steps: [{ status: 'Creating', durationMs: -1 }] }] }, 'durationMs must be from 0'],
    [{ rules: [{ kind: 'endpoint', end: { status: 'In Service' } }] }, 'rules[0].end.status must be a word of letters'],
  ])('%j is refused', (posted, problem) => {
    expect(() => outcomes.add(posted)).toThrow(problem);
    expect(outcomes.list()).toEqual([]);
  });

  it('keeps its id for itself, and goes when it is removed', () => {
    script({ kind: 'training job', id: 'mine' });
    expect(() => script({ kind: 'training job', id: 'mine' })).toThrow('There is a rule mine already');
    script({ kind: 'endpoint' });
    outcomes.remove('mine');
    expect(outcomes.list()).toMatchObject([{ id: 'outcome-1' }]);
    outcomes.remove();
    expect(outcomes.list()).toEqual([]);
  });
});
