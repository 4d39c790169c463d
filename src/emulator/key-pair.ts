/**
 * The key pair that requests must be signed with: given, kept from an earlier start in the same folder, or made anew; and
 * what becomes of one that another takes the place of. `index.ts` hands it to the wire and to whoever starts the emulator.
 */
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { replaceFile } from './disk';
import type { Credentials, KnownKeys } from './wire/signature';

function isKeyPair(value: unknown): value is Credentials {
  const { accessKeyId, secretAccessKey } = (value ?? {}) as Partial<Credentials>;
  return typeof accessKeyId === 'string' && typeof secretAccessKey === 'string';
}

/** How one key pair takes another's place. */
export interface Renewal {
  /** What the pair before is from now on: temporary credentials that are over, or keys that nobody knows. @default 'expired' */
  before?: 'expired' | 'unknown';
  /** Makes the new pair temporary credentials, which must come with this token. @default keys without a token */
  sessionToken?: string;
}

export interface KeyRing {
  keys(): KnownKeys;
  renew(renewal?: Renewal): Credentials;
}

/** Begins with the folder's key pair; `given` replaces it. */
export function openKeyRing(folder: string, given?: Credentials): KeyRing {
  let current = openKeyPair(folder, given);
  const expired = new Set<string>();
  return {
    keys: () => ({ ...current, expired }),
    renew({ before = 'expired', sessionToken } = {}) {
      const made = makeKeyPair();
      const over = current.accessKeyId;
      // Where there is no room for the new pair, the one before goes on.
      current = openKeyPair(folder, sessionToken === undefined ? made : { ...made, sessionToken });
      if (before === 'expired') expired.add(over);
      return { ...current };
    },
  };
}

function makeKeyPair(): Credentials {
  return {
    accessKeyId: `EMULATOR${randomBytes(6).toString('hex').toUpperCase()}`,
    secretAccessKey: randomBytes(30).toString('base64url'),
  };
}

/** Answers the folder's key pair; `given` replaces it. */
export function openKeyPair(folder: string, given?: Credentials): Credentials {
  const path = join(folder, 'credentials.json');
  const kept = readKept(path);
  if (given === undefined && kept !== undefined) {
    const keyPair = parseKeyPair(kept);
    if (keyPair !== undefined) return keyPair;
    throw new Error(`The emulator's key pair cannot be read; remove the file, and another is made [file=${path}]`);
  }
  const keyPair = given ?? makeKeyPair();
  const text = JSON.stringify(keyPair);
  if (text !== kept) replaceFile(path, text, { mode: 0o600 });
  return keyPair;
}

function readKept(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

function parseKeyPair(text: string): Credentials | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isKeyPair(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
