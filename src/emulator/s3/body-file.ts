/**
 * Streams a request's payload into a new file and digests it on the way, so that no body is ever held in memory. The
 * object store and the multipart uploads write through it; a body that breaks off or does not match leaves no file.
 */
import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { crc32 } from 'node:zlib';
import { AwsError } from '../world';

/** The most that one PutObject or UploadPart may carry. */
const MAX_PUT_BYTES = 5 * 1024 ** 3;

/** What came out of a body: its size, its MD5 in hex, and its checksums in base64 by AWS member name. */
export interface WrittenBody {
  size: number;
  md5: string;
  checksums: Record<string, string>;
}

/**
 * Writes `body` to the new file `path`.
 * @param expected Base64 digests by AWS member name. ContentMD5, CRC32, SHA1 and SHA256 are checked; CRC32C and
 * CRC64NVME are kept as they were sent. The CRC32 is always there.
 * @throws AwsError `BadDigest` or `EntityTooLarge`, or whatever broke the stream.
 */
export async function writeBodyFile(
  path: string,
  body: Readable,
  expected: Record<string, string> = {},
  maxBytes = MAX_PUT_BYTES,
): Promise<WrittenBody> {
  const md5 = createHash('md5');
  const sha1 = expected['ChecksumSHA1'] === undefined ? undefined : createHash('sha1');
  const sha256 = expected['ChecksumSHA256'] === undefined ? undefined : createHash('sha256');
  let crc = 0;
  let size = 0;

  async function* digestChunks(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    for await (const chunk of chunks) {
      size += chunk.length;
      if (size > maxBytes) {
        const fields = { ProposedSize: String(size), MaxSizeAllowed: String(maxBytes) };
        throw new AwsError('EntityTooLarge', 'Your proposed upload exceeds the maximum allowed size', 400, fields);
      }
      md5.update(chunk);
      sha1?.update(chunk);
      sha256?.update(chunk);
      crc = crc32(chunk, crc);
      yield chunk;
    }
  }

  try {
    await pipeline(body, digestChunks, createWriteStream(path, { flags: 'wx' }));
    const md5Bytes = md5.digest();
    const found: Record<string, string> = { ChecksumCRC32: crcBase64(crc) };
    if (sha1) found['ChecksumSHA1'] = sha1.digest('base64');
    if (sha256) found['ChecksumSHA256'] = sha256.digest('base64');
    const { ContentMD5, ...sent } = expected;
    refuseMismatch('Content-MD5', ContentMD5, md5Bytes.toString('base64'));
    for (const [name, digest] of Object.entries(found)) {
      refuseMismatch(name.replace('Checksum', ''), sent[name], digest);
    }
    return { size, md5: md5Bytes.toString('hex'), checksums: { ...sent, ...found } };
  } catch (error) {
    await rm(path, { force: true });
    throw error;
  }
}

function refuseMismatch(what: string, sent: string | undefined, found: string): void {
  if (sent === undefined || sent === found) return;
  throw new AwsError('BadDigest', `The ${what} you specified did not match the calculated checksum.`);
}

function crcBase64(crc: number): string {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(crc);
  return bytes.toString('base64');
}
