/**
 * What is wrong with a finished plan: requests that AWS's published model refuses, and limits of time that would end
 * the run before its clean-up. Comes from `prepare`, goes into its `InvalidInput`.
 */
import type { Plan, RunIdentity } from '../domain/plan';
import { checkRequest } from '../schemas';

/** Time that a clean-up may need on top: the stop of a job (AWS grants it two minutes) and of an endpoint. */
const CLEAN_UP_SECONDS = 600;

export function findPlanProblems({ training, hosting }: Plan): string[] {
  const requests: [string, object | undefined][] = [
    ['CreateTrainingJob', training?.request],
    ['CreateModel', hosting?.model],
    ['CreateEndpointConfig', hosting?.endpointConfig],
    ['CreateEndpoint', hosting?.endpoint],
  ];
  return requests.flatMap(([operation, request]) => (request ? checkRequest(operation, request) : []));
}

/** Temporal ends a run that is out of time without a word to it, so nothing would be stopped or deleted. */
export function findTimeoutProblems({ training, hosting }: Plan, { timeoutMs }: RunIdentity): string[] {
  if (timeoutMs === undefined) return [];
  const trainingSeconds = training
    ? training.pendingTimeoutSeconds + training.maxRunSeconds + training.overrunSeconds
    : 0;
  const neededSeconds = trainingSeconds + (hosting?.endpointTimeoutSeconds ?? 0) + CLEAN_UP_SECONDS;
  if (timeoutMs >= neededSeconds * 1000) return [];
  return [
    `the workflow's time-out of ${String(Math.round(timeoutMs / 1000))} s is shorter than the run's own limits, ` +
      `${String(neededSeconds)} s in all (pendingTimeoutSeconds, trainMaxRun, overrunSeconds, endpointTimeoutSeconds and ` +
      'clean-up): it would end the run without stopping what it pays for',
  ];
}
