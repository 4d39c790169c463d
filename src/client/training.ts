/**
 * The training that an estimator or a model stands on: a run of ours, or a job that was started elsewhere. Tells what is
 * known of it at any time and waits for its end; the hosting in `model.ts` asks nothing else.
 */
import type { AcceptStopped, EstimatorArguments, FitResult, JsonValue } from '../contract';
import type { DescribedJob } from './describe-training-job';
import { isSageMakerError, SageMakerError } from './errors';
import type { RunProgress } from './run';
import type { RunStatus } from './run-description';

/** What a deploy needs of a training that has ended well. */
export interface Trained {
  trainingJobName: string;
}

export interface Training {
  /** Undefined until the run has told it, where another program started the run and left the name to it. */
  readonly trainingJobName: string | undefined;
  /** S3 URI; undefined until it is known to be there. */
  readonly modelData: string | undefined;
  /** What the run was started with; undefined for a job that was started elsewhere. */
  readonly arguments: EstimatorArguments | undefined;
  /** Whether a deploy may go on from a job that was stopped, as the run itself may. */
  readonly acceptStopped?: AcceptStopped;
  /** @throws {@link SageMakerError} `InvalidInput` where nobody here knows it */
  trainImage(): string;
  /** @throws {@link SageMakerError} `InvalidInput` where nobody here knows them */
  hyperparameters(): Record<string, JsonValue>;
  /** Finds the name of the endpoint that the run itself makes or is to make; absent where it makes none. */
  readonly findEndpoint?: () => Promise<string | undefined>;
  /**
   * Waits for the end of a run. A job that was started elsewhere is awaited by the worker that deploys it.
   *
   * Resolves for a run that was terminated too, whose job may have gone on without it: the worker that deploys asks AWS.
   *
   * @throws {@link SageMakerError} with which the training failed; what failed after the training fails nothing here
   */
  awaitEnd(): Promise<Trained>;
  /** Takes down what an error of the run, told to somebody else, says about the model data. */
  noteFailure(error: unknown): void;
  /** Takes down what a deploy has told about the model data. */
  noteModelData(modelData: string): void;
}

/** What is asked of a run that trains. */
export interface TrainingRun {
  readonly workflowType: string;
  readonly settledResult: FitResult | undefined;
  result(): Promise<FitResult>;
  status(): Promise<Pick<RunStatus, 'endpointName'>>;
  progress(): Promise<Pick<RunProgress, 'endpoint'>>;
}

/** What the run's input tells: all of it undefined where the input is not known, the names where it has none. */
export interface StartedWith {
  arguments: EstimatorArguments | undefined;
  trainingJobName: string | undefined;
  endpointName?: string | undefined;
  acceptStopped?: AcceptStopped | undefined;
}

/** A run of `fit` or `fitThenDeploy`. */
export function trainingOfRun(run: TrainingRun, started: StartedWith): Training {
  let modelData: string | undefined;
  const known = (): EstimatorArguments => {
    if (started.arguments) return started.arguments;
    throw unknownArguments('its input cannot be read');
  };
  const training: Training = {
    get trainingJobName() {
      return started.trainingJobName ?? run.settledResult?.trainingJobName;
    },
    get modelData() {
      return run.settledResult?.modelData ?? modelData;
    },
    arguments: started.arguments,
    ...(started.acceptStopped !== undefined && { acceptStopped: started.acceptStopped }),
    trainImage: () => known().imageName,
    hyperparameters: () => ({ ...known().hyperparameters }),
    ...(run.workflowType === 'fitThenDeploy' && { findEndpoint: () => findEndpointOfRun(run, started) }),
    async awaitEnd() {
      try {
        return await run.result();
      } catch (error) {
        training.noteFailure(error);
        if (hasTrained(error)) return { trainingJobName: error.trainingJobName };
        const jobName = nameOfLeftJob(error, started);
        if (jobName === undefined) throw error;
        return { trainingJobName: jobName };
      }
    },
    noteFailure(error) {
      if (hasTrained(error)) modelData = error.modelData;
    },
    noteModelData(uri) {
      modelData = uri;
    },
  };
  return training;
}

/** A job that no run of ours knows, with AWS's description of it, or why there is none. */
export function trainingOfJob(trainingJobName: string, description: DescribedJob | SageMakerError): Training {
  let modelData = description instanceof SageMakerError ? undefined : description.modelData;
  const known = (): DescribedJob => {
    if (!(description instanceof SageMakerError)) return description;
    throw unknownArguments(`AWS did not describe it to this process: ${description.why}`, description);
  };
  return {
    trainingJobName,
    get modelData() {
      return modelData;
    },
    arguments: undefined,
    trainImage() {
      const { image } = known();
      if (image !== undefined) return image;
      throw unknownArguments('it trained an algorithm of the marketplace, which has no image of its own');
    },
    hyperparameters: () => ({ ...known().hyperparameters }),
    awaitEnd: () => Promise.resolve({ trainingJobName }),
    noteFailure: () => undefined,
    noteModelData(uri) {
      modelData = uri;
    },
  };
}

/**
 * True where the training was done and what failed, or was cancelled, came after it: a run tells the model data only once
 * its job has completed. Data that is not where it should be is no training to go on from.
 */
function hasTrained(error: unknown): error is SageMakerError & { trainingJobName: string; modelData: string } {
  if (!isSageMakerError(error) || error.code === 'ArtefactMissing') return false;
  return error.trainingJobName !== undefined && error.modelData !== undefined;
}

/** The job of a run that was ended from outside: nothing stopped it, so it may have completed all the same. */
function nameOfLeftJob(error: unknown, { trainingJobName }: StartedWith): string | undefined {
  if (!isSageMakerError(error) || error.code !== 'RunTerminated') return undefined;
  return trainingJobName ?? error.trainingJobName;
}

/** Of a namespace without our search attributes only the run itself tells; before its plan is made, only the input. */
async function findEndpointOfRun(run: TrainingRun, started: StartedWith): Promise<string | undefined> {
  const { endpointName } = await run.status();
  return endpointName ?? (await run.progress()).endpoint?.name ?? started.endpointName;
}

/** @throws {@link SageMakerError} `InvalidInput` before any fit */
export function requireTraining(training: Training | undefined): Training {
  if (training) return training;
  throw new SageMakerError('InvalidInput', 'There is no trained model: the estimator has not been fit.', {
    fix: 'Call fit first, or attach to a training job.',
  });
}

/** @throws {@link SageMakerError} `InvalidInput` for a job that was started elsewhere */
export function requireArguments(known: EstimatorArguments | undefined): EstimatorArguments {
  if (known) return known;
  throw new SageMakerError(
    'InvalidInput',
    'The training job was started elsewhere: it can be deployed from here, but not trained again.',
    { fix: 'Make an estimator with the arguments to train anew.' },
  );
}

function unknownArguments(reason: string, cause?: SageMakerError): SageMakerError {
  return new SageMakerError('InvalidInput', `What the training job was started with is not known here: ${reason}`, {
    fix: 'Let this process call sagemaker:DescribeTrainingJob in the region of the job, or look it up in AWS.',
    ...(cause && { cause }),
  });
}
