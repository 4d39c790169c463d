/** Why a worker cannot be made or cannot go on: each told by a code, with what to do about it. */
import { NativeConnection, Worker, type WorkerOptions, type WorkerPlugin } from '@temporalio/worker';
import { createWorker, SageMakerPlugin, WorkerError, type CreateWorkerOptions } from '../../src/worker';
import { quietRuntime } from '../support/quiet-runtime';
import { startRefusingServer, type RefusingServer } from '../support/refusing-server';
import { connectToTestServer, uniqueTaskQueue, workflowBundle, type TestServer } from '../support/temporal';

const ENVIRONMENT = { ...process.env };
let server: TestServer;
beforeAll(async () => {
  quietRuntime();
  server = await connectToTestServer();
});
afterAll(() => server.close());
beforeEach(() => {
  process.env.AWS_REGION = 'eu-central-1';
});
afterEach(() => {
  for (const name of Object.keys(process.env)) if (!(name in ENVIRONMENT)) Reflect.deleteProperty(process.env, name);
});

async function refusalOf(work: Promise<unknown>): Promise<WorkerError> {
  try {
    await work;
  } catch (error) {
    if (error instanceof WorkerError) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}

const optionsWith = (further: Partial<WorkerOptions>): WorkerOptions => ({
  connection: server.nativeConnection,
  namespace: server.namespace,
  taskQueue: uniqueTaskQueue(),
  plugins: [new SageMakerPlugin()],
  ...further,
});

describe('Worker.create with the plugin refuses', () => {
  it('activities of this package’s names, and leaves no one with half of each', async () => {
    const activities = { prepare: () => 'mine', createModel: () => 'mine', announce: () => 'mine' };
    const { code, why, problems } = await refusalOf(Worker.create(optionsWith({ activities, taskQueue: 'kitchen' })));
    expect(code).toBe('InvalidInput');
    expect(why).toBe("the worker has activities of this package's names: prepare, createModel [taskQueue=kitchen]");
    expect(problems).toEqual([
      expect.stringMatching(/^activities\.prepare is registered already/),
      expect.stringMatching(/^activities\.createModel is registered already/),
    ]);
  });

  it('activities of the waits’ names too, though the waits run elsewhere', async () => {
    const activities = { awaitTrainingJobChange: () => 'mine' };
    const { code, problems } = await refusalOf(Worker.create(optionsWith({ activities })));
    expect(code).toBe('InvalidInput');
    expect(problems).toEqual([expect.stringMatching(/^activities\.awaitTrainingJobChange is registered already/)]);
  });

  it('a second plugin on the same worker', async () => {
    const plugins = [new SageMakerPlugin(), new SageMakerPlugin()];
    const { code, fix } = await refusalOf(Worker.create(optionsWith({ plugins })));
    expect(code).toBe('InvalidInput');
    expect(fix).toContain('one SageMakerPlugin only');
  });

  it('a worker without a connection', async () => {
    const { code, fix } = await refusalOf(
      Worker.create({ taskQueue: uniqueTaskQueue(), plugins: [new SageMakerPlugin()] }),
    );
    expect(code).toBe('InvalidInput');
    expect(fix).toContain('NativeConnection.connect()');
  });

  it('a region that nobody knows; mended, the same plugin makes a worker', async () => {
    Reflect.deleteProperty(process.env, 'AWS_REGION');
    Object.assign(process.env, { AWS_CONFIG_FILE: '/dev/null', AWS_SHARED_CREDENTIALS_FILE: '/dev/null' });
    const plugin = new SageMakerPlugin();
    const { code, why, fix } = await refusalOf(Worker.create(optionsWith({ plugins: [plugin] })));
    expect({ code, why }).toEqual({ code: 'InvalidInput', why: 'no AWS region is known' });
    expect(fix).toContain('AWS_REGION');

    process.env.AWS_REGION = 'eu-central-1';
    const worker = await Worker.create(optionsWith({ plugins: [plugin] }));
    await worker.runUntil(Promise.resolve());
  });
});

describe('createWorker refuses', () => {
  const create = (options = {}) => createWorker({ worker: { workflowBundle: workflowBundle() }, ...options });

  it('an address where nobody answers, which it tells', async () => {
    process.env.TEMPORAL_ADDRESS = '127.0.0.1:1';
    const { code, coordinates, why, fix } = await refusalOf(create());
    expect(code).toBe('TemporalUnreachable');
    expect(coordinates).toEqual({ address: '127.0.0.1:1', namespace: 'default', taskQueue: 'sagemaker' });
    expect(why).toBe('no connection to Temporal [address=127.0.0.1:1, namespace=default, taskQueue=sagemaker]');
    expect(fix).toContain('TEMPORAL_ADDRESS');
  });

  it('an address that is none', async () => {
    process.env.TEMPORAL_ADDRESS = 'no such host:7233';
    expect(await refusalOf(create())).toMatchObject({
      code: 'InvalidInput',
      fix: expect.stringContaining('host:port') as string,
    });
  });

  it('a profile that is not there', async () => {
    process.env.TEMPORAL_PROFILE = 'nobody';
    process.env.TEMPORAL_CONFIG_FILE = '/dev/null';
    expect(await refusalOf(create())).toMatchObject({
      code: 'InvalidInput',
      reason: expect.stringContaining('nobody') as string,
    });
  });

  it('a namespace that is not there, and lets go of the connection', async () => {
    process.env.TEMPORAL_ADDRESS = server.address;
    const { code, why } = await refusalOf(create({ namespace: 'atlantis' }));
    expect(code).toBe('TemporalUnreachable');
    expect(why).toContain('the Temporal namespace does not exist');
  });

  it('options, with every problem of them, before it connects to anything', async () => {
    process.env.TEMPORAL_ADDRESS = '127.0.0.1:1';
    const { code, problems } = await refusalOf(create({ pollMaxIntervalMs: 0, taskQueue: '' }));
    expect(code).toBe('InvalidInput');
    expect(problems).toHaveLength(2);
  });

  it('what would lead the worker elsewhere than it connected', async () => {
    const { nativeConnection: connection } = server;
    // @ts-expect-error -- the type keeps all three out
    const options: CreateWorkerOptions = { worker: { connection, namespace: 'elsewhere', taskQueue: 'elsewhere' } };
    const { code, problems } = await refusalOf(createWorker(options));
    expect(code).toBe('InvalidInput');
    expect(problems).toEqual([
      'worker.connection must be given as connection, beside worker',
      'worker.namespace must be given as namespace, beside worker',
      'worker.taskQueue must be given as taskQueue, beside worker',
    ]);
  });
});

describe('a worker by createWorker', () => {
  const create = (worker: CreateWorkerOptions['worker'] = {}) => {
    process.env.TEMPORAL_ADDRESS = server.address;
    return createWorker({ taskQueue: uniqueTaskQueue(), worker: { workflowBundle: workflowBundle(), ...worker } });
  };
  /** Lets other work go on before the worker runs. */
  const slow: WorkerPlugin = {
    name: 'slow',
    async runWorker(worker, next) {
      await new Promise(setImmediate);
      await next(worker);
    },
  };

  it('that was told to stop before it ran closes and returns when it is run', async () => {
    const worker = await create();
    worker.shutdown();
    await expect(worker.run()).resolves.toBeUndefined();
  });

  it('that is told to stop while a plugin holds its start back stops once it has started', async () => {
    const worker = await create({ plugins: [slow] });
    const running = worker.run();
    worker.shutdown();
    await expect(running).resolves.toBeUndefined();
  });

  it('refuses a second run as Temporal does, and the first goes on to its end', async () => {
    const worker = await create();
    const running = worker.run();
    await expect(worker.run()).rejects.toThrow('already started');
    worker.shutdown();
    await expect(running).resolves.toBeUndefined();
  });
});

describe('where Temporal denies', () => {
  let refusing: RefusingServer;
  afterEach(() => refusing.close());

  it.each(['GetSystemInfo', 'DescribeNamespace'])('%s, createWorker says so', async (method) => {
    refusing = await startRefusingServer(method);
    process.env.TEMPORAL_ADDRESS = refusing.address;
    const { code, reason, coordinates, fix } = await refusalOf(createWorker());
    expect(code).toBe('AccessDenied');
    expect(reason).toContain('Request unauthorized.');
    expect(coordinates.address).toBe(refusing.address);
    expect(fix).toContain('TEMPORAL_API_KEY');
  });
});

describe('of the worker and its waits', () => {
  it('the one stops when the other cannot be: another worker on the connection has its task queue', async () => {
    const other = await Worker.create(optionsWith({ taskQueue: 'own-waits', plugins: [], activities: { rest } }));
    const worker = await Worker.create(optionsWith({ taskQueue: 'own' }));
    await other.runUntil(async () => {
      const { code, coordinates, fix } = await refusalOf(worker.run());
      expect({ code, coordinates }).toEqual({
        code: 'InvalidInput',
        coordinates: { namespace: 'default', taskQueue: 'own-waits' },
      });
      expect(fix).toContain('a connection of its own');
      expect(worker.getState()).toBe('STOPPED');
    });
  });

  it('a second run is refused as Temporal does, and the first is untouched', async () => {
    const worker = await Worker.create(optionsWith({}));
    const running = worker.run();
    await expect(worker.run()).rejects.toThrow('already started');
    expect(worker.getState()).toBe('RUNNING');
    worker.shutdown();
    await running;
    await expect(worker.run()).rejects.toThrow('already started');
  });

  it('the failure that came first is thrown, and what failed after it is behind its cause', async () => {
    const late: WorkerPlugin = {
      name: 'late',
      async runWorker(worker, next) {
        await next(worker);
        throw new RangeError('the user’s own, on the way down');
      },
    };
    const other = await Worker.create(optionsWith({ taskQueue: 'both-waits', plugins: [], activities: { rest } }));
    const worker = await Worker.create(optionsWith({ taskQueue: 'both', plugins: [new SageMakerPlugin(), late] }));
    await other.runUntil(async () => {
      const { code, cause } = await refusalOf(worker.run());
      expect(code).toBe('InvalidInput');
      expect((cause as AggregateError).errors).toEqual([
        expect.objectContaining({ message: expect.stringContaining('Registration of multiple workers') as string }),
        new RangeError('the user’s own, on the way down'),
      ]);
    });
  });

  it('the other stops when the one fails, and the failure stays what it is', async () => {
    const connection = await NativeConnection.connect({ address: server.address });
    const failing: WorkerPlugin = {
      name: 'failing',
      async runWorker(worker, next) {
        const running = next(worker);
        worker.shutdown();
        await running;
        throw new RangeError('the user’s own');
      },
    };
    const worker = await Worker.create(optionsWith({ connection, plugins: [new SageMakerPlugin(), failing] }));
    await expect(worker.run()).rejects.toThrow(new RangeError('the user’s own'));
    // Nobody is on it any more.
    await connection.close();
  });

  const rest = (): Promise<void> => Promise.resolve();
});
