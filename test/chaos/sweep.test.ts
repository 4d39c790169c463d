/**
 * After runs were terminated in every stage, one sweep leaves nothing of ours but what was delivered: beside endpoints that
 * serve, what others made, what unknown runs made, and runs that are open. The stages are generated from what the runs
 * really call; all cases stand in one emulator, so that one sweep has to tell them apart.
 */
import { CreateEndpointCommand, CreateTrainingJobCommand, UpdateEndpointCommand } from '@aws-sdk/client-sagemaker';
import type { WorkflowHandle } from '@temporalio/client';
import { randomUUID } from 'node:crypto';
import {
  PROGRESS_QUERY,
  RUN_TAG,
  type Progress,
  type SweepInput,
  type SweepResult,
  type SweptResource,
} from '../../src/contract';
import type { StandingResource } from '../../src/emulator';
import { makeEndpoint, makeModel, trainingJobRequest } from '../support/by-hand';
import { mainJob, startRig, uniqueName, type Handle, type Rig } from '../support/rig';
import {
  deployInput,
  findStages,
  fitInput,
  letLast,
  putModelData,
  SCENARIOS,
  terminateAll,
  untilCalled,
  type TerminatedRun,
} from '../support/sweep-stages';
import { until } from '../support/until';

jest.setTimeout(240_000);

let rig: Rig;
let terminated: TerminatedRun[];
/** Names of endpoints or jobs, each with all that belongs to it. */
const names = {
  delivered: uniqueName('delivered'),
  takenUp: uniqueName('taken-up'),
  servedAlready: uniqueName('served-already'),
  beingTakenUp: uniqueName('being-taken-up'),
  open: uniqueName('open'),
  reset: uniqueName('reset'),
  awaited: uniqueName('awaited'),
  ofGhost: uniqueName('ghost'),
  foreign: uniqueName('foreign'),
  borrowed: uniqueName('borrowed'),
  handedOver: uniqueName('handed-over'),
  odd: uniqueName('odd'),
};
const open: WorkflowHandle[] = [];
const ODD_ID = `nightly: "Äpfel" & 50 % – ${'long '.repeat(60)}${randomUUID()}`;

let before: StandingResource[];
let dry: SweepResult;
let writesOfDry: string[];
let applied: SweepResult;
let after: StandingResource[];
let again: SweepResult;

const sweep = async (input: SweepInput = {}): Promise<SweepResult> =>
  (await (await rig.start('sweep', input)).result()) as SweepResult;

beforeAll(async () => {
  // A call that is held is not sent again meanwhile.
  rig = await startRig({ worker: { requestTimeoutMs: 20_000 } });
  await putModelData(rig);
  const stages = [];
  for (const scenario of SCENARIOS) stages.push(...(await findStages(rig, scenario)));
  terminated = await terminateAll(rig, stages);
  exempt(...terminated.map(({ handle }) => handle.workflowId));
  await setScene();

  before = await rig.control.resources();
  const since = (await rig.control.calls()).length;
  dry = await sweep();
  // The run that takes up what another left is held at this call, and sends it again and again.
  writesOfDry = (await rig.control.calls({ since }))
    .filter(
      ({ operation, resource }) => operation !== 'CreateEndpointConfig' || !resource?.startsWith(names.beingTakenUp),
    )
    .map(({ operation }) => operation)
    .filter((one) => !/^(List|Describe|Get)/.test(one));
  const stops = (await rig.calls('StopTrainingJob')).length;
  const run = await rig.start('sweep', { apply: true });
  // It is under way, and waits for what is still being made.
  await until(async () => (await rig.calls('StopTrainingJob')).length > stops, {
    what: 'the sweep to remove something',
    limitMs: 60_000,
  });
  await letLast(rig, 'Training');
  applied = (await run.result()) as SweepResult;
  after = await rig.control.resources();
  again = await sweep({ apply: true });
  for (const handle of open) await handle.terminate('the test ends');
  exempt(...open.map(({ workflowId }) => workflowId));
});
afterAll(() => rig.close());

function exempt(...workflowIds: string[]): void {
  for (const workflowId of workflowIds) {
    rig.exempt(workflowId, { from: ['naming'], reason: 'it was terminated', mayBeIdle: true });
  }
}

