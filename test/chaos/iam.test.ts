/**
 * The policies of docs/iam.md, read from the page: sufficient, since everything runs with the emulator enforcing them;
 * necessary, since without any one of their actions something fails or says what it lacks. Which runs are tried without
 * which action is generated from what they were seen to ask for.
 */
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { PROGRESS_QUERY, type LedgerEntry, type Progress } from '../../src/contract';
import type { PolicyDocument } from '../../src/emulator';
import { actionsOf, joinPolicies, readDocumentedPolicies, withoutAction } from '../support/documented-policies';
import { removeBucket } from '../support/empty-bucket';
import { failureOfRun } from '../support/failures';
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
import { until } from '../support/until';

jest.setTimeout(180_000);

const [region, account] = ['us-east-1', '123456789012'];
const DEFAULT_BUCKET = `sagemaker-${region}-${account}`;
const POLICIES = readDocumentedPolicies({ region, account, 'execution role': 'Trainer', bucket: DATA_BUCKET });
const LIMIT = { limitMs: 60_000 };

/** How a run ended, and all that it says. */
interface Told {
  /** `Completed`, or the code of its failure. */
  end: string;
  text: string;
  warnings: string[];
  ledger: LedgerEntry[];
}

interface Scenario {
  /** Done by somebody who may do everything. */
  before?: (name: string) => Promise<unknown>;
  start: (name: string) => Promise<Handle>;
  during?: (name: string, handle: Handle) => Promise<unknown>;
  /** How it ends where everything that it needs is allowed. */
  end: string;
}

let rig: Rig;

const deployInput = (name: string, version: string) => ({
  estimator: ESTIMATOR,
  modelData: `s3://${DATA_BUCKET}/given/model.tar.gz`,
  deploy: { ...DEPLOY, endpointName: name, image: 'iris', role: ROLE, env: { VERSION: version } },
});
const deployFirst = async (name: string): Promise<unknown> =>
  (await rig.start('deploy', deployInput(name, '1'))).result();
const callsFor = async (operation: string, name: string) =>
  (await rig.control.calls({ operation })).filter(({ resource }) => resource === name);
/** Until a rule moves it on. */
const CREATING = [{ status: 'Creating', durationMs: 1 }];

/** Once its workflow has, what AWS tells of comes too late to be its outcome. */
async function hasHeardOfCancel(handle: Handle): Promise<boolean> {
  const events = (await handle.fetchHistory()).events ?? [];
  const asked = events.findIndex((event) => event.workflowExecutionCancelRequestedEventAttributes);
  return asked >= 0 && events.slice(asked).some((event) => event.workflowTaskCompletedEventAttributes);
}

