/**
 * The command `sweep`, and sweeps that meet many resources, an AWS that throttles, a delete that is denied, workflows of
 * somebody's own, and a person who thinks better of it. One emulator and one worker for all.
 */
import {
  CreateModelCommand,
  DeleteModelCommand,
  DescribeModelCommand,
  DescribeTrainingJobCommand,
} from '@aws-sdk/client-sagemaker';
import { randomUUID } from 'node:crypto';
import { RUN_TAG, type Progress, type SweepResult } from '../../src/contract';
import {
  abandonEndpoint as abandonEndpointIn,
  abandonJob as abandonJobIn,
  hostedParts,
  terminateRun,
} from '../support/abandoned';
import { failureOfRun } from '../support/failures';
import { DATA_BUCKET, ROLE, startRig, uniqueName, type Handle, type Rig } from '../support/rig';
import { runForEvents, runProgramHere } from '../support/run-program';
import { fitInput, letLast, putModelData, untilCalled } from '../support/sweep-stages';
import { until } from '../support/until';

jest.setTimeout(120_000);

let rig: Rig;
beforeAll(async () => {
  // A call that is held is not sent again meanwhile.
  rig = await startRig({ worker: { requestTimeoutMs: 20_000 } });
  process.env.TEMPORAL_ADDRESS = rig.server.address;
  process.env.TEMPORAL_SAGEMAKER_TASK_QUEUE = rig.taskQueue;
  await putModelData(rig);
});
afterAll(() => rig.close());
beforeEach(async () => {
  await rig.control.clearFaults();
  await letLast(rig, 'Training');
});

const terminate = (handle: Handle) => terminateRun(rig, handle);
const abandonJob = (name?: string) => abandonJobIn(rig, name);
const abandonEndpoint = () => abandonEndpointIn(rig);
const standing = (name: string) => hostedParts(rig, name);

const makeModel = (ModelName: string, tag?: string) =>
  rig.sagemaker.send(
    new CreateModelCommand({
      ModelName,
      ExecutionRoleArn: ROLE,
      PrimaryContainer: { Image: 'iris', ModelDataUrl: `s3://${DATA_BUCKET}/given/model.tar.gz` },
      ...(tag !== undefined && { Tags: [{ Key: RUN_TAG, Value: tag }] }),
    }),
  );

const statusOf = async (name: string): Promise<string | undefined> =>
  (await rig.sagemaker.send(new DescribeTrainingJobCommand({ TrainingJobName: name }))).TrainingJobStatus;

const sweep = async (input: object): Promise<SweepResult> =>
  (await (await rig.start('sweep', input)).result()) as SweepResult;

