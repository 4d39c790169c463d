// One hash over the paths and contents of files: the key by which the build and the type check know whether anything has
// changed. Times are not looked at; a checkout or a copy changes them all.
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Hashes the given files and all files in the given folders; what is not there counts as absent. */
export function hashFiles(root, paths) {
  const hash = createHash('sha256');
  for (const path of [...paths].sort()) {
    for (const file of listFiles(root, path)) {
      const content = readFileSync(join(root, file));
      hash.update(`\n${file} ${content.length}\n`).update(content);
    }
  }
  return hash.digest('hex');
}

/** Paths below `root` of a file or of the files in a folder, sorted. */
export function listFiles(root, path) {
  try {
    return readdirSync(join(root, path), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1))
      .sort();
  } catch (error) {
    if (error.code === 'ENOTDIR') return [path];
    if (error.code === 'ENOENT') return [];
    throw error;
  }
}
