/**
 * The durable Estimator: the seed's methods, each a run of a workflow. Holds arguments and nothing else of weight; what
 * happens, happens in the workflows that `contract.ts` names.
 */
import type {
  DeleteEndpointResult,
  DeployArguments,
  EstimatorArguments,
  FitArguments,
  FitInputs,
  JsonValue,
} from '../contract';
import { followRun, type LogTarget } from './follow-run';
import { SageMakerError } from './errors';
import { findTraining, hasTrained } from './find-training';
import { readInput } from './input-comparison';
import {
  Model,
  splitModelOptions,
  type AnyPredictor,
  type ModelArguments,
  type PredictorArguments,
  type PredictorClass,
  type PredictorMaker,
} from './model';
import type { RealTimePredictor } from './predictor';
import { Run } from './run';
import { connect, type Session } from './session';
import { requireValid, startRun } from './start';

/** Arguments of {@link Estimator}: what to train with, and where. */
export interface EstimatorOptions extends EstimatorArguments {
  /** Temporal client, task queue, AWS region. @default one of the estimator's own, connected when it is first needed */
  session?: Session;
}

/** Whether to wait for the end, and what to do with the log meanwhile. */
export interface FollowArguments {
  /** Wait until the run has ended. @default true */
  wait?: boolean;
  /** While waiting: print the training's log lines to stdout, or hand them to a function. @default true */
  logs?: LogTarget;
}

/** Options of {@link Estimator.fit}. */
export type FitOptions = FollowArguments & Omit<FitArguments, 'inputs'>;

/** Options of {@link Estimator.fitThenDeploy}. */
export type FitThenDeployOptions = FitOptions & {
  /** How to host what was trained. */
  deploy: DeployArguments;
};

/** Arguments of {@link Estimator.createModel}. */
export type CreateModelOptions<Data, Answer> = ModelArguments & PredictorArguments<Data, Answer>;

/** Arguments of {@link Estimator.deploy}. */
export type DeployOptions<Data, Answer> = DeployArguments & PredictorArguments<Data, Answer>;

/**
 * Trains a model on SageMaker and hosts it. Every `fit` and `deploy` is a Temporal workflow: it goes on though this
 * process ends, and starts nothing twice.
 *
 * Arguments are checked when a run is started, all at once, before anything is sent.
 *
 * @see https://sagemaker.readthedocs.io/en/v1.72.0/api/training/estimators.html `sagemaker.estimator.Estimator`
 *
 * @example
 * ```ts
 * import { csvSerializer, Estimator, stringDeserializer } from 'temporal-sagemaker/client';
 *
 * await using estimator = new Estimator({
 *   imageName: '123456789012.dkr.ecr.eu-central-1.amazonaws.com/digits:1',
 *   role: 'SageMakerRole',
 *   trainInstanceCount: 1,
 *   trainInstanceType: 'ml.m5.large',
 *   hyperparameters: { epochs: 20 },
 * });
 * await estimator.fit('s3://my-bucket/digits');
 * console.log(estimator.modelData);
 *
 * const predictor = await estimator.deploy({
 *   initialInstanceCount: 1,
 *   instanceType: 'ml.m5.large',
 *   serializer: csvSerializer,
 *   deserializer: stringDeserializer,
 * });
 * console.log(await predictor.predict([0, 0, 5, 13, 9, 1, 0, 0]));
 * await estimator.deleteEndpoint();
 * ```
 */
export class Estimator {
  /** Undefined where the training job was started elsewhere: only AWS knows its arguments. */
  #arguments: EstimatorArguments | undefined;
  readonly #givenSession: Session | undefined;
  #ownSession: Promise<Session> | undefined;
  /** The last run that trains, or the training job that was attached to. */
  #trained: Run<'fit' | 'fitThenDeploy'> | { trainingJobName: string } | undefined;
  /** Known where the training succeeded and only the deploy after it failed. */
  #modelData: string | undefined;
  #endpointName: string | undefined;

  /** Keeps the arguments, and neither checks them nor connects; `fit` does both. */
  constructor({ session, ...estimatorArguments }: EstimatorOptions) {
    this.#givenSession = session;
    this.#arguments = estimatorArguments;
  }

  /**
   * An estimator for a training that was started before: a run of ours by its training job's name, else a training job
   * that was started elsewhere, which can be deployed but tells no arguments.
   *
   * Waits for nothing; {@link Estimator.deploy} waits for a training that is still running.
   *
   * @throws {@link SageMakerError} `TemporalUnreachable`. A job that does not exist either is told by `deploy`, as
   * `TrainingJobNotFound`
   * @see https://sagemaker.readthedocs.io/en/v1.72.0/api/training/estimators.html `Estimator.attach`
   */
  static async attach(trainingJobName: string, { session }: { session?: Session } = {}): Promise<Estimator> {
    const estimator = new Estimator({ ...({} as EstimatorArguments), ...(session && { session }) });
    estimator.#arguments = undefined;
    try {
      const used = await estimator.#connect();
      const run = await findTraining(used, trainingJobName);
      estimator.#trained = run ?? { trainingJobName };
      if (run) {
        const input = await readInput(used, run.workflowId, run.runId);
        estimator.#arguments = (input as { estimator?: EstimatorArguments } | null | undefined)?.estimator;
        if ((await run.status()).status === 'COMPLETED') await run.result();
      }
      return estimator;
    } catch (error) {
      await estimator.close();
      throw error;
    }
  }

