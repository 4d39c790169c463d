/**
 * A sweep in a namespace that lacks our search attributes, where workflows that have nothing to do with SageMaker close by
 * the thousand, and some leave memos that only look like ours.
 */
import { randomUUID } from 'node:crypto';
import { MEMO, RUN_TAG, type SweepResult } from '../../src/contract';
import { abandonJob, abandonParts, hostedParts } from '../support/abandoned';
import { startRig, uniqueName, type Rig } from '../support/rig';
import { letLast, putModelData } from '../support/sweep-stages';
import { connectToTestServer } from '../support/temporal';
import { until } from '../support/until';

jest.setTimeout(240_000);

const namespace = `bare-${randomUUID()}`;
let rig: Rig;
beforeAll(async () => {
  const { connection, close } = await connectToTestServer();
  await connection.workflowService.registerNamespace({
    namespace,
    workflowExecutionRetentionPeriod: { seconds: 86_400 as never },
  });
  await until(
    () =>
      connection.workflowService.listWorkflowExecutions({ namespace }).then(
        () => true,
        () => false,
      ),
    { what: 'the new namespace to be known', limitMs: 60_000 },
  );
  await close();
  rig = await startRig({ namespace });
  await putModelData(rig);
  await letLast(rig, 'Training');
});
afterAll(() => rig.close());

const sweep = async (): Promise<SweepResult> =>
  (await (await rig.start('sweep', { apply: true })).result()) as SweepResult;

/** Workflows of others, that have ended. */
async function closeOthers(count: number, memo?: Record<string, unknown>): Promise<void> {
  const { workflow } = rig.server.client;
  const closeOne = async (): Promise<void> => {
    const options = { taskQueue: 'nobody-listens', workflowId: uniqueName('other'), args: [], ...(memo && { memo }) };
    await (await workflow.start('somethingElse', options)).terminate();
  };
  const query = "WorkflowType = 'somethingElse' AND ExecutionStatus != 'Running'";
  const { count: before } = await workflow.count(query);
  for (let left = count; left > 0; left -= 50) await Promise.all(Array.from({ length: Math.min(50, left) }, closeOne));
  await until(async () => (await workflow.count(query)).count >= before + count, {
    what: 'the visibility store to know them',
    limitMs: 60_000,
  });
}

test('what only looks like a memo of ours says nothing, and stops no sweep', async () => {
  const name = await abandonParts(rig);
  await closeOthers(1, {
    [MEMO.run]: { stage: 'Done', endpointName: { of: 'a ship' }, ledger: [null, 7, 'made', {}] },
  });
  await closeOthers(1, { [MEMO.run]: null });
  await sweep();
  expect(await hostedParts(rig, name)).toEqual([]);
});

test('workflows of others do not keep anything, however many have closed', async () => {
  const name = await abandonParts(rig);
  await closeOthers(1_100);
  const { counts } = await sweep();
  expect(counts).toMatchObject({ orphans: 2, removed: 2, inUse: 0 });
  expect(await hostedParts(rig, name)).toEqual([]);
});

test('a job that an open deploy waits for stays, where the namespace knows endpoints by name but no jobs', async () => {
  await rig.server.connection.operatorService.addSearchAttributes({
    namespace,
    searchAttributes: { EndpointName: 2 as never },
  });
  const job = await abandonJob(rig);
  const tag = (await rig.control.resources()).find(({ name }) => name === job)?.tags[RUN_TAG];
  const deploy = await until(
    async () => {
      const handle = await rig.start('deploy', {
        trainingJobName: job,
        deploy: { initialInstanceCount: 1, instanceType: 'ml.m5.large', endpointName: uniqueName('awaiting') },
      });
      const isTold = await until(
        async () => {
          const { raw } = await handle.describe();
          const waits = raw.pendingActivities?.some(
            ({ activityType }) => activityType?.name === 'awaitTrainingJobChange',
          );
          return waits && { told: raw.workflowExecutionInfo?.searchAttributes?.indexedFields ?? {} };
        },
        { what: 'the deploy to wait', limitMs: 60_000 },
      );
      if ('EndpointName' in isTold.told) return handle;
      await handle.terminate();
      return undefined;
    },
    { what: 'the search attribute to be known', limitMs: 60_000 },
  );
  // The visibility store is behind by a moment.
  await until(
    async () =>
      (await rig.server.client.workflow.count(`EndpointName IS NOT NULL AND WorkflowId = '${deploy.workflowId}'`))
        .count === 1,
    {
      what: 'the visibility store to know the deploy',
      limitMs: 60_000,
    },
  );
  const { resources, warnings } = await sweep();
  expect(resources).toEqual([expect.objectContaining({ name: job, verdict: 'in use', action: 'left' })]);
  expect(resources[0]?.run.workflowId).toBe(tag?.split('/')[0]);
  expect(warnings.join()).toContain('TrainingJobName');
  await deploy.terminate();
  await sweep();
});
