/**
 * Every status that AWS has for a training job and for an endpoint, met by a run: what it makes of it is judged below, and
 * a value of AWS's that nobody has judged fails here. All runs go at once, on scripted lives; each test awaits its own.
 */
import {
  EndpointStatus,
  SecondaryStatus,
  TrainingJobStatus,
  type EndpointStatus as EndpointWord,
  type SecondaryStatus as SecondaryWord,
  type TrainingJobStatus as JobWord,
} from '@aws-sdk/client-sagemaker';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import {
  PROGRESS_QUERY,
  type DeployInput,
  type DeployResult,
  type FitResult,
  type LedgerEntry,
  type Progress,
  type ResourceKind,
} from '../../src/contract';
import type { EndpointRuleInput, EndpointScript, TrainingJobRuleInput } from '../../src/emulator';
import { openBegun } from '../support/begun';
import { failureOfRun } from '../support/failures';
import { DATA_BUCKET, DEPLOY, fitInput, ROLE, startRig, type Handle, type Rig } from '../support/rig';
import { until } from '../support/until';

const LIMIT_MS = 240_000;
jest.setTimeout(LIMIT_MS);

/** What a run makes of each status of a job: it goes on waiting, or has its end. */
const JOB_STATUSES: Record<JobWord, 'waits' | 'ends'> = {
  InProgress: 'waits',
  Stopping: 'waits',
  Deleting: 'waits',
  Completed: 'ends',
  Failed: 'ends',
  Stopped: 'ends',
};

/** Who stopped a job that is Stopped, by its secondary status. */
const STOPPED_BY: Record<SecondaryWord, 'person' | 'max-runtime' | 'max-wait' | 'unknown'> = {
  Stopped: 'person',
  MaxRuntimeExceeded: 'max-runtime',
  MaxWaitTimeExceeded: 'max-wait',
  Starting: 'unknown',
  LaunchingMLInstances: 'unknown',
  PreparingTrainingStack: 'unknown',
  Pending: 'unknown',
  Downloading: 'unknown',
  DownloadingTrainingImage: 'unknown',
  Training: 'unknown',
  Uploading: 'unknown',
  Stopping: 'unknown',
  Completed: 'unknown',
  Failed: 'unknown',
  Interrupted: 'unknown',
  Restarting: 'unknown',
  Updating: 'unknown',
};

interface EndpointJudgement {
  /** Of an endpoint that the run has created. */
  created: 'waits' | 'serves' | 'failed' | 'rollback failed';
  /** Of one that the run has updated, and that names the config of before. */
  updated: 'waits' | 'rolled back' | 'failed' | 'rollback failed';
  /** Of one that the run finds. */
  found: 'waits for its turn' | 'updates' | 'makes it anew' | 'leaves it alone';
}

/** What a run makes of each status of an endpoint. */
const ENDPOINT_STATUSES: Record<EndpointWord, EndpointJudgement> = {
  Creating: { created: 'waits', updated: 'waits', found: 'waits for its turn' },
  Updating: { created: 'waits', updated: 'waits', found: 'waits for its turn' },
  SystemUpdating: { created: 'waits', updated: 'waits', found: 'waits for its turn' },
  RollingBack: { created: 'waits', updated: 'waits', found: 'waits for its turn' },
  Deleting: { created: 'waits', updated: 'waits', found: 'waits for its turn' },
  OutOfService: { created: 'waits', updated: 'waits', found: 'leaves it alone' },
  InService: { created: 'serves', updated: 'rolled back', found: 'updates' },
  Failed: { created: 'failed', updated: 'failed', found: 'makes it anew' },
  UpdateRollbackFailed: { created: 'rollback failed', updated: 'rollback failed', found: 'leaves it alone' },
};

const JOB_WORDS = Object.values(TrainingJobStatus);
const SECONDARY_WORDS = Object.values(SecondaryStatus);
const ENDPOINT_WORDS = Object.values(EndpointStatus);

