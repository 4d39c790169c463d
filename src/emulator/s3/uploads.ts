/**
 * Multipart uploads in progress: a folder each, with a record and one file per part, so that they survive a restart as
 * S3's do. `upload-handlers.ts` writes parts here and joins them into an object.
 */
import { randomUUID } from 'node:crypto';
import { createReadStream, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { replaceFile } from '../disk';
import type { ObjectAbout } from '../world';
import { writeBodyFile } from './body-file';
import { compareKeys } from './key-order';

export interface UploadPart {
  number: number;
  size: number;
  etag: string;
  lastModified: number;
  /** In base64. */
  crc32: string;
  file: string;
}

export interface Upload {
  id: string;
  bucket: string;
  key: string;
  initiated: number;
  about: Pick<ObjectAbout, 'contentType' | 'metadata' | 'attributes'>;
  /** By part number. */
  parts: Record<string, UploadPart>;
  /** The etag of the object, once the upload is joined: a caller who missed the answer may ask again. */
  completedEtag?: string;
}

/** The uploads in progress, and for a while those that were joined. */
export interface Uploads {
  create(bucket: string, key: string, about: Upload['about']): Upload;
  get(id: string): Upload | undefined;
  /** In S3's order: by key, then by age. */
  inBucket(bucket: string): Upload[];
  /** Undefined where the upload was aborted or joined while the part arrived. */
  writePart(upload: Upload, number: number, body: Readable): Promise<UploadPart | undefined>;
  /** The bytes of the parts, one after the other. */
  join(upload: Upload, parts: readonly UploadPart[]): Readable;
  /** The object is there: the parts go, and the answer stays for a while. */
  complete(upload: Upload, etag: string): void;
  abort(upload: Upload): void;
  forgetBucket(bucket: string): void;
}

/** How long a joined upload is remembered for a caller who asks again. */
const REMEMBER_COMPLETED_MS = 24 * 3600 * 1000;

export function openUploads(folder: string, now: () => number): Uploads {
  mkdirSync(folder, { recursive: true });
  const uploads = new Map<string, Upload>();
  const folderOf = (id: string) => join(folder, id);

  for (const id of readdirSync(folder)) {
    const upload = loadUpload(folderOf(id));
    const tooOld = upload?.completedEtag !== undefined && upload.initiated + REMEMBER_COMPLETED_MS < now();
    if (!upload || tooOld) rmSync(folderOf(id), { recursive: true });
    else uploads.set(id, upload);
  }

  function save(upload: Upload): void {
    const path = join(folderOf(upload.id), 'upload.json');
    replaceFile(path, JSON.stringify(upload));
  }

  function forget(id: string): void {
    uploads.delete(id);
    rmSync(folderOf(id), { recursive: true, force: true });
  }

  return {
    create(bucket, key, about) {
      const upload: Upload = { id: randomUUID(), bucket, key, initiated: now(), about, parts: {} };
      mkdirSync(folderOf(upload.id));
      save(upload);
      uploads.set(upload.id, upload);
      return upload;
    },

    get: (id) => uploads.get(id),

    inBucket: (bucket) =>
      [...uploads.values()]
        .filter((upload) => upload.bucket === bucket && upload.completedEtag === undefined)
        .sort((a, b) => compareKeys(a.key, b.key) || a.initiated - b.initiated),

    async writePart(upload, number, body) {
      const file = randomUUID();
      const path = join(folderOf(upload.id), file);
      const written = await writeBodyFile(path, body);
      if (uploads.get(upload.id) !== upload || upload.completedEtag !== undefined) {
        rmSync(path, { force: true });
        return undefined;
      }
      const part: UploadPart = {
        number,
        size: written.size,
        etag: written.md5,
        lastModified: now(),
        crc32: written.crc32,
        file,
      };
      const replaced = upload.parts[String(number)];
      upload.parts[String(number)] = part;
      save(upload);
      if (replaced) rmSync(join(folderOf(upload.id), replaced.file), { force: true });
      return part;
    },

    join(upload, parts) {
      async function* joined(): AsyncGenerator<Buffer> {
        for (const { file } of parts) yield* createReadStream(join(folderOf(upload.id), file));
      }
      return Readable.from(joined(), { objectMode: false });
    },

    complete(upload, etag) {
      upload.completedEtag = etag;
      const parts = Object.values(upload.parts);
      upload.parts = {};
      save(upload);
      for (const { file } of parts) rmSync(join(folderOf(upload.id), file), { force: true });
    },

    abort(upload) {
      forget(upload.id);
    },

    forgetBucket(bucket) {
      for (const upload of [...uploads.values()]) if (upload.bucket === bucket) forget(upload.id);
    },
  };
}

/** Undefined where a kill came before the record; files that no part names are cleared away. */
function loadUpload(folder: string): Upload | undefined {
  const files = readdirSync(folder);
  if (!files.includes('upload.json')) return undefined;
  const upload = JSON.parse(readFileSync(join(folder, 'upload.json'), 'utf8')) as Upload;
  const named = new Set(['upload.json', ...Object.values(upload.parts).map(({ file }) => file)]);
  for (const file of files) if (!named.has(file)) rmSync(join(folder, file));
  return upload;
}
