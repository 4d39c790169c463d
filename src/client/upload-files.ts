/**
 * Which files an upload consists of, under which keys, and everything that is wrong with them, found before anything is
 * sent. Comes from the path that `uploadData` was given, goes to `upload-object.ts` file by file.
 */
import { isUtf8 } from 'node:buffer';
import { constants, type BigIntStats } from 'node:fs';
import { access, readdir, realpath, stat } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { parseS3Uri } from '../domain/names';

/** Of files and folders together; all of them are held in memory. */
const ENTRIES_MAX = 1_000_000;
const PROBLEMS_MAX = 50;
/** S3's limit, in UTF-8. */
const KEY_BYTES_MAX = 1_024;
/** What a listing, which is XML 1.0, cannot hold. */
// eslint-disable-next-line no-control-regex -- control characters are what this is about
const UNLISTABLE = /[\u0000-\u001f\u007f\ufffe\uffff]/;

export interface UploadFile {
  path: string;
  key: string;
  bytes: number;
  /** As it was found; a file that is another one when it is sent has changed. */
  modifiedMs: number;
}

export interface FoundFiles {
  files: UploadFile[];
  isFolder: boolean;
  /** One sentence each, beginning with the argument it is about. */
  problems: string[];
}

/** What is wrong with the names of bucket and prefix. */
export function checkPlace(bucket: string | undefined, keyPrefix: string): string[] {
  const problems: string[] = [];
  if (bucket !== undefined && parseS3Uri(`s3://${bucket}`)?.bucket !== bucket) {
    problems.push('bucket must be the name of an S3 bucket, without s3://');
  }
  const segments = keyPrefix === '' ? [] : keyPrefix.split('/');
  if (segments.some((segment) => ['', '.', '..'].includes(segment))) {
    problems.push('keyPrefix must have no empty part, and none that is . or ..');
  }
  if (UNLISTABLE.test(keyPrefix)) problems.push('keyPrefix must have no control characters');
  return problems;
}

/** Finds what `path` stands for. Follows links; never rejects for what is wrong with a file. */
export async function findFiles(path: string, keyPrefix: string): Promise<FoundFiles> {
  const found: FoundFiles = { files: [], isFolder: false, problems: [] };
  const problemsOfRoot = (reason: string): FoundFiles => ({ ...found, problems: [`path: ${quote(path)} ${reason}`] });
  let stats: BigIntStats;
  try {
    stats = await stat(path, { bigint: true });
  } catch (error) {
    return problemsOfRoot(describeTrouble(error));
  }
  const prefix = keyPrefix === '' ? '' : `${keyPrefix}/`;
  if (stats.isFile()) {
    await addFile(found, { path, key: `${prefix}${basename(resolve(path))}`, stats });
    return found;
  }
  if (!stats.isDirectory()) return problemsOfRoot('is neither a file nor a folder');
  found.isFolder = true;
  await walk(found, path, prefix);
  if (found.files.length === 0 && found.problems.length === 0) return problemsOfRoot('holds no files');
  const rest = found.problems.length - PROBLEMS_MAX;
  if (rest > 0) found.problems.splice(PROBLEMS_MAX, rest, `and ${String(rest)} more`);
  return found;
}

interface Folder {
  path: string;
  /** Beginning of the keys of what it holds. */
  prefix: string;
  /** The folders that lead to it, itself included, as they are without links. */
  real: string[];
}

async function walk(found: FoundFiles, root: string, prefix: string): Promise<void> {
  const open: Folder[] = [{ path: root, prefix, real: [await realpath(root)] }];
  let entries = 0;
  for (let folder = open.pop(); folder; folder = open.pop()) {
    for (const name of await listNames(found, folder)) {
      entries += 1;
      if (entries > ENTRIES_MAX) {
        found.problems.push(`path: there are more than ${String(ENTRIES_MAX)} files and folders; pack them into fewer`);
        return;
      }
      const inner = await addEntry(found, folder, name);
      if (inner) open.push(inner);
    }
  }
}

/** In a fixed order, so that two uploads of one folder do the same. */
async function listNames(found: FoundFiles, folder: Folder): Promise<string[]> {
  try {
    const names = await readdir(folder.path, { encoding: 'buffer' });
    for (const name of names.filter((given) => !isUtf8(given))) {
      found.problems.push(`path: ${quote(join(folder.path, name.toString('latin1')))} has a name that is not UTF-8`);
    }
    return names
      .filter((name) => isUtf8(name))
      .map((name) => name.toString())
      .sort();
  } catch (error) {
    found.problems.push(`path: ${quote(folder.path)} ${describeTrouble(error)}`);
    return [];
  }
}

/** Notes a file; answers a folder that is to be looked into. */
async function addEntry(found: FoundFiles, folder: Folder, name: string): Promise<Folder | undefined> {
  const path = join(folder.path, name);
  const key = `${folder.prefix}${name}`;
  try {
    const stats = await stat(path, { bigint: true });
    if (stats.isFile()) await addFile(found, { path, key, stats });
    else if (!stats.isDirectory()) found.problems.push(`path: ${quote(path)} is neither a file nor a folder`);
    else {
      const real = await realpath(path);
      if (!folder.real.includes(real)) return { path, prefix: `${key}/`, real: [...folder.real, real] };
      found.problems.push(`path: ${quote(path)} is a link back to a folder that it is in`);
    }
  } catch (error) {
    found.problems.push(`path: ${quote(path)} ${describeTrouble(error)}`);
  }
  return undefined;
}

async function addFile(
  { files, problems }: FoundFiles,
  { path, key, stats }: { path: string; key: string; stats: BigIntStats },
): Promise<void> {
  try {
    await access(path, constants.R_OK);
  } catch (error) {
    problems.push(`path: ${quote(path)} ${describeTrouble(error)}`);
  }
  if (UNLISTABLE.test(key)) problems.push(`path: ${quote(path)} has control characters in its name`);
  const keyBytes = Buffer.byteLength(key);
  if (keyBytes > KEY_BYTES_MAX) {
    problems.push(`path: ${quote(path)} makes a key of ${String(keyBytes)} bytes; S3 takes ${String(KEY_BYTES_MAX)}`);
  }
  files.push({ path, key, bytes: Number(stats.size), modifiedMs: Number(stats.mtimeMs) });
}

/** With its control characters written out, since it goes to terminals. */
function quote(path: string): string {
  return JSON.stringify(path);
}

function describeTrouble(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  switch (code) {
    case 'ENOENT':
      return 'is not there, or is a link that leads nowhere';
    case 'ELOOP':
      return 'is a link that leads back to itself';
    case 'EACCES':
    case 'EPERM':
      return 'may not be read by this process';
    default:
      return `cannot be read: ${message}`;
  }
}