/** All that a sweep must tell from orphans, and some orphans that are hard to tell. */
async function setScene(): Promise<void> {
  await letLast(rig);
  await (await rig.start('fitThenDeploy', mainJob(names.delivered))).result();

  // Terminated with model and config made; the next deploy takes them up by their content.
  const first = await terminateHeld('CreateEndpoint', names.takenUp);
  await (await rig.start('deploy', deployInput(names.takenUp))).result();
  // Terminated while the endpoint came up; the next deploy finds that it serves.
  await letLast(rig, 'Creating');
  const second = await rig.start('deploy', deployInput(names.servedAlready));
  await untilCalled(rig, 'CreateEndpoint', names.servedAlready);
  await second.terminate();
  await letLast(rig);
  await (await rig.start('deploy', deployInput(names.servedAlready))).result();
  // The same, with the next deploy still under way.
  const third = await terminateHeld('CreateEndpointConfig', names.beingTakenUp);
  await rig.control.addFaults([
    { operation: 'CreateEndpointConfig', action: 'throttle', resource: `${names.beingTakenUp}-.*` },
  ]);
  open.push(await rig.start('deploy', deployInput(names.beingTakenUp)));
  // An endpoint of a run that was terminated, of which a person made something else.
  await letLast(rig, 'Creating');
  const fourth = await rig.start('deploy', deployInput(names.handedOver));
  await untilCalled(rig, 'CreateEndpoint', names.handedOver);
  await fourth.terminate();
  await letLast(rig);
  // A config of a run that was terminated, which a person uses for an endpoint.
  const fifth = await terminateHeld('CreateEndpoint', names.borrowed);
  exempt(...[first, second, third, fourth, fifth].map(({ workflowId }) => workflowId));
  // Gone wrong under a Workflow Id that no tag can hold.
  await letLast(rig, 'Training');
  const odd = await rig.start('fit', fitInput(names.odd), { workflowId: ODD_ID });
  await untilCalled(rig, 'CreateTrainingJob', names.odd);
  await odd.terminate();
  exempt(ODD_ID);

  open.push(await rig.start('fit', fitInput(names.open)));
  await startReset();
  const rescued = await rig.start('fit', fitInput(names.awaited));
  await untilCalled(rig, 'CreateTrainingJob', names.awaited);
  await rescued.terminate();
  exempt(rescued.workflowId);
  open.push(
    await rig.start('deploy', {
      trainingJobName: names.awaited,
      deploy: { initialInstanceCount: 1, instanceType: 'ml.m5.large' },
    }),
  );
  await makeByHand();
  await untilCalled(rig, 'CreateTrainingJob', names.open);
  await letLast(rig, 'Training', 'Creating', 'Updating', 'Deleting');
}

/** A deploy that is terminated before this call of its takes effect, which it never does. */
async function terminateHeld(operation: string, name: string): Promise<Handle> {
  const [rule] = await rig.control.addFaults([{ operation, action: 'error', status: 500, resource: `${name}(-.*)?` }]);
  const handle = await rig.start('deploy', deployInput(name));
  await untilCalled(rig, operation, name);
  await handle.terminate();
  await rig.control.clearFaults(rule!.id);
  return handle;
}

async function startReset(): Promise<void> {
  const { client, namespace } = rig.server;
  const handle = await rig.start('fit', fitInput(names.reset));
  await untilCalled(rig, 'CreateTrainingJob', names.reset);
  const { workflowId, firstExecutionRunId: runId } = handle;
  const { events } = await client.workflow.getHandle(workflowId, runId).fetchHistory();
  const task = events?.find((event) => event.workflowTaskCompletedEventAttributes);
  await client.workflowService.resetWorkflowExecution({
    namespace,
    workflowExecution: { workflowId, runId },
    reason: 'someone wants it again',
    workflowTaskFinishEventId: task!.eventId!,
    requestId: randomUUID(),
  });
  exempt(workflowId);
  const reset = client.workflow.getHandle(workflowId);
  open.push(reset);
  // It asks for its job once more, and finds that it trains.
  await until(async () => (await reset.query<Progress>(PROGRESS_QUERY)).trainingJob?.secondaryStatus === 'Training', {
    what: 'the run that was reset to wait',
    limitMs: 60_000,
  });
}

/** What people and other tools made, some with our tag or one that looks like it. */
async function makeByHand(): Promise<void> {
  const ghost = { [RUN_TAG]: `no-such-run/${randomUUID()}` };
  await makeAll(names.ofGhost, ghost);
  const tag = (await ours('model', names.borrowed))[0]!.tags[RUN_TAG]!;
  await makeAll(names.foreign, {
    'Temporal-SageMaker:Run': tag,
    'temporal-sagemaker:runs': tag,
    run: tag,
  });
  await makeTaggedModel(`${names.foreign}-nonsense`, { [RUN_TAG]: 'nonsense' });
  await rig.sagemaker.send(
    new CreateEndpointCommand({
      EndpointName: `${names.foreign}-of-borrowed`,
      EndpointConfigName: (await ours('endpoint-config', names.borrowed))[0]!.name,
    }),
  );
  await until(async () => (await ours('endpoint', names.handedOver))[0]?.description.EndpointStatus === 'InService', {
    what: 'the endpoint to come into service',
  });
  await rig.sagemaker.send(
    new UpdateEndpointCommand({ EndpointName: names.handedOver, EndpointConfigName: names.foreign }),
  );
}

