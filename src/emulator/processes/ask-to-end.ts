/**
 * Asks a program to end with SIGTERM, and sees to it that the program hears it: process 1 of a process namespace loses
 * every signal that it does not listen for, and one that has just begun does not listen yet.
 */
import { readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import type { RunningProgram } from './launcher';

const INTERVAL_MS = 100;

/** The bit of SIGTERM in the kernel's masks. */
const SIGTERM_BIT = 1n << 14n;

/** Asks now, and once more if the program begins to listen only later; gives up when the signal aborts. */
export async function askToEnd(program: RunningProgram, signal: AbortSignal): Promise<void> {
  let heard = isListening(program);
  program.signal('SIGTERM');
  while (!heard && !program.hasEnded() && !signal.aborted) {
    await pause(INTERVAL_MS, undefined, { signal }).catch(() => undefined);
    heard = isListening(program);
    if (heard) program.signal('SIGTERM');
  }
}

/** Without a process namespace nobody needs to listen: the signal then simply ends the program. */
function isListening(program: RunningProgram): boolean {
  if (!program.isProcessOne || program.pid === undefined) return true;
  const pid = findProcessOne(program.pid);
  return pid !== undefined && (BigInt(`0x${readStatus(pid, 'SigCgt') ?? '0'}`) & SIGTERM_BIT) !== 0n;
}

/** The child of the launching process that is process 1 of its own namespace. */
function findProcessOne(launching: number): number | undefined {
  const children = readQuietly(`/proc/${String(launching)}/task/${String(launching)}/children`)
    .trim()
    .split(' ');
  return children.map(Number).find((pid) => pid > 0 && readStatus(pid, 'NSpid')?.split('\t').at(-1) === '1');
}

function readStatus(pid: number, field: string): string | undefined {
  const line = readQuietly(`/proc/${String(pid)}/status`)
    .split('\n')
    .find((candidate) => candidate.startsWith(`${field}:`));
  return line?.slice(field.length + 1).trim();
}

function readQuietly(file: string): string {
  try {
    return readFileSync(file, 'latin1');
  } catch {
    // The process has gone.
    return '';
  }
}