/** In this order: an action is tried in the first that asks for it. */
const SCENARIOS: Record<string, Scenario> = {
  'a run that trains and deploys': {
    before: () => removeBucket(rig.s3, DEFAULT_BUCKET),
    start(name) {
      const { outputPath: _own, ...estimator } = { ...ESTIMATOR, role: 'Trainer' };
      return rig.start('fitThenDeploy', { ...fitInput(name), estimator, deploy: DEPLOY });
    },
    end: 'Completed',
  },
  'an update': { before: deployFirst, start: (name) => rig.start('deploy', deployInput(name, '2')), end: 'Completed' },
  'a take-down': {
    before: deployFirst,
    start: (name) => rig.start('deleteEndpoint', { endpointName: name }),
    end: 'Completed',
  },
  'a training that fails': {
    before: (name) =>
      rig.control.addOutcomes([
        {
          kind: 'training job',
          resource: name,
          steps: [{ secondaryStatus: 'Training', durationMs: 20, logLines: ['epoch 1'] }],
          end: { status: 'Failed', failureReason: 'AlgorithmError: exit code: 1' },
        },
      ]),
    start: (name) => rig.start('fit', fitInput(name)),
    end: 'TrainingJobFailed',
  },
  'a training that is cancelled': {
    before: (name) =>
      rig.control.addOutcomes([
        { kind: 'training job', resource: name, steps: [{ secondaryStatus: 'Training', durationMs: 120_000 }] },
      ]),
    start: (name) => rig.start('fit', fitInput(name)),
    async during(name, handle) {
      await until(async () => (await callsFor('DescribeTrainingJob', name)).length > 0, { what: 'the wait', ...LIMIT });
      await handle.cancel();
    },
    end: 'Cancelled',
  },
  'a deploy that is cancelled': {
    before: (name) => rig.control.addOutcomes([{ kind: 'endpoint', resource: name, steps: CREATING }]),
    start: (name) => rig.start('deploy', deployInput(name, '1')),
    async during(name, handle) {
      await until(async () => (await callsFor('CreateEndpoint', name)).length > 0, { what: 'the endpoint', ...LIMIT });
      await handle.cancel();
      await until(() => hasHeardOfCancel(handle), { what: 'the cancel to be heard', ...LIMIT });
      await rig.control.addOutcomes([{ kind: 'endpoint', when: 'now', resource: name, end: { status: 'InService' } }]);
    },
    end: 'Cancelled',
  },
  'a deploy of model data that is not there': {
    start: (name) => rig.start('deploy', { ...deployInput(name, '1'), modelData: `s3://${DATA_BUCKET}/none.tar.gz` }),
    end: 'ArtefactMissing',
  },
  'a sweep': { start: () => rig.start('sweep', {}), end: 'Completed' },
};

const warningsOf = async (handle: Handle) =>
  (await handle.query<Progress>(PROGRESS_QUERY).catch(() => undefined))?.warnings ?? [];

/** Runs a scenario under a policy; where a run says what it lacks and waits for it, it is given everything. */
async function play(scenario: Scenario, policy: PolicyDocument, lacking?: string): Promise<Told> {
  const name = uniqueName('iam');
  await rig.control.setPolicies({});
  await scenario.before?.(name);
  await rig.control.setPolicies({ caller: policy });
  const handle = await scenario.start(name);
  const isOver = async () => (await handle.describe()).status.name !== 'RUNNING';
  const hasSaid = async () =>
    lacking !== undefined && (await warningsOf(handle)).some((warning) => warning.includes(lacking));
  const isFurther = Promise.race([
    scenario.during?.(name, handle) ?? Promise.resolve(),
    until(isOver, { what: 'the run to end', ...LIMIT }).catch(() => undefined),
  ]);
  await isFurther;
  await until(async () => (await isOver()) || (await hasSaid()), {
    what: `an end, or a word of ${lacking ?? ''}`,
    ...LIMIT,
  });
  if (lacking !== undefined && !(await isOver())) await rig.control.setPolicies({});
  return readEnd(handle);
}

async function readEnd(handle: Handle): Promise<Told> {
  const failure = await failureOfRun(handle).catch(() => undefined);
  const { warnings, ledger } = await handle.query<Progress>(PROGRESS_QUERY);
  const { message = '', details = {} } = failure ?? {};
  const text = [
    message,
    details.fix,
    details.reason,
    ...(details.logTail ?? []),
    ...warnings,
    ...ledger.map((one) => one.reason),
  ];
  return {
    end: failure?.code ?? 'Completed',
    text: text.filter((one) => one !== undefined).join('\n'),
    warnings,
    ledger,
  };
}

