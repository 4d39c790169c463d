/**
 * Lost and late answers: every write that the product makes, and every read, spoilt in every way that a network, a proxy
 * or AWS itself can spoil one. All cases live side by side on one emulator and one worker; each test waits for its own.
 * Rows of the table are the operations of AWS's model, and a test holds them against the journal of a healthy life.
 */
import { HeadBucketCommand, S3Client } from '@aws-sdk/client-s3';
import {
  DescribeEndpointCommand,
  DescribeEndpointConfigCommand,
  DescribeModelCommand,
  DescribeTrainingJobCommand,
} from '@aws-sdk/client-sagemaker';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { ApplicationFailure } from '@temporalio/common';
import { MockActivityEnvironment } from '@temporalio/testing';
import type { AwsClients } from '../../src/activities';
import { createStorageActivities } from '../../src/activities/storage';
import type { FitInput, FitResult, FitThenDeployResult, Progress } from '../../src/contract';
import { findOperation, MODELLED_OPERATIONS, shapeOf } from '../../src/service-model/model';
import { failureOfRun } from '../support/failures';
import { liveThrough, runSideBySide, type Life, type Spoiling } from '../support/lives';
import { DATA_BUCKET, DEPLOY, ESTIMATOR, mainJob, startRig, uniqueName, type Rig } from '../support/rig';
import { until } from '../support/until';

jest.setTimeout(400_000);

const JSON_TYPE = 'application/x-amz-json-1.1';
const HTML = { body: '<html><body>Bad gateway</body></html>', contentType: 'text/html' };

/** What can become of a write. Every one meets it once, throttling twice. */
const SPOILT_WRITES: Record<string, Spoiling> = {
  'the answer lost': { action: 'lose', times: 1 },
  'the connection reset before the effect': { action: 'reset', when: 'before', times: 1 },
  'the connection reset after the effect': { action: 'reset', times: 1 },
  'the connection reset within the answer': { action: 'reset', sent: 'half', times: 1 },
  'the connection reset behind the answer': { action: 'reset', sent: 'all', times: 1 },
  'no answer, with the effect': { action: 'hang', when: 'after', times: 1 },
  'no answer, without the effect': { action: 'hang', times: 1 },
  'half an answer, then silence': { action: 'hang', when: 'after', sent: 'half', times: 1 },
  'HTML 500 with the effect': { action: 'error', when: 'after', status: 500, ...HTML, times: 1 },
  'HTML 500 without the effect': { action: 'error', status: 500, ...HTML, times: 1 },
  'HTML 200 in the place of the effect': { action: 'error', status: 200, ...HTML, times: 1 },
  'malformed JSON with 200': {
    action: 'error',
    when: 'after',
    status: 200,
    body: '{"Arn": "arn',
    contentType: JSON_TYPE,
    times: 1,
  },
  'a truncated answer': { action: 'truncate', times: 1 },
  'an empty 200': { action: 'error', when: 'after', status: 200, body: '', contentType: JSON_TYPE, times: 1 },
  throttling: { action: 'throttle', times: 2 },
  'an answer after 700 ms': { action: 'delay', when: 'after', ms: 700 },
};
/** A write that AWS answers with an empty 200 anyway cannot be told from one that never was. */
const ANSWERED_WITH_SOMETHING = /^(Create|Update)/;
const EMPTY_WITHOUT_EFFECT_TITLE = 'an empty 200 in the place of the effect';
const EMPTY_WITHOUT_EFFECT: Spoiling = { action: 'error', status: 200, body: '', contentType: JSON_TYPE, times: 1 };

/** Reads of things as they were. For AWS's 20 s two seconds stand: a job here lives for a second, not for hours. */
const LATE_READS: Record<string, Spoiling> = {
  'the answer before the last, every other time': { action: 'stale', back: 1, probability: 0.5, seed: 1 },
  'answers from long before, every other time': { action: 'stale', back: 3, probability: 0.5, seed: 2 },
  'answers from two seconds before, when what was made was not there': { action: 'stale', ageMs: 2_000 },
};

