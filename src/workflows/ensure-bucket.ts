/**
 * The default bucket, before anything is to be written there: of a training's output, of what an endpoint captures or
 * answers. Called by `train-model.ts` and `host-model.ts`.
 */
import { CancellationScope } from '@temporalio/workflow';
import { looking } from './activity-options';
import type { Run } from './run';

const FOUND_AGAIN = 'it was there when asked for again: an earlier try of this run may have made it';

/** Makes the default bucket where it is missing, and notes it. */
export async function ensureBucket(run: Run, bucket: string): Promise<void> {
  const { record, plan } = run;
  const { region, account } = plan.run;
  record.note({ kind: 'bucket', name: bucket, state: 'intended' });
  const { made, mayBeOwn } = await CancellationScope.nonCancellable(() =>
    looking(plan.run, `ensure bucket ${bucket}`).ensureBucket(bucket, region, account),
  );
  if (made) record.note({ kind: 'bucket', name: bucket, state: 'made' });
  else if (mayBeOwn) record.note({ kind: 'bucket', name: bucket, state: 'adopted', reason: FOUND_AGAIN });
  else record.forget('bucket', bucket);
}
