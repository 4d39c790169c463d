/**
 * Streams on both sides of a prediction. What is sent is collected first: SigV4 signs a hash of the whole body, and AWS
 * wants its length. What is answered can be read while it arrives.
 */
import { addAbortSignal, Readable } from 'node:stream';
import { SageMakerError } from './errors';
import { BODY_BYTES_MAX, describeTooLong } from './invocation-body';
import type { SerializerObject, StreamingDeserializer } from './serializers';

/** Whatever gives chunks of bytes or text: Node's streams, the web's, a generator. */
export type StreamData = AsyncIterable<Uint8Array | string>;

/** An answer that is read while it arrives. */
export interface StreamedAnswer {
  /** Read it to its end or destroy it: until then it holds a connection. */
  readonly stream: Readable;
  /** Content type that the model gave. */
  readonly contentType: string;
}

/**
 * Sends what a stream holds (`application/octet-stream`), up to the 6 MiB of an invocation; what is longer is refused,
 * and the stream destroyed, as soon as that is seen.
 *
 * @throws {@link SageMakerError} `InvalidInput` where the stream is too long, fails or gives something other than bytes
 * and text
 *
 * @example
 * ```ts
 * import { createReadStream } from 'node:fs';
 * import { RealTimePredictor, streamSerializer } from 'temporal-sagemaker/client';
 *
 * const predictor = new RealTimePredictor('digits', {
 *   aws: { region: 'eu-central-1' },
 *   serializer: streamSerializer,
 *   contentType: 'image/png',
 * });
 * await predictor.predict(createReadStream('seven.png'));
 * predictor.close();
 * ```
 */
export const streamSerializer: SerializerObject<StreamData, Promise<Uint8Array>> = {
  contentType: 'application/octet-stream',
  async serialize(data, context) {
    const readable = data instanceof Readable ? data : Readable.from(data);
    if (context) addAbortSignal(context.signal, readable);
    const chunks: Buffer[] = [];
    let bytes = 0;
    for await (const chunk of readableChunks(readable)) {
      bytes += chunk.length;
      if (bytes > BODY_BYTES_MAX) throw describeTooLong(`more than ${String(BODY_BYTES_MAX)} bytes`);
      chunks.push(chunk);
    }
    return Buffer.concat(chunks);
  },
};

/**
 * Gives the answer as a stream with its content type; it is never held in memory as a whole.
 *
 * The predictor's `timeoutMs` ends the stream too. A connection that breaks while it is read fails the stream with
 * `AwsUnreachable`.
 *
 * @see https://sagemaker.readthedocs.io/en/v1.72.0/api/inference/predictors.html `sagemaker.predictor.StreamDeserializer`
 *
 * @example
 * ```ts
 * import { createWriteStream } from 'node:fs';
 * import { pipeline } from 'node:stream/promises';
 * import { RealTimePredictor, streamDeserializer } from 'temporal-sagemaker/client';
 *
 * const predictor = new RealTimePredictor('segments', {
 *   aws: { region: 'eu-central-1' },
 *   deserializer: streamDeserializer,
 *   accept: 'image/png',
 * });
 * const { stream } = await predictor.predict('s3://my-bucket/scan.png');
 * await pipeline(stream, createWriteStream('segments.png'));
 * predictor.close();
 * ```
 */
export const streamDeserializer: StreamingDeserializer<StreamedAnswer> = {
  deserializeStream: (stream, contentType) => ({ stream, contentType }),
};

async function* readableChunks(readable: Readable): AsyncGenerator<Buffer> {
  try {
    for await (const chunk of readable as AsyncIterable<unknown>) {
      if (typeof chunk !== 'string' && !(chunk instanceof Uint8Array)) {
        throw new TypeError(
          `it gave ${chunk === null ? 'null' : `a value of the type ${typeof chunk}`}, no bytes or text`,
        );
      }
      yield Buffer.from(chunk);
    }
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new SageMakerError('InvalidInput', `The stream could not be read: ${reason}`, {
      fix: 'Pass a stream of bytes or text that nobody has read yet.',
      cause: error,
    });
  }
}
