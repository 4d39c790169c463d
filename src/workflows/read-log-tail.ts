/**
 * The last log lines for the failure that tells of them. They come from CloudWatch Logs through an activity; whatever
 * goes wrong on the way, the failure itself is what counts.
 */
import { CancellationScope, TemporalFailure } from '@temporalio/workflow';
import { telling } from './activity-options';
import type { Run } from './run';

export async function readLogTail(
  run: Run,
  source: { trainingJobName: string } | { endpointName: string },
): Promise<string[]> {
  const name = 'trainingJobName' in source ? source.trainingJobName : source.endpointName;
  try {
    return await CancellationScope.nonCancellable(() =>
      telling(run.plan.run, `last log lines of ${name}`).readLogTail(source),
    );
  } catch (error) {
    if (!(error instanceof TemporalFailure)) throw error;
    return [];
  }
}
