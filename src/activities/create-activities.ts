/**
 * Wiring: AWS's clients and the worker's figures in, activities out. Called once per worker process by `worker/`.
 */
import type { AwsClients } from './aws';
import { createHostingActivities } from './hosting';
import { createLogActivities } from './log-tail';
import { createPrepare, type RunTimings } from './prepare';
import { createStorageActivities } from './storage';
import { createSweepActivities } from './sweep';
import { createTrainingActivities } from './training';
import type { Activities } from './index';

export { createWaitingActivities } from './waits';

export interface ActivityDependencies {
  aws: AwsClients;
  timings: RunTimings;
  /** Most status reads in one second; a sweep takes its share of them. */
  readsPerSecond: number;
}

export function createActivities({ aws, timings, readsPerSecond }: ActivityDependencies): Activities {
  return {
    ...createPrepare(aws, timings),
    ...createStorageActivities(aws),
    ...createTrainingActivities(aws),
    ...createHostingActivities(aws),
    ...createLogActivities(aws),
    ...createSweepActivities(aws, readsPerSecond),
  };
}
