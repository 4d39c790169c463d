/**
 * S3's contents on disk. Each object has a record (its key, etag, metadata) and a file of bytes that belongs to this
 * version alone; the record is renamed into place after the bytes are whole, so half an object is never visible, not
 * even after a kill. All records are read at start and then kept in memory. Handlers and SageMaker's jobs read and write here.
 */
import { createHash, randomUUID } from 'node:crypto';
import { createReadStream, mkdirSync, openSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { replaceFile } from '../disk';
import { AwsError, type Objects, type StoredBucket, type StoredObject } from '../world';
import { writeBodyFile } from './body-file';
import { isBucketName } from './bucket-names';
import { compareKeys, firstKeyAt } from './key-order';

interface Bucket extends StoredBucket {
  objects: Map<string, StoredObject>;
  /** The keys in byte order; made anew on the first listing after a key came or went. */
  sortedKeys: string[] | undefined;
}

/** Opens the store in `folder`, which one process at a time may hold; clears away what a kill left unfinished. */
export function openObjects(folder: string, now: () => number = Date.now): Objects {
  const bucketsFolder = join(folder, 'buckets');
  const dataFolder = join(folder, 'data');
  mkdirSync(bucketsFolder, { recursive: true });
  mkdirSync(dataFolder, { recursive: true });

  const recordsFolder = (bucket: string) => join(bucketsFolder, bucket, 'objects');
  // A hash, because a key may hold anything, may be longer than a file name, and may differ from another only in case.
  const recordPath = (bucket: string, key: string) => join(recordsFolder(bucket), `${sha256(key)}.json`);
  const dataPath = (file: string) => join(dataFolder, file);

  const buckets = new Map(readdirSync(bucketsFolder).flatMap((name) => loadBucket(bucketsFolder, name)));
  sweepData(dataFolder, buckets);

  function bucketNamed(name: string): Bucket {
    const bucket = buckets.get(name);
    if (!bucket) {
      throw new AwsError('NoSuchBucket', 'The specified bucket does not exist', 404, { BucketName: name });
    }
    return bucket;
  }

  return {
    buckets: () => [...buckets.values()].sort((a, b) => compareKeys(a.name, b.name)),

    hasBucket: (name) => buckets.has(name),

    createBucket(name) {
      if (!isBucketName(name)) throw new AwsError('InvalidBucketName', 'The specified bucket is not valid.');
      if (buckets.has(name)) return;
      const createdAt = now();
      mkdirSync(recordsFolder(name), { recursive: true });
      writeRecord(join(bucketsFolder, name, 'bucket.json'), { name, createdAt });
      buckets.set(name, { name, createdAt, objects: new Map(), sortedKeys: [] });
    },

    deleteBucket(name) {
      if (bucketNamed(name).objects.size > 0) {
        throw new AwsError('BucketNotEmpty', 'The bucket you tried to delete is not empty', 409, { BucketName: name });
      }
      // The record first: a folder without one counts as never made.
      rmSync(join(bucketsFolder, name, 'bucket.json'));
      rmSync(join(bucketsFolder, name), { recursive: true });
      buckets.delete(name);
    },

    head: (bucket, key) => buckets.get(bucket)?.objects.get(key),

    list(name, prefix = '') {
      const bucket = buckets.get(name);
      if (!bucket) return [];
      bucket.sortedKeys ??= [...bucket.objects.keys()].sort(compareKeys);
      const found: StoredObject[] = [];
      for (let at = firstKeyAt(bucket.sortedKeys, prefix); at < bucket.sortedKeys.length; at += 1) {
        const object = bucket.objects.get(bucket.sortedKeys[at] ?? '');
        if (!object?.key.startsWith(prefix)) break;
        found.push(object);
      }
      return found;
    },

    // Opened at once: a file that is replaced or deleted while it is read stays whole for its readers.
    read: (object, range) => createReadStream('', { fd: openSync(dataPath(object.file), 'r'), ...range }),

    async write(name, key, body, about = {}) {
      bucketNamed(name);
      const file = randomUUID();
      // An etag of its own has only what was put together from parts, each of which kept to the limit.
      const maxBytes = about.etag === undefined ? undefined : Infinity;
      const written = await writeBodyFile(dataPath(file), body, maxBytes);
      const object: StoredObject = {
        bucket: name,
        key,
        size: written.size,
        etag: about.etag ?? written.md5,
        lastModified: now(),
        ...(about.contentType === undefined ? {} : { contentType: about.contentType }),
        metadata: about.metadata ?? {},
        attributes: about.attributes ?? {},
        checksums: { ...about.checksums, ChecksumCRC32: written.crc32 },
        file,
      };
      try {
        // From here on without a pause: the bucket may have gone and the key may have come while the body arrived.
        const bucket = bucketNamed(name);
        const present = bucket.objects.get(key);
        about.allow?.(present);
        writeRecord(recordPath(name, key), object);
        bucket.objects.set(key, object);
        if (present) rmSync(dataPath(present.file), { force: true });
        else bucket.sortedKeys = undefined;
      } catch (error) {
        rmSync(dataPath(file), { force: true });
        throw error;
      }
      return object;
    },

    delete(name, key) {
      const bucket = bucketNamed(name);
      const present = bucket.objects.get(key);
      if (!present) return false;
      rmSync(recordPath(name, key));
      rmSync(dataPath(present.file), { force: true });
      bucket.objects.delete(key);
      bucket.sortedKeys = undefined;
      return true;
    },
  };
}

function loadBucket(bucketsFolder: string, name: string): [string, Bucket][] {
  const folder = join(bucketsFolder, name);
  const entries = readdirSync(folder);
  if (!entries.includes('bucket.json')) {
    // A kill came between the folder and its record: nobody was told of this bucket.
    rmSync(folder, { recursive: true });
    return [];
  }
  const record = readRecord(join(folder, 'bucket.json')) as StoredBucket;
  const objects = new Map<string, StoredObject>();
  for (const entry of readdirSync(join(folder, 'objects'))) {
    const path = join(folder, 'objects', entry);
    if (entry.endsWith('.tmp')) {
      rmSync(path);
      continue;
    }
    const object = readRecord(path) as StoredObject;
    objects.set(object.key, object);
  }
  return [[name, { ...record, objects, sortedKeys: undefined }]];
}

/** Deletes the bytes that no record names: a kill came before the record, or after its deletion. */
function sweepData(dataFolder: string, buckets: ReadonlyMap<string, Bucket>): void {
  const named = new Set([...buckets.values()].flatMap(({ objects }) => [...objects.values()].map(({ file }) => file)));
  for (const file of readdirSync(dataFolder)) {
    if (!named.has(file)) rmSync(join(dataFolder, file));
  }
}

function readRecord(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw new Error(`The emulator's record ${path} cannot be read; delete the emulator's folder to begin anew.`, {
      cause: error,
    });
  }
}

function writeRecord(path: string, record: unknown): void {
  replaceFile(path, JSON.stringify(record), { temporary: `${path}.${randomUUID()}.tmp` });
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
