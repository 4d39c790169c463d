/**
 * The steps of `fit`: bucket, training job, wait, outcome. The plan comes from `prepare`; the model data goes to the
 * result and to `host-model.ts`. Whatever ends this before the job has ended stops the job and sees it stopped.
 */
import { CancellationScope, TemporalFailure } from '@temporalio/workflow';
import type { FitResult } from '../contract';
import { deadlineOfTrainingJob } from '../domain/deadlines';
import type { TrainingPlan } from '../domain/plan';
import { judgeTrainingJob } from '../domain/training-status';
import { creating, looking } from './activity-options';
import { awaitTrainingJob, type KnownJob } from './await-training-job';
import { createPatiently } from './create-patiently';
import { outcome } from './failures';
import { readLogTail } from './read-log-tail';
import type { Run, RunSummary } from './run';
import { stopTraining } from './stop-training';

export async function trainModel(run: Run, plan: TrainingPlan): Promise<Omit<FitResult, keyof RunSummary>> {
  const name = plan.request.TrainingJobName ?? '';
  run.record.enter('Training');
  if (plan.defaultBucket !== undefined) await ensureBucket(run, plan.defaultBucket);
  let job: KnownJob | undefined;
  try {
    await createPatiently(run.record, 'training job', name, () =>
      creating(run.plan.run, `create training job ${name}`).createTrainingJob(plan.request, run.plan.run),
    );
    const wait = await awaitTrainingJob(run, name, (known, askedAtMs) => deadlineOfTrainingJob(plan, known, askedAtMs));
    if (wait === 'overdue') throw await stopOverdueJob(run, plan, name);
    if (wait === 'absent') throw jobIsGone(name);
    job = wait.ended;
  } catch (error) {
    // Only an outcome stops the job. A bug of ours does not: Temporal tries the workflow task again.
    if (error instanceof TemporalFailure) await CancellationScope.nonCancellable(() => stopTraining(run, name));
    throw error;
  }
  return concludeTraining(run, plan, job);
}

export function jobIsGone(name: string): Error {
  return outcome('TrainingJobNotFound', `the training job ${name} is gone: someone deleted it while it was waited for`);
}

async function ensureBucket(run: Run, bucket: string): Promise<void> {
  const { record, plan } = run;
  const { region, account } = plan.run;
  record.note({ kind: 'bucket', name: bucket, state: 'intended' });
  const { made } = await CancellationScope.nonCancellable(() =>
    looking(plan.run, `ensure bucket ${bucket}`).ensureBucket(bucket, region, account),
  );
  if (made) record.note({ kind: 'bucket', name: bucket, state: 'made' });
  else record.forget('bucket', bucket);
}

/** Our own deadline, behind AWS's: stops the job, sees it stopped, and says which limit it was. */
async function stopOverdueJob(run: Run, plan: TrainingPlan, name: string): Promise<Error> {
  const started = run.record.progress.trainingJob?.transitions.some(({ status }) => status === 'Training') ?? false;
  await CancellationScope.nonCancellable(() => stopTraining(run, name));
  const limit = started
    ? `it had not ended ${String(plan.overrunSeconds)} s (overrunSeconds) after its trainMaxRun of ${String(plan.maxRunSeconds)} s`
    : `its training had not started ${String(plan.pendingTimeoutSeconds)} s (pendingTimeoutSeconds) after its creation`;
  return outcome('TrainingJobTimedOut', `the training job ${name} was stopped by this run: ${limit}`, {
    logTail: await readLogTail(run, { trainingJobName: name }),
  });
}

/** Completed with the model data where the plan says is success; everything else is an outcome of its own. */
export async function concludeTraining(
  run: Run,
  plan: Pick<TrainingPlan, 'modelData'>,
  job: KnownJob,
): Promise<Omit<FitResult, keyof RunSummary>> {
  const { name, failureReason: reason } = job;
  const told = async () => ({
    ...(reason !== undefined && { reason }),
    logTail: await readLogTail(run, { trainingJobName: name }),
  });
  switch (judgeTrainingJob(job)) {
    case 'completed':
      break;
    case 'stopped':
      throw outcome('TrainingJobStopped', `the training job ${name} was stopped, not by this run`, await told());
    case 'ran out of time':
      throw outcome(
        'TrainingJobTimedOut',
        `AWS stopped the training job ${name}: ${job.secondaryStatus}`,
        await told(),
      );
    default:
      throw outcome(
        'TrainingJobFailed',
        `the training job ${name} failed: ${reason ?? 'AWS gives no reason'}`,
        await told(),
      );
  }
  if (job.modelData !== undefined && job.modelData !== plan.modelData) {
    const found = `AWS says ${job.modelData}, the plan ${plan.modelData}`;
    throw outcome('ArtefactMissing', `the model data of ${name} is not where the plan has it: ${found}`);
  }
  run.record.hasModelData(plan.modelData);
  const { trainingStartTime, trainingEndTime, trainingTimeSeconds, billableTimeSeconds } = job;
  const metrics = run.record.progress.trainingJob?.metrics ?? [];
  return {
    trainingJobName: name,
    trainingJobArn: job.arn || (run.record.entry('training job', name)?.arn ?? ''),
    modelData: plan.modelData,
    ...(trainingStartTime !== undefined && { trainingStartTime }),
    ...(trainingEndTime !== undefined && { trainingEndTime }),
    ...(trainingTimeSeconds !== undefined && { trainingTimeSeconds }),
    ...(billableTimeSeconds !== undefined && { billableTimeSeconds }),
    finalMetrics: [...new Map(metrics.map((sample) => [sample.name, sample])).values()],
  };
}
