/**
 * What a training job that has ended amounts to: the training's part of a result, or the failure that says how else it
 * ended, with AWS's reason, the last log lines and what was left in S3. Called by `train-model.ts` for this run's own job,
 * and by `host-model.ts` for one that a deploy waited for.
 */
import { CancellationScope, patched, TemporalFailure } from '@temporalio/workflow';
import type { FailedTrainingJob, FitResult, StoppedTrainingJob } from '../contract';
import { asModelPrefix } from '../domain/names';
import { codeOfTrainingJob, outcomeOfTrainingJob } from '../domain/outcomes';
import type { TrainingPlan } from '../domain/plan';
import { looking, telling } from './activity-options';
import type { KnownJob } from './await-training-job';
import { explain, outcome } from './failures';
import { readLogTail } from './read-log-tail';
import { wasReset } from './reset';
import type { Run, RunSummary } from './run';

/** Where the model is to be, whose bucket that must be, and whether a job that was stopped will do. */
export type WantedModel = Pick<TrainingPlan, 'modelData' | 'acceptStopped'> & { expectedBucketOwner?: string };

export type TrainingSummary = Omit<FitResult, keyof RunSummary>;

/** Completed with the model data where the plan says is success; everything else is an outcome of its own. */
export async function concludeTraining(run: Run, wanted: WantedModel, job: KnownJob): Promise<TrainingSummary> {
  const { name } = job;
  const ended = outcomeOfTrainingJob(job);
  if (ended === undefined) throw new Error(`the training job ${name} has not ended: ${job.status}`);
  if (ended.kind === 'failed') throw await failureOf(run, wanted, job, ended);
  if (ended.kind === 'stopped') {
    if (wanted.acceptStopped === undefined || !(await hasLeftModel(run, wanted))) {
      throw await failureOf(run, wanted, job, ended);
    }
    const how = `${ended.secondaryStatus ?? job.status}, not Completed`;
    run.record.warn([`the training job ${name} was stopped (${how}): the run went on with the model that it had left`]);
  }
  if (job.modelData !== undefined && asModelPrefix(job.modelData) !== asModelPrefix(wanted.modelData)) {
    const found = `AWS says ${job.modelData}, the plan ${wanted.modelData}`;
    throw outcome('ArtefactMissing', `the model data of ${name} is not where the plan has it: ${found}`, {
      ...(ended.kind === 'completed' && { outcome: ended }),
    });
  }
  run.record.hasModelData(wanted.modelData);
  const { trainingStartTime, trainingEndTime, trainingTimeSeconds, billableTimeSeconds } = job;
  const { metrics = [], transitions = [] } = run.record.progress.trainingJob ?? {};
  return {
    trainingJobName: name,
    trainingJobArn: job.arn || (run.record.entry('training job', name)?.arn ?? ''),
    modelData: wanted.modelData,
    outcome: ended,
    ...(trainingStartTime !== undefined && { trainingStartTime }),
    ...(trainingEndTime !== undefined && { trainingEndTime }),
    ...(trainingTimeSeconds !== undefined && { trainingTimeSeconds }),
    ...(billableTimeSeconds !== undefined && { billableTimeSeconds }),
    transitions,
    finalMetrics: [...new Map(metrics.map((sample) => [sample.name, sample])).values()],
  };
}

async function failureOf(
  run: Run,
  wanted: WantedModel,
  job: KnownJob,
  ended: FailedTrainingJob | StoppedTrainingJob,
): Promise<Error> {
  const { name, failureReason: reason } = job;
  const logTail = await readLogTail(run, { trainingJobName: name });
  const leftModelData = await findLeftModel(run, wanted, job);
  return outcome(codeOfTrainingJob(ended), describeEnd(job, ended), {
    ...(reason !== undefined && { reason }),
    outcome: { ...ended, ...(leftModelData !== undefined && { leftModelData }) },
    ...(leftModelData !== undefined && { fix: whatToDoWith(leftModelData, ended) }),
    logTail,
  });
}

function describeEnd(
  { name, failureReason, secondaryStatus }: KnownJob,
  ended: FailedTrainingJob | StoppedTrainingJob,
) {
  if (ended.kind === 'failed') return `the training job ${name} failed: ${failureReason ?? 'AWS gives no reason'}`;
  if (ended.by === 'person') {
    const byWhom = wasReset() ? 'perhaps by this run before its reset' : 'not by this run';
    return `the training job ${name} was stopped, ${byWhom}`;
  }
  return `AWS stopped the training job ${name}: ${secondaryStatus}`;
}

function whatToDoWith(leftModelData: string, ended: FailedTrainingJob | StoppedTrainingJob): string {
  if (ended.kind === 'failed') {
    return `Read AWS's reason and the last log lines, and start again under a new name. It left ${leftModelData}, perhaps in part.`;
  }
  const isLimit = ended.by === 'max-runtime' || ended.by === 'max-wait';
  const again = isLimit ? 'raise the limit and start again' : 'start again';
  return `Deploy what it left, ${leftModelData}, if that is good enough; acceptStopped goes on with it the next time. Else ${again} under a new name.`;
}

/** For one who wants it: that it is there is then known, or the run fails. */
async function hasLeftModel(run: Run, { modelData, expectedBucketOwner }: WantedModel): Promise<boolean> {
  try {
    await looking(run.plan.run, `check ${modelData}`).checkModelData(modelData, expectedBucketOwner);
    return true;
  } catch (error) {
    if (error instanceof TemporalFailure && explain(error).code === 'ArtefactMissing') return false;
    throw error;
  }
}

/** For the failure to tell of; a job that was never on an instance has left nothing. */
async function findLeftModel(run: Run, wanted: WantedModel, job: KnownJob): Promise<string | undefined> {
  if (job.trainingStartTime === undefined || wanted.acceptStopped !== undefined) return undefined;
  // Histories of before this was looked for must replay.
  if (!patched('look-for-left-model')) return undefined;
  const { modelData, expectedBucketOwner } = wanted;
  try {
    await CancellationScope.nonCancellable(() =>
      telling(run.plan.run, `look for ${modelData}`).checkModelData(modelData, expectedBucketOwner),
    );
    return modelData;
  } catch (error) {
    if (!(error instanceof TemporalFailure)) throw error;
    const { code, message } = explain(error);
    if (code !== 'ArtefactMissing') run.record.warn([`nobody knows whether ${job.name} has left a model: ${message}`]);
    return undefined;
  }
}