const { begin, ended, count } = openBegun();
let rig: Rig;

const endpointName = (phase: string, status: string): string => `endpoint-${phase}-${status}`;

const REASON = 'ClientError: of AWS';
const LINES = ['epoch 1', 'the last line'];
const STEP_MS = 60;

/** A job for each secondary status to end with; every pair with a status is tried in test/unit/domain/outcomes.test.ts. */
const ENDS = SECONDARY_WORDS.flatMap((secondary) => {
  const own = JOB_WORDS.find((status) => status === (secondary as string) && JOB_STATUSES[status] === 'ends');
  const statuses: JobWord[] = own === undefined ? ['Stopped'] : [own];
  return statuses.map((status) => ({ status, secondary, name: `job-${status}-${secondary}` }));
});
/** A job for each other status that goes through all secondary ones. */
const WAITS = JOB_WORDS.filter((status) => JOB_STATUSES[status] === 'waits').map((status) => ({
  status,
  name: `job-through-${status}`,
}));

function scriptJobs(): TrainingJobRuleInput[] {
  return [
    ...ENDS.map(({ status, secondary, name }): TrainingJobRuleInput => ({
      kind: 'training job',
      resource: name,
      steps: [{ secondaryStatus: 'Training', durationMs: STEP_MS, logLines: LINES }],
      end: {
        status: status as 'Completed' | 'Failed' | 'Stopped',
        secondaryStatus: secondary,
        ...(status !== 'Completed' && { failureReason: REASON }),
      },
    })),
    ...WAITS.map(({ status, name }): TrainingJobRuleInput => ({
      kind: 'training job',
      resource: name,
      steps: SECONDARY_WORDS.map((secondaryStatus) => ({ status, secondaryStatus, durationMs: STEP_MS })),
      // What is being deleted does not come back.
      end: status === 'Deleting' ? 'deleted' : { status: 'Completed' },
    })),
  ];
}

/** What a waiting status comes to in the end: what was asked for. */
const endOf = (status: EndpointWord, judged: string): EndpointRuleInput['end'] => ({
  status: judged === 'waits' ? 'InService' : status,
  ...(judged === 'rolled back' && { serves: 'old' }),
  ...(judged !== 'waits' && judged !== 'serves' && { failureReason: REASON }),
});

function scriptEndpoints(): EndpointRuleInput[] {
  return ENDPOINT_WORDS.flatMap((status): EndpointRuleInput[] =>
    (['created', 'updated'] as const).map((phase) => {
      const judged = ENDPOINT_STATUSES[status][phase];
      const under = phase === 'created' ? 'Creating' : 'Updating';
      return {
        kind: 'endpoint',
        when: phase === 'created' ? 'create' : 'update',
        resource: endpointName(phase, status),
        steps: [
          { status: under, durationMs: STEP_MS, logLines: LINES },
          ...(judged === 'waits' ? [{ status, durationMs: 4 * STEP_MS }] : []),
        ],
        end: endOf(status, judged),
      };
    }),
  );
}

const deployInput = (name: string, version: string): DeployInput => ({
  modelData: `s3://${DATA_BUCKET}/given/model.tar.gz`,
  deploy: { ...DEPLOY, endpointName: name, image: 'iris', role: ROLE, env: { VERSION: version } },
});

const deploy = (name: string, version: string): Promise<Handle> => rig.start('deploy', deployInput(name, version));

/** An endpoint that serves, then a deploy that updates it. */
async function updateOne(name: string): Promise<Handle> {
  await (await deploy(name, '1')).result();
  return deploy(name, '2');
}