describe('the command', () => {
  /** Right after a try the next one is seconds off: time for a command to attach to the sweep before it ends. */
  const untilAskedAgain = async (): Promise<void> => {
    const before = (await rig.calls('ListEndpoints')).length;
    await until(async () => (await rig.calls('ListEndpoints')).length > before, {
      what: 'the sweep to go on',
      limitMs: 60_000,
    });
  };

  test('tells what would go, and how to have it go, and touches nothing', async () => {
    const name = await abandonJob();
    const { code, stdout, stderr } = await runProgramHere(['sweep']);
    expect(code).toBe(0);
    expect(stdout).toMatch(
      new RegExp(`^orphan +would stop +training job ${name} \\(the run .* has ended without`, 'm'),
    );
    expect(stderr).toMatch(/\d+ resources? in us-east-1: 1 orphaned, 0 of unknown runs, 0 in use, 0 delivered/);
    expect(stderr).toContain('nothing was touched; to remove the orphans: ');
    expect(stderr).toContain('sweep --apply');
    expect(await statusOf(name)).toBe('InProgress');
  });

  test('with --apply removes it and says so, to people and to programs', async () => {
    const name = await abandonJob();
    const { code, stdout } = await runProgramHere(['sweep', '--apply', '--region', 'us-east-1']);
    expect(code).toBe(0);
    expect(stdout).toMatch(new RegExp(`^orphan +stopped +training job ${name} `, 'm'));
    expect(await statusOf(name)).toBe('Stopped');
    const again = await runForEvents(['sweep', '--apply']);
    expect(again).toMatchObject({
      code: 0,
      last: {
        command: 'sweep',
        workflowType: 'sweep',
        applied: true,
        counts: { orphans: 0, removed: 0 },
        resources: [],
      },
    });
  });

  test('with --since passes over what is older', async () => {
    const name = await abandonJob();
    const job = await rig.sagemaker.send(new DescribeTrainingJobCommand({ TrainingJobName: name }));
    const later = new Date((job.CreationTime?.getTime() ?? 0) + 1_000);
    await until(() => Date.now() > later.getTime() + 1_000, { what: 'the job to be older than a second' });
    expect((await runForEvents(['sweep', '--since', later.toISOString()])).last).toMatchObject({ resources: [] });
    expect((await runForEvents(['sweep', '--since', '1h'])).last).toMatchObject({ counts: { orphans: 1 } });
    // Farther back than a span may go.
    expect((await runForEvents(['sweep', '--since', '2019-03-01'])).last).toMatchObject({ counts: { orphans: 1 } });
    await sweep({ apply: true });
  });

  test('refuses another region than the worker’s, with exit code 2', async () => {
    const refused = await runForEvents(['sweep', '--region', 'eu-west-3']);
    expect(refused).toMatchObject({ code: 2, last: { type: 'error', code: 'InvalidInput' } });
  });

  test('attaches to a sweep that is open, and conflicts with one of another input', async () => {
    const [rule] = await rig.control.addFaults([{ operation: 'ListEndpoints', action: 'throttle' }]);
    const before = (await rig.calls('ListEndpoints')).length;
    const first = runForEvents(['sweep', '--region', 'us-east-1']);
    await until(async () => (await rig.calls('ListEndpoints')).length > before, { what: 'the sweep to be under way' });
    const other = await runForEvents(['sweep', '--region', 'us-east-1', '--apply']);
    expect(other).toMatchObject({ code: 6, last: { code: 'RunConflict', workflowId: 'sweep-us-east-1' } });
    const second = runForEvents(['sweep', '--region', 'us-east-1']);
    await untilAskedAgain();
    await rig.control.clearFaults(rule!.id);
    const [one, another] = await Promise.all([first, second]);
    expect(one.last.runId).toBe(another.last.runId);
    expect([one.code, another.code]).toEqual([0, 0]);
  });

  test.each(['2026-03-01', '2d'])('is the same when typed again with --since %s', async (since) => {
    const [rule] = await rig.control.addFaults([{ operation: 'ListEndpoints', action: 'throttle' }]);
    const command = ['sweep', '--region', 'us-east-1', '--since', since];
    const before = (await rig.calls('ListEndpoints')).length;
    const first = runForEvents(command);
    await until(async () => (await rig.calls('ListEndpoints')).length > before, { what: 'the sweep to be under way' });
    // Whoever counts seconds from now counts more of them.
    const began = Date.now();
    await until(() => Date.now() > began + 1_100, { what: 'another second' });
    const second = runForEvents(command);
    await untilAskedAgain();
    await rig.control.clearFaults(rule!.id);
    const [one, another] = await Promise.all([first, second]);
    expect([one.code, another.code]).toEqual([0, 0]);
    expect(one.last.runId).toBe(another.last.runId);
  });

  test.each(['400d', '0s'])('refuses --since %s by that name, before anything is started', async (since) => {
    const { code, stderr } = await runProgramHere(['sweep', '--since', since]);
    expect(code).toBe(2);
    expect(stderr).toContain('--since');
    expect(stderr).toContain('a span is 1s to 366d');
  });
});

test('a hundred resources are gone through page by page, while AWS throttles, and none is told twice', async () => {
  const tag = `no-such-run/${randomUUID()}`;
  const prefix = uniqueName('many');
  const names = Array.from({ length: 110 }, (_, index) => `${prefix}-${String(index)}`);
  for (const [index, name] of names.entries()) await makeModel(name, index % 2 === 0 ? tag : undefined);
  await rig.control.addFaults([
    { operation: 'ListModels', action: 'throttle', times: 1 },
    { operation: 'ListTags', action: 'throttle', times: 2 },
    { operation: 'ListEndpoints', action: 'error', status: 503, times: 1 },
  ]);
  const since = (await rig.control.calls()).length;
  const run = await rig.start('sweep', {});
  const { counts, resources, omitted } = (await run.result()) as SweepResult;
  const ofUnknown = resources.filter(({ verdict }) => verdict === 'unknown run').map(({ name }) => name);
  expect(ofUnknown.sort()).toEqual(names.filter((_, index) => index % 2 === 0).sort());
  expect(resources.find(({ name }) => name === names[0])?.run).toEqual({
    workflowId: 'no-such-run',
    firstRunId: tag.split('/')[1],
  });
  expect(omitted).toBe(0);
  expect(counts).toMatchObject({ ofUnknownRuns: 55, orphans: 0 });
  expect(counts.lookedAt).toBeGreaterThanOrEqual(110);
  const calls = await rig.control.calls({ since });
  expect(calls.filter(({ operation, status }) => operation === 'ListModels' && status === 200)).toHaveLength(3);
  const { events } = await run.fetchHistory();
  expect((events ?? []).length).toBeLessThan(100);
});

test('a delete that is denied keeps nothing else from going, and the run says so in the end', async () => {
  const [denied, other, job] = [await abandonEndpoint(), await abandonEndpoint(), await abandonJob()];
  const message = 'User is not authorized to perform: sagemaker:DeleteEndpoint';
  await rig.control.addFaults([
    {
      operation: 'DeleteEndpoint',
      resource: denied,
      action: 'error',
      status: 400,
      code: 'AccessDeniedException',
      message,
    },
  ]);
  const failure = await failureOfRun(await rig.start('sweep', { apply: true }));
  expect(failure).toMatchObject({ code: 'AccessDenied' });
  expect(failure.message).toContain('1 of ');
  expect(failure.details.problems).toEqual([expect.stringContaining(denied)]);
  expect(failure.details.ledger).toContainEqual(
    expect.objectContaining({
      kind: 'endpoint',
      name: denied,
      state: 'left',
      reason: 'its removal failed: AccessDenied',
    }),
  );
  // What the endpoint uses stays with it.
  expect(await standing(denied)).toEqual(['model', 'endpoint-config', 'endpoint']);
  expect(await standing(other)).toEqual([]);
  expect(await statusOf(job)).toBe('Stopped');

  await rig.control.clearFaults();
  expect(await sweep({ apply: true })).toMatchObject({ counts: { orphans: 3, removed: 3 } });
  expect(await standing(denied)).toEqual([]);
});

