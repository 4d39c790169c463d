/**
 * Between values and the bytes that an endpoint takes and gives: the shapes of serializers and deserializers, and those
 * of bytes, text and JSON. A predictor serializes what it is asked and deserializes the answer; CSV, npy and streams stand
 * in files of their own, and anyone may write others.
 */
import type { Readable } from 'node:stream';
import { SageMakerError } from './errors';

/** What a serializer may look at beside the data. */
export interface SerializeContext {
  /** Aborted when the prediction is given up: whoever waits for data stops waiting. */
  readonly signal: AbortSignal;
}

/** The body of an invocation; a promise of it is waited for. */
export type SerializedBody = Uint8Array | string | Promise<Uint8Array | string>;

/** Turns data into the body of an invocation. */
export interface SerializerObject<Data, Body extends SerializedBody = SerializedBody> {
  /** Content type that is sent, unless the predictor has one of its own. */
  readonly contentType?: string;
  /** @throws {@link SageMakerError} `InvalidInput` where the data cannot be written */
  serialize(data: Data, context?: SerializeContext): Body;
}

/** A plain function as serializer; as in the seed it may carry its content type. */
export interface SerializerFunction<Data> {
  (data: Data, context?: SerializeContext): SerializedBody;
  /** Content type that is sent, unless the predictor has one of its own. */
  readonly contentType?: string;
}

/**
 * Turns data into the body of an invocation: an object with `serialize`, or a plain function.
 *
 * What it throws reaches the caller of `predict`; nothing has been sent then.
 *
 * @see https://sagemaker.readthedocs.io/en/v1.72.0/api/inference/predictors.html the v1 serializers
 *
 * @example
 * ```ts
 * import { RealTimePredictor, type SerializerObject } from 'temporal-sagemaker/client';
 *
 * const jsonLinesSerializer: SerializerObject<unknown[]> = {
 *   contentType: 'application/jsonlines',
 *   serialize: (values) => values.map((value) => JSON.stringify(value)).join('\n'),
 * };
 * const predictor = new RealTimePredictor('digits', {
 *   aws: { region: 'eu-central-1' },
 *   serializer: jsonLinesSerializer,
 *   deserializer: (body) => Buffer.from(body).toString('utf8').split('\n'),
 * });
 * console.log(await predictor.predict([{ pixels: [0, 5] }, { pixels: [1, 4] }]));
 * predictor.close();
 * ```
 */
export type Serializer<Data> = SerializerObject<Data> | SerializerFunction<Data>;

/** Turns the answer of an invocation into a value. */
export interface DeserializerObject<Answer> {
  /** Content type that is asked for, unless the predictor has one of its own. */
  readonly accept?: string;
  /** @throws {@link SageMakerError} `ModelError` where the answer is not what was asked for */
  deserialize(body: Uint8Array, contentType: string): Answer;
}

/** Turns the answer of an invocation into a value while it still arrives. */
export interface StreamingDeserializer<Answer> {
  /** Content type that is asked for, unless the predictor has one of its own. */
  readonly accept?: string;
  /** The stream fails with a {@link SageMakerError} where the connection does; whoever takes it reads it or destroys it. */
  deserializeStream(body: Readable, contentType: string): Answer;
}

/** A plain function as deserializer; as in the seed it may carry the content type that is asked for. */
export interface DeserializerFunction<Answer> {
  (body: Uint8Array, contentType: string): Answer;
  /** Content type that is asked for, unless the predictor has one of its own. */
  readonly accept?: string;
}

/**
 * Turns the answer of an invocation into a value: an object with `deserialize` or `deserializeStream`, or a plain
 * function. A promise is waited for. What it throws reaches the caller of `predict`.
 *
 * @see https://sagemaker.readthedocs.io/en/v1.72.0/api/inference/predictors.html the v1 deserializers
 */
export type Deserializer<Answer> =
  DeserializerObject<Answer> | StreamingDeserializer<Answer> | DeserializerFunction<Answer>;

const REASON_LENGTH_MAX = 500;

/**
 * Bytes as they are (`application/octet-stream`), no copy; any typed array's memory as it stands.
 *
 * @example
 * ```ts
 * import { bytesSerializer } from 'temporal-sagemaker/client';
 *
 * console.log(bytesSerializer.serialize(new Uint16Array([1, 2])).byteLength); // 4
 * ```
 */
export const bytesSerializer: SerializerObject<ArrayBufferView | ArrayBuffer, Uint8Array> = {
  contentType: 'application/octet-stream',
  serialize: (data) =>
    ArrayBuffer.isView(data) ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength) : new Uint8Array(data),
};

/**
 * The answer as it came: any content type, no copy.
 *
 * @see https://sagemaker.readthedocs.io/en/v1.72.0/api/inference/predictors.html `sagemaker.predictor.BytesDeserializer`
 *
 * @example
 * ```ts
 * import { bytesDeserializer, RealTimePredictor } from 'temporal-sagemaker/client';
 *
 * const predictor = new RealTimePredictor('segments', { deserializer: bytesDeserializer, accept: 'image/png' });
 * console.log((await predictor.predict('s3://my-bucket/scan.png')).byteLength);
 * predictor.close();
 * ```
 */
