/** Listing runs: what Temporal's visibility store tells, asked safely whatever the names hold. Takes no worker. */
import { Client } from '@temporalio/client';
import { defineSearchAttributeKey } from '@temporalio/common';
import { randomBytes } from 'node:crypto';
import { connect, createPayloadCodec, listRuns, type RunFilter, type Session } from '../../../src/client';
import { MEMO, type WorkflowType } from '../../../src/contract';
import { uniqueName } from '../../support/rig';
import { connectToTestServer, uniqueTaskQueue, type TestServer } from '../../support/temporal';
import { until } from '../../support/until';

let server: TestServer;
let session: Session;
const taskQueue = uniqueTaskQueue('list');
const endpointName = uniqueName('endpoint');
const training = uniqueName('training');
const terminated = uniqueName('terminated');
const silent = `deploy-${endpointName}`;

async function start(
  type: WorkflowType | 'another',
  workflowId: string,
  attributes: Record<string, string> = {},
  queue = taskQueue,
): Promise<void> {
  await server.client.workflow.start(type, {
    ...{ workflowId, taskQueue: queue, args: [{}] },
    typedSearchAttributes: Object.entries(attributes).map(([name, value]) => ({
      key: defineSearchAttributeKey(name, 'KEYWORD'),
      value,
    })),
  });
}

const idsOf = async (filter: RunFilter, of = session): Promise<string[]> =>
  (await listRuns(of, filter)).map(({ workflowId }) => workflowId);

beforeAll(async () => {
  server = await connectToTestServer();
  session = await connect({ client: server.client, taskQueue });
  await start('fitThenDeploy', training, { EndpointName: endpointName, SageMakerStage: 'Training' });
  await start('fit', terminated, { TrainingJobName: terminated, SageMakerStage: 'Training' });
  await server.client.workflow.getHandle(terminated).terminate();
  await start('deploy', silent);
  await start('another', uniqueName('another'));
  await start('fit', uniqueName('elsewhere'), {}, uniqueTaskQueue('elsewhere'));
  const areListed = async (): Promise<boolean> => {
    const runs = await listRuns(session);
    return runs.length === 3 && runs.some(({ closed }) => closed);
  };
  await until(areListed, { what: 'the runs' });
});
afterAll(() => server.close());

test('lists the runs of our types on the task queue, the latest first', async () => {
  const runs = await listRuns(session);
  expect(
    runs.map(({ workflowId, workflowType, stage, status, closed }) => [
      workflowId,
      workflowType,
      stage,
      status,
      closed,
    ]),
  ).toEqual([
    [silent, 'deploy', 'Preparing', 'RUNNING', false],
    [terminated, 'fit', 'Failed', 'TERMINATED', true],
    [training, 'fitThenDeploy', 'Training', 'RUNNING', false],
  ]);
  expect(runs[2]).toMatchObject({ endpointName, firstRunId: runs[2]?.runId });
});

test.each<[string, RunFilter, string[]]>([
  ['a status', { status: 'RUNNING' }, [silent, training]],
  ['a status of the end', { status: 'TERMINATED' }, [terminated]],
  ['a type', { type: 'fit' }, [terminated]],
  ['a stage', { stage: 'Training' }, [training]],
  ['a stage that a run has not told yet', { stage: 'Preparing' }, [silent]],
  ['a stage of the end, of a run that could not say so', { stage: 'Failed' }, [terminated]],
  ['an endpoint, told or in the Workflow Id', { endpointName }, [silent, training]],
  ['a time', { since: new Date(Date.now() + 60_000) }, []],
  ['several at once', { endpointName, type: 'deploy', status: 'RUNNING', since: new Date(0) }, [silent]],
  ['a number', { limit: 1, status: 'TERMINATED' }, [terminated]],
])('finds by %s', async (_by, filter, expected) => {
  expect(await idsOf(filter)).toEqual(expected);
});

test('a client without a codec lists a run whose memo is encrypted, and those beside it', async () => {
  const payloadCodec = createPayloadCodec({ keys: { a: randomBytes(32) }, activeKeyId: 'a' });
  const client = new Client({
    connection: server.connection,
    dataConverter: { payloadCodecs: [payloadCodec] },
  });
  const queue = uniqueTaskQueue('encrypted');
  const [encrypted, plain] = [uniqueName('encrypted'), uniqueName('plain')];
  const memo = { [MEMO.inputHash]: 'a hash' };
  await client.workflow.start('fit', { workflowId: encrypted, taskQueue: queue, args: [{}], memo });
  await server.client.workflow.start('fit', { workflowId: plain, taskQueue: queue, args: [{}], memo });
  const bare = await connect({ client: server.client, taskQueue: queue });
  await until(async () => (await idsOf({}, bare)).length === 2, { what: 'both runs' });
  expect((await idsOf({}, bare)).sort()).toEqual([encrypted, plain].sort());
});

test('stops at the limit: of more, runs that are open come before those that have ended', async () => {
  expect(await idsOf({ limit: 2 })).toEqual([silent, training]);
});

test.each([`x' OR WorkflowType != 'fit`, `a"b`, 'a\\', `a\\' OR 1=1`, 'a\nb', '%', "''"])(
  'a name is never read as a query: %j',
  async (name) => {
    expect(await idsOf({ endpointName: name })).toEqual([]);
    const odd = await connect({ client: server.client, taskQueue: `${taskQueue}-${name}` });
    expect(await idsOf({}, odd)).toEqual([]);
    const workflowId = uniqueName('odd');
    await start('fit', workflowId, {}, odd.taskQueue);
    await until(async () => (await idsOf({}, odd)).includes(workflowId), { what: 'the run on the odd task queue' });
  },
);

test('a namespace without our search attributes is listed as far as it tells', async () => {
  const namespace = uniqueName('plain');
  await server.connection.workflowService.registerNamespace({
    namespace,
    workflowExecutionRetentionPeriod: { seconds: 86_400 as never },
  });
  const { Client } = await import('@temporalio/client');
  const client = new Client({ connection: server.connection, namespace });
  const plain = await connect({ client, taskQueue });
  await until(() => client.workflow.start('deploy', { taskQueue, workflowId: silent, args: [{}] }), {
    what: 'the namespace to take a run',
    limitMs: 30_000,
    intervalMs: 200,
  });
  await until(async () => (await idsOf({ endpointName }, plain)).length === 1, { what: 'the run' });
  expect(await idsOf({ stage: 'Preparing' }, plain)).toEqual([silent]);
  expect(await idsOf({ stage: 'Training' }, plain)).toEqual([]);
});

test('a filter that cannot be is refused with every problem', async () => {
  const filter = { limit: 0, since: new Date(Number.NaN), type: 'another' as WorkflowType };
  await expect(listRuns(session, filter)).rejects.toMatchObject({
    code: 'InvalidInput',
    problems: [
      'limit must be a whole number from 1 to 1000',
      'since is no time',
      'type must be one of fit, deploy, fitThenDeploy, deleteEndpoint, sweep',
    ],
  });
});

test('a namespace that is not there is told', async () => {
  const { Client } = await import('@temporalio/client');
  const client = new Client({ connection: server.connection, namespace: uniqueName('nowhere') });
  const nowhere = await connect({ client, taskQueue });
  await expect(listRuns(nowhere)).rejects.toMatchObject({ code: 'TemporalUnreachable' });
});