/** An endpoint that serves and is then brought into a status; the deploy finds it so. */
async function findOne(status: EndpointWord, name: string): Promise<Handle> {
  const first = await deploy(name, '1');
  const reason = 'its endpoint is brought into another status';
  rig.exempt(first.workflowId, { from: ['liveness'], reason, mayBeIdle: true });
  await first.result();
  const now = (script: EndpointScript): Promise<unknown> =>
    rig.control.addOutcomes([{ kind: 'endpoint', when: 'now', resource: name, ...script }]);
  if (ENDPOINT_STATUSES[status].found !== 'waits for its turn') {
    await now({ end: { status, serves: 'old', failureReason: REASON } });
    return deploy(name, '2');
  }
  await now({ steps: [{ status, durationMs: 0 }] });
  const handle = await deploy(name, '2');
  await until(async () => (await handle.query<Progress>(PROGRESS_QUERY)).endpoint?.status === status, {
    what: `${name} to be waited for`,
    limitMs: LIMIT_MS,
    intervalMs: 250,
  });
  await now({ end: { status: 'InService', serves: 'old' } });
  return handle;
}

beforeAll(async () => {
  // As many runs at once as here need longer for a call.
  rig = await startRig({ worker: { requestTimeoutMs: 20_000 } });
  await rig.s3.send(new PutObjectCommand({ Bucket: DATA_BUCKET, Key: 'given/model.tar.gz', Body: 'a model' }));
  await rig.control.addOutcomes([...scriptJobs(), ...scriptEndpoints()]);
  const fit = async (name: string) => rig.start('fit', fitInput(name));
  for (const { name } of WAITS) begin(name, fit(name));
  for (const status of ENDPOINT_WORDS) {
    begin(endpointName('created', status), deploy(endpointName('created', status), '1'));
    begin(endpointName('updated', status), updateOne(endpointName('updated', status)));
    begin(endpointName('found', status), findOne(status, endpointName('found', status)));
  }
  for (const { name } of ENDS) begin(name, fit(name));
});
afterAll(() => rig.close());

const resultOf = async <Result>(key: string): Promise<Result> => (await (await ended<Handle>(key)).result()) as Result;
const failed = async (key: string) => failureOfRun(await ended<Handle>(key));

const left = (ledger: LedgerEntry[] = [], kind: ResourceKind): string[] =>
  ledger.filter((entry) => entry.kind === kind).map(({ state, arn }) => `${state} ${String(arn?.startsWith('arn:'))}`);

async function stands(kind: string, name: string): Promise<boolean> {
  return (await rig.control.resources()).some((one) => one.kind === kind && one.name === name);
}

describe('a training job that is', () => {
  it.each(ENDS)('$status and $secondary', async ({ status, secondary, name }) => {
    const told = { resource: 'training job', status, secondaryStatus: secondary };
    if (status === 'Completed') {
      const result = await resultOf<FitResult>(name);
      expect(result.outcome).toEqual({ ...told, kind: 'completed' });
      expect(result.transitions.map((transition) => transition.status)).toEqual(['Starting', 'Training', secondary]);
      return;
    }
    const { code, message, details } = await failed(name);
    if (status === 'Failed') {
      expect([code, details.outcome]).toEqual(['TrainingJobFailed', { ...told, kind: 'failed', cause: 'client' }]);
      expect(message).toContain(REASON);
    } else {
      const by = STOPPED_BY[secondary];
      const isLimit = by === 'max-runtime' || by === 'max-wait';
      expect([code, details.outcome]).toEqual([
        isLimit ? 'TrainingJobTimedOut' : 'TrainingJobStopped',
        { ...told, kind: 'stopped', by },
      ]);
    }
    expect(details).toMatchObject({ reason: REASON, logTail: LINES, trainingJobName: name });
    expect(details.trainingJobArn).toMatch(`training-job/${name}`);
    expect(left(details.ledger, 'training job')).toEqual(['left true']);
    expect(await stands('training-job', name)).toBe(true);
  });

  describe.each(WAITS)('$status', ({ status, name }) => {
    it.each(SECONDARY_WORDS)('and %s is waited for', async (secondary) => {
      if (status === 'Deleting') {
        const { code, details } = await failed(name);
        expect([code, details.outcome]).toEqual(['TrainingJobNotFound', { resource: 'training job', kind: 'deleted' }]);
        return;
      }
      const { outcome, transitions, warnings } = await resultOf<FitResult>(name);
      expect(outcome).toMatchObject({ kind: 'completed', status: 'Completed' });
      expect(transitions.map((transition) => transition.status)).toContain(secondary);
      expect(warnings).toEqual([]);
    });
  });
});

