/**
 * Asks an endpoint for predictions. Comes from `deploy`, or is made by hand for any endpoint; speaks to SageMaker's
 * runtime directly, since an invocation is no durable work. The AWS SDK is loaded with the first prediction.
 */
import type { SageMakerRuntimeClient, SageMakerRuntimeClientConfig } from '@aws-sdk/client-sagemaker-runtime';
import type { DeleteEndpointResult } from '../contract';
import { keepBodyUnread, translateErrors } from './answer-stream';
import { serializeBody } from './invocation-body';
import { locateError, toInvocationError, toSerializeError, type Invocation } from './invocation-errors';
import { orAborted } from './or-aborted';
import { requireUsable } from './predictor-problems';
import { bytesDeserializer, type Deserializer, type Serializer } from './serializers';
import { connect, type Session } from './session';
import { startRun } from './start';

/** The model has 60 s for its answer; the rest is for the way. */
const TIMEOUT_MS_DEFAULT = 70_000;
const CONNECTION_TIMEOUT_MS = 5_000;

/** How a predictor speaks to its endpoint. */
export interface PredictorOptions<Data = Uint8Array | string, Answer = Uint8Array> {
  /** Region, and what `deleteEndpoint` runs by. @default the AWS SDK's chain; a session connected for `deleteEndpoint` */
  session?: Session;
  /** Settings of the AWS client beside the default chain, such as `region`. */
  aws?: SageMakerRuntimeClientConfig;
  /** @default texts and bytes are sent as they are */
  serializer?: Serializer<Data>;
  /** @default the answer's bytes */
  deserializer?: Deserializer<Answer>;
  /** Content type that is sent. @default the serializer's */
  contentType?: string;
  /** Content type that is asked for. @default the deserializer's */
  accept?: string;
  /** How long one prediction may take, from data to answer, in milliseconds. @default 70000 */
  timeoutMs?: number;
}

/** Options of one prediction. */
export interface PredictOptions {
  /** Gives the prediction up. */
  signal?: AbortSignal;
}

/**
 * Makes predictions with an endpoint that serves in real time.
 *
 * @see https://sagemaker.readthedocs.io/en/v1.72.0/api/inference/predictors.html `sagemaker.predictor.RealTimePredictor`
 *
 * @example
 * ```ts
 * import { csvSerializer, jsonDeserializer, RealTimePredictor } from 'temporal-sagemaker/client';
 *
 * const predictor = new RealTimePredictor('digits', {
 *   aws: { region: 'eu-central-1' },
 *   serializer: csvSerializer,
 *   deserializer: jsonDeserializer,
 * });
 * console.log(await predictor.predict([[0, 0, 5, 13, 9, 1, 0, 0]]));
 * predictor.close();
 * ```
 */
export class RealTimePredictor<Data = Uint8Array | string, Answer = Uint8Array> {
  readonly #options: PredictorOptions<Data, Answer>;
  readonly #timeoutMs: number;
  #client: Promise<SageMakerRuntimeClient> | undefined;

  /**
   * Asks nobody; an endpoint that is not there is told by the first prediction.
   *
   * @param endpointName the endpoint to ask, whoever made it
   * @throws {@link SageMakerError} `InvalidInput` with every problem, such as a `timeoutMs` that is no whole number from 1
   */
  constructor(
    /** The endpoint that is asked. */
    readonly endpointName: string,
    options: PredictorOptions<Data, Answer> = {},
  ) {
    requireUsable(options, { endpointName });
    this.#options = options;
    this.#timeoutMs = options.timeoutMs ?? TIMEOUT_MS_DEFAULT;
  }

  /** Content type that is sent: the explicit one, else the serializer's. Undefined: AWS's default. */
  get contentType(): string | undefined {
    return this.#options.contentType ?? this.#options.serializer?.contentType;
  }

  /** Content type that is asked for: the explicit one, else the deserializer's. Undefined: the model's choice. */
  get accept(): string | undefined {
    return this.#options.accept ?? this.#options.deserializer?.accept;
  }

