/**
 * The hosting half of an estimator: a model, trained or still training, that can be deployed. Made by an estimator; its
 * deploy is a run of the workflow `deploy`, and ends in the kind of predictor it was made with.
 */
import type {
  DeployAnywhere,
  DeployArguments,
  DeployOnInstancePools,
  DeployOnInstances,
  DeployServerless,
  DeployTrainedInput,
} from '../contract';
import type { HeldSession } from './held-session';
import { RealTimePredictor, type PredictorOptions } from './predictor';
import { requireUsable } from './predictor-problems';
import type { Deserializer, Serializer } from './serializers';
import { requireValid, startRun } from './start';
import type { Training } from './training';

/** Stands in an input that is checked before the run has told its training job's name. */
const UNKNOWN_JOB_NAME = 'the-training-job';

/** How the predictor of a deployed model writes and reads. */
export interface PredictorArguments<Data = Uint8Array | string, Answer = Uint8Array> {
  /** @default texts and bytes are sent as they are */
  serializer?: Serializer<Data>;
  /** @default the answer's bytes */
  deserializer?: Deserializer<Answer>;
  /** Content type that is sent. @default the serializer's */
  contentType?: string;
  /** Content type that is asked for. @default the deserializer's */
  accept?: string;
  /** Milliseconds after which a prediction is given up. @default 70000 */
  timeoutMs?: number;
  /** Goes without all of these: {@link OwnPredictorArguments}. */
  predictorCls?: undefined;
}

/** A predictor of one's own in the place of serializers and content types, which are its own matter then. */
export interface OwnPredictorArguments<P> {
  /** Makes the predictor of a deployed model. */
  predictorCls: PredictorClass<P>;
  /** The class has its own. */
  serializer?: undefined;
  /** The class has its own. */
  deserializer?: undefined;
  /** The class has its own. */
  contentType?: undefined;
  /** The class has its own. */
  accept?: undefined;
  /** The class has its own. */
  timeoutMs?: undefined;
}

/** A predictor of one's own: made with the endpoint's name and where it is. */
export type PredictorClass<P> = new (endpointName: string, options: Pick<PredictorOptions, 'session' | 'aws'>) => P;

/** What a model is made of. */
export type ModelArguments = Pick<
  DeployAnywhere,
  'modelName' | 'image' | 'role' | 'env' | 'vpcConfigOverride' | 'enableNetworkIsolation'
>;

const MODEL_FIELDS: Record<keyof ModelArguments, true> = {
  modelName: true,
  image: true,
  role: true,
  env: true,
  vpcConfigOverride: true,
  enableNetworkIsolation: true,
};

/** Each kind of a union without these fields. */
type OmitOfEach<T, Field extends PropertyKey> = T extends unknown ? Omit<T, Field> : never;

/** Whether a deploy is waited for. */
export interface DeployWaiting {
  /**
   * Wait until the endpoint serves. False: return as soon as Temporal has the run, which goes on by itself; the endpoint
   * serves later, or never, and {@link listRuns} tells how the run ends.
   *
   * @default true
   */
  wait?: boolean;
}

/** Arguments of {@link Model.deploy}. */
export type HostingArguments = DeployWaiting &
  (
    | Omit<DeployOnInstances, keyof ModelArguments>
    | Omit<DeployOnInstancePools, keyof ModelArguments>
    | Omit<DeployServerless, keyof ModelArguments>
  );

/** What a predictor is made by once the endpoint serves. */
export type PredictorMaker<P> = (endpointName: string, options: Pick<PredictorOptions, 'session' | 'aws'>) => P;

/** What the estimator hands to its models. */
export interface ModelOrigin {
  training: Training;
  /** A predictor keeps the session that was given; it outlives one that the estimator made for itself. */
  session: HeldSession;
  onDeployed: (endpointName: string) => void;
}

/**
 * A model that an estimator trained or is training, to be deployed any number of times. It stays that model when the
 * estimator is fit again.
 *
 * @see https://sagemaker.readthedocs.io/en/v1.72.0/api/inference/model.html `sagemaker.model.Model`
 *
 * @example
 * ```ts
 * import { csvSerializer, Estimator, stringDeserializer } from 'temporal-sagemaker/client';
 *
 * await using estimator = await Estimator.attach('digits-2026-03-01-12-00-00-000-k3j9x2ab');
 * const model = estimator.createModel({
 *   env: { LOG_LEVEL: 'info' },
 *   serializer: csvSerializer,
 *   deserializer: stringDeserializer,
 * });
 * const predictor = await model.deploy({ initialInstanceCount: 1, instanceType: 'ml.m5.large' });
 * console.log(await predictor.predict([1, 2, 3]));
 * ```
 */
export class Model<P = RealTimePredictor> {
  readonly #origin: ModelOrigin;
  readonly #arguments: ModelArguments;
  readonly #makePredictor: PredictorMaker<P>;

  private constructor(origin: ModelOrigin, modelArguments: ModelArguments, makePredictor: PredictorMaker<P>) {
    this.#origin = origin;
    this.#arguments = modelArguments;
    this.#makePredictor = makePredictor;
  }

