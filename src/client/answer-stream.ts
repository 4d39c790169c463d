/**
 * The body of an answer before the AWS SDK reads it into memory: taken from the HTTP response while the SDK still reads
 * status, headers and errors. For deserializers that stream; comes from the predictor's call and goes back to it.
 */
import { Readable } from 'node:stream';
import type { InvokeEndpointCommand } from '@aws-sdk/client-sagemaker-runtime';

/** The part of an HTTP response that is looked at. */
interface Response {
  statusCode: number;
  body: unknown;
}

/**
 * Has the command leave the body of a successful answer unread; the function gives it once the call has resolved, and
 * nothing where an HTTP handler of the caller's own gives another kind of stream: then the SDK has read it.
 */
export function keepBodyUnread(command: InvokeEndpointCommand): () => Readable | undefined {
  let body: Readable | undefined;
  command.middlewareStack.add(
    (next) => async (args) => {
      const result = await next(args);
      const response = result.response as Response;
      if (response.statusCode < 300 && response.body instanceof Readable) {
        body = response.body;
        response.body = new Uint8Array();
      }
      return result;
    },
    // Behind the SDK's own, so that it comes first upon the answer.
    { step: 'deserialize', priority: 'low', name: 'keepBodyUnread' },
  );
  return () => body;
}

/** The same bytes; what breaks on the way is told as the error that `toError` makes of it. */
export function translateErrors(body: Readable | Uint8Array[], toError: (error: unknown) => Error): Readable {
  return Readable.from(readThrough(body, toError), { objectMode: false });
}

async function* readThrough(
  body: Readable | Uint8Array[],
  toError: (error: unknown) => Error,
): AsyncGenerator<Uint8Array> {
  try {
    for await (const chunk of body as AsyncIterable<Uint8Array> | Uint8Array[]) yield chunk;
  } catch (error) {
    throw toError(error);
  }
}