describe('the worker', () => {
  const policy = joinPolicies(POLICIES.worker, POLICIES.sweep);
  const scenarioOf = new Map<string, string>();
  beforeAll(async () => {
    rig = await startRig({ worker: { requestTimeoutMs: 10_000 } });
    const model = { Bucket: DATA_BUCKET, Key: 'given/model.tar.gz', Body: 'a model' };
    await rig.s3.send(new PutObjectCommand(model));
  });
  afterAll(async () => {
    await rig.control.setPolicies({});
    await rig.close();
  });

  it.each(Object.entries(SCENARIOS))('may do all that it needs for %s', async (title, scenario) => {
    const { end, warnings, text } = await play(scenario, policy);
    expect({ end, warnings }).toEqual({ end: scenario.end, warnings: [] });
    expect(text).not.toMatch(/not authorized/);
    for (const { action, allowed } of await rig.control.askedPermissions()) {
      expect({ action, allowed }).toEqual({ action, allowed: true });
      if (!scenarioOf.has(action)) scenarioOf.set(action, title);
    }
  });

  it('is allowed nothing that it does not ask for', () => {
    expect([...scenarioOf.keys()].sort()).toEqual(actionsOf(policy).sort());
  });

  it.each(actionsOf(policy))('without %s it says so, and what to add', async (action) => {
    const scenario = SCENARIOS[scenarioOf.get(action) ?? ''];
    if (!scenario) throw new Error(`nothing was seen to ask for ${action}`);
    const { end, text } = await play(scenario, withoutAction(policy, action), action);
    expect(['AccessDenied', scenario.end]).toContain(end);
    expect(text).toContain(`is not authorized to perform: ${action} on resource: `);
    expect(readStatement(text)).toMatchObject({
      Effect: 'Allow',
      Action: action,
      Resource: expect.any(String) as string,
    });
  });

  it.each(actionsOf(policy).filter((action) => action.startsWith('sagemaker:Delete')))(
    'whose clean-up lacks %s lists what is left, and why',
    async (action) => {
      const scenario = SCENARIOS['a deploy that is cancelled']!;
      const { end, ledger, text } = await play(scenario, withoutAction(policy, action));
      expect(end).toBe('Cancelled');
      expect(ledger.filter(({ state }) => state === 'left').map(({ reason }) => reason)).toContainEqual(
        expect.stringMatching(/AccessDenied|uses it/),
      );
      expect(readStatement(text)).toMatchObject({ Action: action });
    },
  );

  it('that may not pass the role is told so at once, and nothing is left', async () => {
    const name = uniqueName('iam');
    await rig.control.setPolicies({ caller: withoutAction(policy, 'iam:PassRole') });
    const { code, details } = await failureOfRun(await rig.start('fit', fitInput(name)));
    expect(code).toBe('AccessDenied');
    expect(readStatement(details.fix ?? '')).toEqual({
      Effect: 'Allow',
      Action: 'iam:PassRole',
      Resource: ROLE,
      Condition: { StringEquals: { 'iam:PassedToService': 'sagemaker.amazonaws.com' } },
    });
    expect(details.ledger).toEqual([]);
    expect((await rig.control.resources()).filter((one) => one.name === name)).toEqual([]);
    expect(await callsFor('CreateTrainingJob', name)).toHaveLength(1);
  });

  it('whom a policy denies on purpose is told that no statement helps', async () => {
    const denial = { Effect: 'Deny', Action: 'sagemaker:CreateModel', Resource: '*' } as const;
    const { end, text } = await play(SCENARIOS['an update']!, joinPolicies(policy, { Statement: denial }));
    expect(end).toBe('AccessDenied');
    expect(text).toContain('An identity-based policy denies sagemaker:CreateModel');
  });

  it('may be kept by a condition to what a run of ours has made', async () => {
    const Condition = { Null: { 'aws:ResourceTag/temporal-sagemaker:run': 'false' } };
    const careful = ['DeleteEndpoint', 'DeleteEndpointConfig', 'DeleteModel', 'UpdateEndpoint'].map(
      (operation) => `sagemaker:${operation}`,
    );
    const rest = careful.reduce(withoutAction, policy);
    const narrow = joinPolicies(rest, { Statement: { Effect: 'Allow', Action: careful, Resource: '*', Condition } });
    for (const title of ['an update', 'a take-down', 'a deploy that is cancelled']) {
      expect(await play(SCENARIOS[title]!, narrow)).toMatchObject({ end: SCENARIOS[title]!.end, warnings: [] });
    }
  });
});

/** The one statement of a text. */
function readStatement(text: string): unknown {
  const [found = '{}'] = /\{"Effect".*?\}(?:\}\})?(?=[\s)]|$)/m.exec(text) ?? [];
  return JSON.parse(found);
}
