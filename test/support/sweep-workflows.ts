/** Workflows of somebody's own around ours, for test/chaos/sweep-own-workflows.test.ts. */
import { condition, continueAsNew } from '@temporalio/workflow';
import type { DeployInput, SweepInput, SweepResult } from '../../src/contract';
import { deploy, sweep } from '../../src/workflows';

export * from '../../src/workflows';

/** Deploys one after the other, each in an execution of its own, and stays open after the last. */
export async function deployInTurn([next, ...rest]: DeployInput[]): Promise<void> {
  if (next) await deploy(next);
  if (rest.length > 0) await continueAsNew<typeof deployInTurn>(rest);
  await condition(() => false);
}

/** A sweep as one step of something else. */
export async function tidyUp(input: SweepInput): Promise<SweepResult['counts']> {
  return (await sweep(input)).counts;
}
