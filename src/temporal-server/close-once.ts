/**
 * The end of a process that we own: asked to, and killed when it takes too long. For the server here and for the parts
 * that the command line starts.
 */
import type { ChildProcess } from 'node:child_process';
import { setTimeout as pause } from 'node:timers/promises';

/** Makes the function that sends SIGTERM, then SIGKILL after the limit, and resolves when the process has gone. */
export function closeOnce(child: ChildProcess, exited: Promise<unknown>, limitMs: number): () => Promise<void> {
  let closing: Promise<void> | undefined;
  const close = async (): Promise<void> => {
    child.kill('SIGTERM');
    const limit = new AbortController();
    const kill = pause(limitMs, undefined, { signal: limit.signal }).then(
      () => child.kill('SIGKILL'),
      () => false,
    );
    await exited;
    limit.abort();
    await kill;
  };
  return () => (closing ??= close());
}
