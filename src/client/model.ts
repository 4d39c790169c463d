/**
 * A trained model that can be deployed: model data, image, role and the kind of predictor it is asked by. Made by an
 * estimator; its deploy is a run of the workflow `deploy`.
 */
import type { DeployArguments, DeployInput, EstimatorArguments } from '../contract';
import type { Deserializer, Serializer } from './serializers';
import { RealTimePredictor, type PredictorOptions } from './predictor';
import type { Session } from './session';
import { startRun } from './start';

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
}

/** A predictor of one's own: made with the endpoint's name and where it is. */
export type PredictorClass<P> = new (endpointName: string, options: Pick<PredictorOptions, 'session' | 'aws'>) => P;

/** Arguments of `createModel` beside those of the predictor. */
export type ModelArguments = Pick<DeployArguments, 'image' | 'role' | 'env'>;

/** Arguments of {@link Model.deploy}. */
export type HostingArguments = Omit<DeployArguments, keyof ModelArguments>;

/** What a predictor is made by once the endpoint serves. */
export type PredictorMaker<P> = (endpointName: string, options: Pick<PredictorOptions, 'session' | 'aws'>) => P;

/** A class of one's own wins over serializers and content types, as in the seed. */
function predictorMaker<Data, Answer>(
  options: PredictorArguments<Data, Answer>,
): PredictorMaker<RealTimePredictor<Data, Answer>> {
  return (endpointName, place) => new RealTimePredictor(endpointName, { ...options, ...place });
}

/** What the estimator knows and the model needs. */
export interface ModelOrigin {
  /** The run's input tells the image and role that are served where the model's own arguments do not. */
  estimator?: EstimatorArguments;
  trainingJobName: string;
  modelData?: string;
  connect: () => Promise<Session>;
  /** The session that the estimator was given; a predictor outlives one that the estimator made for itself. */
  session?: Session;
  onDeployed: (endpointName: string) => void;
}

/**
 * A trained model, ready to be deployed any number of times.
 *
 * @see https://sagemaker.readthedocs.io/en/v1.72.0/api/inference/model.html `sagemaker.model.Model`
 *
 * @example
 * ```ts
 * import { csvSerializer, Estimator, stringDeserializer } from 'temporal-sagemaker/client';
 *
 * await using estimator = await Estimator.attach('digits-2026-03-01-12-00-00-000-k3j9x2ab');
 * const model = await estimator.createModel({
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

  /** S3 URI; undefined where the training job was started elsewhere, since only AWS knows it then. */
  get modelData(): string | undefined {
    return this.#origin.modelData;
  }

  /** Training job that made the model. */
  get trainingJobName(): string {
    return this.#origin.trainingJobName;
  }

  /** Serving image; undefined: the training job's. */
  get image(): string | undefined {
    return this.#arguments.image ?? this.#origin.estimator?.imageName;
  }

  /**
   * Creates the endpoint, or updates the one of that name, by a run of its own, and waits until it serves this model.
   *
   * An endpoint that was there keeps serving until the new model is proven. Called again with the same arguments while
   * the run is open, it attaches to it.
   *
   * @throws {@link SageMakerError} `InvalidInput`, `ArtefactMissing`, `EndpointFailed`, `EndpointRolledBack`,
   * `EndpointTimedOut`, `NameTaken`, `LimitExceeded`, `AccessDenied`, `RunConflict`, `Cancelled`
   */
  async deploy(options: HostingArguments): Promise<P> {
    const { connect, session: given, onDeployed } = this.#origin;
    const run = await startRun(await connect(), 'deploy', this.deployInput(options));
    const { endpointName, region } = await run.result();
    onDeployed(endpointName);
    return this.#makePredictor(endpointName, { ...(given && { session: given }), aws: { region } });
  }

  /** @internal */
  deployInput(options: HostingArguments): DeployInput {
    const { estimator, trainingJobName } = this.#origin;
    return { ...(estimator && { estimator }), trainingJobName, deploy: { ...options, ...this.#arguments } };
  }
}

/** Whatever a predictor is made by: a class of one's own, or serializers and content types. */
export type AnyPredictor = PredictorArguments<never, unknown> & { predictorCls?: PredictorClass<unknown> };

/** Options of `createModel` and `deploy` in their parts: the model's own, the predictor's, and the rest. */
export interface SplitOptions<Options> {
  modelArguments: ModelArguments;
  makePredictor: PredictorMaker<unknown>;
  rest: Omit<Options, keyof ModelArguments | keyof AnyPredictor>;
}

export function splitModelOptions<Options extends ModelArguments & AnyPredictor>(
  options: Options,
): SplitOptions<Options> {
  const { predictorCls, serializer, deserializer, contentType, accept, image, role, env, ...rest } = options;
  const modelArguments: ModelArguments = {
    ...(image !== undefined && { image }),
    ...(role !== undefined && { role }),
    ...(env !== undefined && { env }),
  };
  const makePredictor: PredictorMaker<unknown> = predictorCls
    ? (endpointName, place) => new predictorCls(endpointName, place)
    : predictorMaker({
        ...(serializer && { serializer }),
        ...(deserializer && { deserializer }),
        ...(contentType !== undefined && { contentType }),
        ...(accept !== undefined && { accept }),
      });
  return { modelArguments, makePredictor, rest };
}
