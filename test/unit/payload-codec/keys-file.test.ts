/** The file of payload keys that the environment names: read by client and worker, refused where others could read it. */
import { defaultPayloadConverter } from '@temporalio/common';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { connect, SageMakerError } from '../../../src/client';
import { payloadCodecFromEnvironment, PayloadError } from '../../../src/payload-codec';
import { WorkerError, workerOptionsFromEnvironment } from '../../../src/worker';
import { makeScratchFolder, removeScratchFolders } from '../../support/scratch';

const VARIABLE = 'TEMPORAL_SAGEMAKER_PAYLOAD_KEYS';
const KEY = Buffer.alloc(32, 7).toString('base64');
const KEYS = JSON.stringify({ activeKeyId: 'a', keys: { a: KEY } });

afterAll(removeScratchFolders);
afterEach(() => Reflect.deleteProperty(process.env, VARIABLE));

function makeFile(content: string, mode = 0o600): string {
  const file = join(makeScratchFolder(), 'keys.json');
  writeFileSync(file, content);
  chmodSync(file, mode);
  return file;
}

function refusalOf(file: string): PayloadError {
  try {
    payloadCodecFromEnvironment({ [VARIABLE]: file });
  } catch (error) {
    if (error instanceof PayloadError) return error;
    throw error;
  }
  throw new Error('it was taken');
}

test('it makes the codec of the client’s session and of the worker', async () => {
  const file = makeFile(KEYS, 0o400);
  const codec = payloadCodecFromEnvironment({ [VARIABLE]: file });
  const [sealed] = (await codec?.encode([defaultPayloadConverter.toPayload('canary')])) ?? [];
  const { payloadCodec } = workerOptionsFromEnvironment({ [VARIABLE]: file });
  const [opened] = (await payloadCodec?.decode([sealed ?? {}])) ?? [];
  expect(defaultPayloadConverter.fromPayload(opened ?? {})).toBe('canary');
});

test('without it there is no codec', () => {
  expect(payloadCodecFromEnvironment({})).toBeUndefined();
  expect(payloadCodecFromEnvironment({ [VARIABLE]: '' })).toBeUndefined();
  expect(workerOptionsFromEnvironment({})).toEqual({});
});

test.each([0o644, 0o604, 0o660, 0o620, 0o601, 0o777])('it is refused with the mode %o', (mode) => {
  const { code, why, fix } = refusalOf(makeFile(KEYS, mode));
  expect(code).toBe('InvalidInput');
  expect(why).toMatch(
    /^the file of payload keys is open to others \(mode 0\d{3}\) \[TEMPORAL_SAGEMAKER_PAYLOAD_KEYS=\//,
  );
  expect(fix).toMatch(/^chmod 600 /);
});

test.each([0o600, 0o400, 0o640, 0o440])('it is taken with the mode %o', (mode) => {
  expect(payloadCodecFromEnvironment({ [VARIABLE]: makeFile(KEYS, mode) })).toBeDefined();
});

test.each<[string, string, RegExp]>([
  ['no JSON', `{"keys": {"a": "${KEY}"`, /is not JSON/],
  ['a bare key', KEY, /is not JSON/],
  ['null', 'null', /must hold keys and activeKeyId/],
  ['keys without an active one', JSON.stringify({ keys: { a: KEY } }), /must hold keys and activeKeyId/],
  ['more than that', JSON.stringify({ keys: { a: KEY }, activeKeyId: 'a', more: KEY }), /and nothing else/],
  ['an active key by a number', JSON.stringify({ keys: { 1: KEY }, activeKeyId: 1 }), /cannot be used/],
  ['a short key', JSON.stringify({ keys: { a: KEY.slice(4) }, activeKeyId: 'a' }), /cannot be used/],
  ['too much', ' '.repeat(70_000), /too large/],
])('holding %s, it is refused, and none of it is told', (_what, content, why) => {
  const refusal = refusalOf(makeFile(content));
  expect(refusal.why).toMatch(why);
  expect(refusal.message).not.toContain(KEY.slice(4, 20));
});

test.each([
  '/nowhere/keys.json',
  () => {
    const folder = join(makeScratchFolder(), 'folder');
    mkdirSync(folder, { mode: 0o700 });
    return folder;
  },
])('where it is not there, or a folder, it is refused', (given) => {
  expect(refusalOf(typeof given === 'string' ? given : given()).why).toMatch(/cannot be read: E[A-Z]+ \[/);
});

test('the client and the worker refuse it by errors of their own', async () => {
  process.env[VARIABLE] = '/nowhere/keys.json';
  const ofClient = await connect({ address: '127.0.0.1:1' }).catch((error: unknown) => error);
  expect(ofClient).toBeInstanceOf(SageMakerError);
  expect(ofClient).toMatchObject({ code: 'InvalidInput', fix: expect.stringContaining(VARIABLE) as string });
  expect(() => workerOptionsFromEnvironment()).toThrow(WorkerError);
  expect(() => workerOptionsFromEnvironment()).toThrow(/InvalidInput: the file of payload keys cannot be read: ENOENT/);
});

test('a codec beside a data converter or a client is refused: it would not be used', async () => {
  const payloadCodec = payloadCodecFromEnvironment({ [VARIABLE]: makeFile(KEYS) });
  if (!payloadCodec) throw new Error('no codec');
  for (const further of [{ clientOptions: { dataConverter: {} } }, { client: {} as never }]) {
    await expect(connect({ payloadCodec, ...further })).rejects.toMatchObject({ code: 'InvalidInput' });
  }
});