/** What else can become of a read. Each meets all of them, one after the other: a read that fails is sent again. */
const SPOILT_READS: Record<string, Spoiling> = {
  'HTML 500': { action: 'error', status: 500, ...HTML, times: 1 },
  'HTML 200': { action: 'error', status: 200, ...HTML, times: 1 },
  'malformed JSON with 200': { action: 'error', status: 200, body: '{"A": ', contentType: JSON_TYPE, times: 1 },
  'a truncated answer': { action: 'truncate', times: 1 },
  'an empty 200': { action: 'error', status: 200, body: '', contentType: JSON_TYPE, times: 1 },
  'no answer': { action: 'hang', times: 1 },
  'half an answer, then silence': { action: 'hang', when: 'after', sent: 'half', times: 1 },
  'a reset connection': { action: 'reset', when: 'before', times: 1 },
  throttling: { action: 'throttle', times: 1 },
};
/** A HEAD has no body to be cut. */
function spoiltReadsOf(operation: string): Spoiling[] {
  const spoilt = Object.values(SPOILT_READS);
  return operation.startsWith('Head')
    ? spoilt.filter(({ action, sent }) => action !== 'truncate' && sent === undefined)
    : spoilt;
}
const SLOW: Spoiling = { action: 'delay', ms: 700 };

const KINDS = 'TrainingJob|Model|EndpointConfig|Endpoint';
const WRITES = MODELLED_OPERATIONS.filter((operation) =>
  new RegExp(`^((Create|Update|Delete)(${KINDS})|StopTrainingJob)$`).test(operation),
).filter((operation) => operation !== 'DeleteTrainingJob');
const READS = MODELLED_OPERATIONS.filter((operation) => new RegExp(`^(Describe(${KINDS})|ListTags)$`).test(operation));
const OTHER_READS = ['HeadObject'];

/** The members of a read's answer that are statuses, by AWS's model. */
const STATUS_MEMBERS = READS.flatMap((operation) =>
  membersOf(operation)
    .filter(({ isRequired, hasEnum }) => isRequired && hasEnum)
    .map(({ member }) => ({ operation, member })),
);

interface Member {
  member: string;
  isRequired: boolean;
  hasEnum: boolean;
}

function membersOf(operation: string): Member[] {
  const model = findOperation(operation)!;
  const { members = {}, required = [] } = shapeOf(model, model.output!);
  return Object.entries(members).map(([member, shape]) => ({
    member,
    isRequired: required.includes(member),
    hasEnum: shapeOf(model, shape).enum !== undefined,
  }));
}

/** Of one life: the stop has runs of its own. */
function writesThatMeet(kind: string): string[] {
  return WRITES.filter(
    (operation) =>
      operation !== 'StopTrainingJob' && (kind in SPOILT_WRITES || ANSWERED_WITH_SOMETHING.test(operation)),
  );
}

let rig: Rig;
let life: (about: string) => Promise<Life>;
let prepared: (kind: string) => Promise<unknown>;
let stopped: (kind: string) => Promise<{ stops: number; ended: string }>;

