/**
 * The payload codec: what it encrypts comes back as it was, what was tampered with comes back never, and its format is one
 * that other languages can read and write.
 */
import { defaultPayloadConverter, type Payload } from '@temporalio/common';
import fc from 'fast-check';
import { createCipheriv, randomBytes } from 'node:crypto';
import { inspect } from 'node:util';
import { createPayloadCodec, PayloadError } from '../../../src/payload-codec';

const KEYS = { old: randomBytes(32), new: randomBytes(32) };
const codec = createPayloadCodec({ keys: KEYS, activeKeyId: 'new' });

const text = (value: Uint8Array | null | undefined): string => Buffer.from(value ?? []).toString('utf8');
const plain = (value: unknown): Payload => defaultPayloadConverter.toPayload(value);
const seal = async (payload: Payload, by = codec): Promise<Payload> => (await by.encode([payload]))[0] ?? {};
const open = async (payload: Payload, by = codec): Promise<Payload> => (await by.decode([payload]))[0] ?? {};

async function refusalOf(payload: Payload, by = codec): Promise<PayloadError> {
  const outcome = await open(payload, by).catch((error: unknown) => error);
  if (outcome instanceof PayloadError) return outcome;
  throw new Error(`it was read: ${inspect(outcome)}`);
}

const payloads = fc
  .record({
    metadata: fc.dictionary(fc.string({ unit: 'grapheme' }), fc.uint8Array({ maxLength: 300 })),
    data: fc.uint8Array({ maxLength: 20_000 }),
  })
  .map(({ metadata, data }) => ({ metadata: { ...metadata, encoding: Buffer.from('json/plain') }, data }));

describe('what is encrypted', () => {
  test('comes back as it was, whatever it is', async () => {
    await fc.assert(
      fc.asyncProperty(payloads, async (payload) => {
        const { metadata, data } = await open(await seal(payload));
        expect(Buffer.compare(data ?? Buffer.alloc(1), payload.data)).toBe(0);
        expect(Object.keys(metadata ?? {}).sort()).toEqual(Object.keys(payload.metadata).sort());
        for (const [name, value] of Object.entries(payload.metadata)) {
          expect(Buffer.compare(metadata?.[name] ?? Buffer.alloc(1), value)).toBe(0);
        }
      }),
      { numRuns: 300 },
    );
  });

  test.each([undefined, null, '', 0, [], { deep: { er: ['ü', '\u0000'] } }, new Uint8Array([0, 255])])(
    'of a value, %j, is the value again',
    async (value) => {
      expect(defaultPayloadConverter.fromPayload(await open(await seal(plain(value))))).toEqual(value);
    },
  );

  test('may have no bytes, told by an empty list as Temporal’s worker does', async () => {
    const nothing = { metadata: { encoding: Buffer.from('binary/null') }, data: [] as never };
    expect(defaultPayloadConverter.fromPayload(await open(await seal(nothing)))).toBeUndefined();
    expect((await refusalOf({ ...(await seal(plain('a'))), data: [] as never })).keyId).toBe('new');
  });

  test('shows the key’s id and the cipher, and nothing of what is in it', async () => {
    const { metadata, data } = await seal(plain('canary'));
    expect(Object.fromEntries(Object.entries(metadata ?? {}).map(([name, value]) => [name, text(value)]))).toEqual({
      encoding: 'binary/encrypted',
      'encryption-cipher': 'AES-256-GCM',
      'encryption-key-id': 'new',
    });
    expect(Buffer.from(data ?? []).includes('canary')).toBe(false);
    expect(Buffer.from(data ?? []).includes('json')).toBe(false);
  });

  test('is never the same twice', async () => {
    const sealed = await Promise.all(Array.from({ length: 50 }, () => seal(plain('same'))));
    expect(new Set(sealed.map(({ data }) => Buffer.from(data ?? []).toString('hex'))).size).toBe(50);
  });

  test('is what another language makes of the same key and nonce', async () => {
    // Made by Python's cryptography: the bytes 0 to 31 as the key, 100 to 111 as the nonce.
    const data =
      'ZGVmZ2hpamtsbW5vQg3UbhyHNfFaCzGPyG8Aji2sKXrnDZoctTCtM9nG1Sf3gTPidjCqNN/fWlGSNq/tIXngn1gyOVCCidSul/nd8nD0o3auM0N9' +
      '8xeVO2nySZ4cAGdM3731vqeJTrwDazYp9gnqBhM1wAbLgqa92nXAkFpT+Ge5AcFMygHryaLMcL9K5+DQEUo6U7ExLn3x+CT67r+FPigz/upJ6QY1' +
      'mGndguhJXyTopJmYEyDZj5QM27buibXRT8sqtwB5aTC6+Ge2sld+ktBtDHk6BxMbPUKKcDgw7nr/IHTFimB6rJSdaZM2X9qD2v1TRmLUJKnQLfip' +
      'KK5/04u8lbO/iDgWdjFcWyJzWl6urfKggNzyNg==';
    const theirs = createPayloadCodec({
      keys: { '2026-03': Buffer.from([...Array(32).keys()]) },
      activeKeyId: '2026-03',
    });
    const { metadata } = await seal(plain(''), theirs);
    const opened = await open({ metadata: metadata ?? {}, data: Buffer.from(data, 'base64') }, theirs);
    expect(defaultPayloadConverter.fromPayload(opened)).toEqual({ epochs: '10', note: 'x'.repeat(200) });
  });
});

