/**
 * Sends an encoded answer, or some of one: status, headers, and a body that is text, bytes or a stream. Called by
 * `pipeline.ts`.
 */
import type { ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Service } from '../world';
import type { EncodedAnswer } from './codec';

function headersOf(
  { headers, isOthers }: EncodedAnswer,
  { service, requestId }: { service: Service; requestId: string },
): Record<string, string> {
  return isOthers ? headers : { ...requestIdHeaders(service, requestId), ...headers };
}

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
  const headers = headersOf(answer, about);
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
  const body = bytesOf(answer);
  response.writeHead(answer.status, { ...headers, 'content-length': String(body.byteLength) }).end(body);
}

function bytesOf({ body }: EncodedAnswer): Uint8Array {
  return body instanceof Uint8Array ? body : Buffer.from(typeof body === 'string' ? body : '');
}

/** Half of a body is sent up to here: what streams may be of any length. */
const HALF_BYTES_MAX = 64 * 1024;

/**
 * Sends the headers of an answer, `content-length` included, with all of its body or half of it, and nothing after that:
 * the caller closes the connection. Resolves once it is handed to the operating system, or the client has gone.
 */
export async function sendPart(
  response: ServerResponse,
  answer: EncodedAnswer,
  about: { service: Service; requestId: string; amount: 'half' | 'all' },
): Promise<void> {
  const headers = headersOf(answer, about);
  const { bytes, lengthBytes } = await takePart(answer, about.amount);
  response.writeHead(answer.status, { ...headers, 'content-length': String(lengthBytes) });
  response.flushHeaders();
  await new Promise<void>((resolve) => {
    response.once('close', resolve);
    response.write(bytes, () => {
      resolve();
    });
  });
}

async function takePart(
  answer: EncodedAnswer,
  amount: 'half' | 'all',
): Promise<{ bytes: Uint8Array; lengthBytes: number }> {
  const most = (lengthBytes: number) =>
    amount === 'all' ? lengthBytes : Math.min(Math.floor(lengthBytes / 2), HALF_BYTES_MAX);
  if (!(answer.body instanceof Readable)) {
    const bytes = bytesOf(answer);
    return { bytes: bytes.subarray(0, most(bytes.byteLength)), lengthBytes: bytes.byteLength };
  }
  const lengthBytes = Number(answer.headers['content-length'] ?? 0);
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  for await (const chunk of answer.body as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    sizeBytes += chunk.byteLength;
    if (sizeBytes >= most(lengthBytes)) break;
  }
  return { bytes: Buffer.concat(chunks).subarray(0, most(lengthBytes)), lengthBytes };
}