  /**
   * Asks the endpoint once; it is never asked again without your doing, since a model may act on what it is asked.
   *
   * Gives up after `timeoutMs`, be it the data, the AWS credentials or the answer that it waits for. What a serializer or
   * deserializer of your own throws is passed on as it is.
   *
   * @param data what the serializer takes; without one, texts and bytes. At most 6 MiB when serialized
   * @throws {@link SageMakerError} `InvalidInput` for data that is empty, too long or not there in time; `ModelError` with
   * the model's own words in `reason` and its HTTP status in `modelStatus`; `EndpointNotFound`; `AccessDenied`;
   * `AwsUnreachable`, of silence too. The signal's reason where it is aborted
   * @see https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_runtime_InvokeEndpoint.html
   */
  async predict(data: Data, { signal }: PredictOptions = {}): Promise<Awaited<Answer>> {
    const client = await this.#connect();
    const timeout = AbortSignal.timeout(this.#timeoutMs);
    const given = signal ? AbortSignal.any([signal, timeout]) : timeout;
    const invocation: Invocation = {
      endpointName: this.endpointName,
      // Without any region the call itself will fail for that.
      region: await orAborted(given, () => client.config.region()).catch(() => 'unknown'),
      timeoutMs: this.#timeoutMs,
      timeout,
      ...(signal && { signal }),
    };
    if (given.aborted) throw toInvocationError(given.reason, invocation);
    const body = await serializeBody(this.#options.serializer, data, given).catch((error: unknown) => {
      throw toSerializeError(error, invocation);
    });
    return this.#invoke(client, body, given, invocation);
  }

  /**
   * Deletes the endpoint by a run of its own, and waits for its end; its config and model too where a run of ours made
   * them.
   *
   * @throws {@link SageMakerError} `EndpointNotFound` when there is none; `TemporalUnreachable`
   * @see https://sagemaker.readthedocs.io/en/v1.72.0/api/inference/predictors.html `RealTimePredictor.delete_endpoint`
   */
  async deleteEndpoint(): Promise<DeleteEndpointResult> {
    const session = this.#options.session ?? (await connect());
    try {
      const { region } = this.#options.aws ?? {};
      const run = await startRun(session, 'deleteEndpoint', {
        endpointName: this.endpointName,
        // A worker of another region shall refuse it: there, the name may be somebody else's.
        ...(typeof region === 'string' && { region }),
      });
      return await run.result();
    } finally {
      if (!this.#options.session) await session.close();
    }
  }

  /** Ends the connections to AWS; the endpoint stays. A later prediction connects again. */
  close(): void {
    const client = this.#client;
    this.#client = undefined;
    // A client that could not be made has nothing to close; the prediction that wanted it was told.
    client?.then(
      (made) => {
        made.destroy();
      },
      () => undefined,
    );
  }

  async #invoke(
    client: SageMakerRuntimeClient,
    body: Uint8Array | string,
    abortSignal: AbortSignal,
    invocation: Invocation,
  ): Promise<Awaited<Answer>> {
    const { InvokeEndpointCommand } = await import('@aws-sdk/client-sagemaker-runtime');
    const command = new InvokeEndpointCommand({
      EndpointName: this.endpointName,
      Body: body,
      ...(this.contentType !== undefined && { ContentType: this.contentType }),
      ...(this.accept !== undefined && { Accept: this.accept }),
    });
    const deserializer =
      this.#options.deserializer ?? (bytesDeserializer as Deserializer<unknown> as Deserializer<Answer>);
    const isStreaming = 'deserializeStream' in deserializer;
    const takeBody = isStreaming ? keepBodyUnread(command) : undefined;
    const toError = (error: unknown): Error => toInvocationError(error, invocation);
    // The SDK looks at the signal from the request on; credentials that never come would be waited for.
    const send = () => client.send(command, { abortSignal });
    const answer = await orAborted(abortSignal, send).catch((error: unknown) => {
      throw toError(error);
    });
    const contentType = answer.ContentType ?? 'application/octet-stream';
    try {
      if (isStreaming) {
        return await deserializer.deserializeStream(
          translateErrors(takeBody?.() ?? [answer.Body], toError),
          contentType,
        );
      }
      return typeof deserializer === 'function'
        ? await deserializer(answer.Body, contentType)
        : await deserializer.deserialize(answer.Body, contentType);
    } catch (error) {
      throw locateError(error, invocation, answer.$metadata.requestId);
    }
  }

  async #connect(): Promise<SageMakerRuntimeClient> {
    this.#client ??= import('@aws-sdk/client-sagemaker-runtime').then(({ SageMakerRuntimeClient }) => {
      const region = this.#options.aws?.region ?? this.#options.session?.region;
      return new SageMakerRuntimeClient({
        maxAttempts: 1,
        requestHandler: { connectionTimeout: CONNECTION_TIMEOUT_MS },
        ...this.#options.aws,
        ...(region !== undefined && { region }),
      });
    });
    return this.#client;
  }
}
