/**
 * Starts a program that ends when our process is gone, however ours went. Used for the Temporal server and for what gets
 * the CLI; both would otherwise outlive a killed test run or `dev`.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import type { Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';

const OUTPUT_LIMIT_MS = 1_000;

/**
 * The shell leaves a watcher behind and becomes the program, so there is no moment without a watch, and the program has
 * the process id that we know. The watcher reads a pipe that only we hold open: a line means that the program has ended
 * by itself, the pipe's end means that we have.
 */
const GUARD = `
{
  PATH=/usr/bin:/bin
  read -r line <&3 && exit
  kill -TERM $$
  for second in 1 2 3 4 5; do kill -0 $$ || exit; sleep 1; done
  kill -KILL $$
} >/dev/null 2>&1 &
exec "$0" "$@" 3<&-
`;

export interface GuardedOptions {
  env: NodeJS.ProcessEnv;
  /** Where stdout goes. @default a pipe to us */
  output?: number | 'pipe';
  /** Where stderr goes. @default with stdout */
  errors?: number | 'pipe';
}

/** A program that cannot be run shows as exit code 126 or 127, with the shell's word about it on stderr. */
export function spawnGuarded(
  path: string,
  args: readonly string[],
  { env, output = 'pipe', errors = output }: GuardedOptions,
): ChildProcess {
  const child = spawn('/bin/sh', ['-c', GUARD, path, ...args], {
    env,
    stdio: ['ignore', output, errors, 'pipe'],
    // Its own process group: an interrupt from the terminal is ours to act on, in our order.
    detached: true,
  });
  const watch = child.stdio[3] as Socket | null | undefined;
  // A watcher that is gone has nothing more to be told.
  watch?.on('error', () => undefined);
  // The program keeps us alive for as long as it runs; the pipe must not.
  watch?.unref();
  child.once('exit', () => watch?.end('released\n'));
  return child;
}

/** Waits for the rest of an ended program's output; not for ever, since a grandchild may hold the pipes open. */
export async function waitForOutput({ stdout, stderr }: ChildProcess): Promise<void> {
  const streams = [stdout, stderr].filter((stream) => stream !== null).filter((stream) => !stream.closed);
  const closed = Promise.all(streams.map((stream) => new Promise((resolve) => stream.once('close', resolve))));
  const enough = new AbortController();
  const limit = pause(OUTPUT_LIMIT_MS, undefined, { signal: enough.signal }).catch(() => undefined);
  await Promise.race([closed, limit]);
  enough.abort();
}