describe('an endpoint that is', () => {
  const refused = {
    failed: { resource: 'endpoint', kind: 'failed', cause: 'client' },
    'rollback failed': { resource: 'endpoint', kind: 'rollback failed' },
  };

  it.each(ENDPOINT_WORDS)('%s after its creation', async (status) => {
    const name = endpointName('created', status);
    const judged = ENDPOINT_STATUSES[status].created;
    if (judged === 'waits' || judged === 'serves') {
      const { endpointArn, updated, ledger } = await resultOf<DeployResult>(name);
      expect([endpointArn.endsWith(name), updated, left(ledger, 'endpoint')]).toEqual([true, false, ['made true']]);
      return;
    }
    const { code, message, details } = await failed(name);
    expect([code, details.outcome]).toEqual(['EndpointFailed', { ...refused[judged], status }]);
    expect(message).toContain(REASON);
    expect(details).toMatchObject({ reason: REASON, logTail: LINES, endpointName: name });
    expect(details.endpointArn).toMatch(`endpoint/${name}`);
    // What failed is taken down; what may serve a mix keeps what it is made of.
    expect(left(details.ledger, 'endpoint')).toEqual(['deleted true']);
  });

  it.each(ENDPOINT_WORDS)('%s after its update', async (status) => {
    const name = endpointName('updated', status);
    const judged = ENDPOINT_STATUSES[status].updated;
    if (judged === 'waits') {
      expect((await resultOf<DeployResult>(name)).updated).toBe(true);
      return;
    }
    const { code, message, details } = await failed(name);
    if (judged === 'rolled back') {
      expect(code).toBe('EndpointRolledBack');
      expect(details.outcome).toMatchObject({ resource: 'endpoint', kind: 'rolled back', status, cause: 'client' });
    } else {
      expect([code, details.outcome]).toEqual(['EndpointFailed', { ...refused[judged], status }]);
    }
    expect(message).toContain(REASON);
    expect(details).toMatchObject({ reason: REASON, logTail: [...LINES], endpointName: name });
    expect(await stands('endpoint', name)).toBe(true);
    const keeps = judged === 'rollback failed' ? 'left true' : 'deleted true';
    expect(left(details.ledger, 'endpoint config')).toEqual([keeps]);
    expect(left(details.ledger, 'model')).toEqual([keeps]);
  });

  it.each(ENDPOINT_WORDS)('%s when a deploy finds it', async (status) => {
    const name = endpointName('found', status);
    const judged = ENDPOINT_STATUSES[status].found;
    if (judged !== 'leaves it alone') {
      const { endpointArn, updated } = await resultOf<DeployResult>(name);
      expect([endpointArn.endsWith(name), updated]).toEqual([true, judged !== 'makes it anew']);
      return;
    }
    const { code, details } = await failed(name);
    expect(code).toBe('EndpointFailed');
    expect(details.outcome).toMatchObject({ resource: 'endpoint', status });
    expect(details.reason).toBe(REASON);
    expect(await stands('endpoint', name)).toBe(true);
  });
});

it('has a judgement of every value that AWS has, and of none other', () => {
  expect(Object.keys(JOB_STATUSES).sort()).toEqual([...JOB_WORDS].sort());
  expect(Object.keys(STOPPED_BY).sort()).toEqual([...SECONDARY_WORDS].sort());
  expect(Object.keys(ENDPOINT_STATUSES).sort()).toEqual([...ENDPOINT_WORDS].sort());
  expect(count()).toBe(ENDS.length + WAITS.length + 3 * ENDPOINT_WORDS.length);
});
