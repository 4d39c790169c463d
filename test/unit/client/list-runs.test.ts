/** A listing that is cut says so. The server is played, since it would need more runs than a test can start. */
import { Client } from '@temporalio/client';
import { connect, listRuns, type RunFilter } from '../../../src/client';

/** As Temporal's API numbers it. */
const RUNNING = 1;

/** A client whose server has so many open runs of `deploy`, none of which tells an endpoint. */
async function sessionWith(runs: number) {
  const connection = {
    workflowService: {
      listWorkflowExecutions({ pageSize, nextPageToken }: { pageSize: number; nextPageToken: Uint8Array }) {
        const from = Number(Buffer.from(nextPageToken).toString() || '0');
        const until = Math.min(runs, from + pageSize);
        const executions = Array.from({ length: until - from }, (_, index) => ({
          execution: { workflowId: `deploy-${String(from + index)}`, runId: 'run' },
          type: { name: 'deploy' },
          taskQueue: 'sagemaker',
          status: RUNNING,
          historyLength: { toNumber: () => 0 },
          startTime: { nanos: 0 },
        }));
        return Promise.resolve({ executions, nextPageToken: Buffer.from(until < runs ? String(until) : '') });
      },
    },
    withDeadline: (_deadline: number, ask: () => Promise<unknown>) => ask(),
  };
  return connect({ client: new Client({ connection: connection as never }), taskQueue: 'sagemaker' });
}

async function list(runs: number, filter: RunFilter) {
  const notices: string[] = [];
  const found = await listRuns(await sessionWith(runs), filter, { onNotice: (notice) => notices.push(notice) });
  return { ids: found.map(({ workflowId }) => workflowId), notices };
}

test('more runs than are looked at are told', async () => {
  expect(await list(10_001, { endpointName: '9999' })).toEqual({
    ids: ['deploy-9999'],
    notices: [
      'the listing may not be whole: 10000 runs were looked at, of which 1 fit; narrow it down by since or type ' +
        '[taskQueue=sagemaker]',
    ],
  });
});

test.each<[string, number, RunFilter]>([
  ['as many as are looked at', 10_000, { endpointName: '9999' }],
  ['as many as are asked for', 20_000, { limit: 1 }],
])('%s are no cut', async (_what, runs, filter) => {
  expect((await list(runs, filter)).notices).toEqual([]);
});
