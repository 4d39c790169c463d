/**
 * One training job from its creation to its end: the order of its phases, what each may end with, and each step written
 * down before it is taken. What really happens in the phases is in `training-run.ts`.
 */
import type { SecondaryStatus } from '@aws-sdk/client-sagemaker';
import { DISK_FULL, isDiskFull } from '../disk';
import type { TrainingJobScript } from '../control/outcome-rules';
import { DataDownloadFailed } from '../processes/data-download-failed';
import type { MetricValue } from '../processes/metrics';
import { resolveImage } from './images';
import type { Life } from './life';
import type { Resources } from './resources';
import { followTrainingScript } from './scripted-training';
import { writeSimulatedModel } from './simulated-model';
import { enterStatus, failTraining, formatAlgorithmError, isOver } from './training-record';
import type { StatusWords, StopCause, TrainingJobRecord } from './training-record';
import { prepareTrainingRun } from './training-run';
import type { TrainingRun } from './training-run';

export const INTERNAL_ERROR = 'InternalServerError: We encountered an internal error. Please try again.';

const IMAGE_MISSING =
  'ClientError: Cannot pull algorithm container. Either the image does not exist or its permissions are incorrect.';

/** A job under way. */
export interface TrainingLife {
  /** Writes down that the job is stopping and stops it; the first cause counts. */
  stop(cause: StopCause): void;
  /** The latest value of each metric. */
  metrics(): MetricValue[];
  /** Has a job that goes by a script go by another from now on; false for one that goes by none. */
  follow(script: TrainingJobScript): boolean;
  /** Settles when nothing of the job goes on any more; never rejects. */
  over: Promise<void>;
}

/** A failure of the job, in the words of its FailureReason. */
class TrainingFailed extends Error {}

