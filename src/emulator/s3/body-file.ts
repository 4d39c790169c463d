/**
 * Streams a request's payload into a new file and digests it on the way, so that no body is ever held in memory. What
 * the sender claimed of the bytes was checked before they come here. The object store and the multipart uploads write
 * through it; a body that breaks off leaves no file.
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

export interface WrittenBody {
  size: number;
  /** In hex. */
  md5: string;
  /** In base64. */
  crc32: string;
}

/**
 * Writes `body` to the new file `path`.
 * @throws AwsError `EntityTooLarge`, or whatever broke the stream.
 */
export async function writeBodyFile(path: string, body: Readable, maxBytes = MAX_PUT_BYTES): Promise<WrittenBody> {
  const md5 = createHash('md5');
  const crc = Buffer.alloc(4);
  let size = 0;

  async function* digestChunks(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    for await (const chunk of chunks) {
      size += chunk.length;
      if (size > maxBytes) {
        const fields = { ProposedSize: String(size), MaxSizeAllowed: String(maxBytes) };
        throw new AwsError('EntityTooLarge', 'Your proposed upload exceeds the maximum allowed size', 400, fields);
      }
      md5.update(chunk);
      crc.writeUInt32BE(crc32(chunk, crc.readUInt32BE()));
      yield chunk;
    }
  }

  try {
    await pipeline(body, digestChunks, createWriteStream(path, { flags: 'wx' }));
  } catch (error) {
    await rm(path, { force: true });
    throw error;
  }
  return { size, md5: md5.digest('hex'), crc32: crc.toString('base64') };
}
