/** A Temporal server that goes away and comes back while somebody waits. */
import { join } from 'node:path';
import { defaultGrpcRetryOptions, makeGrpcRetryInterceptor } from '@temporalio/client';
import { connect, startRun, type RunProgress, type Session } from '../../src/client';
import { startTemporalServer, type TemporalServer } from '../../src/temporal-server';
import { ESTIMATOR, uniqueName } from '../support/rig';
import { makeScratchFolder, removeScratchFolders } from '../support/scratch';
import { temporalCliPath } from '../support/temporal';
import { until } from '../support/until';

let server: TemporalServer | undefined;
afterEach(async () => {
  await server?.close();
  server = undefined;
  removeScratchFolders();
});

const fitInput = (jobName: string) => ({ estimator: ESTIMATOR, fit: { inputs: 's3://data/iris', jobName } });

async function startServer(dbFilename: string, grpc?: number): Promise<TemporalServer> {
  const ports = grpc === undefined ? {} : { ports: { grpc } };
  return startTemporalServer({ cliPath: temporalCliPath(), ui: false, dbFilename, ...ports });
}

/** The SDK retries each call for 20 seconds by itself, which would hide a short outage. */
async function connectImpatiently({ address }: TemporalServer): Promise<Session> {
  const interceptors = [makeGrpcRetryInterceptor(defaultGrpcRetryOptions({ maxAttempts: 2 }))];
  return connect({ address, taskQueue: 'nobody', connection: { interceptors } });
}

test('waiting and watching go on when the server is back', async () => {
  const dbFilename = join(makeScratchFolder(), 'temporal.db');
  server = await startServer(dbFilename);
  const session = await connectImpatiently(server);
  const run = await startRun(session, 'fit', fitInput(uniqueName()));
  const notices: string[] = [];
  const waiting = run.result({ onNotice: (notice) => notices.push(notice) }).catch((error: unknown) => error);
  const seen: RunProgress[] = [];
  const watching = (async () => {
    for await (const progress of run.watch({ intervalMs: 100 })) seen.push(progress);
  })();
  await until(() => seen.length > 0, { what: 'the first progress' });

  await server.close();
  await until(() => notices.length > 0, { what: 'the outage to be noticed', limitMs: 40_000 });
  expect(notices[0]).toContain('Temporal does not answer; the run itself is not affected');
  server = await startServer(dbFilename, server.ports.grpc);
  await until(() => notices.length > 1, { what: 'the end of the outage to be noticed', limitMs: 30_000 });
  expect(notices[1]).toContain('Temporal answers again');

  await session.client.workflow.getHandle(run.workflowId).terminate('at last');
  expect(await waiting).toMatchObject({ code: 'RunTerminated', workflowId: run.workflowId });
  await watching;
  expect(seen.at(-1)?.stage).toBe('Failed');
  await session.close();
}, 120_000);

test('an outage that lasts is an error in the end, with the address', async () => {
  server = await startServer(join(makeScratchFolder(), 'temporal.db'));
  const session = await connectImpatiently(server);
  const run = await startRun(session, 'fit', fitInput(uniqueName()));
  const waiting = run.result({ outageLimitMs: 0 });
  const failed = expect(waiting).rejects.toMatchObject({ code: 'TemporalUnreachable', workflowId: run.workflowId });
  await server.close();
  await failed;
  await expect(run.progress()).rejects.toMatchObject({ code: 'TemporalUnreachable' });
  await session.close();
}, 120_000);
