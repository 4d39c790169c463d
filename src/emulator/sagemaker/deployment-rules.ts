/**
 * What AWS refuses in a deployment beyond its published model: policies that contradict themselves or the capacity, and
 * endpoints that cannot become what the config says. `endpoints.ts` asks before it deploys.
 */
import type {
  BlueGreenUpdatePolicy,
  CapacitySize,
  DeploymentConfig,
  RollingUpdatePolicy,
  TrafficRoutingConfig,
} from '@aws-sdk/client-sagemaker';
import type { Deployment } from './deployment';
import { isServerless } from './endpoint-config-rules';
import { refuseInput } from './refusals';

/** @throws AwsError for the first rule that the policy breaks. */
export function checkDeploymentRules(config: DeploymentConfig | undefined, to: Deployment): void {
  if (config === undefined) return;
  const { BlueGreenUpdatePolicy: blueGreen, RollingUpdatePolicy: rolling } = config;
  if (blueGreen !== undefined && rolling !== undefined) {
    throw refuseInput('BlueGreenUpdatePolicy and RollingUpdatePolicy cannot both be provided.');
  }
  if (to.variants.some(isServerlessPlan))
    throw refuseInput('DeploymentConfig is not supported for serverless endpoints.');
  if (rolling !== undefined && to.variants.length > 1) {
    throw refuseInput('RollingUpdatePolicy is not supported for endpoints with more than one variant.');
  }
  const instances = Math.min(...to.variants.map(({ instanceCount = 1 }) => instanceCount));
  if (blueGreen?.TrafficRoutingConfiguration !== undefined) {
    checkTraffic(blueGreen.TrafficRoutingConfiguration, instances);
    checkTime(blueGreen, blueGreen.TrafficRoutingConfiguration.WaitIntervalInSeconds);
  }
  if (rolling !== undefined) {
    checkShare('MaximumBatchSize', rolling.MaximumBatchSize, instances, 5, 50);
    checkShare('RollbackMaximumBatchSize', rolling.RollbackMaximumBatchSize, instances, 0, 100);
    checkTime(rolling, rolling.WaitIntervalInSeconds);
  }
}

/** @throws AwsError where AWS does not turn the one into the other. */
export function checkConversion(
  from: Deployment | undefined,
  to: Deployment,
  config: DeploymentConfig | undefined,
): void {
  if (from === undefined) return;
  if (to.variants.some(isServerlessPlan) && !from.variants.some(isServerlessPlan)) {
    throw refuseInput('An endpoint on instances cannot be updated to a serverless endpoint.');
  }
  const names = ({ variants }: Deployment) => variants.map(({ name }) => name).sort();
  if (config !== undefined && names(from).join() !== names(to).join()) {
    throw refuseInput('With DeploymentConfig, the new endpoint configuration must have the same variant names.');
  }
}

function isServerlessPlan({ request }: Deployment['variants'][number]): boolean {
  return request !== undefined && isServerless(request);
}

const SIZE_OF = { ALL_AT_ONCE: undefined, CANARY: 'CanarySize', LINEAR: 'LinearStepSize' } as const;

function checkTraffic(traffic: TrafficRoutingConfig, instances: number): void {
  const { Type: type = 'ALL_AT_ONCE' } = traffic;
  const needed = SIZE_OF[type];
  for (const size of ['CanarySize', 'LinearStepSize'] as const) {
    if (size === needed && traffic[size] === undefined) throw refuseInput(`${size} must be provided for ${type}.`);
    if (size !== needed && traffic[size] !== undefined) throw refuseInput(`${size} cannot be provided for ${type}.`);
  }
  checkShare('CanarySize', traffic.CanarySize, instances, 0, 50);
  checkShare('LinearStepSize', traffic.LinearStepSize, instances, 10, 50);
}

function checkShare(
  name: string,
  size: CapacitySize | undefined,
  instances: number,
  least: number,
  most: number,
): void {
  if (size?.Value === undefined) return;
  const percent = size.Type === 'CAPACITY_PERCENT' ? size.Value : (100 * size.Value) / instances;
  if (percent >= least && percent <= most) return;
  throw refuseInput(`${name} must be between ${String(least)}% and ${String(most)}% of the variant's instances.`);
}

function checkTime(policy: BlueGreenUpdatePolicy | RollingUpdatePolicy, interval: number | undefined): void {
  const waits = (interval ?? 0) + ('TerminationWaitInSeconds' in policy ? (policy.TerminationWaitInSeconds ?? 0) : 0);
  if (policy.MaximumExecutionTimeoutInSeconds === undefined || policy.MaximumExecutionTimeoutInSeconds > waits) return;
  throw refuseInput('MaximumExecutionTimeoutInSeconds must be larger than the total waiting time.');
}
