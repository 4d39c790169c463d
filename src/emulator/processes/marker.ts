/**
 * The mark that every process of the emulator bears in its environment: which folder it works for, and which emulator
 * started it. By it an emulator that starts finds what one before it, killed in the same folder, left running.
 */
import { createHash, randomUUID } from 'node:crypto';
import { readdirSync, readFileSync, realpathSync } from 'node:fs';

export const MARKER_NAME = 'TEMPORAL_SAGEMAKER_PROCESS';

/** How often the processes are looked through again for what was being started meanwhile. */
const MAX_PASSES = 5;

/** Names the folder in marks; the same for each emulator that works in it. */
export function nameFolder(folder: string): string {
  return createHash('sha256').update(realpathSync(folder)).digest('hex').slice(0, 16);
}

/** Start time of a process in the kernel's ticks, which together with the pid names it for good; undefined if it is gone. */
export function readStartTime(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${String(pid)}/stat`, 'latin1');
    // The command stands in brackets and may hold anything, so fields are counted from the last bracket.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' ? undefined : fields[19];
  } catch {
    return undefined;
  }
}

/** A mark for one program. */
export function makeMarker(folderName: string): string {
  return [folderName, String(process.pid), readStartTime(process.pid) ?? '', randomUUID()].join(':');
}

/** All living processes whose environment bears a mark that `accept` takes. Empty where there is no /proc. */
export function findMarked(accept: (marker: string) => boolean): number[] {
  const found: number[] = [];
  for (const entry of listProcesses()) {
    const marker = readMarker(entry);
    if (marker !== undefined && accept(marker) && readStartTime(Number(entry)) !== undefined) found.push(Number(entry));
  }
  return found;
}

/** Kills what an emulator that no longer lives left behind in this folder. Answers how many processes there were. */
export function killLeftovers(folderName: string): number {
  return killMarked((marker) => {
    const [folder, pid, startTime] = marker.split(':');
    return folder === folderName && readStartTime(Number(pid)) !== startTime;
  });
}

/** Kills all that bear one of the marks, however far they went from their process group. */
export function killMarked(accept: (marker: string) => boolean): number {
  const killed = new Set<number>();
  for (let pass = 0; pass < MAX_PASSES; pass++) {
    const living = findMarked(accept);
    if (living.length === 0) break;
    for (const pid of living) {
      killed.add(pid);
      killQuietly(pid);
    }
  }
  return killed.size;
}

function killQuietly(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    // Ended by itself in between, which is what was wanted.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

function listProcesses(): string[] {
  try {
    return readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  } catch {
    return [];
  }
}

function readMarker(pid: string): string | undefined {
  try {
    const environment = readFileSync(`/proc/${pid}/environ`, 'latin1').split('\0');
    return environment.find((line) => line.startsWith(`${MARKER_NAME}=`))?.slice(MARKER_NAME.length + 1);
  } catch {
    // Gone, or another user's: not ours either way.
    return undefined;
  }
}
