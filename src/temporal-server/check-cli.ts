/**
 * Tells whether an executable is a Temporal CLI that runs here. Asked by `find-cli.ts` of what lies on PATH and by
 * `get-cli.ts` of what it has just got.
 */
import { runProgram, type RunOptions } from './run-program';

const LIMIT_MS = 30_000;

/** Answers what is wrong with it; undefined when it can be used. */
export async function checkCli(path: string, options: Pick<RunOptions, 'env' | 'signal'>): Promise<string | undefined> {
  const { end, output } = await runProgram(path, ['--version'], { ...options, limitMs: LIMIT_MS });
  if (end !== 0) return `\`temporal --version\` ended with ${String(end)}${output === '' ? '' : `: ${output}`}`;
  if (!/^temporal version/.test(output)) return `\`temporal --version\` answered "${output.slice(0, 80)}"`;
  return undefined;
}
