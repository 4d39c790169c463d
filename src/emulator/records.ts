/**
 * Durable records of what was made: one JSON file each, written before the call that makes it is answered. All are read
 * at start and answered out of memory; SageMaker's resources, tags and the like are kept here.
 */
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { DISK_FULL, isDiskFull, replaceFile } from './disk';
import type { Records } from './world';

interface StoredRecord {
  name: string;
  value: unknown;
}

const KIND = /^[a-z][a-z0-9-]{0,63}$/;
const READABLE_LENGTH_MAX = 80;
/** How often it is tried to write what the disk had no room for. */
const OWED_INTERVAL_MS = 500;

/**
 * A name may hold anything, be longer than a file name, or differ from another only in case: the hash tells them apart,
 * the rest is for people who look into the folder.
 */
function fileNameOf(name: string): string {
  const readable = name.toLowerCase().replace(/[^a-z0-9-]+/g, '_');
  const hash = createHash('sha256').update(name, 'utf8').digest('hex').slice(0, 24);
  return `${readable.slice(0, READABLE_LENGTH_MAX)}.${hash}.json`;
}

function isStoredRecord(value: unknown): value is StoredRecord {
  return typeof value === 'object' && value !== null && 'value' in value && 'name' in value;
}

function readKind(folder: string, warn: (message: string) => void): Map<string, unknown> {
  const records = new Map<string, unknown>();
  for (const file of readdirSync(folder).sort()) {
    const path = join(folder, file);
    if (file.endsWith('.tmp')) {
      rmSync(path, { force: true });
      continue;
    }
    if (!file.endsWith('.json')) continue;
    try {
      const stored: unknown = JSON.parse(readFileSync(path, 'utf8'));
      if (!isStoredRecord(stored)) throw new Error('it is no record');
      records.set(stored.name, stored.value);
    } catch (error) {
      renameSync(path, `${path}.broken`);
      const reason = error instanceof Error ? error.message : String(error);
      warn(`A record could not be read and was set aside: ${reason} [file=${path}.broken]`);
    }
  }
  return records;
}

/**
 * Opens the records in `folder`, which one process at a time may hold. What `get` and `list` answer is the store's own:
 * change it only to put it back.
 */
export function openRecords(folder: string, warn: (message: string) => void): Records & { close(): void } {
  mkdirSync(folder, { recursive: true });
  const kinds = new Map<string, Map<string, unknown>>();
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (entry.isDirectory()) kinds.set(entry.name, readKind(join(folder, entry.name), warn));
  }
  const ofKind = (kind: string): Map<string, unknown> => {
    const known = kinds.get(kind);
    if (known !== undefined) return known;
    if (!KIND.test(kind)) throw new Error(`A kind of record is a word in small letters, not ${JSON.stringify(kind)}`);
    mkdirSync(join(folder, kind));
    const records = new Map<string, unknown>();
    kinds.set(kind, records);
    return records;
  };

  /** What the disk had no room for, by path: written as soon as it has. */
  const owed = new Map<string, string>();
  /** Runs from the first debt until all is paid. */
  let paying: NodeJS.Timeout | undefined;
  let toldTrouble = '';
  const pay = () => {
    try {
      for (const [path, text] of owed) {
        replaceFile(path, text);
        owed.delete(path);
      }
    } catch (error) {
      tellTrouble(error);
      return;
    }
    clearInterval(paying);
    paying = undefined;
    warn('There is room on the disk again: what was only remembered is written down.');
  };
  /** Another trouble than the one that is known: once for each. */
  const tellTrouble = (error: unknown) => {
    const trouble = String(error);
    if (isDiskFull(error) || trouble === toldTrouble) return;
    toldTrouble = trouble;
    warn(`What is only remembered cannot be written down, and is tried again: ${trouble} [folder=${folder}]`);
  };
  const owe = (path: string, text: string) => {
    if (paying === undefined) {
      warn(`What becomes of jobs and endpoints is remembered but not written down: ${DISK_FULL} [folder=${folder}]`);
      paying = setInterval(pay, OWED_INTERVAL_MS).unref();
    }
    owed.set(path, text);
  };

  return {
    get: (kind, name) => ofKind(kind).get(name),
    put(kind, name, value, { eventually = false } = {}) {
      const records = ofKind(kind);
      const text = JSON.stringify({ name, value } satisfies StoredRecord);
      const path = join(folder, kind, fileNameOf(name));
      try {
        replaceFile(path, text);
        owed.delete(path);
      } catch (error) {
        if (!eventually || !isDiskFull(error)) throw error;
        owe(path, text);
      }
      // As a restart would read it: a date is a string at once and not only then.
      records.set(name, (JSON.parse(text) as StoredRecord).value);
    },
    delete(kind, name) {
      if (!ofKind(kind).delete(name)) return;
      const path = join(folder, kind, fileNameOf(name));
      owed.delete(path);
      rmSync(path, { force: true });
    },
    list: <T>(kind: string) => [...ofKind(kind).values()] as T[],
    close() {
      // The folder may have another holder from now on, who goes on from what is written there.
      clearInterval(paying);
      owed.clear();
    },
  };
}
