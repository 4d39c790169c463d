/**
 * Tells whether a program listens on a port of the machine. Asked only where programs cannot have a network of their
 * own, about algorithms that listen on SageMaker's port whatever they are told.
 */
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { findMarked } from './marker';
import type { RunningProgram } from './launcher';

/** Field 4 of the kernel's socket tables for a listening socket. */
const LISTENING = '0A';

export function ownsListeningPort(program: RunningProgram, port: number): boolean {
  if (process.platform !== 'linux') return ownsByLsof(program, port);
  const inodes = findListeningInodes(port);
  if (inodes.size === 0) return false;
  return findMarked((marker) => marker === program.marker).some((pid) => holdsSocket(pid, inodes));
}

function findListeningInodes(port: number): Set<string> {
  const suffix = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  const inodes = new Set<string>();
  for (const table of ['/proc/net/tcp', '/proc/net/tcp6']) {
    for (const line of readLinesOf(table)) {
      const fields = line.trim().split(/\s+/);
      if (fields[1]?.endsWith(suffix) === true && fields[3] === LISTENING && fields[9]) inodes.add(fields[9]);
    }
  }
  return inodes;
}

function readLinesOf(file: string): string[] {
  try {
    return readFileSync(file, 'latin1').split('\n');
  } catch {
    // A kernel without IPv6 has no second table.
    return [];
  }
}

function holdsSocket(pid: number, inodes: ReadonlySet<string>): boolean {
  const folder = `/proc/${String(pid)}/fd`;
  try {
    return readdirSync(folder).some((fd) => {
      const inode = /^socket:\[(\d+)\]$/.exec(readlinkSync(`${folder}/${fd}`))?.[1];
      return inode !== undefined && inodes.has(inode);
    });
  } catch {
    // The process, or one of its descriptors, went away in between: asked again with the next ping.
    return false;
  }
}

function ownsByLsof({ pid }: RunningProgram, port: number): boolean {
  try {
    const options = { encoding: 'utf8' as const, timeout: 2_000 };
    const listeners = execFileSync('lsof', ['-nP', `-iTCP:${String(port)}`, '-sTCP:LISTEN', '-t'], options);
    return listeners
      .split('\n')
      .filter((line) => line !== '')
      .some((line) => Number(execFileSync('ps', ['-o', 'pgid=', '-p', line], options)) === pid);
  } catch {
    // Nobody listens, or there is no lsof: not known to be ours.
    return false;
  }
}
