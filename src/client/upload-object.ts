/**
 * One file as one S3 object: in a single call where it is small, else in parts, several of which are under way at once.
 * Comes from `upload-files.ts`; memory holds the parts that are under way and nothing else.
 */
import { open, type FileHandle } from 'node:fs/promises';
import type * as Sdk from '@aws-sdk/client-s3';
import type { CompletedPart, S3Client } from '@aws-sdk/client-s3';
import { readTrouble } from '../domain/aws-errors';
import { inParallel } from './in-parallel';
import type { UploadFile } from './upload-files';

const MIB = 1_024 ** 2;
export const PART_BYTES_MIN = 8 * MIB;
export const IN_MEMORY_BYTES_MAX = 64 * MIB;
/** S3's limit; where it would be exceeded the parts are longer. */
const PARTS_MAX = 10_000;
const CLEAN_UP_LIMIT_MS = 10_000;

/** Where objects go. */
export interface UploadTarget {
  sdk: typeof Sdk;
  s3: S3Client;
  bucket: string;
  /** Set for the default bucket, whose name a stranger may have taken. */
  owner: string | undefined;
  /** Told where parts of a failed upload could not be removed: they cost storage until somebody does. */
  onPartsLeft: (what: string) => void;
}

/** Thrown where a file cannot be read any more, or is not what it was when the upload began. */
export class FileTrouble extends Error {}

/** True for a file that goes in one call. */
export function isSmall({ bytes }: UploadFile): boolean {
  return bytes <= PART_BYTES_MIN;
}

/**
 * Uploads one file; an object of that key is replaced, at once and only as a whole.
 *
 * @throws FileTrouble; what the SDK throws. Parts that went are removed then
 */
export async function uploadObject(target: UploadTarget, file: UploadFile, signal: AbortSignal): Promise<void> {
  const handle = await readingFile(file, () => open(file.path, 'r'));
  try {
    await requireUnchanged(handle, file);
    if (!isSmall(file)) {
      await uploadParts(target, file, handle, signal);
      return;
    }
    const body = await readPart(handle, file, 0, file.bytes);
    await requireUnchanged(handle, file);
    const { sdk, s3 } = target;
    await s3.send(new sdk.PutObjectCommand({ ...placeOf(target, file), Body: body }), { abortSignal: signal });
  } finally {
    await handle.close();
  }
}

async function uploadParts(
  target: UploadTarget,
  file: UploadFile,
  handle: FileHandle,
  signal: AbortSignal,
): Promise<void> {
  const { sdk, s3 } = target;
  const place = placeOf(target, file);
  const begun = await s3.send(new sdk.CreateMultipartUploadCommand({ ...place, ChecksumAlgorithm: 'CRC32' }), {
    abortSignal: signal,
  });
  const upload = { ...place, UploadId: begun.UploadId };
  try {
    const partBytes = Math.max(PART_BYTES_MIN, Math.ceil(file.bytes / PARTS_MAX));
    const limit = Math.max(1, Math.floor(IN_MEMORY_BYTES_MAX / partBytes));
    const numbers = Array.from({ length: Math.ceil(file.bytes / partBytes) }, (_, index) => index + 1);
    const parts: CompletedPart[] = [];
    await inParallel(numbers, { limit, signal }, async (number, stop) => {
      const start = (number - 1) * partBytes;
      const body = await readPart(handle, file, start, Math.min(partBytes, file.bytes - start));
      const part = new sdk.UploadPartCommand({ ...upload, PartNumber: number, Body: body, ChecksumAlgorithm: 'CRC32' });
      const { ETag, ChecksumCRC32 } = await s3.send(part, { abortSignal: stop });
      parts[number - 1] = { PartNumber: number, ETag, ...(ChecksumCRC32 !== undefined && { ChecksumCRC32 }) };
    });
    await requireUnchanged(handle, file);
    await s3.send(new sdk.CompleteMultipartUploadCommand({ ...upload, MultipartUpload: { Parts: parts } }), {
      abortSignal: signal,
    });
  } catch (error) {
    await removeParts(target, upload);
    throw error;
  }
}

async function removeParts(
  { sdk, s3, onPartsLeft }: UploadTarget,
  upload: Sdk.AbortMultipartUploadCommandInput,
): Promise<void> {
  try {
    // Not by the upload's own signal, which may be what has ended it.
    await s3.send(new sdk.AbortMultipartUploadCommand(upload), { abortSignal: AbortSignal.timeout(CLEAN_UP_LIMIT_MS) });
  } catch (error) {
    const { meaning, code, message } = readTrouble(error);
    if (meaning !== 'absent') onPartsLeft(`upload ${String(upload.UploadId)}: ${code}: ${message}`);
  }
}

function placeOf({ bucket, owner }: UploadTarget, { key }: UploadFile) {
  return { Bucket: bucket, Key: key, ...(owner !== undefined && { ExpectedBucketOwner: owner }) };
}

async function readPart(handle: FileHandle, file: UploadFile, start: number, length: number): Promise<Buffer> {
  const body = Buffer.alloc(length);
  for (let filled = 0; filled < length;) {
    const { bytesRead } = await readingFile(file, () => handle.read(body, filled, length - filled, start + filled));
    if (bytesRead === 0) throw changed(file);
    filled += bytesRead;
  }
  return body;
}

async function requireUnchanged(handle: FileHandle, file: UploadFile): Promise<void> {
  const { size, mtimeMs } = await readingFile(file, () => handle.stat({ bigint: true }));
  if (Number(size) !== file.bytes || Number(mtimeMs) !== file.modifiedMs) throw changed(file);
}

async function readingFile<T>({ path }: UploadFile, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new FileTrouble(`${JSON.stringify(path)} cannot be read any more: ${reason}`, { cause: error });
  }
}

function changed({ path }: UploadFile): FileTrouble {
  return new FileTrouble(`${JSON.stringify(path)} changed while it was uploaded`);
}