beforeAll(async () => {
  const phase = 120;
  rig = await startRig({
    emulator: {
      phases: { Starting: phase, Downloading: phase, Training: phase, Uploading: phase, Creating: 200, Updating: 200 },
    },
    // Thousands of faults in a minute: with pauses and a budget as for one outage in a month they would take an hour.
    worker: { retryMinIntervalMs: 50, retryMaxIntervalMs: 500 },
  });
  await rig.control.addOutcomes([{ kind: 'training job', resource: 'stop-.*', steps: FOREVER }]);
  const writes = { ...SPOILT_WRITES, [EMPTY_WITHOUT_EFFECT_TITLE]: EMPTY_WITHOUT_EFFECT };
  const lives: Record<string, () => Promise<Life>> = {
    healthy: () => liveThrough(rig, []),
    slow: () =>
      liveThrough(
        rig,
        [...READS, ...OTHER_READS].map((operation) => ({ operation, ...SLOW })),
      ),
    odd: () =>
      liveThrough(
        rig,
        STATUS_MEMBERS.map(({ operation, member }) => ({
          operation,
          action: 'rewrite',
          patch: { [member]: `Dreaming${member}` },
          times: 5,
        })),
      ),
    ...mapValues(
      writes,
      (spoiling, kind) => () =>
        liveThrough(
          rig,
          writesThatMeet(kind).map((operation) => ({ operation, ...spoiling })),
        ),
    ),
    ...mapValues(
      LATE_READS,
      (late) => () =>
        liveThrough(
          rig,
          lateReads(late).map((operation) => ({ operation, ...late })),
          { isShown: true },
        ),
    ),
    ...Object.fromEntries(
      [...READS, ...OTHER_READS].map((operation) => [
        operation,
        () =>
          liveThrough(
            rig,
            spoiltReadsOf(operation).map((spoiling) => ({ operation, ...spoiling })),
          ),
      ]),
    ),
  };
  life = runSideBySide(lives, 12);
  prepared = runSideBySide(
    mapValues(SPOILT_READS, (spoiling) => () => prepareWith(spoiling)),
    3,
  );
  stopped = runSideBySide(
    mapValues(SPOILT_WRITES, (spoiling) => () => stopOne(spoiling)),
    6,
  );
});
afterAll(() => rig.close());

const FOREVER = [{ secondaryStatus: 'Training', durationMs: 1 }];

function mapValues<A, B>(values: Record<string, A>, map: (value: A, key: string) => B): Record<string, B> {
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, map(value, key)]));
}

/** A run that is cancelled while its job trains. */
async function stopOne(spoiling: Spoiling): Promise<{ stops: number; ended: string }> {
  const name = uniqueName('stop');
  await rig.control.addFaults([{ operation: 'StopTrainingJob', resource: name, ...spoiling }]);
  const handle = await startTraining(name);
  await handle.cancel();
  const { code } = await failureOfRun(handle);
  const stops = (await rig.calls('StopTrainingJob')).filter(
    ({ resource, status }) => resource === name && status === 200,
  );
  return { stops: stops.length, ended: code };
}

/** Statuses come and go; what does not change is late only as a whole. */
function lateReads({ ageMs }: Spoiling): string[] {
  return ageMs === undefined ? [...new Set(STATUS_MEMBERS.map(({ operation }) => operation))] : READS;
}

/** A run whose first step meets this. Of GetCallerIdentity, whichever run is the next: it names nothing. */
async function prepareWith(spoiling: Spoiling): Promise<unknown> {
  const role = `Role-${uniqueName('of')}`;
  await rig.control.addFaults([
    { operation: 'GetRole', resource: role, ...spoiling },
    { operation: 'GetCallerIdentity', ...spoiling },
  ]);
  const input = fitInput(uniqueName());
  return (await rig.start('fit', { ...input, estimator: { ...input.estimator, role } })).result();
}

const fitInput = (name: string): FitInput => ({ estimator: ESTIMATOR, fit: mainJob(name).fit });

/** How often a write took effect in a life, by what it was about. */
function effectsOf({ calls }: Life, operation: string): number[] {
  const counts = new Map<string | null, number>();
  for (const { resource, status, ...call } of calls) {
    if (call.operation === operation && status === 200) counts.set(resource, (counts.get(resource) ?? 0) + 1);
  }
  return [...counts.values()];
}

