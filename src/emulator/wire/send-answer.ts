/** Sends an encoded answer: status, headers, and a body that is text, bytes or a stream. Called by `pipeline.ts`. */
import type { ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Service } from '../world';
import type { EncodedAnswer } from './codec';

function requestIdHeaders(service: Service, requestId: string): Record<string, string> {
  return service === 's3'
    ? { 'x-amz-request-id': requestId, 'x-amz-id-2': requestId }
    : { 'x-amzn-requestid': requestId };
}

/** Lets go of a body that is not going to be sent. */
export function discardBody(answer: EncodedAnswer): void {
  if (answer.body instanceof Readable) answer.body.destroy();
}

/**
 * Resolves once everything is handed to the operating system; rejects when the body breaks or the caller goes, and then
 * the connection is closed, as the caller must not take half an answer for a whole one.
 */
export async function sendAnswer(
  response: ServerResponse,
  answer: EncodedAnswer,
  about: { service: Service; requestId: string; headOnly: boolean },
): Promise<void> {
  const headers: Record<string, string> = { ...requestIdHeaders(about.service, about.requestId), ...answer.headers };
  const bodyless = about.headOnly || answer.status === 204 || answer.status === 304;
  if (bodyless) {
    discardBody(answer);
    response.writeHead(answer.status, headers).end();
    return;
  }
  if (answer.body instanceof Readable) {
    response.writeHead(answer.status, headers);
    await pipeline(answer.body, response);
    return;
  }
  const body =
    answer.body instanceof Uint8Array ? answer.body : Buffer.from(typeof answer.body === 'string' ? answer.body : '');
  response.writeHead(answer.status, { ...headers, 'content-length': String(body.byteLength) }).end(body);
}
