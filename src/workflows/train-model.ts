/**
 * The steps of `fit`: bucket, training job, wait, outcome. The plan comes from `prepare`; the model data goes to the
 * result and to `host-model.ts`. Whatever ends this before the job has ended stops the job and sees it stopped.
 */
import { CancellationScope, patched, TemporalFailure } from '@temporalio/workflow';
import { deadlineOfTrainingJob } from '../domain/deadlines';
import { outcomeOfTrainingJob } from '../domain/outcomes';
import type { TrainingPlan } from '../domain/plan';
import { creating } from './activity-options';
import { awaitTrainingJob, type KnownJob } from './await-training-job';
import { concludeTraining, type TrainingSummary } from './conclude-training';
import { createPatiently } from './create-patiently';
import { ensureBucket } from './ensure-bucket';
import { outcome } from './failures';
import { readLogTail, readLogTailToo } from './read-log-tail';
import type { Run } from './run';
import { stopTraining, type Stopping } from './stop-training';

export async function trainModel(run: Run, plan: TrainingPlan): Promise<TrainingSummary> {
  const name = plan.request.TrainingJobName ?? '';
  run.record.enter('Training');
  if (plan.defaultBucket !== undefined) await ensureBucket(run, plan.defaultBucket);
  let job: KnownJob | undefined;
  try {
    await createPatiently(run, 'training job', name, () =>
      creating(run.plan.run, `create training job ${name}`).createTrainingJob(plan.request, run.plan.run),
    );
    const wait = await awaitTrainingJob(run, name, (known, passedMs) =>
      deadlineOfTrainingJob(plan, known, passedMs, run.record.progress.trainingJob?.transitions),
    );
    if (wait === 'absent') throw await jobIsGone(run, name);
    job = wait === 'overdue' ? await stopOverdueJob(run, plan, name) : wait.ended;
  } catch (error) {
    // Only an outcome stops the job. A bug of ours does not: Temporal tries the workflow task again.
    if (error instanceof TemporalFailure) await CancellationScope.nonCancellable(() => stopTraining(run, name));
    throw error;
  }
  return concludeTraining(run, { ...plan, ...ownerOfOutput(run, plan) }, job);
}

/** A bucket whose name can be guessed must be this account's. */
function ownerOfOutput({ plan: { run } }: Run, { defaultBucket }: TrainingPlan): { expectedBucketOwner?: string } {
  return defaultBucket === undefined ? {} : { expectedBucketOwner: run.account };
}

/** SageMaker keeps the log of a job that was deleted. */
export async function jobIsGone(run: Run, name: string): Promise<Error> {
  const what = `the training job ${name} is gone: someone deleted it while it was waited for`;
  return outcome('TrainingJobNotFound', what, {
    outcome: { resource: 'training job', kind: 'deleted' },
    ...(await readLogTailToo(run, { trainingJobName: name })),
  });
}

/**
 * Our own deadline, behind AWS's: stops the job, sees it stopped, and fails with the limit that it was. A job that came to
 * an end of its own meanwhile has that end.
 */
async function stopOverdueJob(run: Run, plan: TrainingPlan, name: string): Promise<KnownJob> {
  const { record } = run;
  const started = record.progress.trainingJob?.transitions.some(({ status }) => status === 'Training') ?? false;
  const stopping = await CancellationScope.nonCancellable(() => stopTraining(run, name));
  const seen = typeof stopping === 'object' && 'ended' in stopping ? stopping.ended : undefined;
  const maxRun = plan.request.EnableManagedSpotTraining ? 'trainMaxWait' : 'trainMaxRun';
  const limit = started
    ? `it had not ended ${String(plan.overrunSeconds)} s (overrunSeconds) after its ${maxRun} of ${String(plan.maxRunSeconds)} s`
    : `its training had not started ${String(plan.pendingTimeoutSeconds)} s (pendingTimeoutSeconds) after its creation`;
  // Histories of before the job's own end counted must replay.
  if (seen && endedByItself(seen) && patched('own-end-before-our-stop')) {
    record.note({ kind: 'training job', name, state: 'made', arn: seen.arn });
    record.warn([`the training job ${name} ended by itself as this run was about to stop it: ${limit}`]);
    record.enter('Training');
    return seen;
  }
  const { status, secondaryStatus } = seen ?? record.progress.trainingJob ?? {};
  const told = {
    resource: 'training job' as const,
    ...(status !== undefined && { status }),
    ...(secondaryStatus !== undefined && { secondaryStatus }),
  };
  throw outcome('TrainingJobTimedOut', `the training job ${name} ${describeStopping(stopping)}: ${limit}`, {
    outcome: seen
      ? { ...told, kind: 'stopped', by: 'deadline' }
      : { ...told, kind: stopping === 'deleted' ? 'deleted' : 'unfinished' },
    logTail: await readLogTail(run, { trainingJobName: name }),
  });
}

function describeStopping(stopping: Stopping): string {
  if (stopping === 'deleted') return 'was deleted by someone as this run was about to stop it';
  if (typeof stopping === 'string') return 'was sent a stop by this run, which was not seen to take effect';
  if ('ended' in stopping) return 'was stopped by this run';
  return `could not be stopped by this run, and may still cost money (${stopping.failed})`;
}

/** Completed, failed, or stopped by AWS's own limits of time. */
function endedByItself(job: KnownJob): boolean {
  const ended = outcomeOfTrainingJob(job);
  return ended !== undefined && !(ended.kind === 'stopped' && ended.by === 'person');
}
