/**
 * Keeps two emulators from sharing a folder: whoever holds it stands in a file there. A holder that was killed is known
 * by its process being gone, or being another one under the same number.
 */
import { randomUUID } from 'node:crypto';
import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Holder {
  pid: number;
  /** When the process began, in the kernel's ticks; absent where the system does not say. */
  startedAt?: string;
  /** Of the system's start: ticks of another one mean nothing. */
  bootId?: string;
  token: string;
}

const ATTEMPTS_MAX = 20;

function readOptional(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    // No such file system here, or no such process any more.
    return undefined;
  }
}

function startOf(pid: number): Pick<Holder, 'startedAt' | 'bootId'> {
  // The second field is a name in brackets that may hold blanks; the start is the 22nd, so the 20th after it.
  const fields = readOptional(`/proc/${String(pid)}/stat`)
    ?.replace(/^.*\) /s, '')
    .split(' ');
  const bootId = readOptional('/proc/sys/kernel/random/boot_id')?.trim();
  return {
    ...(fields?.[19] === undefined ? {} : { startedAt: fields[19] }),
    ...(bootId === undefined ? {} : { bootId }),
  };
}

/** What a lock says of the process that has it. */
export function holderOf(pid: number): Holder {
  return { pid, ...startOf(pid), token: randomUUID() };
}

function isAlive(holder: Holder): boolean {
  try {
    process.kill(holder.pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
  const now = startOf(holder.pid);
  return now.startedAt === holder.startedAt && now.bootId === holder.bootId;
}

function readHolder(path: string): Holder | undefined {
  const text = readOptional(path);
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text) as Holder;
  } catch {
    throw new Error(
      `The lock of the emulator's folder cannot be read; remove it if no emulator runs there [file=${path}]`,
    );
  }
}

/**
 * Takes the folder for this process; the answer gives it back.
 * @throws Error naming the process that holds it.
 */
export function lockFolder(folder: string): () => void {
  const path = join(folder, 'emulator.lock');
  const holder = holderOf(process.pid);
  // Linked into place whole: a reader never sees an empty lock.
  const draft = `${path}.${holder.token}`;
  writeFileSync(draft, JSON.stringify(holder), { mode: 0o600 });
  try {
    for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt += 1) {
      try {
        linkSync(draft, path);
        return () => {
          if (readHolder(path)?.token === holder.token) rmSync(path, { force: true });
        };
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      }
      const present = readHolder(path);
      if (present === undefined) continue;
      if (isAlive(present)) {
        throw new Error(
          `Another emulator holds this folder; close it or choose another folder [folder=${folder}, pid=${String(present.pid)}]`,
        );
      }
      removeStale(path, present, `${draft}.stale`);
    }
    throw new Error(`The emulator's folder could not be locked; others take it at the same time [folder=${folder}]`);
  } finally {
    rmSync(draft, { force: true });
  }
}

/** Takes a dead holder's lock away. Another may have done so and locked anew in between: then that lock is put back. */
function removeStale(path: string, stale: Holder, aside: string): void {
  try {
    renameSync(path, aside);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw error;
  }
  try {
    if (readHolder(aside)?.token !== stale.token) linkSync(aside, path);
  } finally {
    rmSync(aside, { force: true });
  }
}
