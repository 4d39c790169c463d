/**
 * Gets the Temporal CLI into the cache where it is nowhere else: by the download that the SDK has for its tests, or by
 * building it with Go. One process at a time does that; a second one waits and takes what the first has got. Nothing is
 * in the cache under its name before it has run.
 */
import { randomUUID } from 'node:crypto';
import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { buildCli } from './build-cli';
import { checkCli } from './check-cli';
import { downloadCli } from './download-cli';
import { holdLock } from './hold-lock';

/** The newest version that `go install` takes: later ones have a `replace` in their go.mod. */
export const CLI_VERSION = '1.5.1';
export const GO_MODULE = `github.com/temporalio/cli/cmd/temporal@v${CLI_VERSION}`;

const UNFINISHED = 'unfinished-';

export type GetWay = 'download' | 'go';

export interface GetOptions {
  /** The cache's folder for this version. */
  folder: string;
  env: NodeJS.ProcessEnv;
  onProgress: ((message: string) => void) | undefined;
  signal: AbortSignal | undefined;
  ways: readonly GetWay[];
}

/** What a way is given: an empty folder to work in, which is removed afterwards. */
export type WayOptions = Omit<GetOptions, 'ways'>;

/** What a way answers: the executable, in its folder; or why there is none. */
export type WayOutcome = { path: string } | { reason: string };

const WAYS: Record<GetWay, { name: string; get: (options: WayOptions) => Promise<WayOutcome> }> = {
  download: { name: "the SDK's download", get: (options) => downloadCli(CLI_VERSION, options) },
  go: { name: `go install ${GO_MODULE}`, get: (options) => buildCli(GO_MODULE, options) },
};

/** Answers the CLI in the cache and how it came there, or a line for each way with the reason why it failed. */
export async function getCli(
  options: GetOptions,
): Promise<{ path: string; source: GetWay | 'cache' } | { reasons: string[] }> {
  const { folder, onProgress, signal } = options;
  const path = join(folder, 'temporal');
  try {
    await mkdir(folder, { recursive: true });
  } catch (error) {
    return { reasons: [`cache: cannot be made: ${error instanceof Error ? error.message : String(error)}`] };
  }
  const lock = await holdLock(join(folder, 'lock'), {
    signal,
    onWait: (pid) => onProgress?.(`waiting for the Temporal CLI that another process gets [pid=${String(pid)}]`),
  });
  try {
    const names = await readdir(folder);
    if (names.includes('temporal')) return { path, source: 'cache' };
    // Left by a process that was killed.
    for (const name of names.filter((name) => name.startsWith(UNFINISHED))) await remove(join(folder, name));

    const reasons: string[] = [];
    for (const way of options.ways) {
      const reason = await getInto(path, way, options);
      if (reason === undefined) return { path, source: way };
      reasons.push(`${WAYS[way].name}: ${reason}`);
    }
    return { reasons };
  } finally {
    await lock.release();
  }
}

/** Answers why it failed; undefined when the CLI is at `path`. */
async function getInto(path: string, way: GetWay, options: GetOptions): Promise<string | undefined> {
  const { env, signal } = options;
  const folder = join(options.folder, `${UNFINISHED}${randomUUID()}`);
  await mkdir(folder);
  try {
    const outcome = await WAYS[way].get({ ...options, folder });
    if ('reason' in outcome) return outcome.reason;
    const trouble = await checkCli(outcome.path, { env, signal });
    if (trouble !== undefined) return trouble;
    await rename(outcome.path, path);
    return undefined;
  } finally {
    await remove(folder);
  }
}

async function remove(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true, maxRetries: 3 });
}
