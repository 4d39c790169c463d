/** Connecting: by the environment, by a profile, by an own client, and to nothing at all. */
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { connect, Run, SageMakerError, startRun } from '../../../src/client';
import { ESTIMATOR, uniqueName } from '../../support/rig';
import { makeScratchFolder, removeScratchFolders } from '../../support/scratch';
import { connectToTestServer, testServerAddress } from '../../support/temporal';

const environment = { ...process.env };
afterEach(() => {
  process.env = { ...environment };
  removeScratchFolders();
});

const fitInput = (jobName: string) => ({ estimator: ESTIMATOR, fit: { inputs: 's3://data/iris', jobName } });

async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return `127.0.0.1:${String(typeof address === 'object' && address ? address.port : 0)}`;
}

test('the environment says where Temporal is and which task queue is ours', async () => {
  process.env.TEMPORAL_ADDRESS = testServerAddress();
  process.env.TEMPORAL_NAMESPACE = 'default';
  process.env.TEMPORAL_SAGEMAKER_TASK_QUEUE = 'team-a';
  const session = await connect();
  expect(session).toMatchObject({ taskQueue: 'team-a' });
  expect(session.region).toBeUndefined();
  const run = await startRun(session, 'fit', fitInput(uniqueName()));
  expect((await run.status()).status).toBe('RUNNING');
  await session.close();
});

test('a profile of the configuration file does so too, and arguments win over it', async () => {
  const folder = makeScratchFolder({
    'temporal.toml': `[profile.there]\naddress = "${testServerAddress()}"\nnamespace = "elsewhere"\n`,
  });
  process.env.TEMPORAL_CONFIG_FILE = join(folder, 'temporal.toml');
  const session = await connect({ profile: 'there' });
  expect(session.client.options.namespace).toBe('elsewhere');
  expect(session.taskQueue).toBe('sagemaker');
  await session.close();
  const other = await connect({ profile: 'there', namespace: 'default', taskQueue: 'mine', region: 'eu-central-1' });
  expect(other.client.options.namespace).toBe('default');
  expect(other).toMatchObject({ taskQueue: 'mine', region: 'eu-central-1' });
  await other.close();
});

test('a configuration that cannot be read is wrong input', async () => {
  const folder = makeScratchFolder({ 'temporal.toml': 'this is = not [ toml' });
  process.env.TEMPORAL_CONFIG_FILE = join(folder, 'temporal.toml');
  await expect(connect()).rejects.toMatchObject({ code: 'InvalidInput' });
});

test('a client of ones own is used and left open', async () => {
  const server = await connectToTestServer();
  const session = await connect({ client: server.client, taskQueue: 'mine' });
  await session.close();
  const again = await connect({ client: server.client, taskQueue: 'mine' });
  await expect(Run.attach(again, uniqueName('nobody'))).rejects.toMatchObject({ code: 'RunNotFound' });
  await server.close();
});

test('where nothing listens, the error names the address and what to do', async () => {
  const closed = createServer();
  const address = await listen(closed);
  await new Promise((resolve) => closed.close(resolve));
  const error: unknown = await connect({ address, connectTimeoutMs: 300 }).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(SageMakerError);
  expect(error).toMatchObject({ code: 'TemporalUnreachable', exitCode: 8 });
  expect((error as SageMakerError).message).toContain(`[address=${address}, namespace=default]`);
  expect((error as SageMakerError).fix).toContain('TEMPORAL_ADDRESS');
});

test('where something listens that never answers, connecting is given up', async () => {
  const sockets = new Set<{ destroy(): void }>();
  const silent = createServer((socket) => sockets.add(socket));
  const address = await listen(silent);
  await expect(connect({ address, connectTimeoutMs: 300 })).rejects.toMatchObject({ code: 'TemporalUnreachable' });
  for (const socket of sockets) socket.destroy();
  await new Promise((resolve) => silent.close(resolve));
});

test('sessions side by side share nothing', async () => {
  const address = testServerAddress();
  const [first, second] = await Promise.all([
    connect({ address, taskQueue: 'a' }),
    connect({ address, taskQueue: 'b', region: 'eu-central-1' }),
  ]);
  const name = uniqueName();
  await startRun(first, 'fit', fitInput(name));
  await first.close();
  expect((await Run.attach(second, name)).workflowId).toBe(name);
  await expect(Run.attach(first, name)).rejects.toMatchObject({ code: 'TemporalUnreachable' });
  await second.close();
});
