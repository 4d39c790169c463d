/**
 * The keys of the payload codec: their form, what is wrong with them, and the file that the environment names. What is
 * read here is handed to `codec.ts`; keys are never told, not even in part.
 */
import { createSecretKey, type KeyObject } from 'node:crypto';
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { PayloadError } from './errors';

/** Keys by their ids, and which of them encrypts. */
export interface PayloadKeys {
  /** Each 32 bytes, as bytes or in base64. An id is 1 to 64 letters, digits, dots, hyphens and underscores. */
  keys: Readonly<Record<string, Uint8Array | string>>;
  /**
   * The key to encrypt with; the others only decrypt what was encrypted with them before. Null: nothing is encrypted, and
   * what is encrypted can be read, as on the way to turning encryption on or off.
   */
  activeKeyId: string | null;
}

/** Names the file that holds {@link PayloadKeys} as JSON. */
export const KEYS_VARIABLE = 'TEMPORAL_SAGEMAKER_PAYLOAD_KEYS';

const KEY_BYTES = 32;
export const KEY_ID_PATTERN = /^[A-Za-z0-9._-]{1,64}$/;
const FILE_BYTES_MAX = 64 * 1024;
/** Others may do nothing with the file, its group may read it: so a secret that is mounted for a process comes. */
const MODE_FORBIDDEN = 0o027;

/** The keys in a form that nothing prints. @throws PayloadError InvalidInput with everything that is wrong */
export function loadKeys({ keys, activeKeyId }: PayloadKeys): { byId: Map<string, KeyObject>; active?: ActiveKey } {
  const given: unknown = keys;
  if (typeof given !== 'object' || given === null || Array.isArray(given)) {
    throw refuse(['keys must be an object of keys by their ids']);
  }
  const byId = new Map<string, KeyObject>();
  const problems: string[] = [];
  for (const [id, value] of Object.entries(given as Record<string, unknown>)) {
    const bytes = readKey(value);
    if (!KEY_ID_PATTERN.test(id)) {
      problems.push('an id in keys is not 1 to 64 letters, digits, dots, hyphens and underscores');
    } else if (!bytes) problems.push(`keys.${id} must be ${String(KEY_BYTES)} bytes, given as bytes or in base64`);
    else byId.set(id, createSecretKey(bytes));
  }
  // From JSON it may be anything, and a number is the name of a field where it is no key of a map.
  const activeId: unknown = activeKeyId;
  const key = typeof activeId === 'string' ? byId.get(activeId) : undefined;
  const isKnown = typeof activeId === 'string' && Object.hasOwn(given, activeId);
  if (activeId !== null && !isKnown) {
    problems.push('activeKeyId must be the id of one of the keys, or null to encrypt nothing');
  }
  if (problems.length > 0) throw refuse(problems);
  if (activeId === null) return { byId };
  // Nothing goes out in plain text because a key was not found.
  if (!key || typeof activeId !== 'string') throw refuse(['activeKeyId names no key']);
  return { byId, active: { id: activeId, key } };
}

/** The key that encrypts. */
export interface ActiveKey {
  id: string;
  key: KeyObject;
}

function readKey(value: unknown): Uint8Array | undefined {
  if (value instanceof Uint8Array) return value.byteLength === KEY_BYTES ? value : undefined;
  // Buffer.from would skip what is no base64, and make a shorter or another key of it.
  if (typeof value !== 'string' || !/^[A-Za-z0-9+/]{43}=$/.test(value)) return undefined;
  return Buffer.from(value, 'base64');
}

function refuse(problems: string[]): PayloadError {
  const fix = 'Make a key with: node -p "crypto.randomBytes(32).toString(\'base64\')"';
  return new PayloadError('InvalidInput', 'the payload keys cannot be used', { fix, problems });
}

/** Reads the file that {@link KEYS_VARIABLE} names. @throws PayloadError InvalidInput */
export function readKeysFile(file: string): PayloadKeys {
  const text = readPrivately(file);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // The parser's own words would repeat a part of the text.
    throw refuseFile(file, 'is not JSON', `Write { "activeKeyId": "…", "keys": { "…": "…" } } into it.`);
  }
  const { keys, activeKeyId, ...others } = (value ?? {}) as Partial<PayloadKeys>;
  if (keys === undefined || activeKeyId === undefined || Object.keys(others).length > 0) {
    throw refuseFile(file, 'must hold keys and activeKeyId, and nothing else', 'Mend the file.');
  }
  return { keys, activeKeyId };
}

function readPrivately(file: string): string {
  let descriptor: number;
  try {
    descriptor = openSync(file, 'r');
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code ?? 'it cannot be opened';
    throw refuseFile(file, `cannot be read: ${reason}`, `Set ${KEYS_VARIABLE} to a file that this program may read.`);
  }
  try {
    // Of the open file, so that what is checked is what is read.
    const { mode, size } = fstatSync(descriptor);
    if (process.platform !== 'win32' && (mode & MODE_FORBIDDEN) !== 0) {
      const rights = (mode & 0o777).toString(8).padStart(4, '0');
      throw refuseFile(file, `is open to others (mode ${rights})`, `chmod 600 ${JSON.stringify(file)}`);
    }
    if (size > FILE_BYTES_MAX) throw refuseFile(file, 'is too large to be a file of keys', 'Name the file of keys.');
    const bytes = Buffer.alloc(FILE_BYTES_MAX);
    return bytes.toString('utf8', 0, readSync(descriptor, bytes, 0, FILE_BYTES_MAX, 0));
  } catch (error) {
    if (error instanceof PayloadError) throw error;
    throw refuseFile(file, `cannot be read: ${(error as NodeJS.ErrnoException).code ?? 'unknown'}`, 'Name a file.');
  } finally {
    closeSync(descriptor);
  }
}

function refuseFile(file: string, what: string, fix: string): PayloadError {
  return new PayloadError('InvalidInput', `the file of payload keys ${what} [${KEYS_VARIABLE}=${file}]`, { fix });
}
