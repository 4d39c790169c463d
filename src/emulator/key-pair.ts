/**
 * The key pair that requests must be signed with: given, kept from an earlier start in the same folder, or made anew.
 * `index.ts` hands it to the wire and to whoever starts the emulator.
 */
import { randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Credentials } from './wire/signature';

function isKeyPair(value: unknown): value is Credentials {
  const { accessKeyId, secretAccessKey } = (value ?? {}) as Partial<Credentials>;
  return typeof accessKeyId === 'string' && typeof secretAccessKey === 'string';
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
  const keyPair = given ?? {
    accessKeyId: `EMULATOR${randomBytes(6).toString('hex').toUpperCase()}`,
    secretAccessKey: randomBytes(30).toString('base64url'),
  };
  writeFileSync(path, JSON.stringify(keyPair), { mode: 0o600 });
  return keyPair;
}
