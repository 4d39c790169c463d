/**
 * Downloads the Temporal CLI by the means that the SDK has for its tests, @temporalio/testing. The package need not be
 * there, and the internet need not either; both end as a reason. A process of its own does it, since a download that
 * hangs inside the SDK could not be stopped otherwise.
 */
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { WayOptions, WayOutcome } from './get-cli';
import { runProgram } from './run-program';

const LIMIT_MS = 10 * 60_000;
/** Behind a firewall that answers nothing, a connection hangs for minutes. */
const STALL_LIMIT_MS = 30_000;
const TELL_EVERY_MS = 10_000;

/** The SDK downloads as part of starting a server; that one is not wanted and stopped at once. */
const DOWNLOAD = `
const [testing, version, downloadDir] = process.argv.slice(1);
const { Runtime, DefaultLogger } = require(require.resolve('@temporalio/worker', { paths: [testing] }));
Runtime.install({ logger: new DefaultLogger('ERROR') });
require(testing).TestWorkflowEnvironment
  .createLocal({ server: { executable: { type: 'cached-download', version, downloadDir } } })
  .then((environment) => environment.teardown())
  .then(() => process.exit(0), (error) => { console.error(error.message); process.exit(1); });
`;

export async function downloadCli(
  version: string,
  { folder, env, onProgress, signal }: WayOptions,
): Promise<WayOutcome> {
  let testing: string;
  try {
    testing = require.resolve('@temporalio/testing');
  } catch {
    return { reason: 'not available, since @temporalio/testing is not installed' };
  }
  onProgress?.('downloading the Temporal CLI ...');
  let toldMs = 0;
  let grown = { bytes: 0, atMs: 0 };
  const { end, output } = await runProgram(process.execPath, ['-e', DOWNLOAD, testing, `v${version}`, folder], {
    env,
    limitMs: LIMIT_MS,
    signal,
    onTick: (elapsedMs) => {
      const bytes = countBytes(folder);
      if (bytes > grown.bytes) grown = { bytes, atMs: elapsedMs };
      if (elapsedMs - toldMs >= TELL_EVERY_MS) {
        toldMs = elapsedMs;
        const megabytes = (bytes / 1_000_000).toFixed(0);
        onProgress?.(`downloading the Temporal CLI ... ${(elapsedMs / 1_000).toFixed(0)} s, ${megabytes} MB`);
      }
      return elapsedMs - grown.atMs > STALL_LIMIT_MS ? 'nothing came for 30 s' : undefined;
    },
  });
  if (end !== 0) return { reason: `ended with ${String(end)}${output === '' ? '' : `: ${output}`}` };

  const [executable] = readdirSync(folder);
  if (executable === undefined) return { reason: 'left no file behind' };
  return { path: join(folder, executable) };
}

function countBytes(folder: string): number {
  return readdirSync(folder).reduce((sum, name) => {
    const stats = statSync(join(folder, name), { throwIfNoEntry: false });
    return sum + (stats?.size ?? 0);
  }, 0);
}
