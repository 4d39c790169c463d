/** The object store on disk: whole objects or none, any key, order, restarts. */
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer, text } from 'node:stream/consumers';
import type { Objects } from '../../../src/emulator/world';
import { makeTestWorld, START_MS, type TestWorld } from '../../support/emulator-world';

const BUCKET = 'some-bucket';
let fixture: TestWorld;
let objects: Objects;

beforeEach(() => {
  fixture = makeTestWorld();
  objects = fixture.world.objects;
  objects.createBucket(BUCKET);
});
afterEach(() => {
  fixture.remove();
});

const write = (key: string, content: string | Buffer) =>
  objects.write(BUCKET, key, Readable.from([Buffer.from(content)]));
const dataFiles = () => readdirSync(join(fixture.world.folder, 's3', 'data'));
const listed = (prefix?: string) => objects.list(BUCKET, prefix).map(({ key }) => key);

it('gives back the bytes, their size, their MD5 and their CRC32', async () => {
  const written = await write('a/b', 'hello');
  expect(written).toMatchObject({
    size: 5,
    etag: '5d41402abc4b2a76b9719d911017c592',
    checksums: { ChecksumCRC32: 'NhCmhg==' },
    lastModified: START_MS,
  });
  expect(await text(objects.read(written))).toBe('hello');
  expect(await text(objects.read(written, { start: 1, end: 3 }))).toBe('ell');
});

it.each([
  '../../etc/passwd',
  '/',
  '//',
  'a//b',
  '.',
  '..',
  'con',
  'with\nnewline',
  'nul\0inside',
  'ü/😀',
  '%2e%2e%2f',
  ' ',
  '__proto__',
  'x'.repeat(1024),
])('keeps the key %j apart from all others and finds it after a restart', async (key) => {
  await write(key, 'mine');
  await write(`${key.slice(0, 1000)}~`, 'other');
  const again = fixture.reopen().world.objects;
  const found = again.head(BUCKET, key);
  expect(found?.key).toBe(key);
  expect(found && (await text(again.read(found)))).toBe('mine');
  expect(readdirSync(fixture.world.folder).sort()).toEqual(['logs', 'records', 's3']);
});

it('tells keys apart that differ only in case', async () => {
  await write('Key', 'upper');
  await write('key', 'lower');
  expect(listed()).toEqual(['Key', 'key']);
});

it('lists in the order of UTF-8 bytes, which is not that of UTF-16', async () => {
  for (const key of ['\u{1F600}', '\uFF5E', 'b', 'a/', 'a', 'B', 'é']) await write(key, '');
  expect(listed()).toEqual(['B', 'a', 'a/', 'b', 'é', '\uFF5E', '\u{1F600}']);
  expect(listed('a')).toEqual(['a', 'a/']);
});

it('keeps the list right while keys come, change and go', async () => {
  await write('b', '1');
  expect(listed()).toEqual(['b']);
  await write('a', '1');
  await write('b', '2');
  expect(listed()).toEqual(['a', 'b']);
  expect(objects.delete(BUCKET, 'b')).toBe(true);
  expect(objects.delete(BUCKET, 'b')).toBe(false);
  expect(listed()).toEqual(['a']);
});

it('shows nothing of an object while it arrives, and nothing ever when it breaks off', async () => {
  await write('key', 'old');
  const body = new Readable({ read: () => undefined });
  const writing = objects.write(BUCKET, 'key', body);
  body.push('half of the n');
  await new Promise((resolve) => setImmediate(resolve));
  expect(objects.head(BUCKET, 'key')?.size).toBe(3);
  body.destroy(new Error('the caller has gone'));
  await expect(writing).rejects.toThrow('the caller has gone');
  expect(objects.head(BUCKET, 'key')?.size).toBe(3);
  expect(dataFiles()).toHaveLength(1);
});

it('keeps an object whole for a reader while it is replaced and deleted', async () => {
  const content = Buffer.alloc(300_000, 'a');
  const reading = objects.read(await write('key', content));
  await write('key', 'new');
  objects.delete(BUCKET, 'key');
  expect((await buffer(reading)).equals(content)).toBe(true);
  expect(dataFiles()).toHaveLength(0);
});

it('clears away at start what a kill left: bytes without a record, half a record, half a bucket', async () => {
  const kept = await write('key', 'kept');

  const folder = join(fixture.world.folder, 's3');
  writeFileSync(join(folder, 'data', 'orphan'), 'bytes');
  writeFileSync(join(folder, 'buckets', BUCKET, 'objects', 'x.json.1.tmp'), '{"buck');
  mkdirSync(join(folder, 'buckets', 'half-made', 'objects'), { recursive: true });
  const again = fixture.reopen().world.objects;
  expect(again.list(BUCKET)).toEqual([kept]);
  expect(again.hasBucket('half-made')).toBe(false);
  expect(dataFiles()).toEqual([kept.file]);
});

it('asks for leave when the body is there, so that the first of two writers wins', async () => {
  const allow = (present: unknown) => {
    if (present) throw new Error('taken');
  };
  const slow = new Readable({ read: () => undefined });
  const second = objects.write(BUCKET, 'key', slow, { allow });
  await objects.write(BUCKET, 'key', Readable.from(['first']), { allow });
  slow.push(null);
  await expect(second).rejects.toThrow('taken');
  expect(objects.head(BUCKET, 'key')?.size).toBe(5);
  expect(dataFiles()).toHaveLength(1);
});

it('answers NoSuchBucket when the bucket goes while a body arrives', async () => {
  const slow = new Readable({ read: () => undefined });
  const writing = objects.write(BUCKET, 'key', slow);
  objects.deleteBucket(BUCKET);
  slow.push(null);
  await expect(writing).rejects.toMatchObject({ code: 'NoSuchBucket', status: 404 });
  expect(dataFiles()).toHaveLength(0);
});

it('deletes no bucket that holds something', async () => {
  await write('key', '');
  expect(() => {
    objects.deleteBucket(BUCKET);
  }).toThrow('not empty');
  expect(objects.hasBucket(BUCKET)).toBe(true);
});

it.each([
  'ab',
  'a'.repeat(64),
  'Upper',
  'under_score',
  '-edge',
  'edge-',
  'a..b',
  '192.168.5.4',
  'xn--a',
  'a-s3alias',
  '../..',
])('refuses the bucket name %j', (name) => {
  expect(() => {
    objects.createBucket(name);
  }).toThrow('not valid');
});
