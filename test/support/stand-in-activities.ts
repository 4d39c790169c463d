/**
 * Our workflows with a test's own activities in the place of ours: for what would take hours with an emulator, such as a
 * limit of time that passes. What is not given is refused, and fails the run.
 */
import { ApplicationFailure } from '@temporalio/common';
import { Worker } from '@temporalio/worker';
import type { Activities, WaitingActivities } from '../../src/activities';
import { WAITS_QUEUE_SUFFIX, type WorkflowType } from '../../src/contract';
import type { RunPlan } from '../../src/domain/plan';
import { uniqueName, type Handle } from './rig';
import { connectToTestServer, uniqueTaskQueue, workflowBundle } from './temporal';

type StandIns = Partial<Activities & WaitingActivities>;

export const STAND_IN_RUN: RunPlan = {
  region: 'eu-central-1',
  account: '123456789012',
  runTag: 'stand-in/1',
  preparedAt: '2026-01-01T00:00:00.000Z',
  beganAt: '2026-01-01T00:00:00.000Z',
  searchAttributes: [],
  heartbeatTimeoutMs: 10_000,
  callTimeoutMs: 2_000,
  retryMinIntervalMs: 20,
  retryMaxIntervalMs: 50,
  warnings: [],
};

/** What AWS's answer that passes by itself makes an activity throw. */
export const unreachable = (message: string): Error => ApplicationFailure.retryable(message, 'AwsUnreachable');

export async function withStandIns<T>(
  standIns: StandIns,
  use: (start: (type: WorkflowType, input: object) => Promise<Handle>) => Promise<T>,
): Promise<T> {
  const server = await connectToTestServer();
  const taskQueue = uniqueTaskQueue('stand-in');
  const common = { connection: server.nativeConnection, namespace: server.namespace, activities: standIns };
  const worker = await Worker.create({ ...common, taskQueue, workflowBundle: workflowBundle() });
  const waits = await Worker.create({ ...common, taskQueue: taskQueue + WAITS_QUEUE_SUFFIX });
  const running = [worker.run(), waits.run()];
  try {
    return await use((type, input) =>
      server.client.workflow.start(type, { taskQueue, workflowId: uniqueName(type), args: [input] }),
    );
  } finally {
    worker.shutdown();
    waits.shutdown();
    await Promise.all(running);
    await server.close();
  }
}