describe('keys', () => {
  test('that are no longer active read what they encrypted', async () => {
    const before = createPayloadCodec({ keys: { old: KEYS.old }, activeKeyId: 'old' });
    const sealed = await seal(plain('kept'), before);
    expect(defaultPayloadConverter.fromPayload(await open(sealed))).toBe('kept');
    expect(text((await seal(plain('kept'))).metadata?.['encryption-key-id'])).toBe('new');
  });

  test('of which none is active read what is encrypted, and encrypt nothing', async () => {
    const reader = createPayloadCodec({ keys: KEYS, activeKeyId: null });
    expect(await seal(plain('read'), reader)).toEqual(plain('read'));
    expect(defaultPayloadConverter.fromPayload(await open(await seal(plain('read')), reader))).toBe('read');
  });

  test('are named by their ids where one is missing', async () => {
    const { code, keyId, message } = await refusalOf(
      await seal(plain('canary')),
      createPayloadCodec({ keys: { old: KEYS.old }, activeKeyId: 'old' }),
    );
    expect({ code, keyId }).toEqual({ code: 'PayloadUnreadable', keyId: 'new' });
    expect(message).toContain('a payload was encrypted with the key new; this program has old');
    expect(message).toContain('TEMPORAL_SAGEMAKER_PAYLOAD_KEYS');
  });

  test('print as nothing', () => {
    for (const key of Object.values(KEYS)) {
      const printed = `${JSON.stringify(codec)} ${inspect(codec, { depth: null, showHidden: true })}`;
      for (const form of ['hex', 'base64', 'latin1'] as const) expect(printed).not.toContain(key.toString(form));
    }
  });

  test.each<[string, unknown, unknown, RegExp]>([
    ['too short', { a: Buffer.alloc(31) }, 'a', /^keys\.a must be 32 bytes/],
    ['too long', { a: Buffer.alloc(33) }, 'a', /^keys\.a must be 32 bytes/],
    ['not base64', { a: 'not base64, but as long as 32 bytes would be' }, 'a', /^keys\.a must be 32 bytes/],
    ['hexadecimal', { a: randomBytes(32).toString('hex') }, 'a', /^keys\.a must be 32 bytes/],
    ['numbers', { a: 7 }, 'a', /^keys\.a must be 32 bytes/],
    ['under an id that is none', { 'a\nb': Buffer.alloc(32) }, null, /^an id in keys/],
    ['not there', undefined, null, /^keys must be an object/],
    ['a list', [Buffer.alloc(32)], null, /^keys must be an object/],
    ['without the active one', { a: Buffer.alloc(32) }, 'b', /^activeKeyId/],
    ['with no word of an active one', { a: Buffer.alloc(32) }, undefined, /^activeKeyId/],
    ['inherited', {}, 'toString', /^activeKeyId/],
    ['active by a number', { 1: Buffer.alloc(32) }, 1, /^activeKeyId/],
    ['active by a list', { a: Buffer.alloc(32) }, ['a'], /^activeKeyId/],
  ])('that are %s are refused', (_what, keys, activeKeyId, problem) => {
    let refused: unknown;
    try {
      createPayloadCodec({ keys, activeKeyId } as never);
    } catch (error) {
      refused = error;
    }
    if (!(refused instanceof PayloadError)) throw new Error('they were taken');
    expect({ code: refused.code, problems: refused.problems }).toEqual({
      code: 'InvalidInput',
      problems: [expect.stringMatching(problem)],
    });
  });
});

