/** A Temporal server: it has what our runs need, starts beside others, goes when told to, and survives a kill. */
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { join } from 'node:path';
import { Connection } from '@temporalio/client';
import { startTemporalServer, type TemporalServer, type TemporalServerOptions } from '../../../src/temporal-server';
import { endProcesses, isAlive, startTypeScript } from '../../support/processes';
import { makeScratchFolder, removeScratchFolders } from '../../support/scratch';
import { connectToTestServer, temporalCliPath } from '../../support/temporal';
import { until } from '../../support/until';

const servers: TemporalServer[] = [];

async function start(options: Partial<TemporalServerOptions> = {}): Promise<TemporalServer> {
  const server = await startTemporalServer({ cliPath: temporalCliPath(), ui: false, ...options });
  servers.push(server);
  return server;
}

afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
  await endProcesses();
  removeScratchFolders();
});

/** Starts a workflow that no worker will ever run. */
async function startWorkflow(address: string, workflowId: string): Promise<void> {
  await withConnection(address, (connection) =>
    connection.workflowService.startWorkflowExecution({
      namespace: 'default',
      workflowId,
      requestId: workflowId,
      workflowType: { name: 'none' },
      taskQueue: { name: 'none' },
    }),
  );
}

async function withConnection<T>(address: string, use: (connection: Connection) => Promise<T>): Promise<T> {
  const connection = await Connection.connect({ address });
  try {
    return await use(connection);
  } finally {
    await connection.close();
  }
}

test('the shared server of the tests has our search attributes', async () => {
  const server = await connectToTestServer();
  const { customAttributes } = await server.connection.operatorService.listSearchAttributes({ namespace: 'default' });
  await server.close();
  const keyword = 2;
  expect(customAttributes).toMatchObject({ EndpointName: keyword, SageMakerStage: keyword, TrainingJobName: keyword });
});

test('a server answers by gRPC, by HTTP and in the browser, and is gone when it is closed', async () => {
  const server = await start({ ui: true, namespace: 'other' });
  await startWorkflow(server.address, 'seen');
  const workflow = await fetch(`${server.httpUrl}/api/v1/namespaces/default/workflows/seen`);
  expect(workflow.status).toBe(200);
  const page = await fetch(server.uiUrl ?? '');
  expect(page.headers.get('content-type')).toMatch('text/html');
  await withConnection(server.address, (connection) =>
    connection.workflowService.describeNamespace({ namespace: 'other' }),
  );

  await Promise.all([server.close(), server.close()]);
  expect(isAlive(server.pid)).toBe(false);
  await expect(server.exited).resolves.toEqual({ code: 0, signal: null });
});

test('a server that was killed goes on where it was, on the same ports and database', async () => {
  const dbFilename = join(makeScratchFolder(), 'temporal.db');
  const first = await start({ dbFilename });
  await startWorkflow(first.address, 'survivor');

  process.kill(first.pid, 'SIGKILL');
  await expect(first.exited).resolves.toEqual({ code: null, signal: 'SIGKILL' });
  const second = await start({ dbFilename, ports: first.ports });

  expect(second.address).toBe(first.address);
  const described = await withConnection(second.address, (connection) =>
    connection.workflowService.describeWorkflowExecution({
      namespace: 'default',
      execution: { workflowId: 'survivor' },
    }),
  );
  expect(described.workflowExecutionInfo?.execution?.workflowId).toBe('survivor');
});

test('a given port that is taken is an error, even where another Temporal server answers there', async () => {
  const other = await start();
  await expect(start({ ports: { grpc: other.ports.grpc } })).rejects.toThrow(/EADDRINUSE.*\d+/);

  const stranger = createServer().listen(0, '127.0.0.1');
  await once(stranger, 'listening');
  const { port } = stranger.address() as { port: number };
  await expect(start({ ports: { http: port } })).rejects.toThrow(/EADDRINUSE/);
  stranger.close();
});

test('a start that fails tells what the program printed', async () => {
  const folder = makeScratchFolder({ temporal: '#!/bin/sh\necho "level=ERROR no space left" >&2\nexit 4\n' });
  await expect(start({ cliPath: join(folder, 'temporal') })).rejects.toThrow(
    /did not start: it ended with exit code 4 .*\n.*no space left/,
  );
  await expect(start({ cliPath: join(folder, 'missing') })).rejects.toThrow(/did not start: .*\n.*not found/);
});

test('a port that is taken while the server starts is replaced', async () => {
  const folder = makeScratchFolder();
  const first = join(folder, 'first');
  // Fails as the CLI does when it comes too late, the first time; then is the CLI.
  const late = makeScratchFolder({
    temporal: `#!/bin/sh
if [ ! -e ${first} ]; then
  touch ${first}
  echo "can't set frontend port 1: listen tcp 127.0.0.1:1: bind: address already in use" >&2
  exit 1
fi
exec ${temporalCliPath()} "$@"
`,
  });
  const server = await start({ cliPath: join(late, 'temporal') });
  await startWorkflow(server.address, 'reached');
});

test('a start can be given up, and leaves no process', async () => {
  const folder = makeScratchFolder();
  const program = makeScratchFolder({
    temporal: `#!/bin/sh\necho $$ > ${folder}/pid.new\nmv ${folder}/pid.new ${folder}/pid\nexec sleep 300\n`,
  });
  const giveUp = new AbortController();
  const starting = expect(start({ cliPath: join(program, 'temporal'), signal: giveUp.signal })).rejects.toThrow(
    'enough',
  );
  const pid = await until(() => Number(readFileSync(join(folder, 'pid'), 'utf8')), { what: 'the program to run' });
  giveUp.abort(new Error('enough'));
  await starting;
  expect(isAlive(pid)).toBe(false);
});

test('a server ends with the process that started it, even where that is killed', async () => {
  const owner = startTypeScript(join(__dirname, 'own-server.ts'), [temporalCliPath()], { env: process.env });
  const [, pid] = await owner.waitForOutput(/pid=(\d+)/);
  expect(isAlive(Number(pid))).toBe(true);
  owner.kill('SIGKILL');
  await until(() => !isAlive(Number(pid)), { what: 'the orphaned server to end', limitMs: 20_000 });
});
