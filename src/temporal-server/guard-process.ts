/**
 * Ends a process when ours is gone, however ours went: a shell beside it reads a pipe that only we hold open. Used for
 * the Temporal server, which would otherwise outlive a killed test run or `dev`.
 */
import { spawn } from 'node:child_process';

/** A line in the pipe means that the process has ended by itself; the pipe's end means that we have. */
const GUARD = `read -r line && exit 0
kill -TERM "$1" 2>/dev/null
for second in 1 2 3 4 5; do kill -0 "$1" 2>/dev/null || exit 0; sleep 1; done
kill -KILL "$1" 2>/dev/null`;

/**
 * Guards `pid` until the returned function is called. Where there is no `sh` (Windows), nothing is guarded.
 */
export function guardProcess(pid: number): () => void {
  // Its own process group: an interrupt from the terminal must not take the guard away before its charge.
  const guard = spawn('/bin/sh', ['-c', GUARD, 'guard', String(pid)], {
    env: { PATH: '/usr/bin:/bin' },
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  });
  const ignore = (): void => undefined;
  guard.on('error', ignore);
  guard.stdin.on('error', ignore);
  guard.unref();
  // The pipe must not keep our process alive; the types do not know that it is a socket.
  (guard.stdin as unknown as { unref?: () => void }).unref?.();
  return () => {
    guard.stdin.end('released\n');
  };
}
