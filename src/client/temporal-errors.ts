/**
 * What went wrong between the client and the Temporal server, as a {@link SageMakerError}. Every call to Temporal in
 * this folder ends here when it throws; a workflow's own failure is read in `workflow-failure.ts`.
 */
import { isGrpcServiceError, NamespaceNotFoundError, WorkflowNotFoundError } from '@temporalio/client';
import { PayloadError } from '../payload-codec';
import { SageMakerError, type ErrorDetails } from './errors';
import type { Session } from './session';

/** gRPC's status codes, as far as they are told apart here. */
const GRPC = {
  cancelled: 1,
  unknown: 2,
  invalidArgument: 3,
  deadlineExceeded: 4,
  notFound: 5,
  permissionDenied: 7,
  resourceExhausted: 8,
  failedPrecondition: 9,
  aborted: 10,
  internal: 13,
  unavailable: 14,
  dataLoss: 15,
  unauthenticated: 16,
} as const;

const PASSING: readonly number[] = [
  GRPC.unknown,
  GRPC.deadlineExceeded,
  GRPC.resourceExhausted,
  GRPC.aborted,
  GRPC.internal,
  GRPC.unavailable,
  GRPC.dataLoss,
];

const CAUSES_MAX = 10;

/** True where the server did not answer, or not now: the same call may succeed later. */
export function isOutage(error: unknown): boolean {
  const code = findGrpcError(error)?.code;
  return code !== undefined && PASSING.includes(code);
}

/** True of a query where no worker answered it in time, or the server knows of none. */
export function isWithoutWorker(error: unknown): boolean {
  const code = findGrpcError(error)?.code;
  // Of a deadline, the server sometimes tells first, and then as a cancellation.
  return code === GRPC.failedPrecondition || code === GRPC.deadlineExceeded || code === GRPC.cancelled;
}

/** True where the server takes the call for a mistake: the same call would be refused again. */
export function isRefusal(error: unknown): boolean {
  return findGrpcError(error)?.code === GRPC.invalidArgument;
}

/** The error of a call to Temporal about `details`. A {@link SageMakerError} passes as it is. */
export function toTemporalError(error: unknown, session: Session, details: ErrorDetails = {}): SageMakerError {
  if (error instanceof SageMakerError) return error;
  const at = `[address=${addressOf(session)}, namespace=${session.client.options.namespace}]`;
  const context = { ...details, cause: error };
  if (error instanceof WorkflowNotFoundError) {
    return new SageMakerError('RunNotFound', `There is no run of this Workflow Id ${at}.`, context);
  }
  if (error instanceof NamespaceNotFoundError) {
    return new SageMakerError('TemporalUnreachable', `The Temporal namespace does not exist ${at}.`, {
      ...context,
      fix: 'Set TEMPORAL_NAMESPACE to a namespace of this server, or create it.',
    });
  }
  const unreadable = [...causesOf(error)].find((cause) => cause instanceof PayloadError);
  if (unreadable) {
    return new SageMakerError(unreadable.code, `${unreadable.why} ${at}.`, { ...context, fix: unreadable.fix });
  }
  const grpc = findGrpcError(error);
  const messages = [...causesOf(error)].map(({ message }) => message);
  const reason = grpc?.details ?? messages.at(-1) ?? String(error);
  if (!grpc) {
    if (!/channel has been shut down/i.test(reason)) return new SageMakerError('Internal', `${reason} ${at}`, context);
    return new SageMakerError('TemporalUnreachable', `The session is closed ${at}.`, {
      ...context,
      fix: 'Connect a new session.',
    });
  }
  switch (grpc.code) {
    case GRPC.permissionDenied:
    case GRPC.unauthenticated:
      return new SageMakerError('AccessDenied', `Temporal refused the call: ${reason} ${at}`, {
        ...context,
        fix: 'Check TEMPORAL_API_KEY or the TLS certificate, and that they are allowed to use this namespace.',
      });
    case GRPC.invalidArgument:
      return new SageMakerError('InvalidInput', `Temporal refused the call: ${reason} ${at}`, context);
    default:
      return PASSING.includes(grpc.code) || grpc.code === GRPC.cancelled
        ? new SageMakerError('TemporalUnreachable', `Temporal did not answer: ${reason} ${at}`, context)
        : new SageMakerError('Internal', `Temporal refused the call: ${reason} ${at}`, context);
  }
}

/** `host:port` of the server that a session speaks to. */
export function addressOf({ client }: Session): string {
  // A `Connection` tells its options; another implementation of the interface need not.
  const { options } = client.connection as { options?: { address?: string } };
  return options?.address ?? 'unknown';
}

function findGrpcError(error: unknown): { code: number; details: string } | undefined {
  for (const cause of causesOf(error)) if (isGrpcServiceError(cause)) return cause;
  return undefined;
}

/** The error, its cause, and so on down. */
function* causesOf(error: unknown): Generator<Error> {
  let at = error;
  for (let depth = 0; depth < CAUSES_MAX && at instanceof Error; depth += 1) {
    yield at;
    at = at.cause;
  }
}
