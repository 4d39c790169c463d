/**
 * Builds the Temporal CLI with Go, out of the module proxy. The last way of `get-cli.ts`: it takes two to three minutes
 * on two cores, so it tells of itself.
 */
import { join } from 'node:path';
import { findOnPath } from './find-on-path';
import type { WayOptions, WayOutcome } from './get-cli';
import { runProgram } from './run-program';

const LIMIT_MS = 20 * 60_000;
const TELL_EVERY_MS = 10_000;

export async function buildCli(goModule: string, { folder, env, onProgress, signal }: WayOptions): Promise<WayOutcome> {
  const go = await findOnPath('go', env);
  if (go === undefined) return { reason: '`go` is not on PATH' };

  const name = 'building the Temporal CLI with Go (two to three minutes, once)';
  onProgress?.(`${name} ...`);
  let toldMs = 0;
  const { end, output } = await runProgram(go, ['install', goModule], {
    env: { ...env, GOBIN: folder },
    limitMs: LIMIT_MS,
    signal,
    onTick: (elapsedMs) => {
      if (elapsedMs - toldMs >= TELL_EVERY_MS) {
        toldMs = elapsedMs;
        onProgress?.(`${name} ... ${(elapsedMs / 1_000).toFixed(0)} s`);
      }
      return undefined;
    },
  });
  if (end !== 0) return { reason: `ended with ${String(end)}${output === '' ? '' : `: ${output}`}` };
  return { path: join(folder, 'temporal') };
}
