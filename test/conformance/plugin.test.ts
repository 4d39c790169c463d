/**
 * The plugin in workers as users have them: their own workflows and activities, their own options, beside which the steps
 * of this package run. Emulator and server are real.
 */
import { Client } from '@temporalio/client';
import type { Payload, PayloadCodec } from '@temporalio/common';
import { SimplePlugin } from '@temporalio/plugin';
import {
  bundleWorkflowCode,
  DefaultLogger,
  NativeConnection,
  Worker,
  type WorkerOptions,
  type WorkflowBundleWithSourceMap,
} from '@temporalio/worker';
import { ListEndpointConfigsCommand, ListModelsCommand } from '@aws-sdk/client-sagemaker';
import { PROGRESS_QUERY, type FitInput, type FitResult, type Progress } from '../../src/contract';
import { createWorker, SageMakerPlugin } from '../../src/worker';
import { DATA_BUCKET, ESTIMATOR, startRig, uniqueName, type Rig } from '../support/rig';
import { uniqueTaskQueue } from '../support/temporal';
import { until } from '../support/until';
import type { Rollout } from './plugin-workflows';

const WORKFLOWS = require.resolve('./plugin-workflows');
const FAST = { pollMinIntervalMs: 40, pollMaxIntervalMs: 150, readsPerSecond: 200, requestTimeoutMs: 5_000 };
const INPUT: FitInput = { estimator: ESTIMATOR, fit: { inputs: `s3://${DATA_BUCKET}/iris` } };

let rig: Rig;
let workflowBundle: WorkflowBundleWithSourceMap;
beforeAll(async () => {
  rig = await startRig();
  workflowBundle = await bundleWorkflowCode({ workflowsPath: WORKFLOWS, logger: new DefaultLogger('ERROR') });
});
afterAll(() => rig.close());
afterEach(() => rig.control.setClock({ phases: { Training: 20 } }));

const announce = (names: string[]): Promise<string> => Promise.resolve(`announced ${names.join(', ')}`);

/** A user's worker on a task queue of its own, with the plugin and an activity of theirs. */
async function createOwnWorker(options: Partial<WorkerOptions> = {}) {
  const { nativeConnection: connection, namespace } = rig.server;
  return Worker.create({
    connection,
    namespace,
    taskQueue: uniqueTaskQueue('own'),
    ...(options.workflowsPath === undefined && { workflowBundle }),
    activities: { announce },
    plugins: [new SageMakerPlugin(FAST)],
    ...options,
  });
}

const start = (worker: Worker, type: string, ...args: unknown[]) =>
  rig.server.client.workflow.start(type, {
    taskQueue: worker.options.taskQueue,
    workflowId: uniqueName(type),
    args,
  });

const trainOn = async (worker: Worker) => (await (await start(worker, 'trainOne', INPUT)).result()) as FitResult;

/** How a promise stands, without waiting for it. */
const isSettled = (promise: Promise<unknown>): Promise<boolean> =>
  Promise.race([
    promise.then(
      () => true,
      () => true,
    ),
    new Promise<false>((resolve) => {
      setImmediate(() => {
        resolve(false);
      });
    }),
  ]);

describe('a workflow of one’s own, bundled by the worker', () => {
  it('trains twice, deploys to two endpoints, updates one of them, and calls its own activity', async () => {
    const worker = await createOwnWorker({ workflowsPath: WORKFLOWS });
    const [left, right] = [uniqueName('left'), uniqueName('right')];
    await worker.runUntil(async () => {
      const handle = await start(worker, 'rollOut', INPUT, [left, right]);
      const { trained, deployed, announced } = (await handle.result()) as Rollout;
      const [first = '', second = ''] = trained.map(({ trainingJobName }) => trainingJobName);
      expect(first).not.toBe(second);
      expect(deployed).toMatchObject([
        { endpointName: left, updated: false, modelData: expect.stringContaining(first) as string },
        { endpointName: right, updated: false, modelData: expect.stringContaining(second) as string },
        { endpointName: left, updated: true, modelData: expect.stringContaining(second) as string },
      ]);
      expect(announced).toBe(`announced ${left}, ${right}, ${left}`);
    });
    // What the update replaced is gone, and nothing else.
    for (const name of [left, right]) {
      const filter = { NameContains: name, MaxResults: 100 };
      const { Models } = await rig.sagemaker.send(new ListModelsCommand(filter));
      const { EndpointConfigs } = await rig.sagemaker.send(new ListEndpointConfigsCommand(filter));
      expect([Models?.length, EndpointConfigs?.length]).toEqual([1, 1]);
    }
  });
});