  /**
   * The training image.
   *
   * @throws {@link SageMakerError} `InvalidInput` where the estimator is attached to a job that was started elsewhere
   */
  trainImage(): string {
    return this.#known().imageName;
  }

  /**
   * A copy of the hyperparameters, as they were set.
   *
   * @throws {@link SageMakerError} `InvalidInput` where the estimator is attached to a job that was started elsewhere
   */
  hyperparameters(): Record<string, JsonValue> {
    return { ...this.#known().hyperparameters };
  }

  /**
   * Adds hyperparameters, and replaces those of the same names. Runs that are under way keep theirs.
   *
   * @throws {@link SageMakerError} `InvalidInput` where the estimator is attached to a job that was started elsewhere
   */
  setHyperparameters(values: Record<string, JsonValue>): void {
    const known = this.#known();
    this.#arguments = { ...known, hyperparameters: { ...known.hyperparameters, ...values } };
  }

  /** S3 URI of the model data; undefined until a fit has succeeded, and for a job that was started elsewhere. */
  get modelData(): string | undefined {
    if (this.#trained instanceof Run) return this.#trained.settledResult?.modelData ?? this.#modelData;
    return undefined;
  }

  /**
   * Trains, by a run of the workflow `fit` whose Workflow Id is the training job's name.
   *
   * With a `jobName`, the same call made again attaches to the run that is there. While it waits, a process may be
   * killed: the run goes on, and {@link Estimator.attach} finds it.
   *
   * @param inputs an S3 URI or {@link s3Input} for the channel `training`, or an object of channels
   * @returns the run, which has ended where `wait` was not false
   * @throws {@link SageMakerError} `InvalidInput` with every problem; `RunConflict`; `NameTaken`; `TemporalUnreachable`;
   * when waiting also `TrainingJobFailed`, `TrainingJobStopped`, `TrainingJobTimedOut`, `ArtefactMissing`,
   * `LimitExceeded`, `AccessDenied`, `RoleNotAssumable`, `Cancelled`, `RunTerminated`
   * @see https://sagemaker.readthedocs.io/en/v1.72.0/api/training/estimators.html `Estimator.fit`
   */
  async fit(inputs: FitInputs, { wait = true, logs = true, ...fit }: FitOptions = {}): Promise<Run<'fit'>> {
    const input = { estimator: this.#known(), fit: { inputs, ...fit } };
    requireValid('fit', input);
    const run = await startRun(await this.#connect(), 'fit', input);
    this.#begin(run);
    if (wait) await this.#follow(run, logs);
    return run;
  }

  /**
   * Trains and then deploys, as one durable workflow: what is started here ends in an endpoint though nobody waits.
   *
   * A failed deploy does not lose the model: the error carries the training job's name and the model data, and
   * {@link Estimator.deploy} goes on from there.
   *
   * @returns the run, which has ended where `wait` was not false
   * @throws {@link SageMakerError} as {@link Estimator.fit} and {@link Model.deploy}
   */
  async fitThenDeploy(
    inputs: FitInputs,
    { deploy, wait = true, logs = true, ...fit }: FitThenDeployOptions,
  ): Promise<Run<'fitThenDeploy'>> {
    const input = { estimator: this.#known(), fit: { inputs, ...fit }, deploy };
    requireValid('fitThenDeploy', input);
    const run = await startRun(await this.#connect(), 'fitThenDeploy', input);
    this.#begin(run);
    if (wait) await this.#follow(run, logs);
    return run;
  }

  /**
   * The trained model, to be deployed under several names or with several settings. Waits for a fit that is still
   * running.
   *
   * @throws {@link SageMakerError} `InvalidInput` before any fit; as {@link Estimator.fit} where it fails
   * @see https://sagemaker.readthedocs.io/en/v1.72.0/api/training/estimators.html `Estimator.create_model`
   */
  async createModel<P>(options: ModelArguments & { predictorCls: PredictorClass<P> }): Promise<Model<P>>;
  async createModel<Data = Uint8Array | string, Answer = Uint8Array>(
    options?: CreateModelOptions<Data, Answer>,
  ): Promise<Model<RealTimePredictor<Data, Answer>>>;
  async createModel(options: ModelArguments & AnyPredictor = {}): Promise<Model<unknown>> {
    const { modelArguments, makePredictor } = splitModelOptions(options);
    return this.#makeModel(await this.#awaitTraining(), modelArguments, makePredictor);
  }

  /**
   * Hosts the trained model on an endpoint, made or updated, and gives its predictor. Waits for a fit that is still
   * running; the arguments are checked before.
   *
   * @throws {@link SageMakerError} `InvalidInput` before any fit; as {@link Estimator.fit} where it fails, and as
   * {@link Model.deploy}
   * @see https://sagemaker.readthedocs.io/en/v1.72.0/api/training/estimators.html `Estimator.deploy`
   */
  async deploy<P>(options: DeployArguments & { predictorCls: PredictorClass<P> }): Promise<P>;
  async deploy<Data = Uint8Array | string, Answer = Uint8Array>(
    options: DeployOptions<Data, Answer>,
  ): Promise<RealTimePredictor<Data, Answer>>;
  async deploy(options: DeployArguments & AnyPredictor): Promise<unknown> {
    const { modelArguments, makePredictor, rest } = splitModelOptions(options);
    this.#requireTraining();
    // The job's name is not known before the training has ended, where another program has named the run.
    const early = this.#makeModel({ trainingJobName: 'the-training-job' }, modelArguments, makePredictor);
    requireValid('deploy', early.deployInput(rest));
    const model = this.#makeModel(await this.#awaitTraining(), modelArguments, makePredictor);
    return model.deploy(rest);
  }

  /**
   * Deletes the endpoint that this estimator deployed, by a run of its own, and waits for its end.
   *
   * @throws {@link SageMakerError} `EndpointNotFound` when there is none; `TemporalUnreachable`
   * @see https://sagemaker.readthedocs.io/en/v1.72.0/api/training/estimators.html `Estimator.delete_endpoint`
   */
  async deleteEndpoint(): Promise<DeleteEndpointResult> {
    const endpointName = this.#endpointName ?? (await this.#endpointOfRun());
    if (endpointName === undefined) {
      throw new SageMakerError('EndpointNotFound', 'This estimator has deployed no endpoint.', {
        fix: 'Call deploy first, or delete an endpoint by its name with RealTimePredictor.deleteEndpoint.',
      });
    }
    const run = await startRun(await this.#connect(), 'deleteEndpoint', { endpointName });
    return run.result();
  }

  /** Ends the connection that the estimator made for itself; a session that it was given stays open, and runs go on. */
  async close(): Promise<void> {
    const own = this.#ownSession;
    this.#ownSession = undefined;
    await (await own)?.close();
  }

  /** {@link Estimator.close} at the end of an `await using` block. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #begin(run: Run<'fit'> | Run<'fitThenDeploy'>): void {
    this.#trained = run;
    this.#modelData = undefined;
  }

  async #follow<T extends 'fit' | 'fitThenDeploy'>(run: Run<T>, logs: LogTarget): Promise<void> {
    const region = this.#givenSession?.region;
    try {
      await followRun(run, {
        logs,
        hostCount: this.#known().trainInstanceCount,
        ...(region !== undefined && { region }),
      });
    } catch (error) {
      if (hasTrained(error)) this.#modelData = error.modelData;
      throw error;
    }
  }

  #requireTraining(): Run<'fit' | 'fitThenDeploy'> | { trainingJobName: string } {
    if (this.#trained) return this.#trained;
    throw new SageMakerError('InvalidInput', 'There is no trained model: the estimator has not been fit.', {
      fix: 'Call fit first, or attach to a training job.',
    });
  }

  async #awaitTraining(): Promise<Training> {
    const trained = this.#requireTraining();
    if (!(trained instanceof Run)) return trained;
    try {
      return await trained.result();
    } catch (error) {
      if (!hasTrained(error)) throw error;
      this.#modelData = error.modelData;
      return { trainingJobName: error.trainingJobName, modelData: error.modelData };
    }
  }

  #makeModel<P>(
    { trainingJobName, modelData }: Training,
    modelArguments: ModelArguments,
    maker: PredictorMaker<P>,
  ): Model<P> {
    return Model.open(
      {
        ...(this.#arguments && { estimator: this.#arguments }),
        trainingJobName,
        ...(modelData !== undefined && { modelData }),
        connect: () => this.#connect(),
        ...(this.#givenSession && { session: this.#givenSession }),
        onDeployed: (endpointName) => {
          this.#endpointName = endpointName;
        },
      },
      modelArguments,
      maker,
    );
  }

  async #endpointOfRun(): Promise<string | undefined> {
    const run = this.#trained;
    if (!(run instanceof Run) || run.workflowType !== 'fitThenDeploy') return undefined;
    return (await run.status()).endpointName;
  }

  async #connect(): Promise<Session> {
    if (this.#givenSession) return this.#givenSession;
    const opening = (this.#ownSession ??= connect());
    try {
      return await opening;
    } catch (error) {
      // The next call tries again.
      if (this.#ownSession === opening) this.#ownSession = undefined;
      throw error;
    }
  }

  #known(): EstimatorArguments {
    if (this.#arguments) return this.#arguments;
    throw new SageMakerError(
      'InvalidInput',
      'The training job was started elsewhere; its arguments are not known here.',
      {
        fix: 'Make an estimator with the arguments to train anew.',
      },
    );
  }
}

interface Training {
  trainingJobName: string;
  modelData?: string;
}
