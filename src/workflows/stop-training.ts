/**
 * Stops a training job and sees it stopped: the bill of a cancelled run ends here. Called by `train-model.ts` in a
 * scope that cannot be cancelled.
 */
import { patched, sleep, TemporalFailure } from '@temporalio/workflow';
import { within } from '../domain/deadlines';
import { judgeTrainingJob } from '../domain/training-status';
import { ending } from './activity-options';
import { awaitTrainingJob, type KnownJob } from './await-training-job';
import { explain, tellFailure } from './failures';
import type { Run } from './run';

/** AWS grants a container two minutes and then uploads what it left; after this long the stop is sent again. */
const STOP_OBSERVED_WITHIN_SECONDS = 1_800;
const STOPS_MAX = 4;
/** A permission may be on its way, and a bill hangs on the stop: six in half a minute. */
const REFUSED = { sendsMax: 6, firstMs: 1_000 };
/** A create that nobody heard of may still take effect, and reads lag: for so long something is looked for. */
export const LATE_EFFECT = { looks: 4, intervalMs: 10_000 };

/**
 * What became of a job that was to be stopped: the end that it was seen to come to; someone deleted it; there was none that
 * this run would have to stop, or it goes on, for all that was seen; its stop failed.
 */
export type Stopping = { ended: KnownJob } | 'deleted' | 'nothing to stop' | 'not seen to end' | { failed: string };

/** Never throws an outcome of its own: why the run ends must not be hidden by what came after. */
export async function stopTraining(run: Run, name: string): Promise<Stopping> {
  try {
    return await stopAndSee(run, name);
  } catch (error) {
    if (!(error instanceof TemporalFailure)) throw error;
    const { code, sentence } = tellFailure(error);
    run.record.note({
      kind: 'training job',
      name,
      state: 'left',
      reason: `its stop failed (${code}): it may still cost money`,
    });
    run.record.warn([`the training job ${name} could not be stopped: ${sentence}`]);
    return { failed: explain(error).message };
  }
}

async function stopAndSee(run: Run, name: string): Promise<Stopping> {
  const { record, plan } = run;
  const entry = record.entry('training job', name);
  if (!entry || entry.state === 'left' || entry.state === 'deleted') return 'nothing to stop';
  record.enter('Stopping');
  // Meant but not known to be made: then only a job that bears this run's tag is stopped.
  const isCertain = entry.state !== 'intended';
  const found = await sendStop(run, name, isCertain ? undefined : plan.run.runTag);
  if (!found && !isCertain) {
    record.forget('training job', name);
    return 'nothing to stop';
  }
  if (found === 'untagged') {
    record.note({ kind: 'training job', name, state: 'left', reason: MAY_BE_OWN });
    return 'nothing to stop';
  }
  for (let sent = 1; sent <= STOPS_MAX; sent++) {
    const wait = await awaitTrainingJob(run, name, (_known, passedMs) =>
      within(STOP_OBSERVED_WITHIN_SECONDS, passedMs),
    );
    if (wait === 'absent') {
      record.note({ kind: 'training job', name, state: 'deleted', reason: 'someone deleted it' });
      return 'deleted';
    }
    if (wait !== 'overdue') {
      const { arn, status, modelData } = wait.ended;
      // It was quicker than the stop: what it made is there to be deployed.
      if (judgeTrainingJob(wait.ended) === 'completed' && modelData !== undefined) record.hasModelData(modelData);
      const reason = `${status.toLowerCase()}: SageMaker keeps the record of a job; it runs no longer and costs nothing`;
      record.note({ kind: 'training job', name, state: 'left', arn, reason });
      return { ended: wait.ended };
    }
    await sendStop(run, name, undefined);
  }
  const reason = `still running ${String(STOPS_MAX)} stops later: it costs money until someone ends it`;
  record.note({ kind: 'training job', name, state: 'left', reason });
  return 'not seen to end';
}

/** Reason in the ledger of what stands under the name of a create that nobody heard of, and bears no tag of any run. */
export const MAY_BE_OWN = 'it bears no run tag: it may be this run’s, and may cost money';

/** Whether there was a job to stop. AWS's reads lag behind its creates, so it looks more than once. */
async function sendStop(run: Run, name: string, ifTaggedBy: string | undefined): Promise<boolean | 'untagged'> {
  for (let look = 1; ; look++) {
    const found = await sendUntilTaken(run, name, ifTaggedBy);
    if (found || look >= LATE_EFFECT.looks) return found;
    await sleep(LATE_EFFECT.intervalMs);
  }
}

/** What passes by itself is tried again by Temporal, for as long as it takes; a refusal here, and not for ever. */
async function sendUntilTaken(run: Run, name: string, ifTaggedBy: string | undefined): Promise<boolean | 'untagged'> {
  const { region } = run.plan.run;
  const calls = ending(run.plan.run, `stop training job ${name}`);
  for (let sent = 1; ; sent++) {
    try {
      const { found, isUntagged } = await calls.stopTrainingJob(name, region, ifTaggedBy);
      return isUntagged ? 'untagged' : found;
    } catch (error) {
      if (!(error instanceof TemporalFailure)) throw error;
      // Histories of before a refused stop was sent again must replay.
      if (sent >= REFUSED.sendsMax || !patched('send-a-refused-stop-again')) throw error;
      run.record.warn([
        `the stop of the training job ${name} was refused, and is sent again: ${tellFailure(error).sentence}`,
      ]);
    }
    await sleep(REFUSED.firstMs * 2 ** (sent - 1));
  }
}