export const bytesDeserializer: DeserializerObject<Uint8Array> = {
  deserialize: (body) => body,
};

/**
 * Text as it is (`text/plain`), sent as UTF-8.
 *
 * @example
 * ```ts
 * import { RealTimePredictor, stringDeserializer, stringSerializer } from 'temporal-sagemaker/client';
 *
 * const predictor = new RealTimePredictor('digits', {
 *   serializer: stringSerializer,
 *   deserializer: stringDeserializer,
 * });
 * console.log(await predictor.predict('What is a seven?'));
 * predictor.close();
 * ```
 */
export const stringSerializer: SerializerObject<string, string> = {
  contentType: 'text/plain',
  serialize: (data) => data,
};

/**
 * The answer as text, read as UTF-8.
 *
 * @see https://sagemaker.readthedocs.io/en/v1.72.0/api/inference/predictors.html `sagemaker.predictor.StringDeserializer`
 *
 * @example
 * ```ts
 * import { csvSerializer, RealTimePredictor, stringDeserializer } from 'temporal-sagemaker/client';
 *
 * const predictor = new RealTimePredictor('digits', { serializer: csvSerializer, deserializer: stringDeserializer });
 * console.log(await predictor.predict([0, 0, 5, 13, 9, 1, 0, 0]));
 * predictor.close();
 * ```
 */
export const stringDeserializer: DeserializerObject<string> = {
  deserialize: (body) => Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('utf8'),
};

/**
 * Writes a value as JSON (`application/json`); typed arrays as arrays.
 *
 * @throws {@link SageMakerError} `InvalidInput` for an empty text, array or object, for what JSON cannot hold, and for
 * numbers that it would turn into null
 * @see https://sagemaker.readthedocs.io/en/v1.72.0/api/inference/predictors.html `sagemaker.predictor.json_serializer`
 *
 * @example
 * ```ts
 * import { jsonSerializer } from 'temporal-sagemaker/client';
 *
 * console.log(jsonSerializer.serialize({ instances: [new Float32Array([0.5, 1])] })); // {"instances":[[0.5,1]]}
 * ```
 */
export const jsonSerializer: SerializerObject<unknown, string> = {
  contentType: 'application/json',
  serialize(data) {
    refuseEmpty(lengthOf(data));
    try {
      const text = JSON.stringify(data, replaceForJson) as string | undefined;
      if (text !== undefined) return text;
    } catch (error) {
      if (error instanceof SageMakerError) throw error;
      throw new SageMakerError('InvalidInput', `The data cannot be written as JSON: ${String(error)}`, {
        cause: error,
      });
    }
    throw new SageMakerError('InvalidInput', `The data cannot be written as JSON: it is a ${typeof data}.`);
  },
};

/**
 * Reads JSON (`application/json`).
 *
 * @throws {@link SageMakerError} `ModelError` where the answer is no JSON
 * @see https://sagemaker.readthedocs.io/en/v1.72.0/api/inference/predictors.html `sagemaker.predictor.json_deserializer`
 *
 * @example
 * ```ts
 * import { jsonDeserializer, jsonSerializer, RealTimePredictor } from 'temporal-sagemaker/client';
 *
 * const predictor = new RealTimePredictor('digits', { serializer: jsonSerializer, deserializer: jsonDeserializer });
 * console.log(await predictor.predict({ instances: [[0, 0, 5, 13, 9, 1, 0, 0]] }));
 * predictor.close();
 * ```
 */
export const jsonDeserializer: DeserializerObject<unknown> = {
  accept: 'application/json',
  deserialize(body, contentType) {
    const text = stringDeserializer.deserialize(body, contentType);
    try {
      return JSON.parse(text) as unknown;
    } catch (error) {
      throw new SageMakerError('ModelError', `The answer is no JSON; its content type is ${contentType}.`, {
        reason: text.slice(0, REASON_LENGTH_MAX),
        cause: error,
      });
    }
  },
};

/** An invocation without a body is refused by AWS with words that help nobody. */
export function refuseEmpty(length: number): void {
  if (length > 0) return;
  throw new SageMakerError('InvalidInput', 'There is nothing to predict: the data is empty.', {
    fix: 'Pass at least one value.',
  });
}

function lengthOf(data: unknown): number {
  if (data === undefined || data === null) return 0;
  if (typeof data === 'string' || Array.isArray(data)) return data.length;
  if (ArrayBuffer.isView(data)) return data.byteLength;
  return typeof data === 'object' ? Object.keys(data).length : 1;
}

function replaceForJson(_key: string, value: unknown): unknown {
  if (typeof value === 'number' && !Number.isFinite(value)) {
    throw new SageMakerError('InvalidInput', `The data cannot be written as JSON: it holds ${String(value)}.`);
  }
  return ArrayBuffer.isView(value) && !(value instanceof DataView) ? Array.from(value as Uint8Array) : value;
}
