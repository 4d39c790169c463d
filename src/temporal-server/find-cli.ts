/**
 * Finds the official Temporal CLI, or gets it: the places where it may be are asked in order, the dear ways last. The
 * path goes to `start-server.ts`; what is got is kept in a cache that all checkouts of a user share.
 */
import { homedir } from 'node:os';
import { join } from 'node:path';
import { checkCli } from './check-cli';
import { findOnPath, isExecutable } from './find-on-path';
import { CLI_VERSION, GO_MODULE, getCli, type GetWay } from './get-cli';

export interface CliSearch {
  /** Read: TEMPORAL_CLI_PATH, PATH, XDG_CACHE_HOME, HOME; and all of it by the programs that are run. */
  env: NodeJS.ProcessEnv;
  /** Told what is done where that takes long; one line each. */
  onProgress?: (message: string) => void;
  /** Gives up, and ends what was begun. */
  signal?: AbortSignal;
  /** Ways to get the CLI where there is none. @default download, then go */
  getBy?: readonly GetWay[];
}

export interface FoundCli {
  path: string;
  /** Which way it was found. */
  source: 'TEMPORAL_CLI_PATH' | 'PATH' | 'cache' | GetWay;
}

/**
 * Answers the first Temporal CLI that works: TEMPORAL_CLI_PATH, `temporal` on PATH, the cache; else gets one into the
 * cache, by the SDK's download or by `go install` (some minutes).
 *
 * @throws Error when TEMPORAL_CLI_PATH names something that does not work, or when every way fails; it lists them all
 */
export async function findTemporalCli({ env, onProgress, signal, getBy }: CliSearch): Promise<FoundCli> {
  const tried: string[] = [];

  const given = env.TEMPORAL_CLI_PATH;
  if (given !== undefined && given !== '') {
    const trouble = await checkCli(given, { env, signal });
    // Somebody meant this one: taking another instead would only hide the mistake.
    if (trouble !== undefined) throw new Error(`TEMPORAL_CLI_PATH=${given} cannot be used: ${trouble}`);
    return { path: given, source: 'TEMPORAL_CLI_PATH' };
  }
  tried.push('TEMPORAL_CLI_PATH: not set');

  const onPath = await findOnPath('temporal', env);
  const trouble = onPath === undefined ? 'no `temporal` there' : await checkCli(onPath, { env, signal });
  if (onPath !== undefined && trouble === undefined) return { path: onPath, source: 'PATH' };
  tried.push(`PATH: ${trouble ?? ''}${onPath === undefined ? '' : ` [path=${onPath}]`}`);

  const folder = cacheFolder(env);
  const cached = join(folder, 'temporal');
  if (await isExecutable(cached)) return { path: cached, source: 'cache' };
  tried.push(`cache: nothing there yet [folder=${folder}]`);

  const got = await getCli({ folder, env, onProgress, signal, ways: getBy ?? ['download', 'go'] });
  if ('path' in got) return got;
  tried.push(...got.reasons);
  throw new Error(
    [
      'A Temporal server is needed, and no way to get the Temporal CLI worked:',
      ...tried.map((line) => `  - ${line}`),
      'Install the CLI (https://docs.temporal.io/cli#install) so that `temporal` is on PATH, or set TEMPORAL_CLI_PATH to',
      `its executable; or install Go, with which it is built from ${GO_MODULE}.`,
    ].join('\n'),
  );
}

/** Where the CLI is kept that we got ourselves. */
function cacheFolder(env: NodeJS.ProcessEnv): string {
  const given = env.XDG_CACHE_HOME;
  const root = given !== undefined && given !== '' ? given : join(env.HOME ?? homedir(), '.cache');
  return join(root, 'temporal-sagemaker', `temporal-cli-${CLI_VERSION}`);
}
