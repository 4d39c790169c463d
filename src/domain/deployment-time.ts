/**
 * How long a deployment may take while all goes as it is asked to: what its policy waits, and what instances may be waited
 * for. Comes from the arguments of `deploy`; goes into the endpoint's deadline and into the checks of time-outs.
 */
import type { DeployArguments } from '../contract';

/** The figures of a deployment policy, of which nothing has to be right yet. */
export interface DeploymentWaits {
  blueGreenUpdatePolicy?: {
    trafficRoutingConfiguration?: { type?: unknown; waitIntervalInSeconds?: unknown; linearStepSize?: unknown };
    terminationWaitInSeconds?: unknown;
    maximumExecutionTimeoutInSeconds?: unknown;
  };
  rollingUpdatePolicy?: {
    waitIntervalInSeconds?: unknown;
    maximumBatchSize?: unknown;
    maximumExecutionTimeoutInSeconds?: unknown;
  };
}

/** What a policy waits in all, in seconds. */
export function waitingSecondsOf(config: DeploymentWaits, instances: unknown): number {
  const { blueGreenUpdatePolicy: blueGreen, rollingUpdatePolicy: rolling } = config;
  const traffic = blueGreen?.trafficRoutingConfiguration;
  const blueGreenSeconds =
    stepsOf(traffic, instances) * numberOf(traffic?.waitIntervalInSeconds) +
    numberOf(blueGreen?.terminationWaitInSeconds);
  return blueGreenSeconds + shareSteps(rolling?.maximumBatchSize, instances) * numberOf(rolling?.waitIntervalInSeconds);
}

function stepsOf(traffic: { type?: unknown; linearStepSize?: unknown } | undefined, instances: unknown) {
  if (traffic?.type === 'CANARY') return 2;
  return traffic?.type === 'LINEAR' ? shareSteps(traffic.linearStepSize, instances) : 1;
}

/** In how many steps of this size all is done. */
function shareSteps(size: unknown, instances: unknown): number {
  const { type, value } = (size ?? {}) as { type?: unknown; value?: unknown };
  const whole = type === 'INSTANCE_COUNT' ? numberOf(instances, 1) : 100;
  return Math.max(1, Math.ceil(whole / Math.max(1, numberOf(value, whole))));
}

function numberOf(value: unknown, fallback = 0): number {
  return typeof value === 'number' && Number.isFinite(value) ? value : fallback;
}

/** What AWS needs for an endpoint without any waiting. */
export const DEFAULT_ENDPOINT_TIMEOUT_SECONDS = 3_600;

/** How long AWS itself lets the deployment take, where the arguments say so. */
function longestSecondsOf({ blueGreenUpdatePolicy: blueGreen, rollingUpdatePolicy: rolling }: DeploymentWaits): number {
  return numberOf((blueGreen ?? rolling)?.maximumExecutionTimeoutInSeconds);
}

/** How long an endpoint may take where the arguments do not say. */
export function endpointTimeoutOf(deploy: DeployArguments): number {
  if (deploy.endpointTimeoutSeconds !== undefined) return deploy.endpointTimeoutSeconds;
  const pools = deploy.instancePools?.length ?? 1;
  const provisioning = (deploy.variantInstanceProvisionTimeoutInSeconds ?? 0) * pools;
  const policy: DeploymentWaits = deploy.deploymentConfig ?? {};
  const waits = waitingSecondsOf(policy, deploy.initialInstanceCount);
  const usual = DEFAULT_ENDPOINT_TIMEOUT_SECONDS + provisioning + waits;
  // AWS gives an update up after this long, and takes it back then.
  return Math.max(usual, longestSecondsOf(policy) + DEFAULT_ENDPOINT_TIMEOUT_SECONDS);
}
