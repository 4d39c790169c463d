/**
 * Copies the regular files of a folder to S3, each under its path within the folder.
 */
import { openFileInside, listFilesInside } from '../processes/inside-folder';
import type { Objects } from '../world';
import { below } from './s3-uri';
import type { S3Location } from './s3-uri';

/** `accept` chooses by path, size and time of change. Answers the paths that were copied. */
export async function uploadFiles(
  objects: Objects,
  root: string,
  relative: string,
  target: S3Location,
  accept: (name: string, size: number, changedMs: number) => boolean = () => true,
): Promise<string[]> {
  const copied: string[] = [];
  for (const name of await listFilesInside(root, relative)) {
    const file = await openFileInside(root, `${relative}/${name}`);
    // It may be gone by now: the algorithm can still be at work.
    if (file === undefined) continue;
    try {
      const { size, mtimeMs } = await file.stat();
      if (!accept(name, size, mtimeMs)) continue;
      const { bucket, key } = below(target, name);
      await objects.write(bucket, key, file.createReadStream({ autoClose: false, start: 0, end: Infinity }));
      copied.push(name);
    } finally {
      await file.close();
    }
  }
  return copied;
}
