/**
 * The last log lines for the failure that tells of them. They come from CloudWatch Logs through an activity; whatever
 * goes wrong on the way, the failure itself is what counts.
 */
import { CancellationScope, patched, TemporalFailure } from '@temporalio/workflow';
import { telling } from './activity-options';
import type { Run } from './run';

type LogSource = { trainingJobName: string } | { endpointName: string };

export async function readLogTail(run: Run, source: LogSource): Promise<string[]> {
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

/** The same for ends of which earlier releases told no log: histories of theirs must replay. */
export async function readLogTailToo(run: Run, source: LogSource): Promise<{ logTail?: string[] }> {
  return patched('a-log-tail-for-every-end') ? { logTail: await readLogTail(run, source) } : {};
}
