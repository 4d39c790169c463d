/**
 * Reading what an algorithm left behind, without being led elsewhere by what it put there: links in place of folders,
 * links and pipes in place of files.
 */
import { constants } from 'node:fs';
import { open, readdir, realpath } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import path from 'node:path';

/** A nested listing longer than this is cut short by an error. */
const MAX_FILES = 100_000;

/** The folder `relative` within `root`, if it is a real folder there and not a way out; else undefined. */
export async function findFolderInside(root: string, relative: string): Promise<string | undefined> {
  try {
    const expected = path.join(await realpath(root), relative);
    return (await realpath(expected)) === expected ? expected : undefined;
  } catch {
    // Not there, or a link that leads nowhere: nothing to read either way.
    return undefined;
  }
}

/** Opens the regular file `relative` within `root`; undefined where it is something else, or nothing. */
export async function openFileInside(root: string, relative: string): Promise<FileHandle | undefined> {
  const folder = await findFolderInside(root, path.dirname(relative));
  if (folder === undefined) return undefined;
  let file: FileHandle;
  try {
    // Non-blocking, because opening a pipe would otherwise wait for a writer.
    const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
    file = await open(path.join(folder, path.basename(relative)), flags);
  } catch {
    return undefined;
  }
  if ((await file.stat()).isFile()) return file;
  await file.close();
  return undefined;
}

/** The first `maxBytes` of a file as text; undefined where there is no such regular file. */
export async function readTextInside(root: string, relative: string, maxBytes: number): Promise<string | undefined> {
  const file = await openFileInside(root, relative);
  if (file === undefined) return undefined;
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(maxBytes), 0, maxBytes, 0);
    return buffer.toString('utf8', 0, bytesRead);
  } finally {
    await file.close();
  }
}

/** Paths of all regular files within `root/relative`, relative to it, with `/` between the names. Links are not followed. */
export async function listFilesInside(root: string, relative: string): Promise<string[]> {
  const folder = await findFolderInside(root, relative);
  if (folder === undefined) return [];
  const found: string[] = [];
  const pending = [''];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    for (const entry of await readdir(path.join(folder, next), { withFileTypes: true })) {
      const name = path.posix.join(next, entry.name);
      if (entry.isDirectory()) pending.push(name);
      else if (entry.isFile()) found.push(name);
      if (found.length > MAX_FILES) throw new Error(`more than ${String(MAX_FILES)} files in ${relative}`);
    }
  }
  return found.sort();
}