/** What stands of a case: its own name, or its own with more behind it. */
async function ours(kind: StandingResource['kind'], name: string): Promise<StandingResource[]> {
  return of(await rig.control.resources(), name).filter((one) => one.kind === kind);
}

function of(resources: StandingResource[], name: string): StandingResource[] {
  return resources.filter((one) => one.name === name || one.name.startsWith(`${name}-`));
}

const asTags = (tags: Record<string, string>) => Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));

const makeTaggedModel = (name: string, tags: Record<string, string>) =>
  makeModel(rig.sagemaker, name, { Tags: asTags(tags) });

/** One of each kind under one name. */
async function makeAll(name: string, tags: Record<string, string>): Promise<void> {
  const Tags = asTags(tags);
  await makeTaggedModel(name, tags);
  await makeEndpoint(rig.sagemaker, name, { Tags });
  await rig.sagemaker.send(new CreateTrainingJobCommand(trainingJobRequest(name, { Tags })));
}

/** Kind and name of each, in order. */
const inventory = (resources: StandingResource[]): string[] =>
  resources.map(({ kind, name }) => `${kind} ${name}`).sort();

const findingsFor = ({ resources }: SweepResult, name: string): SweptResource[] =>
  resources.filter((one) => one.name === name || one.name.startsWith(`${name}-`));

const verdictsFor = (result: SweepResult, name: string): Record<string, string> =>
  Object.fromEntries(findingsFor(result, name).map(({ kind, verdict }) => [kind, verdict]));

/** What serves or trains, and what that is made of: by what stands, not by what a sweep says. */
function partsInUse(resources: StandingResource[], endpoints: string[]): string[] {
  const find = (kind: StandingResource['kind'], name: unknown) =>
    resources.find((one) => one.kind === kind && one.name === name);
  return endpoints.flatMap((name) => {
    const config = find('endpoint-config', find('endpoint', name)?.description.EndpointConfigName);
    const [variant] = (config?.description.ProductionVariants ?? []) as { ModelName: string }[];
    return [`endpoint ${name}`, `endpoint-config ${String(config?.name)}`, `model ${String(variant?.ModelName)}`];
  });
}

const jobStatus = (name: string): unknown =>
  after.find((one) => one.kind === 'training-job' && one.name === name)?.description.TrainingJobStatus;

describe('a dry run', () => {
  it('writes nothing and changes nothing', () => {
    expect(writesOfDry).toEqual([]);
    expect(dry.applied).toBe(false);
    expect(dry.counts.removed).toBe(0);
    expect(dry.ledger).toEqual([]);
    expect(new Set(dry.resources.map(({ action }) => action))).toEqual(new Set(['would delete', 'would stop', 'left']));
  });

  it('tells of every resource with a run tag but the jobs that have ended', () => {
    const tagged = before.filter(({ tags, kind, description }) => {
      return RUN_TAG in tags && (kind !== 'training-job' || description.TrainingJobStatus === 'InProgress');
    });
    const going = tagged.filter(({ description }) => description.EndpointStatus === 'Deleting');
    expect(dry.resources.map(({ arn }) => arn).sort()).toEqual(
      tagged
        .filter((one) => !going.includes(one))
        .map(({ arn }) => arn)
        .sort(),
    );
  });
});

