/**
 * Our workflows with a test's own activities in the place of ours: for what would take hours with an emulator, such as a
 * limit of time that passes. What is not given is refused, and fails the run.
 */
import { ApplicationFailure } from '@temporalio/common';
import { Worker } from '@temporalio/worker';
import type { Activities, WaitingActivities } from '../../src/activities';
import { WAITS_QUEUE_SUFFIX, type WorkflowType } from '../../src/contract';
import type { HostingPlan, RunPlan, TrainingPlan } from '../../src/domain/plan';
import { uniqueName, type Handle } from './rig';
import { connectToTestServer, uniqueTaskQueue, workflowBundle } from './temporal';

export type StandIns = Partial<Activities & WaitingActivities>;

export const STAND_IN_RUN: RunPlan = {
  region: 'eu-central-1',
  account: '123456789012',
  runTag: 'stand-in/1',
  preparedAt: '2026-01-01T00:00:00.000Z',
  beganAt: '2026-01-01T00:00:00.000Z',
  searchAttributes: [],
  heartbeatTimeoutMs: 10_000,
  callTimeoutMs: 10_000,
  retryMinIntervalMs: 20,
  retryMaxIntervalMs: 50,
  warnings: [],
};

/** A training job's plan, with no more of the request than a workflow reads. */
export const STAND_IN_TRAINING = {
  request: { TrainingJobName: 'iris' },
  modelData: 's3://bucket/iris/output/model.tar.gz',
  pendingTimeoutSeconds: 60,
  maxRunSeconds: 60,
  overrunSeconds: 60,
} as unknown as TrainingPlan;

/** The same of an endpoint; model and config are named as plans name them. */
export const standInHosting = (endpointName: string): HostingPlan =>
  ({
    model: { ModelName: `${endpointName}-00000000de` },
    endpointConfig: { EndpointConfigName: `${endpointName}-00000000cf` },
    endpoint: { EndpointName: endpointName, EndpointConfigName: `${endpointName}-00000000cf` },
    modelData: 's3://bucket/model.tar.gz',
    endpointTimeoutSeconds: 60,
  }) as HostingPlan;

/** What AWS's answer that passes by itself makes an activity throw. */
export const unreachable = (message: string): Error => ApplicationFailure.retryable(message, 'AwsUnreachable');

type Start = (type: WorkflowType, input: object) => Promise<Handle>;

export async function withStandIns<T>(
  standIns: StandIns,
  /** What `inOneTask` does reaches the workflows in one workflow task: no worker takes any until it is done. */
  use: (start: Start, inOneTask: (act: () => Promise<void>) => Promise<void>) => Promise<T>,
): Promise<T> {
  const server = await connectToTestServer();
  const taskQueue = uniqueTaskQueue('stand-in');
  const common = { connection: server.nativeConnection, namespace: server.namespace, activities: standIns };
  const run = async (queue: string, workflows: object = {}) => {
    const worker = await Worker.create({ ...common, ...workflows, taskQueue: queue });
    const ended = worker.run();
    return async () => {
      worker.shutdown();
      await ended;
    };
  };
  const workflows = { workflowBundle: workflowBundle() };
  const endWaits = await run(taskQueue + WAITS_QUEUE_SUFFIX);
  let endWorkflows = await run(taskQueue, workflows);
  try {
    return await use(
      (type, input) => server.client.workflow.start(type, { taskQueue, workflowId: uniqueName(type), args: [input] }),
      async (act) => {
        await endWorkflows();
        await act();
        endWorkflows = await run(taskQueue, workflows);
      },
    );
  } finally {
    await Promise.all([endWorkflows(), endWaits()]);
    await server.close();
  }
}
