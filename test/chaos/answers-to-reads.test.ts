/**
 * Late, spoilt and strange answers to reads: every read that the product makes. All cases live side by side on one
 * emulator and one worker; each test waits for its own. Operations and their members come from AWS's model.
 */
import {
  DescribeEndpointCommand,
  DescribeEndpointConfigCommand,
  DescribeModelCommand,
  DescribeTrainingJobCommand,
} from '@aws-sdk/client-sagemaker';
import type { DeployInput, DeployResult, FitResult, Progress } from '../../src/contract';
import type { FaultRuleView } from '../../src/emulator';
import { failureOfRun } from '../support/failures';
import { findUnmet, liveThrough, type Life, type Spoiling } from '../support/lives';
import { millisecondsOf } from '../support/event-time';
import { DATA_BUCKET, DEPLOY, fitInput, mainJob, ROLE, startRig, uniqueName, type Rig } from '../support/rig';
import { openStories, runSideBySide } from '../support/stories';
import { until } from '../support/until';
import {
  effectsOf,
  expectWholeLife,
  IMPATIENT,
  LATE_READS,
  LIFE_WRITES,
  mapValues,
  membersOf,
  OTHER_READS,
  PHASES,
  READS,
  SLOW,
  SPOILT_READS,
  spoiltReadsOf,
  startTraining,
  STATUS_MEMBERS,
  WRITES,
  type Member,
} from './answers-table';

jest.setTimeout(400_000);

let rig: Rig;
let life: (about: string) => Promise<Life>;
let prepared: (kind: string) => Promise<unknown>;
const { tell, begin } = openStories(4);

beforeAll(async () => {
  rig = await startRig({ emulator: { phases: PHASES }, worker: IMPATIENT });
  await rig.control.addOutcomes([
    { kind: 'training job', resource: 'stop-.*', steps: [{ secondaryStatus: 'Training', durationMs: 1 }] },
  ]);
  const live = (operations: string[], spoilings: Spoiling[], options = {}) => {
    const faults = operations.flatMap((operation) => spoilings.map((spoiling) => ({ operation, ...spoiling })));
    return () => liveThrough(rig, faults, options);
  };
  const lives: Record<string, () => Promise<Life>> = {
    healthy: live([], []),
    slow: live([...LIFE_WRITES, ...READS, ...OTHER_READS], [SLOW]),
    odd: () => liveThrough(rig, STATUS_MEMBERS.map(dreamOf)),
    ...mapValues(LATE_READS, (late) => live(lateReads(late), [late], { isShown: true })),
    ...Object.fromEntries(
      [...READS, ...OTHER_READS].map((operation) => [operation, live([operation], spoiltReadsOf(operation))]),
    ),
  };
  begin();
  life = runSideBySide(lives, 8);
  prepared = runSideBySide(
    mapValues(SPOILT_READS, (spoiling) => () => prepareWith(spoiling)),
    3,
  );
});
afterAll(() => rig.close());

/** A word that AWS has never said, where a status is told. */
function dreamOf({ operation, member }: { operation: string; member: string }) {
  return { operation, action: 'rewrite' as const, patch: { [member]: `Dreaming${member}` }, times: 5 };
}

/** Statuses come and go; what does not change is late only as a whole. */
function lateReads({ ageMs }: Spoiling): string[] {
  return ageMs === undefined ? [...new Set(STATUS_MEMBERS.map(({ operation }) => operation))] : READS;
}

/** A run whose first step meets this. Of GetCallerIdentity, whichever run is the next: it names nothing. */
async function prepareWith(spoiling: Spoiling): Promise<unknown> {
  const role = `Role-${uniqueName('of')}`;
  const rules = await rig.control.addFaults([
    { operation: 'GetRole', resource: role, ...spoiling },
    { operation: 'GetCallerIdentity', ...spoiling },
  ]);
  const input = fitInput(uniqueName());
  const result = await (await rig.start('fit', { ...input, estimator: { ...input.estimator, role } })).result();
  await expectAllMet(rules);
  return result;
}

async function expectAllMet(rules: FaultRuleView[]): Promise<void> {
  expect(await findUnmet(rig, rules)).toEqual([]);
}

