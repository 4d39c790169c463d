/** S3's listings: prefixes, delimiters, pages, order and encoding. */
import { s3Handlers } from '../../../src/emulator/s3/handlers';
import { callHandler, makeTestWorld, type TestWorld } from '../../support/emulator-world';

const Bucket = 'some-bucket';
const KEYS = ['a.txt', 'data/2025/x', 'data/2026/y', 'data/2026/z', 'data0', 'ü/ü +&', 'z'];
let fixture: TestWorld;
let call: (operation: string, input: object) => Promise<Listing>;

interface Listing {
  Contents: { Key: string; Owner?: { ID: string } }[];
  CommonPrefixes: { Prefix: string }[];
  IsTruncated: boolean;
  NextContinuationToken?: string;
  NextMarker?: string;
  [member: string]: unknown;
}

beforeAll(async () => {
  fixture = makeTestWorld();
  const handlers = s3Handlers(fixture.world);
  call = async (operation, input) => (await callHandler(handlers, operation, { Bucket, ...input })) as Listing;
  await call('CreateBucket', {});
  for (const Key of KEYS) await call('PutObject', { Key });
});
afterAll(() => {
  fixture.remove();
});

const keys = (listing: Listing) => listing.Contents.map(({ Key }) => Key);
const prefixes = (listing: Listing) => listing.CommonPrefixes.map(({ Prefix }) => Prefix);

it('lists all keys in order, and those of a prefix', async () => {
  const all = await call('ListObjectsV2', {});
  expect(keys(all)).toEqual(['a.txt', 'data/2025/x', 'data/2026/y', 'data/2026/z', 'data0', 'z', 'ü/ü +&']);
  expect(all).toMatchObject({ KeyCount: 7, MaxKeys: 1000, IsTruncated: false, Prefix: '' });
  expect(keys(await call('ListObjectsV2', { Prefix: 'data/' }))).toHaveLength(3);
  expect(keys(await call('ListObjectsV2', { Prefix: 'nothing' }))).toEqual([]);
});

it('rolls keys up at the delimiter', async () => {
  const top = await call('ListObjectsV2', { Delimiter: '/' });
  expect(keys(top)).toEqual(['a.txt', 'data0', 'z']);
  expect(prefixes(top)).toEqual(['data/', 'ü/']);
  expect(top['KeyCount']).toBe(5);
  const below = await call('ListObjectsV2', { Delimiter: '/', Prefix: 'data/' });
  expect(prefixes(below)).toEqual(['data/2025/', 'data/2026/']);
  expect(prefixes(await call('ListObjectsV2', { Delimiter: '202', Prefix: 'data/' }))).toEqual(['data/202']);
});

it.each([1, 2, 3])('visits every key and prefix once in pages of %d', async (MaxKeys) => {
  const seen: string[] = [];
  let ContinuationToken: string | undefined;
  let pages = 0;
  do {
    const page = await call('ListObjectsV2', { Delimiter: '/', MaxKeys, ContinuationToken });
    seen.push(...keys(page), ...prefixes(page));
    expect(page.IsTruncated).toBe(page.NextContinuationToken !== undefined);
    ContinuationToken = page.NextContinuationToken;
    pages += 1;
  } while (ContinuationToken !== undefined && pages < 20);
  expect(seen.sort()).toEqual(['a.txt', 'data/', 'data0', 'z', 'ü/']);
  expect(pages).toBe(Math.ceil(5 / MaxKeys));
});

it('goes on after a key of the page before though that key has gone', async () => {
  await call('PutObject', { Key: 'b' });
  const first = await call('ListObjectsV2', { MaxKeys: 2 });
  expect(keys(first)).toEqual(['a.txt', 'b']);
  await call('DeleteObject', { Key: 'b' });
  const second = await call('ListObjectsV2', { MaxKeys: 1, ContinuationToken: first.NextContinuationToken });
  expect(keys(second)).toEqual(['data/2025/x']);
});

it('starts after a key', async () => {
  expect(keys(await call('ListObjectsV2', { StartAfter: 'data0' }))).toEqual(['z', 'ü/ü +&']);
  expect(keys(await call('ListObjectsV2', { StartAfter: 'data/2026/y', Prefix: 'data/' }))).toEqual(['data/2026/z']);
});

it('percent-encodes what it lists where the caller asks for it', async () => {
  const listing = await call('ListObjectsV2', { Prefix: 'ü/', EncodingType: 'url' });
  expect(keys(listing)).toEqual(['%C3%BC/%C3%BC%20%2B%26']);
  expect(listing).toMatchObject({ Prefix: '%C3%BC/', EncodingType: 'url' });
});

it('answers no keys when none are wanted', async () => {
  expect(await call('ListObjectsV2', { MaxKeys: 0 })).toMatchObject({ KeyCount: 0, IsTruncated: false });
});

it('refuses tokens, limits and encodings that make no sense', async () => {
  for (const input of [{ ContinuationToken: 'nonsense' }, { MaxKeys: -1 }, { EncodingType: 'rot13' }]) {
    await expect(call('ListObjectsV2', input)).rejects.toMatchObject({ code: 'InvalidArgument', status: 400 });
  }
});

it('names owners where they are asked for', async () => {
  expect((await call('ListObjectsV2', {})).Contents[0]?.Owner).toBeUndefined();
  expect((await call('ListObjectsV2', { FetchOwner: true })).Contents[0]?.Owner?.ID).toMatch(/123456789012$/);
});

it('still lists in the old way, with markers', async () => {
  const first = await call('ListObjects', { MaxKeys: 2, Delimiter: '/' });
  expect([keys(first), prefixes(first), first.NextMarker]).toEqual([['a.txt'], ['data/'], 'data/']);
  const second = await call('ListObjects', { Delimiter: '/', Marker: first.NextMarker });
  expect([keys(second), prefixes(second), second.IsTruncated]).toEqual([['data0', 'z'], ['ü/'], false]);
});