function expectWholeLife(whole: Life): void {
  const { name, made, updated, deleted } = whole;
  expect(made).toMatchObject({ trainingJobName: name, endpointName: name, updated: false });
  expect(made.trainingJobArn).toMatch(new RegExp(`:training-job/${name}$`));
  expect(made.endpointArn).toMatch(new RegExp(`:endpoint/${name}$`));
  expect(made.ledger.map(({ kind, state }) => `${kind} ${state}`)).toEqual([
    'training job made',
    'model made',
    'endpoint config made',
    'endpoint made',
  ]);
  expect(updated).toMatchObject({ endpointName: name, updated: true });
  expect(updated.ledger.map(({ kind, state }) => `${kind} ${state}`).sort()).toEqual([
    'endpoint adopted',
    'endpoint config deleted',
    'endpoint config made',
    'model deleted',
    'model made',
  ]);
  expect(deleted.deleted.map(({ kind }) => kind)).toEqual(['endpoint', 'endpoint config', 'model']);
  expect(deleted.left).toEqual([]);
  // Two models and configs, one before the update and one after it.
  for (const operation of WRITES.filter((write) => write !== 'StopTrainingJob')) {
    const isPerVersion = /(Model|EndpointConfig)$/.test(operation);
    expect([operation, effectsOf(whole, operation)]).toEqual([operation, isPerVersion ? [1, 1] : [1]]);
  }
}

describe('the table', () => {
  it('has every write and every read of a healthy life', async () => {
    const healthy = await life('healthy');
    expectWholeLife(healthy);
    const operations = new Set(healthy.calls.map(({ operation }) => operation));
    const writes = WRITES.filter((write) => write !== 'StopTrainingJob');
    expect([...operations].sort()).toEqual([...writes, ...READS, ...OTHER_READS].sort());
  });
});

describe('a write', () => {
  it.each(Object.keys(SPOILT_WRITES))('that meets %s takes effect once, whichever it is', async (kind) => {
    expectWholeLife(await life(kind));
    const { stops, ended } = await stopped(kind);
    expect(ended).toBe('Cancelled');
    // A stop may be sent again to what is stopping.
    expect(stops).toBeGreaterThanOrEqual(1);

    const bucket = uniqueName('bucket');
    await rig.control.addFaults([{ operation: 'CreateBucket', resource: bucket, ...SPOILT_WRITES[kind]! }]);
    expect(await ensureBucketPatiently(bucket)).toEqual({ made: true });
    await rig.s3.send(new HeadBucketCommand({ Bucket: bucket }));
  });

  it('that meets an empty 200 in the place of the effect is sent again, where AWS would have said more', async () => {
    expectWholeLife(await life(EMPTY_WITHOUT_EFFECT_TITLE));
  });
});

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
    const spoilt = await life(operation);
    expectWholeLife(spoilt);
    expect(await unmet(operation, spoilt.name)).toEqual([]);
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

