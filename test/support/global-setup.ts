/**
 * Runs once before all test files: makes what the chosen rooms share, one Temporal server and one workflow bundle, and
 * passes their whereabouts on by environment variables, which `temporal.ts` reads in Jest's workers. Rooms that need
 * neither start nothing.
 */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { findTemporalCli, startTemporalServer, type TemporalServer } from '../../src/temporal-server';
import { SEALED } from './temporal';
import { rooms, ROOMS_WITHOUT_BUNDLE, ROOMS_WITHOUT_SERVER } from './rooms.cjs';
import { findWorkflowBundle } from './workflow-bundle';

/** The part of Jest's global configuration that is read here. */
interface GlobalConfig {
  rootDir: string;
  testPathPatterns: { toExecutor(options: { rootDir: string }): { isMatch(path: string): boolean } };
}

/** Handed on to `global-teardown.ts`, which runs in the same process. */
export const shared = globalThis as { temporalServerOfTests?: TemporalServer; bundleMadeForTests?: string };

export default async function setUp(config: GlobalConfig): Promise<void> {
  const chosen = rooms.filter((room) => hasChosenFiles(config, room));
  if (chosen.some((room) => !ROOMS_WITHOUT_SERVER.includes(room))) {
    const { path, source } = await findTemporalCli({ env: process.env, onProgress: tell });
    const server = await startTemporalServer({ cliPath: path, ui: false, namespace: SEALED });
    shared.temporalServerOfTests = server;
    process.env.TEST_TEMPORAL_ADDRESS = server.address;
    process.env.TEST_TEMPORAL_HTTP_URL = server.httpUrl;
    process.env.TEST_TEMPORAL_CLI_PATH = path;
    tell(`Temporal server at ${server.address} [cli=${path}, found in ${source}]`);
  }
  if (chosen.some((room) => !ROOMS_WITHOUT_BUNDLE.includes(room))) {
    const bundle = await findWorkflowBundle(config.rootDir, tell);
    if (bundle !== undefined) {
      process.env.TEST_WORKFLOW_BUNDLE = bundle.path;
      if (bundle.isTemporary) shared.bundleMadeForTests = bundle.path;
    }
  }
}

/** True when the command line's patterns leave anything of a room. */
function hasChosenFiles({ rootDir, testPathPatterns }: GlobalConfig, room: string): boolean {
  const folder = join(rootDir, 'test', room);
  if (!existsSync(folder)) return false;
  const patterns = testPathPatterns.toExecutor({ rootDir });
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).some(
    (file) => file.endsWith('.test.ts') && patterns.isMatch(join(folder, file)),
  );
}

function tell(message: string): void {
  process.stderr.write(`tests: ${message}\n`);
}
