/**
 * Commands about runs whose worker is this file itself, task by task: workflows of somebody's own, of which nothing is known
 * but that they end, and runs that are told to stop while they are being started.
 */
import { connect, type Session } from '../../src/client';
import { MEMO } from '../../src/contract';
import { ESTIMATOR, DATA_BUCKET, uniqueName } from '../support/rig';
import { runForEvents, runProgramHere, startProgramHere } from '../support/run-program';
import { startStallingProxy } from '../support/stalling-proxy';
import { connectToTestServer, uniqueTaskQueue, type TestServer } from '../support/temporal';
import { until } from '../support/until';

let server: TestServer;
let session: Session;
const taskQueue = uniqueTaskQueue('by-hand');
beforeAll(async () => {
  server = await connectToTestServer();
  process.env.TEMPORAL_ADDRESS = server.address;
  process.env.TEMPORAL_SAGEMAKER_TASK_QUEUE = taskQueue;
  session = await connect({ client: server.client, taskQueue });
});
afterAll(async () => {
  await session.close();
  await server.close();
});

const RETURNS_NOTHING = { commandType: 4, completeWorkflowExecutionCommandAttributes: {} };
const IS_CANCELLED = { commandType: 7, cancelWorkflowExecutionCommandAttributes: {} };
const LEDGER = [{ kind: 'training job', name: 'theirs', state: 'made' }];

/** Takes the next workflow task, and ends its workflow. */
async function endNext(command: object): Promise<void> {
  const { connection, namespace } = server;
  const { workflowService } = connection;
  await connection.withDeadline(Date.now() + 20_000, async () => {
    const { taskToken } = await workflowService.pollWorkflowTaskQueue({ namespace, taskQueue: { name: taskQueue } });
    await workflowService.respondWorkflowTaskCompleted({ namespace, taskToken, commands: [command] });
  });
}

async function startOwn(memo: Record<string, unknown> = {}): Promise<string> {
  const workflowId = uniqueName('own');
  await server.client.workflow.start('theirOwn', { workflowId, taskQueue, memo });
  return workflowId;
}

async function hasCancelRequest(workflowId: string): Promise<boolean> {
  const { events } = await server.client.workflow.getHandle(workflowId).fetchHistory();
  return (events ?? []).some((event) => event.workflowExecutionCancelRequestedEventAttributes);
}

test('a workflow that returns nothing has nothing as its result, and that is no failure', async () => {
  const workflowId = await startOwn();
  await endNext(RETURNS_NOTHING);
  const [result, event, cancelled] = await Promise.all([
    runProgramHere(['result', workflowId]),
    runForEvents(['result', workflowId]),
    runProgramHere(['cancel', workflowId]),
  ]);
  expect(result).toMatchObject({ code: 0, stdout: 'null\n' });
  expect(event).toMatchObject({ code: 0, last: { type: 'result', workflowType: 'theirOwn', result: null } });
  expect(event.events).toHaveLength(1);
  expect(cancelled).toMatchObject({ code: 0, stdout: `${workflowId} had ended before: Done\n` });
});

test('a workflow that returns though it is cancelled is told as done, with the ledger of its memo', async () => {
  const workflowId = await startOwn({ [MEMO.run]: { stage: 'Training', ledger: LEDGER } });
  const cancelling = runForEvents(['cancel', workflowId]);
  await until(() => hasCancelRequest(workflowId), { what: 'the cancel to be asked for' });
  await endNext(RETURNS_NOTHING);
  expect(await cancelling).toMatchObject({ code: 0, last: { command: 'cancel', outcome: 'Done', ledger: LEDGER } });
});

test('with --on-interrupt cancel, a signal during the start cancels the run as soon as it is there', async () => {
  const jobName = uniqueName('starting');
  const spec = { estimator: ESTIMATOR, fit: { inputs: `s3://${DATA_BUCKET}/iris`, jobName } };
  const proxy = await startStallingProxy(server.address, jobName);
  try {
    process.env.TEMPORAL_ADDRESS = proxy.address;
    const args = ['fit', '--spec', '-', '--detach', '--on-interrupt', 'cancel'];
    const program = startProgramHere(args, { stdin: JSON.stringify(spec) });
    await proxy.stalled;
    program.interrupt('SIGTERM');
    proxy.goOn();
    await until(() => hasCancelRequest(jobName), { what: 'the run to be told to stop' });
    await endNext(IS_CANCELLED);
    const { code, stderr } = await program.ended;
    expect({ code, stderr }).toEqual({ code: 143, stderr: expect.stringContaining(`${jobName} has ended: Cancelled`) });
  } finally {
    process.env.TEMPORAL_ADDRESS = server.address;
    await proxy.close();
  }
});

test('a run that Temporal has not told of in time is left with the words to come back to it', async () => {
  const proxy = await startStallingProxy(server.address, '');
  try {
    process.env.TEMPORAL_ADDRESS = proxy.address;
    for (const command of ['attach', 'result']) {
      const { code, last } = await runForEvents([command, 'digits-1', '--timeout', '0.2']);
      expect({ code, last }).toMatchObject({
        code: 7,
        last: { command, code: 'TimedOut', workflowId: 'digits-1', next: { attach: expect.any(String) } },
      });
    }
    // Here, unlike in a process of its own, what the commands have let go of still comes to its end.
    proxy.goOn();
    await until(() => proxy.connectionCount() === 0, { what: 'the connections to be closed' });
  } finally {
    process.env.TEMPORAL_ADDRESS = server.address;
    await proxy.close();
  }
});
