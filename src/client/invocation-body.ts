/**
 * What an invocation may carry. Serializers hand their bodies in here; the predictor sends what comes out.
 */
import { SageMakerError } from './errors';
import { orAborted } from './or-aborted';
import type { Serializer } from './serializers';

/** Largest body that InvokeEndpoint takes. */
export const BODY_BYTES_MAX = 6_291_456;

/**
 * The body for this data; nothing is sent yet. A serializer that has not answered when the signal is aborted is not
 * waited for.
 *
 * @throws {@link SageMakerError} `InvalidInput` for what cannot be sent; the signal's reason; what the serializer throws
 */
export async function serializeBody<Data>(
  serializer: Serializer<Data> | undefined,
  data: Data,
  signal: AbortSignal,
): Promise<Uint8Array | string> {
  const body: unknown = serializer ? await orAborted(signal, () => serialize(serializer, data, signal)) : data;
  if (typeof body !== 'string' && !(body instanceof Uint8Array)) {
    const [where, fix] = serializer
      ? ['A serializer must give text or bytes', 'Let the serializer give a string or a Uint8Array.']
      : [
          'Without a serializer only texts and bytes can be sent',
          'Give the predictor a serializer, such as jsonSerializer.',
        ];
    throw new SageMakerError('InvalidInput', `${where}, not ${body === null ? 'null' : typeof body}.`, { fix });
  }
  const bytes = typeof body === 'string' ? Buffer.byteLength(body) : body.byteLength;
  if (bytes === 0) {
    throw new SageMakerError('InvalidInput', 'There is nothing to predict: the data is empty.', {
      fix: 'Pass at least one value.',
    });
  }
  if (bytes > BODY_BYTES_MAX) throw describeTooLong(`${String(bytes)} bytes`);
  return body;
}

/** The error of a body over the limit. */
export function describeTooLong(size: string): SageMakerError {
  return new SageMakerError(
    'InvalidInput',
    `The data is too long: ${size}; an invocation takes ${String(BODY_BYTES_MAX)}.`,
    { fix: 'Predict in smaller batches, or with a batch transform or an asynchronous endpoint, which read from S3.' },
  );
}

function serialize<Data>(serializer: Serializer<Data>, data: Data, signal: AbortSignal): unknown {
  return typeof serializer === 'function' ? serializer(data, { signal }) : serializer.serialize(data, { signal });
}