describe('reads that are late', () => {
  it.each(Object.keys(LATE_READS))('with %s: nothing is made twice, and progress does not go back', async (kind) => {
    const late = await life(kind);
    expectWholeLife(late);
    const jobs = late.shown.map((sight) => sight.split(' ')[0]!).filter((status, at, all) => status !== all[at - 1]);
    const order = ['', 'Starting', 'Downloading', 'Training', 'Uploading', 'Completed'];
    // The second run takes the job as it finds it, the third has nothing to do with it.
    const ofFirst = jobs.slice(0, jobs.indexOf('Completed') + 1).map((status) => order.indexOf(status));
    expect(ofFirst).toEqual([...ofFirst].sort((a, b) => a - b));
    expect(ofFirst).toContain(order.indexOf('Completed'));
  });
});

describe('a read', () => {
  it.each([...READS, ...OTHER_READS])('%s is sent again whatever comes for an answer', async (operation) => {
    expectWholeLife(await life(operation));
  });

  it('of prepare is sent again whatever comes for an answer', async () => {
    const results = await Promise.all(Object.keys(SPOILT_READS).map((kind) => prepared(kind)));
    for (const result of results) expect(result).toMatchObject({ warnings: [] });
  });

  it('that is slow is no reason to ask more often', async () => {
    const [slow, usual] = [await life('slow'), await life('healthy')];
    expectWholeLife(slow);
    const countReads = ({ calls }: Life) => calls.filter(({ operation }) => !WRITES.includes(operation)).length;
    // Either may have been read once more while a status lasted.
    expect(countReads(slow)).toBeLessThanOrEqual(countReads(usual) * 1.1 + 2);
  });
});

describe('a status that this version does not know', () => {
  it('is waited out, and the run warns of it', async () => {
    const odd = await life('odd');
    expectWholeLife(odd);
    const warnings = [...odd.made.warnings, ...odd.updated.warnings];
    for (const { member } of STATUS_MEMBERS) {
      const told = `has the status Dreaming${member}, which this version does not know: it counts as still under way`;
      expect(warnings).toContainEqual(expect.stringContaining(told));
    }
  });

  tell('for ever, of a training job: our deadline stops it', async () => {
    const name = uniqueName('stop');
    const [rule] = await rig.control.addFaults([
      { operation: 'DescribeTrainingJob', resource: name, action: 'rewrite', patch: { TrainingJobStatus: 'Dreaming' } },
    ]);
    const input = fitInput(name);
    const handle = await rig.start('fit', {
      estimator: { ...input.estimator, trainMaxRun: 1 },
      fit: { ...input.fit, overrunSeconds: 1, pendingTimeoutSeconds: 2 },
    });
    await untilCalled('StopTrainingJob', name);
    const { warnings } = await handle.query<Progress>('progress');
    expect(warnings).toContainEqual(expect.stringContaining('Dreaming'));
    await rig.control.clearFaults(rule!.id);
    expect((await failureOfRun(handle)).code).toBe('TrainingJobTimedOut');
  });

  tell('for ever, of an endpoint: our deadline ends the wait, and what was made is taken down', async () => {
    const name = uniqueName();
    const [rule] = await rig.control.addFaults([
      { operation: 'DescribeEndpoint', resource: name, action: 'rewrite', patch: { EndpointStatus: 'Dreaming' } },
    ]);
    const input = mainJob(name);
    const handle = await rig.start('fitThenDeploy', { ...input, deploy: { ...DEPLOY, endpointTimeoutSeconds: 2 } });
    await untilCalled('DescribeLogStreams', `/aws/sagemaker/Endpoints/${name}`);
    await rig.control.clearFaults(rule!.id);
    const { code, details } = await failureOfRun(handle);
    expect(code).toBe('EndpointTimedOut');
    expect(details.ledger?.map(({ kind, state }) => `${kind} ${state}`)).toEqual([
      'training job left',
      'model deleted',
      'endpoint config deleted',
      'endpoint deleted',
    ]);
  });
});

