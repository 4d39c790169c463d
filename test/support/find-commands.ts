/**
 * Finds processes of this machine by their command line: to prove that nothing of a test's is left.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { isAlive } from './processes';

/** Ids of living processes whose command line matches. Empty where there is no /proc. */
export function findCommands(pattern: RegExp): number[] {
  return listProcesses().filter((pid) => pattern.test(readCommand(pid)) && isAlive(pid));
}

function listProcesses(): number[] {
  try {
    return readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .map(Number);
  } catch {
    return [];
  }
}

function readCommand(pid: number): string {
  try {
    return readFileSync(`/proc/${String(pid)}/cmdline`, 'utf8')
      .replaceAll('\0', ' ')
      .trim();
  } catch {
    // Gone in between.
    return '';
  }
}
