/**
 * Writing on a disk that may be full: a file is replaced whole or stays as it was, an appended line is there whole or
 * not at all, and what no room was found for is told apart from a defect. All of the emulator's stores write through here.
 */
import { ftruncateSync, renameSync, rmSync, writeFileSync, writeSync } from 'node:fs';

/** True where there was no room: on the disk, or in the quota of whoever runs the emulator. */
export function isDiskFull(error: unknown): error is NodeJS.ErrnoException {
  const { code } = (error ?? {}) as NodeJS.ErrnoException;
  return code === 'ENOSPC' || code === 'EDQUOT';
}

/** What an operator is told, once there is no room. */
export const DISK_FULL = 'the disk that holds the emulator’s folder is full; free some space on it';

/** Replaces a file by way of another one beside it, of which nothing is left where that fails. */
export function replaceFile(
  path: string,
  text: string,
  { temporary = `${path}.tmp`, mode = 0o666 }: { temporary?: string; mode?: number } = {},
): void {
  try {
    writeFileSync(temporary, text, { mode });
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}

/** Appends to a file that is open and `size` bytes long, and answers its new size; half a text is cut off again. */
export function appendWhole(file: number, size: number, text: string): number {
  const bytes = Buffer.from(text, 'utf8');
  try {
    for (let written = 0; written < bytes.length;) {
      written += writeSync(file, bytes, written, bytes.length - written, size + written);
    }
  } catch (error) {
    ftruncateSync(file, size);
    throw error;
  }
  return size + bytes.length;
}