test('a sweep that is cancelled ends, and names what it had removed and what it had sent', async () => {
  const [job, endpoint, late] = [await abandonJob(), await abandonEndpoint(), await abandonEndpoint()];
  await letLast(rig, 'Training', 'Deleting');
  const [held] = await rig.control.addFaults([{ operation: 'DeleteEndpoint', resource: late, action: 'hold' }]);
  const run = await rig.start('sweep', { apply: true });
  rig.exempt(run.workflowId, { from: ['truth'], reason: 'what it sent takes effect after its end' });
  const progress = (): Promise<Progress> => run.query<Progress>('progress');
  await untilCalled(rig, 'DeleteEndpoint', endpoint);
  await rig.control.untilHeld(held!.id, 60_000);
  await until(async () => (await progress()).sweep?.removed === 1, { what: 'the job to be stopped', limitMs: 60_000 });
  await run.cancel();
  const left = { kind: 'endpoint', state: 'left', reason: 'its delete was sent' };
  await until(async () => (await progress()).ledger.some(({ name }) => name === endpoint), {
    what: 'the wait to end',
    limitMs: 60_000,
  });
  // What is on its way is heard out.
  expect((await run.describe()).status.name).toBe('RUNNING');
  await rig.control.release(held!.id);
  expect(await failureOfRun(run)).toMatchObject({ code: 'Cancelled' });
  expect((await progress()).ledger).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ kind: 'training job', name: job }),
      expect.objectContaining({ ...left, name: endpoint }),
      expect.objectContaining({ ...left, name: late }),
    ]),
  );
  await letLast(rig, 'Training');
  await until(async () => !(await standing(endpoint)).includes('endpoint'), { what: 'the endpoint to be gone' });
  await sweep({ apply: true });
  expect(await standing(endpoint)).toEqual([]);
});

test('what a person deletes, or makes anew, between the look and the delete is left alone', async () => {
  const name = await abandonEndpoint();
  await rig.control.addFaults([{ id: 'look', operation: 'DeleteEndpoint', resource: name, action: 'throttle' }]);
  const run = await rig.start('sweep', { apply: true });
  await untilCalled(rig, 'DeleteEndpoint', name);
  const [model] = (await rig.control.resources()).filter((one) => one.kind === 'model' && one.name.startsWith(name));
  // A person takes the model's place before its turn comes.
  await rig.sagemaker.send(new DeleteModelCommand({ ModelName: model!.name }));
  await until(() => Date.now() > Date.parse(String(model!.description.CreationTime)) + 1_100, {
    what: 'another second',
  });
  await makeModel(model!.name, model!.tags[RUN_TAG]);
  await rig.control.clearFaults('look');
  const { resources } = (await run.result()) as SweepResult;
  expect(resources.find((one) => one.kind === 'model' && one.name === model!.name)).toMatchObject({
    verdict: 'in use',
    action: 'left',
    reason: 'another of this name has been made since',
  });
  await rig.sagemaker.send(new DescribeModelCommand({ ModelName: model!.name }));
  await sweep({ apply: true });
});

test('a cron chain that goes on keeps what its present run made', async () => {
  const { jobName: _none, ...fit } = fitInput('x').fit;
  await letLast(rig);
  const chain = await rig.start('fit', { ...fitInput('x'), fit }, { cronSchedule: '@every 1s' });
  await until(
    async () => (await chain.describe()).raw.workflowExecutionInfo?.firstRunId !== (await latestRunId(chain)),
    {
      what: 'a second run',
      limitMs: 60_000,
    },
  );
  await letLast(rig, 'Training');
  const job = await until(
    async () =>
      (await rig.control.resources()).find(
        ({ tags, description }) =>
          tags[RUN_TAG]?.startsWith(`${chain.workflowId}/`) && description.SecondaryStatus === 'Training',
      ),
    { what: 'a job that trains', limitMs: 60_000 },
  );
  const { resources } = await sweep({ apply: true });
  expect(resources.find(({ name }) => name === job.name)).toMatchObject({ verdict: 'in use', action: 'left' });
  expect(await statusOf(job.name)).toBe('InProgress');
  // Ended, the chain has left its last job running.
  await terminate(chain);
  const after = await sweep({ apply: true });
  expect(after.resources.find(({ name }) => name === job.name)).toMatchObject({ verdict: 'orphan', action: 'stopped' });
});

const latestRunId = async ({ workflowId }: Handle): Promise<string> =>
  (await rig.server.client.workflow.getHandle(workflowId).describe()).runId;