describe('an answer without one of its members', () => {
  tell('about a training job changes nothing of how its run goes, whichever it is', async () => {
    const { name } = await life('healthy');
    const whole = await rig.sagemaker.send(new DescribeTrainingJobCommand({ TrainingJobName: name }));
    const members = membersOf('DescribeTrainingJob').filter(({ member }) => member in whole);
    expect(members.length).toBeGreaterThan(15);
    const results = await Promise.all(members.map((member) => fitWithout(member)));
    for (const [index, { name: jobName, result }] of results.entries()) {
      const { member, isRequired, hasEnum } = members[index]!;
      expect({ member, ...result }).toMatchObject({
        member,
        trainingJobName: jobName,
        trainingJobArn: expect.stringMatching(/:training-job\//) as string,
        modelData: `s3://${DATA_BUCKET}/models/${jobName}/output/model.tar.gz`,
      });
      const isTold = result.warnings.some((warning) => warning.includes(`without ${member}: what was known before`));
      expect([member, isTold]).toEqual([member, isRequired && hasEnum]);
    }
  });

  tell('about anything else changes nothing of how a life goes, whichever it is', async () => {
    const standing = await hostThrough([]);
    const answers: Record<string, object> = {
      DescribeEndpoint: await rig.sagemaker.send(new DescribeEndpointCommand({ EndpointName: standing.endpointName })),
      DescribeEndpointConfig: await rig.sagemaker.send(
        new DescribeEndpointConfigCommand({ EndpointConfigName: standing.endpointConfigName }),
      ),
      DescribeModel: await rig.sagemaker.send(new DescribeModelCommand({ ModelName: standing.modelName })),
      ListTags: { Tags: [] },
    };
    const reads = READS.filter((operation) => operation !== 'DescribeTrainingJob');
    const members = new Map(
      reads.map((operation) => [operation, membersOf(operation).filter(({ member }) => member in answers[operation]!)]),
    );
    const most = Math.max(...[...members.values()].map(({ length }) => length));
    expect(most).toBeGreaterThan(5);
    // Each goes without one member of each of the reads.
    const hosted = Array.from({ length: most }, (_, index) =>
      hostThrough(
        reads.flatMap((operation) => {
          const lacking = members.get(operation)![index];
          return lacking ? [{ operation, ...without(lacking) }] : [];
        }),
      ),
    );
    for (const { endpointName, endpointArn, ledger } of await Promise.all(hosted)) {
      expect(endpointArn).toMatch(new RegExp(`:endpoint/${endpointName}$`));
      expect(ledger.map(({ kind, state }) => `${kind} ${state}`).sort()).toEqual([
        'endpoint adopted',
        'endpoint config deleted',
        'endpoint config made',
        'model deleted',
        'model made',
      ]);
    }
  });
});

/** Deployed and updated, without a training; answers the update. */
async function hostThrough(faults: (Spoiling & { operation: string })[]): Promise<DeployResult> {
  const endpointName = uniqueName('host');
  const rules = await rig.control.addFaults(faults.map((fault) => ({ ...fault, resource: `.*${endpointName}.*` })));
  const input = (VERSION: string): DeployInput => ({
    modelData: `s3://${DATA_BUCKET}/iris/data.csv`,
    deploy: { ...DEPLOY, endpointName, image: 'iris', role: ROLE, env: { VERSION } },
  });
  await (await rig.start('deploy', input('1'))).result();
  const updated = (await (await rig.start('deploy', input('2'))).result()) as DeployResult;
  await expectAllMet(rules);
  return updated;
}

/** For good, but for what nothing can be decided without: that comes after a while. */
function without({ member, isRequired }: Member): Spoiling {
  const isNeeded = isRequired || member === 'EndpointConfigName' || member === 'Tags';
  return { action: 'rewrite', patch: { [member]: null }, ...(isNeeded && { times: 3 }) };
}

async function fitWithout(member: Member): Promise<{ name: string; result: FitResult }> {
  const name = uniqueName('fit');
  const rules = await rig.control.addFaults([{ operation: 'DescribeTrainingJob', resource: name, ...without(member) }]);
  const result = (await (await rig.start('fit', fitInput(name))).result()) as FitResult;
  await expectAllMet(rules);
  return { name, result };
}

describe('a training job that is not found after it was seen', () => {
  const gone = (resource: string) => ({
    operation: 'DescribeTrainingJob',
    resource,
    action: 'error' as const,
    status: 400,
    code: 'ValidationException',
    message: 'Requested resource not found.',
  });

  tell('and then found again is waited for', async () => {
    const name = uniqueName('stop');
    const handle = await startTraining(rig, name);
    const [rule] = await rig.control.addFaults([{ ...gone(name), times: 20 }]);
    await until(async () => (await rig.control.faults()).some(({ id, hits }) => id === rule!.id && hits === 20), {
      what: 'twenty reads that found nothing',
      limitMs: 60_000,
    });
    expect((await handle.describe()).status.name).toBe('RUNNING');
    await handle.cancel();
    expect((await failureOfRun(handle)).code).toBe('Cancelled');
  });

  tell('for half a minute counts as deleted, and not before', async () => {
    const name = uniqueName('stop');
    const handle = await startTraining(rig, name);
    await rig.control.addFaults([gone(name)]);
    // Its record goes on standing, since it was not deleted.
    rig.exempt(handle.workflowId, { from: ['truth'], reason: 'the job is hidden, not gone' });
    expect((await failureOfRun(handle)).code).toBe('TrainingJobNotFound');
    const reads = (await rig.control.calls({ operation: 'DescribeTrainingJob' })).filter(
      ({ resource }) => resource === name,
    );
    const firstMs = Date.parse(reads.find(({ status }) => status === 400)?.time ?? '');
    const { closeTime } = await handle.describe();
    expect(closeTime!.getTime() - firstMs).toBeGreaterThanOrEqual(30_000);
  });
});

describe('a role that SageMaker cannot assume', () => {
  const refused = (resource: string) => ({
    operation: 'CreateTrainingJob',
    resource,
    action: 'error' as const,
    status: 400,
    code: 'ValidationException',
    message: 'Could not assume role arn:aws:iam::123456789012:role/Trainer. Please ensure that the role exists.',
  });
  const triesOf = async (name: string) =>
    (await rig.control.calls({ operation: 'CreateTrainingJob' })).filter(({ resource }) => resource === name);

  tell('and then can, as it is where IAM has just been told of it, is waited for', async () => {
    const name = uniqueName('fit');
    const rules = await rig.control.addFaults([{ ...refused(name), times: 3 }]);
    expect(await (await rig.start('fit', fitInput(name))).result()).toMatchObject({ trainingJobName: name });
    await expectAllMet(rules);
    expect((await triesOf(name)).map(({ status }) => status)).toEqual([400, 400, 400, 200]);
  });

  tell('for a minute and a half is RoleNotAssumable, and not before', async () => {
    const name = uniqueName('fit');
    await rig.control.addFaults([refused(name)]);
    const handle = await rig.start('fit', fitInput(name));
    const { code, details } = await failureOfRun(handle);
    expect([code, details.ledger]).toEqual(['RoleNotAssumable', []]);
    const events = (await handle.fetchHistory()).events ?? [];
    const firstTry = events.findIndex(
      ({ activityTaskScheduledEventAttributes: one }) => one?.activityType?.name === 'createTrainingJob',
    );
    // The run counts from the task in which it asked for its first try.
    const task = events.slice(0, firstTry).findLast((event) => event.workflowTaskStartedEventAttributes);
    const { closeTime } = await handle.describe();
    expect(closeTime!.getTime() - millisecondsOf(task?.eventTime)).toBeGreaterThanOrEqual(90_000);
  });
});

const untilCalled = (operation: string, resource: string) =>
  until(async () => (await rig.calls(operation)).some((call) => call.resource?.startsWith(resource) ?? false), {
    what: `${operation} of ${resource}`,
    limitMs: 60_000,
  });

describe('a clock that is off by minutes', () => {
  // In this order: what a client has learned of the first is wrong for the next.
  it.each([20, -10, 0])(
    '%d minutes: each client is refused once at the most, and puts its clock right',
    async (minutes) => {
      const since = (await rig.control.calls()).length;
      await rig.control.setClock({ skewMs: minutes * 60_000 });
      const name = uniqueName();
      const result = await (await rig.start('fitThenDeploy', mainJob(name))).result();
      expect(result).toMatchObject({ trainingJobName: name, endpointName: name });
      const calls = await rig.control.calls({ since });
      const refused = calls.filter(({ status }) => status === 403);
      // One client for each service, and each learns for itself.
      expect(refused.length).toBeLessThanOrEqual(5);
      expect(refused.length > 0).toBe(minutes !== 0);
      expect(effectsOf({ calls } as Life, 'CreateTrainingJob')).toEqual([1]);
    },
  );
});

describe('AWS, hours ahead of Temporal', () => {
  const HOURS_MS = 5 * 3_600_000;
  beforeAll(() => rig.control.setClock({ skewMs: HOURS_MS, phases: { Creating: 1_500, Stopping: 1_500 } }));
  afterAll(() => rig.control.setClock({ skewMs: 0 }));

  it('is given the time that an endpoint needs: none of our limits has passed', async () => {
    const name = uniqueName();
    const result = await (await rig.start('fitThenDeploy', mainJob(name))).result();
    expect(result).toMatchObject({ trainingJobName: name, endpointName: name });
  });

  it('is sent one stop by a cancel', async () => {
    const name = uniqueName('stop');
    const handle = await startTraining(rig, name);
    await handle.cancel();
    expect((await failureOfRun(handle)).code).toBe('Cancelled');
    expect((await rig.calls('StopTrainingJob')).filter(({ resource }) => resource === name)).toEqual([
      { resource: name, status: 200 },
    ]);
  });
});
