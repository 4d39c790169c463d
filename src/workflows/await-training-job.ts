/**
 * The loop that waits for a training job to end: one activity for each change that AWS tells of, each noted in the
 * record. Used by the steps that train, stop and deploy.
 */
import type { WaitLimit } from '../domain/deadlines';
import { judgeTrainingJob, type TrainingJobCursor, type TrainingJobObservation } from '../domain/training-status';
import { waiting } from './activity-options';
import type { Run } from './run';
import { throwIfCancelledNow } from './throw-if-cancelled';

/** A training job as AWS last told of it. */
export type KnownJob = Omit<TrainingJobObservation, 'transitions' | 'metrics'>;

/** How a wait ended: the job has, someone deleted it, or the deadline passed. */
export type JobWait = { ended: KnownJob } | 'absent' | 'overdue';

/** What a wait tells as it goes: a run that watches many jobs at once keeps it to itself. */
export type JobWatcher = Pick<Run, 'plan'> & { record: Pick<Run['record'], 'warn' | 'sawTrainingJob'> };

export async function awaitTrainingJob(
  run: JobWatcher,
  name: string,
  limitOf: (known: KnownJob | undefined, passedMs: number) => WaitLimit,
): Promise<JobWait> {
  const beganMs = Date.now();
  let known: KnownJob | undefined;
  let seen: TrainingJobCursor | undefined;
  const told: string[] = [];
  for (;;) {
    const summary = `await training job ${name}${known ? `: ${known.secondaryStatus}` : ''}`;
    const answer = await waiting(run.plan.run, summary).awaitTrainingJobChange({
      name,
      ...(seen && { seen }),
      ...limitOf(known, Date.now() - beganMs),
      told,
    });
    // Where cancel and answer come in one workflow task the cancel wins, as it does when it comes alone.
    throwIfCancelledNow('what AWS told was heard', 'cancel-before-outcome');
    if ('deadlinePassed' in answer) return 'overdue';
    if ('absent' in answer) return 'absent';
    if ('trouble' in answer) {
      run.record.warn([answer.warning]);
      told.push(answer.trouble);
      continue;
    }
    run.record.sawTrainingJob(answer.change);
    const { job } = answer.change;
    // What an answer leaves out is still known.
    known = { ...known, ...job, arn: job.arn || (known?.arn ?? '') };
    ({ seen } = answer.change);
    if (judgeTrainingJob(known) !== 'running') return { ended: known };
  }
}
