/**
 * Runs a program to its end, within a limit, and keeps the last of what it prints. The ways to find and to get the
 * Temporal CLI are all made of this.
 */
import { spawnGuarded, waitForOutput } from './spawn-guarded';

const OUTPUT_TAIL_CHARACTERS = 2_000;
const TICK_MS = 1_000;

export interface RunOptions {
  env: NodeJS.ProcessEnv;
  limitMs: number;
  signal?: AbortSignal | undefined;
  /** Asked every second; answers a reason to stop the program. */
  onTick?: (elapsedMs: number) => string | undefined;
}

export interface ProgramEnd {
  /** Exit code; or the signal, error or reason that ended the program. */
  end: number | string;
  /** The last of what it printed. */
  output: string;
}

/** Never rejects but for the caller's `signal`: how it went is the answer. */
export async function runProgram(path: string, args: string[], options: RunOptions): Promise<ProgramEnd> {
  const { env, limitMs, signal, onTick } = options;
  signal?.throwIfAborted();
  const child = spawnGuarded(path, args, { env });

  let output = '';
  const append = (chunk: string): void => {
    output = (output + chunk).slice(-OUTPUT_TAIL_CHARACTERS);
  };
  child.stdout?.setEncoding('utf8').on('data', append);
  child.stderr?.setEncoding('utf8').on('data', append);

  let stoppedFor: string | undefined;
  const stop = (reason: string): void => {
    // Asked to end first; who is still there at the next tick is killed.
    child.kill(stoppedFor === undefined ? 'SIGTERM' : 'SIGKILL');
    stoppedFor ??= reason;
  };
  const start = performance.now();
  const ticks = setInterval(() => {
    const elapsedMs = performance.now() - start;
    const reason = elapsedMs > limitMs ? `took longer than ${String(limitMs / 1_000)} s` : onTick?.(elapsedMs);
    if (reason !== undefined || stoppedFor !== undefined) stop(reason ?? '');
  }, TICK_MS);
  const abort = (): void => {
    stop('given up');
  };
  signal?.addEventListener('abort', abort, { once: true });

  const end = await new Promise<number | string>((resolve) => {
    child.once('error', (error) => {
      if (child.pid === undefined) resolve(error.message);
    });
    child.once('exit', (code, killer) => {
      resolve(code ?? killer ?? '');
    });
  });
  clearInterval(ticks);
  signal?.removeEventListener('abort', abort);
  await waitForOutput(child);
  child.stdout?.destroy();
  child.stderr?.destroy();
  signal?.throwIfAborted();
  return { end: stoppedFor ?? end, output: output.trim() };
}
