/**
 * Bodies of requests: read whole and bounded where they are parsed, streamed where they are an object's bytes. Both are
 * held against the hash that was signed and the checksums that were claimed; `pipeline.ts` hands the result to the
 * codec or to the handler.
 */
import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { PassThrough, pipeline, Transform, type Readable, type TransformCallback } from 'node:stream';
import { AwsError, type Service } from '../world';
import { decodeAwsChunked } from './aws-chunked';
import { startChecksum, type Checksum } from './checksums';
import type { Verified } from './signature';
import { refusalOf } from './signature-refusals';

/** How long a body may take that is read whole, and how long a streamed one may pause. */
const WHOLE_BODY_MS_MAX = 20_000;
const PAUSE_MS_MAX = 30_000;

export interface IncomingBody {
  service: Service;
  request: IncomingMessage;
  headers: ReadonlyMap<string, string>;
  verified: Verified;
}

/** The checksums that headers claim; `content-md5` is one of them under an older name. */
function claimedChecksums(headers: ReadonlyMap<string, string>): [name: string, claimed: string, checksum: Checksum][] {
  const claims: [string, string, Checksum][] = [];
  for (const [header, claimed] of headers) {
    const algorithm = header === 'content-md5' ? 'md5' : /^x-amz-checksum-(.+)$/.exec(header)?.[1];
    if (algorithm === undefined || ['algorithm', 'mode', 'type'].includes(algorithm)) continue;
    const checksum = startChecksum(algorithm);
    if (checksum === undefined) {
      throw new AwsError('NotImplemented', `The emulator cannot check the header ${header}`, 501);
    }
    claims.push([algorithm === 'md5' ? 'Content-MD5' : algorithm.toUpperCase(), claimed, checksum]);
  }
  return claims;
}

/** Lets bytes pass and fails at the end when they are not what was signed or claimed. */
function checkPassing(body: IncomingBody): Transform {
  const claimedSha256 = body.verified.contentSha256;
  const sha256 =
    claimedSha256 !== undefined && /^[0-9a-f]{64}$/i.test(claimedSha256) ? createHash('sha256') : undefined;
  const claims = body.service === 's3' ? claimedChecksums(body.headers) : [];
  return new Transform({
    transform(bytes: Buffer, _encoding, done: TransformCallback) {
      sha256?.update(bytes);
      for (const [, , checksum] of claims) checksum.update(bytes);
      done(null, bytes);
    },
    flush(done) {
      const computed = sha256?.digest('hex');
      if (computed !== undefined && computed !== claimedSha256?.toLowerCase()) {
        done(refusalOf(body.service).bodyMismatch(claimedSha256 ?? '', computed));
        return;
      }
      for (const [name, claimed, checksum] of claims) {
        if (checksum.digest() === claimed) continue;
        done(new AwsError('BadDigest', `The ${name} you specified did not match the calculated checksum.`, 400));
        return;
      }
      done();
    },
  });
}

function decoderOf(body: IncomingBody): Transform | undefined {
  const kind = body.verified.contentSha256 ?? '';
  if (!kind.startsWith('STREAMING-')) return undefined;
  const signed = kind.startsWith('STREAMING-AWS4-HMAC-SHA256-PAYLOAD');
  if (!signed && kind !== 'STREAMING-UNSIGNED-PAYLOAD-TRAILER') {
    throw new AwsError('NotImplemented', `The emulator does not know the payload kind ${kind}`, 501);
  }
  const length = body.headers.get('x-amz-decoded-content-length');
  const decodedLength = length !== undefined && /^\d+$/.test(length) ? Number(length) : undefined;
  if (decodedLength === undefined) {
    throw new AwsError('MissingContentLength', 'You must provide the Content-Length HTTP header.', 411);
  }
  const trailers = kind.endsWith('-TRAILER')
    ? (body.headers.get('x-amz-trailer') ?? '').split(',').map((name) => name.trim().toLowerCase())
    : [];
  return decodeAwsChunked({
    decodedLength,
    trailers: trailers.filter((name) => name !== ''),
    ...(signed ? { seed: body.verified.seed } : {}),
    mismatch: () => refusalOf(body.service).mismatch(''),
  });
}

/**
 * Answers the bare body; it fails at its end with an AwsError when it is not what was signed or claimed. The request
 * itself is left standing whatever happens, so that the error can still be answered.
 */
export function streamBody(body: IncomingBody): Readable {
  const { request } = body;
  const out = new PassThrough();
  const decoder = decoderOf(body);
  const check = checkPassing(body);
  const stages = decoder === undefined ? [check, out] : [decoder, check, out];
  const first = decoder ?? check;
  const breakOff = () => {
    if (!request.readableEnded) first.destroy(new AwsError('IncompleteBody', 'The request body was cut short', 400));
  };
  request.setTimeout(PAUSE_MS_MAX, () => {
    const message = 'Your socket connection to the server was not read from or written to within the timeout period.';
    first.destroy(new AwsError('RequestTimeout', message, 400));
  });
  request.once('close', breakOff);
  request.once('error', breakOff);
  const stop = (error: NodeJS.ErrnoException | null) => {
    request.off('close', breakOff);
    request.setTimeout(0);
    request.unpipe(first);
    request.resume();
    if (error) out.destroy(error);
  };
  pipeline(stages, stop);
  request.pipe(first);
  return out;
}

/** Reads a body whole, at most `bytesMax` of it, and checks the signature where that waited for the body's hash. */
export async function readBody(body: IncomingBody, bytesMax: number): Promise<Buffer> {
  const parts: Buffer[] = [];
  let size = 0;
  const stream = streamBody(body);
  const timer = setTimeout(() => {
    stream.destroy(new AwsError('RequestTimeoutException', 'The request took too long to arrive', 408));
  }, WHOLE_BODY_MS_MAX);
  try {
    for await (const part of stream as AsyncIterable<Buffer>) {
      size += part.byteLength;
      if (size > bytesMax) {
        throw new AwsError(
          body.service === 's3' ? 'MaxMessageLengthExceeded' : 'RequestEntityTooLargeException',
          `Your request was too big: at most ${String(bytesMax)} bytes are read`,
          413,
        );
      }
      parts.push(part);
    }
  } finally {
    clearTimeout(timer);
  }
  const whole = Buffer.concat(parts, size);
  body.verified.confirmBody?.(createHash('sha256').update(whole).digest('hex'));
  return whole;
}
