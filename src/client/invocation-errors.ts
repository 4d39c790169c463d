/**
 * What went wrong with an invocation, as a {@link SageMakerError}: the model's own refusal, AWS's, silence, or an answer
 * that could not be read. The predictor throws it.
 */
import { readTrouble } from '../domain/aws-errors';
import { toAwsError } from './aws-errors';
import { SageMakerError, type ErrorDetails } from './errors';

const REASON_LENGTH_MAX = 2_000;

/** Which endpoint was asked, and how patiently. */
export interface Invocation {
  endpointName: string;
  region: string;
  timeoutMs: number;
  /** Aborted when `timeoutMs` had passed. */
  timeout: AbortSignal;
  /** The caller's own. */
  signal?: AbortSignal;
}

/** The error of an invocation that was sent, or the reason for which the caller gave it up. */
export function toInvocationError(error: unknown, invocation: Invocation): Error {
  const { endpointName, region, timeout, signal } = invocation;
  if (signal?.aborted) return signal.reason as Error;
  if (timeout.aborted) return timedOut('InvokeEndpoint: no answer', invocation, error);
  const { code, message, requestId } = readTrouble(error);
  const context = { endpointName, cause: error, ...(requestId !== undefined && { requestId }) };
  if (code === 'ModelError') return toModelError(error, message, invocation, context);
  if (/^Validation(Error|Exception)$/.test(code) && /not found|could not find/i.test(message)) {
    const why = `InvokeEndpoint: ${message} ${coordinates(invocation)}`;
    return new SageMakerError('EndpointNotFound', why, { ...context, reason: message });
  }
  return toAwsError(error, 'InvokeEndpoint', { endpoint: endpointName, region }, 'EndpointNotFound', { endpointName });
}

/** The error of data that could not be made a body, or was not there in time; nothing was sent. */
export function toSerializeError(error: unknown, invocation: Invocation): unknown {
  if (invocation.signal?.aborted) return invocation.signal.reason;
  if (!invocation.timeout.aborted) return locateError(error, invocation);
  const seconds = String(invocation.timeoutMs / 1_000);
  const why = `The data was not serialized within ${seconds} s, and nothing was sent ${coordinates(invocation)}`;
  return new SageMakerError('InvalidInput', why, {
    endpointName: invocation.endpointName,
    fix: 'See that the stream or the serializer comes to an end, or raise timeoutMs.',
    cause: error,
  });
}

/** An error of ours that a serializer or deserializer threw, with the coordinates that only the predictor knows. */
export function locateError(error: unknown, invocation: Invocation, requestId?: string): unknown {
  if (!(error instanceof SageMakerError) || error.endpointName !== undefined) return error;
  const { code, why, fix, reason } = error;
  return new SageMakerError(code, `${why} ${coordinates(invocation)}`, {
    endpointName: invocation.endpointName,
    fix,
    ...(reason !== undefined && { reason }),
    ...(requestId !== undefined && { requestId }),
    cause: error,
  });
}

function toModelError(error: unknown, message: string, at: Invocation, context: ErrorDetails): SageMakerError {
  const { OriginalMessage, OriginalStatusCode } = error as { OriginalMessage?: string; OriginalStatusCode?: number };
  const reason = (OriginalMessage ?? message).slice(0, REASON_LENGTH_MAX);
  // Of a model that did not answer in time, AWS tells no status, or zero.
  const answered =
    OriginalStatusCode === undefined || OriginalStatusCode === 0
      ? 'The model gave no answer'
      : `The model answered with ${String(OriginalStatusCode)}`;
  return new SageMakerError('ModelError', `${answered}: ${reason} ${coordinates(at)}`, {
    ...context,
    reason,
    fix: `Read the model's own message above and its log, the log group /aws/sagemaker/Endpoints/${at.endpointName}.`,
    ...(OriginalStatusCode !== undefined && { modelStatus: OriginalStatusCode }),
  });
}

function timedOut(what: string, invocation: Invocation, cause: unknown): SageMakerError {
  const seconds = String(invocation.timeoutMs / 1_000);
  return new SageMakerError('AwsUnreachable', `${what} within ${seconds} s (timeoutMs) ${coordinates(invocation)}`, {
    endpointName: invocation.endpointName,
    fix:
      'A model has 60 s for an answer: predict in smaller batches, or use an asynchronous endpoint. See too that the AWS ' +
      'credentials of this process come at once. Whether the model was reached is not known, so it was not asked again.',
    cause,
  });
}

function coordinates({ endpointName, region }: Invocation): string {
  return `[endpoint=${endpointName}, region=${region}]`;
}