describe('the plugin', () => {
  it('leaves data converter, interceptors and identity as they are, and has the waits use them', async () => {
    const seen = new Set<string>();
    const codec = { dataConverter: { payloadCodecs: [reversing] } };
    const worker = await createOwnWorker({
      identity: 'the user’s own',
      interceptors: {
        activity: [
          ({ info }) => ({
            inbound: {
              execute: (input, next) => {
                seen.add(`${info.activityType} on ${info.taskQueue}`);
                return next(input);
              },
            },
          }),
        ],
      },
      // After ours, as a plugin for encryption may well be.
      plugins: [new SageMakerPlugin(FAST), new SimplePlugin({ name: 'codec', ...codec })],
    });
    const { connection, namespace } = rig.server;
    const client = new Client({ connection, namespace, ...codec });
    const { taskQueue } = worker.options;
    const options = { taskQueue, workflowId: uniqueName(), args: [INPUT] };
    const { events } = await worker.runUntil(async () => {
      const handle = await client.workflow.start('trainOne', options);
      await handle.result();
      return handle.fetchHistory();
    });
    expect([...seen]).toEqual([
      `prepare on ${taskQueue}`,
      `createTrainingJob on ${taskQueue}`,
      `awaitTrainingJobChange on ${taskQueue}-waits`,
    ]);
    const identities = events?.flatMap(({ activityTaskStartedEventAttributes: started }) => started?.identity ?? []);
    expect(new Set(identities)).toEqual(new Set(['the user’s own']));
  });

  it('serves two task queues in one process: two plugins, or one for both', async () => {
    const shared = new SageMakerPlugin(FAST);
    const workers = await Promise.all([
      createOwnWorker(),
      createOwnWorker({ plugins: [shared] }),
      createOwnWorker({ plugins: [shared] }),
    ]);
    const runs = workers.map((worker) => worker.runUntil(() => trainOn(worker)));
    const names = (await Promise.all(runs)).map(({ trainingJobName }) => trainingJobName);
    expect(new Set(names).size).toBe(3);
  });

  it('may be a plugin of the connection, and follows its worker to another connection', async () => {
    const { address } = rig.server;
    const first = await NativeConnection.connect({ address, plugins: [new SageMakerPlugin(FAST)] });
    const second = await NativeConnection.connect({ address });
    const worker = await createOwnWorker({ connection: first, plugins: [] });
    await worker.runUntil(async () => {
      await trainOn(worker);
      worker.connection = second;
      // A connection that a worker is on does not close.
      await until(() => first.close().then(() => true), { what: 'the waits to leave the first connection' });
      await trainOn(worker);
    });
    await second.close();
  });

  it('lets a worker stop as soon as it has started, and be run no more', async () => {
    const { address } = rig.server;
    const connection = await NativeConnection.connect({ address });
    const worker = await createOwnWorker({ connection });
    await worker.runUntil(Promise.resolve());
    expect(worker.getState()).toBe('STOPPED');
    // Nobody holds it any more.
    await connection.close();
  });
});