describe('one sweep --apply', () => {
  it('covers every stage: before and after each write, and each wait', () => {
    const stages = terminated.map(({ stage }) => stage.what);
    for (const operation of [
      'CreateTrainingJob',
      'CreateModel',
      'CreateEndpointConfig',
      'CreateEndpoint',
      'UpdateEndpoint',
    ]) {
      expect(stages.filter((what) => what.endsWith(`effect of ${operation}`)).length).toBeGreaterThanOrEqual(2);
    }
    expect(stages.length).toBeGreaterThan(40);
  });

  it('leaves nothing of a run that was terminated but what a delivered endpoint uses', () => {
    const left: string[] = [];
    for (const { stage, name, handle } of terminated) {
      const tag = `${handle.workflowId}/${handle.firstExecutionRunId}`;
      const own = of(after, name).filter(({ tags, kind, description }) => {
        return tags[RUN_TAG] === tag && (kind !== 'training-job' || description.TrainingJobStatus === 'InProgress');
      });
      const serving = stage.scenario.prepare ? partsInUse(after, [name]) : [];
      left.push(
        ...inventory(own)
          .filter((one) => !serving.includes(one))
          .map((one) => `${stage.what}: ${one}`),
      );
    }
    expect(left).toEqual([]);
  });

  it('leaves what earlier runs delivered in each of these cases as it was', () => {
    for (const { stage, name, handle } of terminated) {
      if (!stage.scenario.prepare) continue;
      const tag = `${handle.workflowId}/${handle.firstExecutionRunId}`;
      const ofEarlier = (resources: StandingResource[]) =>
        inventory(
          of(resources, name).filter(
            ({ tags, description }) => tags[RUN_TAG] !== tag && description.EndpointStatus !== 'Deleting',
          ),
        );
      expect([stage.what, ofEarlier(after)]).toEqual([stage.what, ofEarlier(before)]);
    }
  });

  it.each(['delivered', 'takenUp', 'servedAlready'] as const)('leaves what was delivered as it was: %s', (which) => {
    const name = names[which];
    expect(of(after, name)).toEqual(of(before, name));
    expect(of(after, name)).toEqual(expect.arrayContaining([expect.objectContaining({ kind: 'endpoint' })]));
  });

  it('takes for delivered what a later run took up of one that was terminated', () => {
    const delivered = { endpoint: 'delivered', 'endpoint config': 'delivered', model: 'delivered' };
    expect(verdictsFor(applied, names.takenUp)).toEqual(delivered);
    expect(verdictsFor(applied, names.servedAlready)).toEqual(delivered);
  });

  it('leaves what an open run has taken up of one that was terminated', () => {
    expect(verdictsFor(applied, names.beingTakenUp)).toEqual({ model: 'in use' });
    expect(of(after, names.beingTakenUp)).toEqual(of(before, names.beingTakenUp));
  });

  it('leaves the job of an open run, of a run that was reset, and the one that an open deploy waits for', () => {
    for (const name of [names.open, names.reset, names.awaited]) {
      expect(verdictsFor(applied, name)).toEqual({ 'training job': 'in use' });
      expect([name, jobStatus(name)]).toEqual([name, 'InProgress']);
    }
  });

  it('lists what unknown runs made, and touches none of it', () => {
    expect(verdictsFor(applied, names.ofGhost)).toEqual({
      'training job': 'unknown run',
      endpoint: 'unknown run',
      'endpoint config': 'unknown run',
      model: 'unknown run',
    });
    expect(inventory(of(after, names.ofGhost))).toEqual(inventory(of(before, names.ofGhost)));
    expect(verdictsFor(applied, `${names.foreign}-nonsense`)).toEqual({ model: 'unknown run' });
  });

  it('touches nothing that others made, though its tags look like ours', () => {
    expect(inventory(of(after, names.foreign))).toEqual(inventory(of(before, names.foreign)));
    expect(findingsFor(applied, names.foreign).map(({ name }) => name)).toEqual([`${names.foreign}-nonsense`]);
  });

  it('leaves the config and the model of which somebody made an endpoint', () => {
    expect(verdictsFor(applied, names.borrowed)).toEqual({ 'endpoint config': 'in use', model: 'in use' });
    expect(inventory(of(after, names.borrowed))).toEqual(inventory(of(before, names.borrowed)));
  });

  it('leaves an endpoint that somebody has made to serve something else', () => {
    const endpoint = findingsFor(applied, names.handedOver).find(({ kind }) => kind === 'endpoint');
    expect(endpoint).toMatchObject({
      verdict: 'in use',
      action: 'left',
      reason: expect.stringContaining(names.foreign) as string,
    });
    expect(inventory(of(after, names.handedOver))).toContain(`endpoint ${names.handedOver}`);
  });

  it('finds the run of a tag that cannot hold its Workflow Id, and stops its job', () => {
    expect(findingsFor(applied, names.odd)).toMatchObject([
      { verdict: 'orphan', action: 'stopped', run: { workflowId: ODD_ID } },
    ]);
    expect(jobStatus(names.odd)).toBe('Stopped');
  });

  it('has stopped and deleted what it says, and nothing else', () => {
    const gone = inventory(before).filter((one) => !inventory(after).includes(one));
    const deleted = applied.resources.filter(({ action }) => action === 'deleted');
    const going = before.filter(({ description }) => description.EndpointStatus === 'Deleting');
    expect(gone).toEqual(
      [...deleted.map(({ kind, name }) => `${kind.replace(' ', '-')} ${name}`), ...inventory(going)].sort(),
    );
    expect(applied.counts.removed).toBe(applied.counts.orphans);
    expect(applied.counts.orphans).toBeGreaterThan(20);
    expect(applied.warnings).toEqual([]);
  });

  it('leaves nothing for the next', () => {
    expect(again.counts).toMatchObject({ orphans: 0, removed: 0 });
  });
});
