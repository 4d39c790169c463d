/**
 * The durable Estimator: the seed's methods, each a run of a workflow. Holds arguments and what it stands on: a training
 * (`training.ts`), from which models are made (`model.ts`); what happens, happens in the workflows of `contract/`.
 */
import type { DeleteEndpointResult, EstimatorArguments, FitInputs, JsonValue } from '../contract';
import type { InputOf } from '../schemas';
import { SageMakerError } from './errors';
import type {
  CreateModelArguments,
  CreateModelOptions,
  DeployModelArguments,
  DeployOptions,
  EstimatorOptions,
  FitOptions,
  FitThenDeployOptions,
  FollowArguments,
  PlanFitOptions,
} from './estimator-options';
import { findTraining } from './find-training';
import { holdSession, type HeldSession } from './held-session';
import { Model, splitModelOptions, type AnyPredictor, type ModelArguments, type OwnPredictorArguments } from './model';
import { planRun, type PlannedRequests } from './plan';
import type { RealTimePredictor } from './predictor';
import type { Run } from './run';
import type { Session } from './session';
import { startRun } from './start';
import { train } from './train';
import { requireArguments, requireTraining, type Training } from './training';
import { uploadData, type UploadOptions } from './upload';

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
  /** Undefined where the training job was started elsewhere: what AWS tells of it is not enough to train anew. */
  #arguments: EstimatorArguments | undefined;
  #session: HeldSession;
  #training: Training | undefined;
  /** The endpoint that was deployed last. */
  #findEndpoint: (() => Promise<string | undefined>) | undefined;

  /** Keeps the arguments, and neither checks them nor connects; `fit` does both. */
  constructor({ session, ...estimatorArguments }: EstimatorOptions) {
    this.#session = holdSession(session);
    this.#arguments = estimatorArguments;
  }

  /**
   * An estimator for a training that was started before: a run of ours by its training job's name, else a training job
   * that was started elsewhere, by the console or an AWS SDK.
   *
   * A run tells its arguments. Of a job that was started elsewhere, image, hyperparameters and model data are told as far
   * as AWS describes it to this process's own credentials; without such rights {@link Estimator.deploy} works all the
   * same, since the worker asks. Such a job cannot be fit again from here.
   *
   * Waits for no training; {@link Estimator.deploy} waits for one that is still running.
   *
   * @throws {@link SageMakerError} `TemporalUnreachable`. A job that does not exist is told by `deploy`, as
   * `TrainingJobNotFound`
   * @see https://sagemaker.readthedocs.io/en/v1.72.0/api/training/estimators.html `Estimator.attach`
   */
  static async attach(
    trainingJobName: string,
    {
      session: given,
    }: {
      /** @default one of the estimator's own */
      session?: Session;
    } = {},
  ): Promise<Estimator> {
    const session = holdSession(given);
    try {
      const training = await findTraining(await session.open(), trainingJobName);
      const estimator = new Estimator({ ...(training.arguments as EstimatorArguments) });
      estimator.#arguments = training.arguments;
      estimator.#session = session;
      estimator.#standOn(training);
      return estimator;
    } catch (error) {
      await session.close();
      throw error;
    }
  }

  /**
   * The training image.
   *
   * @throws {@link SageMakerError} `InvalidInput` where the estimator is attached to a job that was started elsewhere and
   * AWS did not describe it to this process
   */
  trainImage(): string {
    return this.#arguments?.imageName ?? requireTraining(this.#training).trainImage();
  }

  /**
   * A copy of the hyperparameters: as they were set or, of a job that was started elsewhere, as AWS has them.
   *
   * @throws {@link SageMakerError} `InvalidInput` where the estimator is attached to a job that was started elsewhere and
   * AWS did not describe it to this process
   */
  hyperparameters(): Record<string, JsonValue> {
    return this.#arguments ? { ...this.#arguments.hyperparameters } : requireTraining(this.#training).hyperparameters();
  }

  /**
   * Adds hyperparameters, and replaces those of the same names, for the next fit. Runs that are under way keep theirs.
   *
   * @throws {@link SageMakerError} `InvalidInput` where the estimator is attached to a job that was started elsewhere
   */
  setHyperparameters(values: Record<string, JsonValue>): void {
    const known = requireArguments(this.#arguments);
    this.#arguments = { ...known, hyperparameters: { ...known.hyperparameters, ...values } };
  }

  /**
   * S3 URI of the model data; undefined until the last fit has succeeded and this process has seen it. Of a job that was
   * started elsewhere: what AWS told when it was attached to, or what `deploy` found.
   */
  get modelData(): string | undefined {
    return this.#training?.modelData;
  }

  /**
   * Uploads a file or a folder to S3, to be trained on, and answers its URI, which {@link Estimator.fit} takes.
   *
   * A folder's files become `keyPrefix/path/within/the/folder`; its URI is that of the prefix, under which S3 finds what
   * other uploads have put there too. A file's URI is its own, so that its neighbours are not trained on. Links are
   * followed; empty folders have no place in S3. What cannot be uploaded is refused before any call, all of it at once: a
   * path that is not there, a folder without files, links that lead nowhere or back, pipes and sockets, names that S3
   * cannot hold.
   *
   * Goes to S3 from this process, with AWS's default chain of credentials and the session's region, and needs no Temporal.
   * Files are read as they are sent, at most 64 MiB at a time. The default bucket `sagemaker-{region}-{account}` is made
   * where it is missing, and used only where it is this account's; a bucket that is named is never made. After a failure
   * the files that went before stay; the same call again uploads all of them.
   *
   * @returns `s3://bucket/keyPrefix` of a folder, `s3://bucket/keyPrefix/name` of a file
   * @throws {@link SageMakerError} `InvalidInput` with every problem, and where bucket or region are not there, or a file
   * changes meanwhile; `NameTaken` where the default bucket is another account's; `AccessDenied`; `AwsUnreachable`. The
   * signal's reason where it is aborted
   * @see https://sagemaker.readthedocs.io/en/v1.72.0/api/utility/session.html `Session.upload_data`
   *
   * @example
   * ```ts
   * import { Estimator } from 'temporal-sagemaker/client';
   *
   * await using estimator = new Estimator({
   *   imageName: '123456789012.dkr.ecr.eu-central-1.amazonaws.com/digits:1',
   *   role: 'SageMakerRole',
   *   trainInstanceCount: 1,
   *   trainInstanceType: 'ml.m5.large',
   * });
   * const training = await estimator.uploadData('./digits', { keyPrefix: 'digits/train' });
   * await estimator.fit({ training });
   * ```
   */
  async uploadData(path: string, options: UploadOptions = {}): Promise<string> {
    return uploadData(path, options, this.#session.given?.region);
  }

  /**
   * Trains, by a run of the workflow `fit` whose Workflow Id is the training job's name.
   *
   * With a `jobName`, the same call made again attaches to the run that is there. While it waits, a process may be
   * killed: the run goes on, and {@link Estimator.attach} finds it. With `wait: false` it returns as soon as Temporal has
   * the run; {@link Estimator.deploy} waits for it then. The log can fail nothing: what is in its way is a notice.
   *
   * A job that was stopped is an error, whatever it has left. With `acceptStopped: 'if-model-exists'` the run goes on with
   * the model that such a job has left, and so does a later {@link Estimator.deploy}; the result's `outcome` then says
   * `stopped`, and by whom.
   *
   * @param inputs an S3 URI, {@link s3Input} or {@link fileSystemInput} for the channel `training`, or an object of channels;
   * without any the job has no channels
   * @returns the run, which has ended where `wait` was not false
   * @throws {@link SageMakerError} `InvalidInput` with every problem; `RunConflict`; `NameTaken`; `TemporalUnreachable`;
   * when waiting also `TrainingJobFailed`, `TrainingJobStopped`, `TrainingJobTimedOut`, `ArtefactMissing`,
   * `LimitExceeded`, `AccessDenied`, `RoleNotAssumable`, `AwsUnreachable`, `Cancelled`, `RunTerminated`
   * @see https://sagemaker.readthedocs.io/en/v1.72.0/api/training/estimators.html `Estimator.fit`
   */
  async fit(inputs?: FitInputs, { wait, logs, onNotice, ...fit }: FitOptions = {}): Promise<Run<'fit'>> {
    const input = { estimator: requireArguments(this.#arguments), fit: { inputs, ...fit } };
    return this.#train('fit', input, { wait, logs, onNotice } as FollowArguments);
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
    inputs: FitInputs | undefined,
    { deploy, wait, logs, onNotice, ...fit }: FitThenDeployOptions,
  ): Promise<Run<'fitThenDeploy'>> {
    const input = { estimator: requireArguments(this.#arguments), fit: { inputs, ...fit }, deploy };
    return this.#train('fitThenDeploy', input, { wait, logs, onNotice } as FollowArguments);
  }

  /**
   * What {@link Estimator.fit} would ask AWS for or, with `deploy`, {@link Estimator.fitThenDeploy}: the requests as they
   * would be sent, with placeholders such as `<account>` for what only AWS knows. {@link planRun} plans other runs.
   *
   * Sends nothing and reads nothing; a session that the estimator was given tells its region.
   *
   * @throws {@link SageMakerError} `InvalidInput` with every problem
   *
   * @example
   * ```ts
   * import { Estimator } from 'temporal-sagemaker/client';
   *
   * const estimator = new Estimator({
   *   imageName: '123456789012.dkr.ecr.eu-central-1.amazonaws.com/digits:1',
   *   role: 'arn:aws:iam::123456789012:role/SageMakerRole',
   *   trainInstanceCount: 1,
   *   trainInstanceType: 'ml.m5.large',
   *   hyperparameters: { epochs: 20, shuffle: true },
   * });
   * const { CreateTrainingJob } = estimator.plan('s3://my-bucket/digits');
   * console.log(CreateTrainingJob?.HyperParameters); // { epochs: '20', shuffle: 'true' }
   * ```
   */
  plan(inputs?: FitInputs, { deploy, onNotice, ...fit }: PlanFitOptions = {}): PlannedRequests {
    const input = { estimator: requireArguments(this.#arguments), fit: { inputs, ...fit } };
    const { region } = this.#session.given ?? {};
    const options = { ...(region !== undefined && { region }), ...(onNotice && { onNotice }) };
    return deploy ? planRun('fitThenDeploy', { ...input, deploy }, options) : planRun('fit', input, options);
  }

  /**
   * The model of the last fit, to be deployed under several names or with several settings. Asks and waits for nothing:
   * the model's `deploy` waits for a fit that is still running, and its `modelData` is undefined until then.
   *
   * @throws {@link SageMakerError} `InvalidInput` before any fit, and for arguments of which no predictor can be made
   * @see https://sagemaker.readthedocs.io/en/v1.72.0/api/training/estimators.html `Estimator.create_model`
   */
  createModel<P>(options: CreateModelArguments & OwnPredictorArguments<P>): Model<P>;
  createModel<Data = Uint8Array | string, Answer = Uint8Array>(
    options?: CreateModelOptions<Data, Answer>,
  ): Model<RealTimePredictor<Data, Answer>>;
  createModel({ name, ...options }: CreateModelArguments & AnyPredictor = {}): Model<unknown> {
    return this.#makeModel({ ...options, ...(name !== undefined && { modelName: name }) }).model;
  }

  /**
   * Hosts the trained model on an endpoint, made or updated, and gives its predictor: {@link Estimator.createModel} with
   * the model's and the predictor's arguments, then {@link Model.deploy} with the others. Waits for a fit that is still
   * running; the arguments are checked before.
   *
   * @throws {@link SageMakerError} `InvalidInput` before any fit; as {@link Model.deploy}
   * @see https://sagemaker.readthedocs.io/en/v1.72.0/api/training/estimators.html `Estimator.deploy`
   */
  async deploy<P>(options: DeployModelArguments & OwnPredictorArguments<P>): Promise<P>;
  async deploy<Data = Uint8Array | string, Answer = Uint8Array>(
    options: DeployOptions<Data, Answer>,
  ): Promise<RealTimePredictor<Data, Answer>>;
  async deploy(options: DeployModelArguments & AnyPredictor): Promise<unknown> {
    const { model, rest } = this.#makeModel(options);
    return model.deploy(rest);
  }

  /**
   * Deletes the endpoint that this estimator deployed last, by a run of its own, and waits for its end.
   *
   * @throws {@link SageMakerError} `EndpointNotFound` when there is none; `TemporalUnreachable`, `AccessDenied`
   * @see https://sagemaker.readthedocs.io/en/v1.72.0/api/training/estimators.html `Estimator.delete_endpoint`
   */
  async deleteEndpoint(): Promise<DeleteEndpointResult> {
    const endpointName = await this.#findEndpoint?.();
    if (endpointName === undefined) {
      const why = this.#findEndpoint
        ? 'The run that deploys has not told the name of its endpoint yet.'
        : 'This estimator has deployed no endpoint.';
      throw new SageMakerError('EndpointNotFound', why, {
        fix: 'Call deploy first, or delete an endpoint by its name with RealTimePredictor.deleteEndpoint.',
      });
    }
    const run = await startRun(await this.#session.open(), 'deleteEndpoint', { endpointName });
    return run.result();
  }

  /** Ends the connection that the estimator made for itself; a session that it was given stays open, and runs go on. */
  async close(): Promise<void> {
    await this.#session.close();
  }

  /** {@link Estimator.close} at the end of an `await using` block. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #train<T extends 'fit' | 'fitThenDeploy'>(
    type: T,
    input: InputOf[T],
    follow: FollowArguments,
  ): Promise<Run<T>> {
    const onStarted = (training: Training): void => {
      this.#standOn(training);
    };
    return train({ type, input, follow, session: this.#session, onStarted });
  }

  #standOn(training: Training): void {
    this.#training = training;
    if (training.findEndpoint) this.#findEndpoint = training.findEndpoint;
  }

  #makeModel<Options extends ModelArguments & AnyPredictor>(options: Options) {
    const { modelArguments, makePredictor, rest } = splitModelOptions(options);
    const origin = {
      training: requireTraining(this.#training),
      session: this.#session,
      onDeployed: (endpointName: string) => {
        this.#findEndpoint = () => Promise.resolve(endpointName);
      },
    };
    return { model: Model.open(origin, modelArguments, makePredictor), rest };
  }
}