describe('a worker that is told to stop during a wait', () => {
  it('hands the wait over at once, though its own activities take their time', async () => {
    await rig.control.setClock({ phases: { Training: 60_000 } });
    let letGo = (): void => undefined;
    const slow = new Promise<string>((resolve) => {
      letGo = () => {
        resolve('late');
      };
    });
    const taskQueue = uniqueTaskQueue('own');
    const first = await createOwnWorker({
      taskQueue,
      identity: 'first',
      shutdownGraceTime: '1 minute',
      activities: { announce: () => slow },
    });
    const firstRun = first.run();
    const training = await start(first, 'trainOne', INPUT);
    const greeting = await start(first, 'greet', 'you');
    await until(
      async () => (await training.query<Progress>(PROGRESS_QUERY)).trainingJob?.secondaryStatus === 'Training',
      {
        what: 'the training to begin',
      },
    );
    await until(async () => (await pendingOf(greeting))?.lastWorkerIdentity === 'first', { what: 'the slow activity' });

    // As in another process: one connection takes one worker of a task queue.
    const connection = await NativeConnection.connect({ address: rig.server.address });
    const second = await createOwnWorker({ connection, taskQueue, identity: 'second' });
    await second.runUntil(async () => {
      first.shutdown();
      await until(async () => (await pendingOf(training))?.lastWorkerIdentity === 'second', { what: 'the hand-over' });
      expect(await isSettled(firstRun)).toBe(false);
      letGo();
      await firstRun;
      await rig.control.setClock({ phases: { Training: 20 } });
      const { trainingJobName } = (await training.result()) as FitResult;
      expect((await rig.calls('StopTrainingJob')).filter(({ resource }) => resource === trainingJobName)).toEqual([]);
      expect(await greeting.result()).toBe('late');
    });
    await connection.close();
  });

  const pendingOf = async (handle: Awaited<ReturnType<typeof start>>) =>
    (await handle.describe()).raw.pendingActivities?.[0];
});

describe('a schedule of a workflow of one’s own', () => {
  it('may have a fixed jobName in its input: what that workflow makes of it is its own affair', async () => {
    const worker = await createOwnWorker();
    const jobName = uniqueName();
    const input: FitInput = { ...INPUT, fit: { ...INPUT.fit, jobName } };
    const { workflow } = rig.server.client;
    await worker.runUntil(async () => {
      const options = { taskQueue: worker.options.taskQueue, workflowId: uniqueName(), args: [input] };
      const chain = await workflow.start('trainOne', { ...options, cronSchedule: '@every 1s' });
      const first = workflow.getHandle(chain.workflowId, chain.firstExecutionRunId);
      await until(async () => (await first.describe()).status.name !== 'RUNNING', { what: 'the first run to end' });
      expect((await first.describe()).status.name).toBe('COMPLETED');
      await chain.terminate();
    });
  });
});

describe('createWorker', () => {
  it('is the same worker with this package’s workflows: own activities and plugins go into it too', async () => {
    const { nativeConnection: connection, namespace } = rig.server;
    const taskQueue = uniqueTaskQueue('own');
    const worker = await createWorker({
      ...FAST,
      connection,
      namespace,
      taskQueue,
      worker: { workflowBundle, activities: { announce } },
    });
    const running = worker.run();
    const { workflow } = rig.server.client;
    const greeted = await workflow.execute('greet', { taskQueue, workflowId: uniqueName(), args: ['you'] });
    expect(greeted).toBe('announced you');
    await workflow.execute('trainOne', { taskQueue, workflowId: uniqueName(), args: [INPUT] });
    worker.shutdown();
    await running;
  });
});

/** Bytes turned round: unreadable for whoever has not the codec. */
const reversing: PayloadCodec = {
  encode: (payloads) =>
    Promise.resolve(
      payloads.map(({ metadata, data }) => ({
        metadata: { encoding: Buffer.from('binary/reversed'), was: metadata?.encoding ?? Buffer.alloc(0) },
        data: reverse(data),
      })),
    ),
  decode: (payloads) =>
    Promise.resolve(
      payloads.map((payload) => {
        const was = payload.metadata?.was;
        return was ? { metadata: { encoding: was }, data: reverse(payload.data) } : payload;
      }),
    ),
};

const reverse = (data: Payload['data']): Uint8Array => Uint8Array.from(data ?? []).reverse();
