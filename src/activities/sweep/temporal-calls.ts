/**
 * A sweep's questions to Temporal, through the connection of the worker that runs it. A run that is not there is an answer;
 * anything else that goes wrong is a failure, by which nothing is judged.
 */
import { Context } from '@temporalio/activity';
import {
  isGrpcServiceError,
  WorkflowClient,
  WorkflowNotFoundError,
  type Client,
  type WorkflowExecutionDescription,
  type WorkflowExecutionInfo,
} from '@temporalio/client';
import type { Payload, PayloadCodec } from '@temporalio/common';
import type { FailureCode } from '../../contract';
import { failWith } from '../aws-errors';

const CALL_LIMIT_MS = 10_000;
const PAGE_SIZE = 500;

/** What stands in a memo in the place of what this worker cannot read. */
export const UNREADABLE = 'temporal-sagemaker: unreadable';
const UNREADABLE_PAYLOAD: Payload = {
  metadata: { encoding: Buffer.from('json/plain') },
  data: Buffer.from(JSON.stringify(UNREADABLE)),
};

/** A client that a memo of somebody else's codec does not keep from reading a whole list. */
function openReader({ connection, options }: Client): WorkflowClient {
  const { namespace, identity, dataConverter, loadedDataConverter } = options;
  const reading: PayloadCodec = {
    encode: (payloads) => Promise.resolve(payloads),
    async decode(payloads, context) {
      try {
        let decoded = payloads;
        for (const codec of [...loadedDataConverter.payloadCodecs].reverse())
          decoded = await codec.decode(decoded, context);
        return decoded.map((payload) => (isPlain(payload) ? payload : UNREADABLE_PAYLOAD));
      } catch {
        return payloads.map(() => UNREADABLE_PAYLOAD);
      }
    },
  };
  return new WorkflowClient({
    connection,
    namespace,
    identity,
    dataConverter: { ...dataConverter, payloadCodecs: [reading] },
  });
}

function isPlain({ metadata }: Payload): boolean {
  return /^(json|binary)\/(plain|null)$/.test(Buffer.from(metadata?.encoding ?? '').toString());
}

export async function describe(
  client: Client,
  workflowId: string,
  runId?: string,
): Promise<WorkflowExecutionDescription | undefined> {
  return call(client, { workflowId }, () => openReader(client).getHandle(workflowId, runId).describe());
}

/** Runs that one question may find: a namespace may close hundreds of thousands in a day. */
export const RUNS_MAX = 50_000;

/**
 * Goes through the runs that a question finds, page by page. False where there are more than {@link RUNS_MAX}, or `visit`
 * wants no more.
 */
export async function eachRun(
  client: Client,
  query: string,
  visit: (run: WorkflowExecutionInfo) => unknown,
): Promise<boolean> {
  const runs = openReader(client).list({ query, pageSize: PAGE_SIZE })[Symbol.asyncIterator]();
  for (let count = 0; ; count += 1) {
    // Within a page this is no call, but each page has the time of one.
    const next = await call(client, {}, () => runs.next());
    if (!next || next.done) return true;
    if (count === RUNS_MAX || visit(next.value) === false) return false;
  }
}

/** No condition can be made of a value that would need escaping. */
export function equals(name: string, value: string): string | undefined {
  // eslint-disable-next-line no-control-regex -- control characters are what this is about
  return /['"\\\u0000-\u001f\u007f]/.test(value) ? undefined : `${name} = '${value}'`;
}

/** gRPC's status codes, as far as they are told apart here. */
const GRPC = { invalidArgument: 3, permissionDenied: 7, unauthenticated: 16 } as const;

/** Undefined where there is no such run. Anything else that goes wrong is no answer, by which nothing may be judged. */
export async function call<T>(
  client: Client,
  at: Record<string, string>,
  ask: () => Promise<T>,
): Promise<T | undefined> {
  Context.current().heartbeat();
  try {
    return await client.withDeadline(Date.now() + CALL_LIMIT_MS, ask);
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return undefined;
    throw failureOfTemporal(findGrpcError(error), error, { namespace: client.options.namespace, ...at });
  }
}

function findGrpcError(error: unknown): { code: number; details: string } | undefined {
  let at = error;
  for (let depth = 0; depth < 5 && at instanceof Error; depth += 1) {
    if (isGrpcServiceError(at)) return at;
    at = at.cause;
  }
  return undefined;
}

function failureOfTemporal(
  grpc: { code: number; details: string } | undefined,
  error: unknown,
  at: Record<string, string>,
): Error {
  const reason = grpc?.details ?? (error instanceof Error ? error.message : String(error));
  const isDenied = grpc?.code === GRPC.permissionDenied || grpc?.code === GRPC.unauthenticated;
  const code: FailureCode = isDenied
    ? 'AccessDenied'
    : grpc?.code === GRPC.invalidArgument
      ? 'Internal'
      : 'TemporalUnreachable';
  return failWith(code, `Temporal did not tell what became of runs: ${reason}`, at, {
    details: { reason },
    retryable: code === 'TemporalUnreachable',
  });
}
