/**
 * Seeing a program to its end: its output until the last line that is to be had, its remains, and its stop, first
 * asked and then enforced.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { readLines } from './log-lines';
import type { ProgramEnd, RunningProgram } from './launcher';

/** How long output is still awaited after the program's end, while something it left running holds the pipe. */
const DRAIN_MS = 500;

/** Hands on the output's lines and answers the end, once nothing of the program is left. Never rejects. */
export async function followToEnd(program: RunningProgram, onLines: (lines: string[]) => void): Promise<ProgramEnd> {
  const output = Promise.all([readLines(program.stdout, onLines), readLines(program.stderr, onLines)]);
  const end = await program.ended;
  await settleWithin(output, DRAIN_MS);
  program.killRemains();
  await settleWithin(output, DRAIN_MS);
  program.stdout.destroy();
  program.stderr.destroy();
  return end;
}

/** The exit code as a container's would be told: 128 and more for signals. */
export function exitCodeOf(end: ProgramEnd): number {
  if ('code' in end) return end.code;
  if ('error' in end) return 127;
  return 128 + (SIGNAL_NUMBERS[end.signal] ?? 0);
}

const SIGNAL_NUMBERS: Partial<Record<NodeJS.Signals, number>> = {
  SIGHUP: 1,
  SIGINT: 2,
  SIGQUIT: 3,
  SIGILL: 4,
  SIGABRT: 6,
  SIGBUS: 7,
  SIGFPE: 8,
  SIGKILL: 9,
  SIGSEGV: 11,
  SIGPIPE: 13,
  SIGTERM: 15,
};

/** True if the promise settled in time. */
export async function settleWithin(promise: Promise<unknown>, limitMs: number): Promise<boolean> {
  const limit = new AbortController();
  const late = pause(limitMs, false, { signal: limit.signal }).catch(() => false);
  const settled = promise.then(
    () => true,
    () => true,
  );
  const inTime = await Promise.race([settled, late]);
  limit.abort();
  return inTime;
}
