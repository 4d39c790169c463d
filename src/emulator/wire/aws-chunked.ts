/**
 * Takes the `aws-chunked` framing off a body as it streams by: size lines, data, and trailers with checksums or
 * signatures. `request-body.ts` puts it between the socket and the handler; a body that is cut short or does not match
 * fails the stream at its end, so that nothing is stored.
 */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { Transform, type TransformCallback } from 'node:stream';
import { AwsError } from '../world';
import { startChecksum, type Checksum } from './checksums';

/** Longest size line or trailer line; a chunk signature takes 85. */
const LINE_LENGTH_MAX = 4096;
const TRAILERS_MAX = 16;

const EMPTY_SHA256 = createHash('sha256').digest('hex');

export interface ChunkedBody {
  /** `x-amz-decoded-content-length`. */
  decodedLength: number | undefined;
  /** Trailer names that were announced, in small letters. */
  trailers: string[];
  /** Where the chunks are signed: what the first one's signature is chained to. */
  seed?: { signature: string; timestamp: string; scope: string; signingKey: Buffer };
  /** The error for a chunk signature that is wrong. */
  mismatch: () => AwsError;
}

/** Follows the chain of signatures through the chunks. */
function startSignatureChain(seed: NonNullable<ChunkedBody['seed']>, mismatch: () => AwsError) {
  let previous = seed.signature;
  const confirm = (algorithm: string, hashes: string[], given: string | undefined) => {
    const text = [algorithm, seed.timestamp, seed.scope, previous, ...hashes].join('\n');
    const wanted = createHmac('sha256', seed.signingKey).update(text, 'utf8').digest('hex');
    const [a, b] = [Buffer.from(wanted), Buffer.from(given ?? '')];
    if (a.byteLength !== b.byteLength || !timingSafeEqual(a, b)) throw mismatch();
    previous = wanted;
  };
  return {
    confirmChunk: (sha256: string, given: string | undefined) => {
      confirm('AWS4-HMAC-SHA256-PAYLOAD', [EMPTY_SHA256, sha256], given);
    },
    confirmTrailer: (sha256: string, given: string | undefined) => {
      confirm('AWS4-HMAC-SHA256-TRAILER', [sha256], given);
    },
  };
}

const incomplete = () => new AwsError('IncompleteBody', 'The request body terminated unexpectedly', 400);
const malformed = () =>
  new AwsError('InvalidChunkSizeError', 'Only the last chunk is allowed to have a size less than 8192 bytes', 400);
const malformedTrailer = () =>
  new AwsError('MalformedTrailerError', 'The request contained trailing data that was not well-formed', 400);

/** Answers a stream that takes the framed body and gives the bare one. */
export function decodeAwsChunked(about: ChunkedBody): Transform {
  const chain = about.seed === undefined ? undefined : startSignatureChain(about.seed, about.mismatch);
  const checksums = new Map<string, Checksum>();
  for (const name of about.trailers) {
    const checksum = startChecksum(name.replace(/^x-amz-checksum-/, ''));
    if (checksum !== undefined) checksums.set(name, checksum);
    else if (name.startsWith('x-amz-checksum-')) {
      throw new AwsError('NotImplemented', `The emulator cannot check the trailer ${name}`, 501);
    }
  }

  let state: 'size' | 'data' | 'end of data' | 'trailers' | 'done' = 'size';
  let line = '';
  let left = 0;
  let total = 0;
  let chunkSignature: string | undefined;
  let chunkHash = createHash('sha256');
  const trailers: [name: string, value: string][] = [];

  const finish = () => {
    const sent = new Map(trailers);
    if (chain !== undefined && about.trailers.length > 0) {
      const signed = trailers.filter(([name]) => name !== 'x-amz-trailer-signature');
      const canonical = signed.map(([name, value]) => `${name}:${value}\n`).join('');
      const sha256 = createHash('sha256').update(canonical).digest('hex');
      chain.confirmTrailer(sha256, sent.get('x-amz-trailer-signature'));
    }
    for (const [name, checksum] of checksums) {
      const given = sent.get(name);
      if (given === undefined) throw malformedTrailer();
      if (given !== checksum.digest()) {
        const algorithm = name.replace('x-amz-checksum-', '').toUpperCase();
        throw new AwsError('BadDigest', `The ${algorithm} you specified did not match the calculated checksum.`, 400);
      }
    }
    if (about.decodedLength !== undefined && total !== about.decodedLength) {
      throw new AwsError(
        'IncompleteBody',
        'You did not provide the number of bytes specified by the x-amz-decoded-content-length HTTP header',
        400,
      );
    }
    state = 'done';
  };

  const endChunk = () => {
    chain?.confirmChunk(chunkHash.digest('hex'), chunkSignature);
    chunkHash = createHash('sha256');
  };

  /** One line, without its end. */
  const takeLine = (text: string) => {
    switch (state) {
      case 'size': {
        const [size = '', ...extensions] = text.split(';');
        if (!/^[0-9a-fA-F]{1,10}$/.test(size)) throw malformed();
        left = Number.parseInt(size, 16);
        chunkSignature = extensions
          .find((part) => part.startsWith('chunk-signature='))
          ?.slice('chunk-signature='.length);
        if (left > 0) state = 'data';
        else {
          endChunk();
          state = 'trailers';
        }
        break;
      }
      case 'end of data':
        if (text !== '') throw malformed();
        state = 'size';
        break;
      case 'trailers': {
        if (text === '') {
          finish();
          break;
        }
        const at = text.indexOf(':');
        if (at < 1 || trailers.length >= TRAILERS_MAX) throw malformedTrailer();
        trailers.push([text.slice(0, at).trim().toLowerCase(), text.slice(at + 1).trim()]);
        break;
      }
      default:
        throw malformed();
    }
  };

  const takeData = (stream: Transform, bytes: Buffer): number => {
    const data = bytes.subarray(0, left);
    left -= data.byteLength;
    total += data.byteLength;
    if (about.decodedLength !== undefined && total > about.decodedLength) throw incomplete();
    for (const checksum of checksums.values()) checksum.update(data);
    if (chain !== undefined) chunkHash.update(data);
    stream.push(data);
    if (left === 0) {
      endChunk();
      state = 'end of data';
    }
    return data.byteLength;
  };

  const takeText = (bytes: Buffer): number => {
    const end = bytes.indexOf(0x0a);
    line += bytes.toString('latin1', 0, end < 0 ? bytes.byteLength : end);
    if (line.length > LINE_LENGTH_MAX) throw malformed();
    if (end < 0) return bytes.byteLength;
    const whole = line.endsWith('\r') ? line.slice(0, -1) : line;
    line = '';
    takeLine(whole);
    return end + 1;
  };

  return new Transform({
    transform(bytes: Buffer, _encoding, done: TransformCallback) {
      try {
        let at = 0;
        while (at < bytes.byteLength && state !== 'done') {
          const rest = bytes.subarray(at);
          at += state === 'data' ? takeData(this, rest) : takeText(rest);
        }
        done();
      } catch (error) {
        done(error as Error);
      }
    },
    flush(done) {
      try {
        // Some clients leave out the empty line after the last trailer.
        if (state === 'trailers' && line.trim() === '') finish();
        done(state === 'done' ? null : incomplete());
      } catch (error) {
        done(error as Error);
      }
    },
  });
}
