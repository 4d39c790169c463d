/** A listing that is cut says so. The server is played, since it would need more runs than a test can start. */
import { connect, listRuns, type RunFilter } from '../../../src/client';

/** A client whose server has so many open runs of `fit`, none of which tells an endpoint. */
async function sessionWith(runs: number) {
  const client = {
    options: { loadedDataConverter: { payloadCodecs: [] } },
    withDeadline: (_deadline: number, ask: () => Promise<unknown>) => ask(),
    workflow: {
      async *list() {
        for (let index = 0; index < runs; index += 1) {
          yield {
            type: 'deploy',
            workflowId: `deploy-${String(index)}`,
            runId: 'run',
            taskQueue: 'sagemaker',
            status: { name: 'RUNNING' },
            startTime: new Date(index),
            typedSearchAttributes: { get: () => undefined },
            raw: {},
          };
          if (index % 1_000 === 0) await Promise.resolve();
        }
      },
    },
  };
  return connect({ client: client as never, taskQueue: 'sagemaker' });
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
