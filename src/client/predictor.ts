/**
 * Asks an endpoint for predictions. Comes from `deploy`, or is made by hand for any endpoint; speaks to SageMaker's
 * runtime directly, since an invocation is no durable work. The AWS SDK is loaded with the first prediction.
 */
import type { SageMakerRuntimeClient, SageMakerRuntimeClientConfig } from '@aws-sdk/client-sagemaker-runtime';
import type { DeleteEndpointResult } from '../contract';
import { readTrouble } from '../domain/aws-errors';
import { toAwsError } from './aws-errors';
import { SageMakerError } from './errors';
import { connect, type Session } from './session';
import { bytesDeserializer, type Deserializer, type Serializer } from './serializers';
import { startRun } from './start';

/** Largest body that InvokeEndpoint takes. */
const BODY_BYTES_MAX = 6_291_456;
/** The model has 60 s for its answer; the rest is for the way. */
const INVOKE_TIMEOUT_MS = 70_000;
const CONNECTION_TIMEOUT_MS = 5_000;
const REASON_LENGTH_MAX = 2_000;

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
  #client: Promise<SageMakerRuntimeClient> | undefined;

  constructor(
    readonly endpointName: string,
    options: PredictorOptions<Data, Answer> = {},
  ) {
    this.#options = options;
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
   * Gives up after 70 seconds.
   *
   * @param data what the serializer takes; without one, texts and bytes. At most 6 MiB when serialized
   * @throws {@link SageMakerError} `InvalidInput` for data that is empty or too long; `ModelError` with the model's own
   * words in `reason` and its HTTP status in `modelStatus`; `EndpointNotFound`; `AccessDenied`; `AwsUnreachable`.
   * The signal's reason where it is aborted
   * @see https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_runtime_InvokeEndpoint.html
   */
  async predict(data: Data, { signal }: PredictOptions = {}): Promise<Answer> {
    const body = this.#serialize(data);
    const { InvokeEndpointCommand } = await import('@aws-sdk/client-sagemaker-runtime');
    const client = await this.#connect();
    const timeout = AbortSignal.timeout(INVOKE_TIMEOUT_MS);
    const command = new InvokeEndpointCommand({
      EndpointName: this.endpointName,
      Body: body,
      ...(this.contentType !== undefined && { ContentType: this.contentType }),
      ...(this.accept !== undefined && { Accept: this.accept }),
    });
    const answer = await client
      .send(command, { abortSignal: signal ? AbortSignal.any([signal, timeout]) : timeout })
      .catch(async (error: unknown) => {
        signal?.throwIfAborted();
        throw await this.#toError(error, client, timeout);
      });
    const deserializer =
      this.#options.deserializer ?? (bytesDeserializer as Deserializer<unknown> as Deserializer<Answer>);
    return deserializer.deserialize(answer.Body, answer.ContentType ?? 'application/octet-stream');
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

  #serialize(data: Data): Uint8Array | string {
    const { serializer } = this.#options;
    const body: unknown = serializer ? serializer.serialize(data) : data;
    if (typeof body !== 'string' && !(body instanceof Uint8Array)) {
      throw new SageMakerError(
        'InvalidInput',
        `Without a serializer only texts and bytes can be sent, not ${typeof body}.`,
        {
          endpointName: this.endpointName,
          fix: 'Give the predictor a serializer, such as jsonSerializer.',
        },
      );
    }
    const bytes = typeof body === 'string' ? Buffer.byteLength(body) : body.byteLength;
    if (bytes === 0) {
      throw new SageMakerError('InvalidInput', 'There is nothing to predict: the data is empty.', {
        endpointName: this.endpointName,
        fix: 'Pass at least one value.',
      });
    }
    if (bytes > BODY_BYTES_MAX) {
      const sizes = `${String(bytes)} bytes; an invocation takes ${String(BODY_BYTES_MAX)}`;
      throw new SageMakerError('InvalidInput', `The data is too long: ${sizes}.`, {
        endpointName: this.endpointName,
        fix: 'Predict in smaller batches.',
      });
    }
    return body;
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

  async #toError(error: unknown, client: SageMakerRuntimeClient, timeout: AbortSignal): Promise<SageMakerError> {
    const { endpointName } = this;
    // Without any region the call has failed for that, and this would fail again.
    const region = await client.config.region().catch(() => 'unknown');
    const at = { endpoint: endpointName, region };
    if (timeout.aborted) {
      const seconds = String(INVOKE_TIMEOUT_MS / 1_000);
      return new SageMakerError(
        'AwsUnreachable',
        `No answer within ${seconds} s [endpoint=${endpointName}, region=${region}]`,
        {
          endpointName,
          cause: error,
        },
      );
    }
    const { code, message, requestId } = readTrouble(error);
    const context = { endpointName, cause: error, ...(requestId !== undefined && { requestId }) };
    if (code === 'ModelError') {
      const { OriginalMessage, OriginalStatusCode } = error as {
        OriginalMessage?: string;
        OriginalStatusCode?: number;
      };
      const reason = (OriginalMessage ?? message).slice(0, REASON_LENGTH_MAX);
      const status = OriginalStatusCode === undefined ? '' : ` with ${String(OriginalStatusCode)}`;
      return new SageMakerError(
        'ModelError',
        `The model answered${status}: ${reason} [endpoint=${endpointName}, region=${region}]`,
        {
          ...context,
          reason,
          ...(OriginalStatusCode !== undefined && { modelStatus: OriginalStatusCode }),
        },
      );
    }
    if (/^Validation(Error|Exception)$/.test(code) && /not found|could not find/i.test(message)) {
      return new SageMakerError('EndpointNotFound', `${message} [endpoint=${endpointName}, region=${region}]`, {
        ...context,
        reason: message,
      });
    }
    return toAwsError(error, 'InvokeEndpoint', at, { endpointName });
  }
}
