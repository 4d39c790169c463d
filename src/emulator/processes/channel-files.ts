/**
 * Copies S3 objects to a folder: the channels of a job in File and FastFile mode, checkpoints, uncompressed model data.
 */
import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import type { Objects, StoredObject } from '../world';
import { DataDownloadFailed } from './data-download-failed';

/** One object of a channel, and its path within the channel's folder. */
export interface ChannelObject {
  object: StoredObject;
  name: string;
}

export async function copyObjects(
  objects: Objects,
  found: readonly ChannelObject[],
  folder: string,
  options: { gunzip?: boolean; signal?: AbortSignal } = {},
): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const { object, name } of found) {
    options.signal?.throwIfAborted();
    const target = path.resolve(folder, name);
    // A key may be `../x`: keys are any text, paths are not.
    if (!target.startsWith(folder + path.sep) || name.includes('\0')) {
      throw new DataDownloadFailed(`the key '${object.key}' does not name a file within its channel`);
    }
    await mkdir(path.dirname(target), { recursive: true });
    const source = objects.read(object);
    const file = createWriteStream(target);
    const signal = options.signal;
    if (options.gunzip === true) await pipeline(source, createGunzip(), file, { signal });
    else await pipeline(source, file, { signal });
  }
}