/** The faults of one operation in a life that nothing met. */
async function unmet(operation: string, name: string): Promise<string[]> {
  const rules = await rig.control.faults();
  return rules
    .filter((rule) => rule.operation === operation && rule.resource?.includes(name) && rule.hits === 0)
    .map(({ action }) => action);
}

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

  it('for ever, of a training job: our deadline stops it', async () => {
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

  it('for ever, of an endpoint: our deadline ends the wait, and what was made is taken down', async () => {
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
  it('about a training job changes nothing of how its run goes, whichever it is', async () => {
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

  it('about anything else changes nothing of how a life goes, whichever it is', async () => {
    const name = uniqueName();
    const { endpointConfigName, modelName } = (await (
      await rig.start('fitThenDeploy', mainJob(name))
    ).result()) as FitThenDeployResult;
    const answers: Record<string, object> = {
      DescribeEndpoint: await rig.sagemaker.send(new DescribeEndpointCommand({ EndpointName: name })),
      DescribeEndpointConfig: await rig.sagemaker.send(
        new DescribeEndpointConfigCommand({ EndpointConfigName: endpointConfigName }),
      ),
      DescribeModel: await rig.sagemaker.send(new DescribeModelCommand({ ModelName: modelName })),
      ListTags: { Tags: [] },
    };
    const reads = READS.filter((operation) => operation !== 'DescribeTrainingJob');
    const members = new Map(
      reads.map((operation) => [operation, membersOf(operation).filter(({ member }) => member in answers[operation]!)]),
    );
    const most = Math.max(...[...members.values()].map(({ length }) => length));
    // Each life goes without one member of each of the reads.
    const lives = Array.from({ length: most }, (_, index) =>
      liveThrough(
        rig,
        reads.flatMap((operation) => {
          const lacking = members.get(operation)![index];
          return lacking ? [{ operation, ...without(lacking) }] : [];
        }),
      ),
    );
    for (const life of await Promise.all(lives)) expectWholeLife(life);
  });
});

/** For good, but for what nothing can be decided without: that comes after a while. */
function without({ member, isRequired }: Member): Spoiling {
  const isNeeded = isRequired || member === 'EndpointConfigName' || member === 'Tags';
  return { action: 'rewrite', patch: { [member]: null }, ...(isNeeded && { times: 3 }) };
}

async function fitWithout(member: Member): Promise<{ name: string; result: FitResult }> {
  const name = uniqueName('fit');
  await rig.control.addFaults([{ operation: 'DescribeTrainingJob', resource: name, ...without(member) }]);
  return { name, result: (await (await rig.start('fit', fitInput(name))).result()) as FitResult };
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

  it('and then found again is waited for', async () => {
    const name = uniqueName('stop');
    const handle = await startTraining(name);
    const [rule] = await rig.control.addFaults([{ ...gone(name), times: 20 }]);
    await until(async () => (await rig.control.faults()).some(({ id, hits }) => id === rule!.id && hits === 20), {
      what: 'twenty reads that found nothing',
      limitMs: 60_000,
    });
    expect((await handle.describe()).status.name).toBe('RUNNING');
    await handle.cancel();
    expect((await failureOfRun(handle)).code).toBe('Cancelled');
  });

  it('for half a minute counts as deleted, and not before', async () => {
    const name = uniqueName('stop');
    const handle = await startTraining(name);
    await rig.control.addFaults([gone(name)]);
    // Its record goes on standing, since it was not deleted.
    rig.exempt(handle.workflowId, { from: ['naming', 'truth'], reason: 'the job is hidden, not gone' });
    expect((await failureOfRun(handle)).code).toBe('TrainingJobNotFound');
    const reads = (await rig.control.calls({ operation: 'DescribeTrainingJob' })).filter(
      ({ resource }) => resource === name,
    );
    const firstMs = Date.parse(reads.find(({ status }) => status === 400)?.time ?? '');
    const { closeTime } = await handle.describe();
    expect(closeTime!.getTime() - firstMs).toBeGreaterThanOrEqual(30_000);
  });
});

async function startTraining(name: string) {
  const handle = await rig.start('fit', fitInput(name));
  await until(async () => (await handle.query<Progress>('progress')).trainingJob?.secondaryStatus === 'Training', {
    what: 'the training to begin',
    limitMs: 120_000,
    intervalMs: 250,
  });
  return handle;
}

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

/** As Temporal would: what is retryable is tried again. */
async function ensureBucketPatiently(bucket: string): Promise<unknown> {
  const s3 = new S3Client({
    maxAttempts: 1,
    requestHandler: new NodeHttpHandler({ requestTimeout: 1_500, socketTimeout: 1_500, throwOnRequestTimeout: true }),
  });
  const { ensureBucket } = createStorageActivities({ s3, region: rig.emulator.region } as AwsClients);
  try {
    for (let attempt = 1; ; attempt++) {
      try {
        const environment = new MockActivityEnvironment({ attempt });
        return await environment.run(ensureBucket, bucket, rig.emulator.region, rig.emulator.account);
      } catch (error) {
        if (!(error instanceof ApplicationFailure) || error.nonRetryable || attempt === 5) throw error;
      }
    }
  } finally {
    s3.destroy();
  }
}