describe('what was tampered with', () => {
  test('is never read: no bit of the data or of the metadata can be another', async () => {
    await fc.assert(
      fc.asyncProperty(payloads, fc.nat(), fc.integer({ min: 0, max: 7 }), async (payload, at, bit) => {
        const sealed = await seal(payload);
        const data = Buffer.from(sealed.data ?? []);
        const index = at % data.length;
        data[index] = (data[index] ?? 0) ^ (1 << bit);
        const { code, keyId } = await refusalOf({ ...sealed, data });
        expect({ code, keyId }).toEqual({ code: 'PayloadUnreadable', keyId: 'new' });
      }),
      { numRuns: 300 },
    );
  });

  test('is never read: not cut short, at either end, and not made longer', async () => {
    const sealed = await seal(plain('a value of some length'));
    const data = Buffer.from(sealed.data ?? []);
    const others = [
      ...Array.from({ length: data.length }, (_, length) => data.subarray(0, length)),
      ...Array.from({ length: data.length }, (_, from) => data.subarray(from + 1)),
      Buffer.concat([data, Buffer.from([0])]),
    ];
    for (const other of others) expect((await refusalOf({ ...sealed, data: other })).keyId).toBe('new');
    expect((await refusalOf({ metadata: sealed.metadata ?? {} })).keyId).toBe('new');
  });

  test('is never read: not under another id of the same key', async () => {
    const twice = createPayloadCodec({ keys: { a: KEYS.new, b: KEYS.new }, activeKeyId: 'a' });
    const { metadata, data } = await seal(plain('a'), twice);
    const renamed = { metadata: { ...metadata, 'encryption-key-id': Buffer.from('b') }, data };
    expect((await refusalOf(renamed as Payload, twice)).message).toContain('encrypted with the key b was altered');
  });

  test.each(['', 'x'.repeat(65), 'a\u001b[2Jb', 'a b'])('is told without the id that it names, %j', async (id) => {
    const sealed = await seal(plain('a'));
    const metadata = { ...sealed.metadata, 'encryption-key-id': Buffer.from(id) };
    const { message, keyId } = await refusalOf({ ...sealed, metadata });
    expect(keyId).toBeUndefined();
    expect(message).toContain('encrypted by another codec');
    if (id !== '') expect(message).not.toContain(id);
  });
});

describe('what has more than metadata and data', () => {
  const outside = [{ sizeBytes: 7 as never }];

  test('is not encrypted: the reference to what is stored outside would be lost', async () => {
    const sealing = seal({ ...plain('a'), externalPayloads: outside });
    await expect(sealing).rejects.toMatchObject({ code: 'InvalidInput', keyId: 'new' });
    await expect(sealing).rejects.toThrow('stored outside of Temporal cannot be encrypted');
    // An empty list is how Temporal's worker says that there is none.
    const sealed = await seal({ ...plain('a'), externalPayloads: [] });
    expect(defaultPayloadConverter.fromPayload(await open(sealed))).toBe('a');
  });

  test('is not called altered where its content is stored outside', async () => {
    const { metadata } = await seal(plain('a'));
    const refusal = await refusalOf({ metadata: metadata ?? {}, externalPayloads: outside });
    expect(refusal).toMatchObject({ code: 'PayloadUnreadable', keyId: 'new' });
    expect(refusal.message).toContain('is stored outside of Temporal');
  });

  test('is not called altered where it was encrypted with fields that are not known here', async () => {
    const { metadata } = await seal(plain('a'));
    const nonce = randomBytes(12);
    const cipher = createCipheriv('aes-256-gcm', KEYS.new, nonce);
    cipher.setAAD(Buffer.from('binary/encrypted\nAES-256-GCM\nnew'));
    const encrypted = [cipher.update(Buffer.from([(3 << 3) | 2, 0])), cipher.final()];
    const data = Buffer.concat([nonce, ...encrypted, cipher.getAuthTag()]);
    const refusal = await refusalOf({ metadata: metadata ?? {}, data });
    expect(refusal).toMatchObject({ code: 'PayloadUnreadable', keyId: 'new' });
    expect(refusal.message).toContain('has fields that this version does not know');
  });
});

test('what is not encrypted is read as it is', async () => {
  for (const value of ['text', undefined, new Uint8Array([1])]) expect(await open(plain(value))).toEqual(plain(value));
  expect(await open({ data: Buffer.from('bare') })).toEqual({ data: Buffer.from('bare') });
  expect(await codec.decode([])).toEqual([]);
});