export function startTrainingLife(
  life: Life,
  jobs: Resources<TrainingJobRecord>,
  { name, creationTime, request }: TrainingJobRecord,
): TrainingLife {
  const { world, phases, waits, closing } = life;
  const stopping = new AbortController();
  const finished = new AbortController();
  const interrupted = AbortSignal.any([stopping.signal, closing]);
  let stoppingSince = 0;
  let run: TrainingRun | undefined;

  const write = (status: SecondaryStatus, words?: StatusWords, options?: { eventually?: boolean }): number => {
    // After the emulator's end nothing is written: the next one finds the job as it was.
    closing.throwIfAborted();
    const now = world.clock.now();
    jobs.change(name, (job) => ({ ...enterStatus(job, status, now, words), metrics: run?.metrics() ?? [] }), options);
    return now;
  };
  /** What happens by itself goes on although it cannot be written down for now; what someone asks for is refused then. */
  const enter = (status: SecondaryStatus, words?: StatusWords): number => write(status, words, { eventually: true });

  const stop = (cause: StopCause): void => {
    const job = jobs.find(name);
    if (stopping.signal.aborted || job === undefined || isOver(job)) return;
    stoppingSince = write('Stopping');
    stopping.abort(cause);
  };

  const stopAfter = (seconds: number | undefined, since: number, cause: StopCause): void => {
    if (seconds === undefined) return;
    const late = waits.until(() => since + seconds * 1_000, AbortSignal.any([finished.signal, closing]));
    void late.then((reached) => {
      if (reached) stop(cause);
    });
  };

  const end = async (): Promise<void> => {
    if (!stopping.signal.aborted) {
      enter('Completed');
      return;
    }
    await phases.last('Stopping', stoppingSince, closing);
    enter(stopping.signal.reason as StopCause);
  };

  const train = async (started: TrainingRun): Promise<void> => {
    const failure = await started.train(stopping.signal);
    closing.throwIfAborted();
    // An algorithm that is stopped may end as it likes.
    if (failure === undefined || stopping.signal.aborted) return;
    await started.uploadOutput();
    throw new TrainingFailed(formatAlgorithmError(failure.message, failure.exitCode));
  };

  const upload = async (): Promise<void> => {
    const since = enter('Uploading');
    try {
      if (run === undefined) await writeSimulatedModel(world, request);
      else await run.uploadAll();
    } catch (error) {
      const reason = isDiskFull(error) ? DISK_FULL : error instanceof Error ? error.message : String(error);
      throw new TrainingFailed(`ClientError: Artifact upload failed:${reason}`);
    }
    await phases.last('Uploading', since, closing);
  };

  const goThroughPhases = async (): Promise<void> => {
    const simulated = world.clock.simulated();
    stopAfter(request.StoppingCondition.MaxWaitTimeInSeconds, creationTime, 'MaxWaitTimeExceeded');
    if (!(await phases.last('Starting', creationTime, interrupted))) return end();

    const downloadingSince = enter('Downloading');
    const imageFolder = simulated ? undefined : resolveImage(world, request.AlgorithmSpecification.TrainingImage ?? '');
    if (imageFolder !== undefined) {
      run = await prepareTrainingRun(life, { name, request, imageFolder });
      await run.download(interrupted);
    }
    if (!(await phases.last('Downloading', downloadingSince, interrupted))) return end();

    const trainingSince = enter('Training');
    if (!simulated && run === undefined) throw new TrainingFailed(IMAGE_MISSING);
    stopAfter(request.StoppingCondition.MaxRuntimeInSeconds ?? 86_400, trainingSince, 'MaxRuntimeExceeded');
    if (run !== undefined) await train(run);
    await phases.last('Training', trainingSince, interrupted);

    await upload();
    return end();
  };

  const script = life.outcomes?.ofTrainingJob(name);
  const further: TrainingJobScript[] = [];
  let turn = new AbortController();
  const goByScript = async (first: TrainingJobScript): Promise<void> => {
    let next: TrainingJobScript | undefined = first;
    for (; next !== undefined && !interrupted.aborted; next = further.pop()) {
      turn = new AbortController();
      const signal = AbortSignal.any([interrupted, turn.signal]);
      const how = await followTrainingScript(life, jobs, { name, request, script: next, enter, interrupted: signal });
      if (how === 'ended') return;
    }
    // Stopped by somebody: what had begun to train leaves a model, as without a script.
    if (jobs.find(name)?.trainingStartTime !== undefined) await upload();
    await end();
  };

  const fail = (error: unknown): void => {
    if (closing.aborted) return;
    const reason = describeFailure(error);
    if (reason === INTERNAL_ERROR) {
      world.warn(`a training job failed by the emulator's own fault: ${String(error)} [job=${name}]`);
    } else if (isDiskFull(error)) world.warn(`a training job failed: ${DISK_FULL} [job=${name}]`);
    const metrics = run?.metrics() ?? [];
    try {
      jobs.change(name, (job) => ({ ...failTraining(job, reason, world.clock.now()), metrics }), { eventually: true });
    } catch (problem) {
      world.warn(`the end of a training job could not be written down: ${String(problem)} [job=${name}]`);
    }
  };

  const over = (script === undefined ? goThroughPhases() : goByScript(script)).catch(fail).finally(() => {
    finished.abort();
    return run?.cleanUp();
  });
  const follow = (another: TrainingJobScript): boolean => {
    const job = jobs.find(name);
    if (script === undefined || job === undefined || isOver(job)) return false;
    further.push(another);
    turn.abort();
    return true;
  };
  return { stop, metrics: () => run?.metrics() ?? [], follow, over };
}

function describeFailure(error: unknown): string {
  if (error instanceof TrainingFailed) return error.message;
  if (error instanceof DataDownloadFailed) return `ClientError: Data download failed:${error.message}`;
  // As an instance says it whose volume is full.
  if (isDiskFull(error)) return `ClientError: No space left on device:${DISK_FULL}`;
  return INTERNAL_ERROR;
}
