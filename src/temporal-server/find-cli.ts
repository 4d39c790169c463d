/**
 * Finds the official Temporal CLI, or gets it: the places where it may be are asked in order, the dear ways last. The
 * path goes to `start-server.ts`.
 */
import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';

export const CLI_VERSION = '1.5.1';

export interface CliSearch {
  env: NodeJS.ProcessEnv;
  onProgress?: (message: string) => void;
  signal?: AbortSignal;
}

export interface FoundCli {
  path: string;
  source: string;
}

export async function findTemporalCli({ env }: CliSearch): Promise<FoundCli> {
  const given = env.TEMPORAL_CLI_PATH;
  if (given !== undefined && given !== '') return { path: given, source: 'TEMPORAL_CLI_PATH' };
  for (const folder of (env.PATH ?? '').split(delimiter)) {
    const path = join(folder, 'temporal');
    if (folder !== '' && (await isExecutable(path))) return { path, source: 'PATH' };
  }
  const cached = join(
    env.XDG_CACHE_HOME ?? join(homedir(), '.cache'),
    'temporal-sagemaker',
    `temporal-cli-${CLI_VERSION}`,
    'temporal',
  );
  if (await isExecutable(cached)) return { path: cached, source: 'cache' };
  throw new Error('no Temporal CLI found: set TEMPORAL_CLI_PATH');
}

async function isExecutable(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}
