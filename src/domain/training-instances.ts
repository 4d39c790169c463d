/** What an estimator trains on, counted and in words. Comes from its arguments; for log lines and summaries. */
import type { EstimatorArguments } from '../contract';

/** How many hosts may train; of several preferences the most. */
export function countHosts({ trainInstanceCount, instanceGroups, instancePreferences }: EstimatorArguments): number {
  if (instanceGroups) return instanceGroups.reduce((sum, { instanceCount }) => sum + instanceCount, 0);
  if (trainInstanceCount !== undefined) return trainInstanceCount;
  return Math.max(...instancePreferences.map(({ instanceCount = 1 }) => instanceCount));
}

/** Such as `ml.m5.large x2`. */
export function describeInstances(estimator: EstimatorArguments): string {
  const { trainInstanceType, trainInstanceCount, instanceGroups, instancePreferences = [] } = estimator;
  if (trainInstanceType !== undefined) return `${trainInstanceType} x${String(trainInstanceCount)}`;
  if (instanceGroups) return instanceGroups.map(describeSome).join(' + ');
  return instancePreferences
    .map(({ instanceType, instanceCount = trainInstanceCount ?? 1 }) => describeSome({ instanceType, instanceCount }))
    .join(' or ');
}

function describeSome({ instanceType, instanceCount }: { instanceType: string; instanceCount: number }): string {
  return `${instanceType} x${String(instanceCount)}`;
}
