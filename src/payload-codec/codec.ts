/**
 * The payload codec: AES-256-GCM between this package and Temporal's server, so that the server stores nothing that can be
 * read without the keys. Made by whoever has keys; Temporal's client and worker call it for every payload.
 *
 * An encrypted payload's metadata are `encoding`, `encryption-cipher` and `encryption-key-id`; its data are a nonce of 12
 * bytes, the encrypted payload, and a tag of 16 bytes. The three metadata, each followed by a line feed but for the last,
 * are authenticated with it.
 */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import type { Payload, PayloadCodec } from '@temporalio/common';
import { PayloadError } from './errors';
import { KEY_ID_PATTERN, loadKeys, type PayloadKeys } from './keys';
import { bytesOf, readPayload, writePayload } from './payload-bytes';

const ENCODING = 'binary/encrypted';
const CIPHER = 'AES-256-GCM';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/**
 * Makes a codec that encrypts payloads with AES-256-GCM, for `connect` and `createWorker` of this package, or
 * any client and worker of Temporal's by {@link createDataConverter}.
 *
 * Every payload is encrypted by itself, under a nonce of its own, and names its key by id. Payloads that are not encrypted
 * are read as they are: runs from before, and starters without keys. What was altered or cut short, or encrypted with a key
 * that is not here, is never handed on: reading it fails with `PayloadUnreadable`, which names the key's id.
 *
 * To rotate: give every program the new key, then make it the active one everywhere, and drop the old one when no run that
 * was encrypted with it is kept any more.
 *
 * @throws {@link PayloadError} `InvalidInput` with everything that is wrong with the keys
 * @see https://docs.temporal.io/payload-codec
 *
 * @example
 * ```ts
 * import { randomBytes } from 'node:crypto';
 * import { connect, createPayloadCodec } from 'temporal-sagemaker/client';
 *
 * const payloadCodec = createPayloadCodec({ keys: { '2026-03': randomBytes(32) }, activeKeyId: '2026-03' });
 * const session = await connect({ payloadCodec });
 * await session.close();
 * ```
 */
export function createPayloadCodec(keys: PayloadKeys): PayloadCodec {
  const { byId, active } = loadKeys(keys);
  return {
    // Async, so that what cannot be encrypted or read rejects.
    encode: async (payloads) =>
      Promise.resolve(active === undefined ? payloads : payloads.map((payload) => seal(payload, active))),
    decode: async (payloads) => Promise.resolve(payloads.map((payload) => open(payload, byId))),
  };
}

type Keys = ReturnType<typeof loadKeys>;

function seal(payload: Payload, { id, key }: NonNullable<Keys['active']>): Payload {
  if (isStoredOutside(payload)) {
    throw new PayloadError(
      'InvalidInput',
      'a payload whose content is stored outside of Temporal cannot be encrypted',
      {
        fix: 'Have payloads encrypted before they are stored outside, as Temporal’s clients and workers do by themselves.',
        keyId: id,
      },
    );
  }
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_BYTES });
  cipher.setAAD(authenticated(id));
  const encrypted = [cipher.update(writePayload(payload)), cipher.final()];
  return {
    metadata: {
      encoding: Buffer.from(ENCODING),
      'encryption-cipher': Buffer.from(CIPHER),
      'encryption-key-id': Buffer.from(id),
    },
    data: Buffer.concat([nonce, ...encrypted, cipher.getAuthTag()]),
  };
}

function open(payload: Payload, byId: Keys['byId']): Payload {
  if (textOf(payload, 'encoding') !== ENCODING) return payload;
  const id = textOf(payload, 'encryption-key-id');
  // Whoever wrote the payload chose it: only what can be an id is told.
  if (!KEY_ID_PATTERN.test(id) || textOf(payload, 'encryption-cipher') !== CIPHER) {
    const fix = 'Read it with the codec that wrote it.';
    throw new PayloadError('PayloadUnreadable', 'a payload was encrypted by another codec than this package’s', {
      fix,
    });
  }
  const key = byId.get(id);
  if (!key) throw keyIsMissing(id, [...byId.keys()]);
  if (isStoredOutside(payload)) {
    const why = `the content of a payload that was encrypted with the key ${id} is stored outside of Temporal`;
    const fix = 'Give this program the external storage that it lies in: it is fetched from there before it is read.';
    throw new PayloadError('PayloadUnreadable', why, { fix, keyId: id });
  }
  const data = bytesOf(payload.data);
  const opened = data.byteLength < NONCE_BYTES + TAG_BYTES ? undefined : decrypt(data, id, key);
  if (!opened) {
    const fix = 'Find out who writes to Temporal’s store, or which program has another key under this id.';
    const why = `a payload that was encrypted with the key ${id} was altered or cut short, or that key is another one here`;
    throw new PayloadError('PayloadUnreadable', why, { fix, keyId: id });
  }
  const read = readPayload(opened);
  if (!read) {
    const why = `a payload that was encrypted with the key ${id} has fields that this version does not know`;
    const fix = 'Read it with the version, or the program in another language, that wrote it.';
    throw new PayloadError('PayloadUnreadable', why, { fix, keyId: id });
  }
  return read;
}

function isStoredOutside({ externalPayloads }: Payload): boolean {
  return (externalPayloads ?? []).length > 0;
}

/** Undefined where it is not what was encrypted with this key. */
function decrypt(data: Uint8Array, id: string, key: NonNullable<Keys['active']>['key']): Buffer | undefined {
  const decipher = createDecipheriv('aes-256-gcm', key, data.subarray(0, NONCE_BYTES), { authTagLength: TAG_BYTES });
  decipher.setAAD(authenticated(id));
  decipher.setAuthTag(data.subarray(-TAG_BYTES));
  const bytes = decipher.update(data.subarray(NONCE_BYTES, -TAG_BYTES));
  try {
    return Buffer.concat([bytes, decipher.final()]);
  } catch {
    // All that Node tells of a wrong tag is that there is one.
    return undefined;
  }
}

function authenticated(keyId: string): Buffer {
  return Buffer.from([ENCODING, CIPHER, keyId].join('\n'));
}

function keyIsMissing(id: string, known: string[]): PayloadError {
  const here = known.length === 0 ? 'this program has no keys' : `this program has ${known.join(', ')}`;
  return new PayloadError('PayloadUnreadable', `a payload was encrypted with the key ${id}; ${here}`, {
    fix: 'Give this program the key, by the file that TEMPORAL_SAGEMAKER_PAYLOAD_KEYS names or the option payloadCodec.',
    keyId: id,
  });
}

function textOf({ metadata }: Payload, name: string): string {
  return bytesOf(metadata?.[name]).toString('utf8');
}
