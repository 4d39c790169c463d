/**
 * The key pair that requests must be signed with: given, kept from an earlier start in the same folder, or made anew; and
 * what becomes of one that another takes the place of. `index.ts` hands it to the wire and to whoever starts the emulator.
 */
import { randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
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
      if (before === 'expired') expired.add(current.accessKeyId);
      const made = makeKeyPair();
      current = openKeyPair(folder, sessionToken === undefined ? made : { ...made, sessionToken });
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
  if (given === undefined) {
    try {
      const kept: unknown = JSON.parse(readFileSync(path, 'utf8'));
      if (isKeyPair(kept)) return kept;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    }
  }
  const keyPair = given ?? makeKeyPair();
  writeFileSync(path, JSON.stringify(keyPair), { mode: 0o600 });
  return keyPair;
}