  /** @internal */
  static open<P>(origin: ModelOrigin, modelArguments: ModelArguments, makePredictor: PredictorMaker<P>): Model<P> {
    return new Model<P>(origin, modelArguments, makePredictor);
  }

  /** S3 URI; undefined until the training has succeeded, and as long as only AWS knows it. */
  get modelData(): string | undefined {
    return this.#origin.training.modelData;
  }

  /** Training job that makes the model; undefined until its run has told it, where another program started the run. */
  get trainingJobName(): string | undefined {
    return this.#origin.training.trainingJobName;
  }

  /** Serving image of the model's own arguments; undefined: the training job's. */
  get image(): string | undefined {
    return this.#arguments.image ?? this.#origin.training.arguments?.imageName;
  }

  /**
   * Creates the endpoint, or updates the one of that name, by a run of its own, and waits until it serves this model.
   * Before that it waits for a training that is still running; the arguments are checked at once.
   *
   * An endpoint that was there keeps serving until the new model is proven. Called again with the same arguments while
   * the run is open, it attaches to it.
   *
   * With `wait: false` it returns as soon as Temporal has the run. The training is waited for all the same.
   *
   * An endpoint with `asyncInferenceConfig` answers into S3: AWS refuses `predict` there, as `InvalidInput`.
   *
   * @throws {@link SageMakerError} `InvalidInput`; as {@link Estimator.fit} where the training fails; `ArtefactMissing`,
   * `EndpointFailed`, `EndpointRolledBack`, `EndpointTimedOut`, `NameTaken`, `LimitExceeded`, `AccessDenied`,
   * `RunConflict`, `TrainingJobNotFound`, `TemporalUnreachable`, `AwsUnreachable`, `Cancelled`
   */
  async deploy({ wait = true, ...options }: HostingArguments): Promise<P> {
    const { training, session, onDeployed } = this.#origin;
    requireValid('deploy', this.#input(training.trainingJobName ?? UNKNOWN_JOB_NAME, options));
    const { trainingJobName } = await training.awaitEnd();
    const opened = await session.open();
    const run = await startRun(opened, 'deploy', this.#input(trainingJobName, options));
    if (!wait) {
      const name = options.endpointName ?? trainingJobName;
      const place = opened.region === undefined ? {} : { aws: { region: opened.region } };
      onDeployed(name);
      return this.#makePredictor(name, { ...(session.given && { session: session.given }), ...place });
    }
    const { endpointName, modelData, region } = await run.result();
    training.noteModelData(modelData);
    onDeployed(endpointName);
    return this.#makePredictor(endpointName, { ...(session.given && { session: session.given }), aws: { region } });
  }

  #input(trainingJobName: string, options: Omit<HostingArguments, 'wait'>): DeployTrainedInput {
    const { arguments: estimator, acceptStopped } = this.#origin.training;
    const known = { ...(estimator && { estimator }), ...(acceptStopped && { acceptStopped }) };
    return { ...known, trainingJobName, deploy: { ...options, ...this.#arguments } as DeployArguments };
  }
}

/** Whatever a predictor is made by: a class of one's own, or serializers and content types. */
export type AnyPredictor = PredictorArguments<never, unknown> | OwnPredictorArguments<unknown>;

/** Options of `createModel` and `deploy` in their parts: the model's own, the predictor's, and the rest. */
export interface SplitOptions<Options> {
  modelArguments: ModelArguments;
  makePredictor: PredictorMaker<unknown>;
  rest: OmitOfEach<Options, keyof ModelArguments | keyof AnyPredictor>;
}

/**
 * A class of one's own wins over serializers and content types, as in the seed.
 *
 * @throws {@link SageMakerError} `InvalidInput` for arguments of which no predictor can be made once the endpoint serves
 */
export function splitModelOptions<Options extends ModelArguments & AnyPredictor>(
  options: Options,
): SplitOptions<Options> {
  requireUsable(options);
  const { predictorCls, serializer, deserializer, contentType, accept, timeoutMs, ...others } = options;
  const isOfModel = ([field]: [string, unknown]) => Object.hasOwn(MODEL_FIELDS, field);
  const entries = Object.entries(others);
  const modelArguments = Object.fromEntries(
    entries.filter((entry) => isOfModel(entry) && entry[1] !== undefined),
  ) as ModelArguments;
  const rest = Object.fromEntries(entries.filter((entry) => !isOfModel(entry))) as SplitOptions<Options>['rest'];
  const makePredictor: PredictorMaker<unknown> = predictorCls
    ? (endpointName, place) => new predictorCls(endpointName, place)
    : (endpointName, place) =>
        new RealTimePredictor(endpointName, {
          ...(serializer && { serializer }),
          ...(deserializer && { deserializer }),
          ...(contentType !== undefined && { contentType }),
          ...(accept !== undefined && { accept }),
          ...(timeoutMs !== undefined && { timeoutMs }),
          ...place,
        });
  return { modelArguments, makePredictor, rest };
}
