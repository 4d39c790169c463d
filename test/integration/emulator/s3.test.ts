/** S3 of a running emulator, used as programs use it: through the AWS SDK and through plain HTTP. */
import { createHash, randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import {
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  DeleteBucketCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetBucketLocationCommand,
  GetObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListBucketsCommand,
  ListObjectsCommand,
  ListObjectsV2Command,
  ListPartsCommand,
  paginateListObjectsV2,
  PutObjectCommand,
  S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { startEmulator, type Emulator } from '../../../src/emulator';
import { squatBucket } from '../../support/emulator-world';
import { makeScratchFolder, removeScratchFolders } from '../../support/scratch';

const Bucket = 'integration';
const REGION = 'eu-central-1';
const STRANGER = '999999999999';
let folder: string;
let emulator: Emulator;
let s3: S3Client;

async function start(): Promise<void> {
  emulator = await startEmulator({ folder, region: REGION });
  s3 = new S3Client({
    endpoint: emulator.url,
    region: REGION,
    credentials: emulator.credentials,
    maxAttempts: 1,
  });
}
async function stop(): Promise<void> {
  s3.destroy();
  await emulator.close();
}

beforeAll(async () => {
  folder = makeScratchFolder();
  squatBucket(folder, { name: 'squatted-open', owner: STRANGER, open: true });
  squatBucket(folder, { name: 'squatted-closed', owner: STRANGER, open: false });
  await start();
  await s3.send(new CreateBucketCommand({ Bucket }));
});
afterAll(async () => {
  await stop();
  removeScratchFolders();
});

const put = (Key: string, Body: string | Buffer, more = {}) =>
  s3.send(new PutObjectCommand({ Bucket, Key, Body, ...more }));
const get = async (Key: string, more = {}) => {
  const answer = await s3.send(new GetObjectCommand({ Bucket, Key, ...more }));
  return { ...answer, bytes: Buffer.from(await answer.Body!.transformToByteArray()) };
};
const status = (httpStatusCode: number, name?: string) => ({
  ...(name === undefined ? {} : { name }),
  $metadata: expect.objectContaining({ httpStatusCode }) as object,
});

it('makes, finds, lists and deletes buckets', async () => {
  // The SDK adds the region as location by itself.
  await s3.send(new CreateBucketCommand({ Bucket: 'short-lived' }));
  await expect(s3.send(new CreateBucketCommand({ Bucket: 'short-lived' }))).rejects.toMatchObject(
    status(409, 'BucketAlreadyOwnedByYou'),
  );
  await expect(s3.send(new CreateBucketCommand({ Bucket: 'Not_a_name' }))).rejects.toMatchObject(
    status(400, 'InvalidBucketName'),
  );
  expect(await s3.send(new HeadBucketCommand({ Bucket: 'short-lived' }))).toMatchObject({ BucketRegion: REGION });
  expect(await s3.send(new GetBucketLocationCommand({ Bucket }))).toMatchObject({ LocationConstraint: REGION });
  const { Buckets = [] } = await s3.send(new ListBucketsCommand({}));
  expect(Buckets.map(({ Name }) => Name)).toEqual([Bucket, 'short-lived']);
  expect(Buckets[0]?.CreationDate).toBeInstanceOf(Date);
  await s3.send(new DeleteBucketCommand({ Bucket: 'short-lived' }));
  await expect(s3.send(new HeadBucketCommand({ Bucket: 'short-lived' }))).rejects.toMatchObject(
    status(404, 'NotFound'),
  );
});

it('tells a stranger who holds the name from an owner', async () => {
  await expect(s3.send(new CreateBucketCommand({ Bucket: 'squatted-open' }))).rejects.toMatchObject(
    status(409, 'BucketAlreadyExists'),
  );
  await s3.send(new HeadBucketCommand({ Bucket: 'squatted-open' }));
  const ours = { Bucket: 'squatted-open', ExpectedBucketOwner: emulator.account };
  await expect(s3.send(new HeadBucketCommand(ours))).rejects.toMatchObject(status(403));
  await expect(s3.send(new PutObjectCommand({ ...ours, Key: 'k', Body: 'b' }))).rejects.toMatchObject(
    status(403, 'AccessDenied'),
  );
  await expect(s3.send(new HeadBucketCommand({ Bucket: 'squatted-closed' }))).rejects.toMatchObject(status(403));
});

it.each([
  ['a string, whose checksum goes in a header', 70_000, (content: Buffer) => content.toString()],
  ['a stream, which goes in chunks with a trailer', 70_000, (content: Buffer) => Readable.from([content])],
  ['nothing', 0, (content: Buffer) => content],
])('keeps %s', async (_what, size, bodyOf) => {
  const content = Buffer.alloc(size, 'x');
  await s3.send(new PutObjectCommand({ Bucket, Key: 'body', Body: bodyOf(content), ContentLength: size }));
  const found = await get('body');
  expect(found.bytes.equals(content)).toBe(true);
  expect(found.ETag).toBe(`"${createHash('md5').update(content).digest('hex')}"`);
  expect(found.ChecksumCRC32).toBeDefined();
});

it('keeps what is said of an object', async () => {
  await put('described', 'a,b', { ContentType: 'text/csv', CacheControl: 'no-cache', Metadata: { rows: '1' } });
  const head = await s3.send(new HeadObjectCommand({ Bucket, Key: 'described' }));
  expect(head).toMatchObject({
    ContentType: 'text/csv',
    CacheControl: 'no-cache',
    Metadata: { rows: '1' },
    ContentLength: 3,
    AcceptRanges: 'bytes',
  });
  expect(Math.abs(Number(head.LastModified) - Date.now())).toBeLessThan(60_000);
});

it('keeps nothing whose checksum is wrong', async () => {
  const wrong = put('corrupt', 'content', { ChecksumCRC32: 'AAAAAA==' });
  await expect(wrong).rejects.toMatchObject(status(400, 'BadDigest'));
  await expect(s3.send(new HeadObjectCommand({ Bucket, Key: 'corrupt' }))).rejects.toMatchObject(
    status(404, 'NotFound'),
  );
});

it('gives parts of an object, and nothing beyond its end', async () => {
  await put('range', 'hello');
  const part = await get('range', { Range: 'bytes=1-3' });
  expect(part).toMatchObject({ ContentRange: 'bytes 1-3/5', ContentLength: 3, $metadata: { httpStatusCode: 206 } });
  expect(part.bytes.toString()).toBe('ell');
  await expect(get('range', { Range: 'bytes=9-' })).rejects.toMatchObject(status(416, 'InvalidRange'));
});

it('keeps to conditions', async () => {
  const { ETag } = await put('once', 'first', { IfNoneMatch: '*' });
  await expect(put('once', 'second', { IfNoneMatch: '*' })).rejects.toMatchObject(status(412, 'PreconditionFailed'));
  await expect(get('once', { IfNoneMatch: ETag })).rejects.toMatchObject(status(304));
  await expect(get('once', { IfMatch: '"other"' })).rejects.toMatchObject(status(412, 'PreconditionFailed'));
  expect((await get('once', { IfMatch: ETag })).bytes.toString()).toBe('first');
});

it('says what is missing', async () => {
  await expect(get('missing')).rejects.toMatchObject(status(404, 'NoSuchKey'));
  await expect(s3.send(new GetObjectCommand({ Bucket: 'missing-bucket', Key: 'k' }))).rejects.toMatchObject(
    status(404, 'NoSuchBucket'),
  );
});

it.each([
  '..',
  '../up',
  'a//b',
  '/lead',
  ' blank ',
  'a+b&c=d?e#f',
  'ü/😀',
  '%41',
  'a\tb',
  'quote\'"<>&',
  'x'.repeat(1024),
])('finds the key %j again, alone and in a list', async (key) => {
  const Key = key;
  await put(Key, key);
  expect((await get(Key)).bytes.toString()).toBe(key);
  const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket, Prefix: Key }));
  expect(Contents.map((entry) => entry.Key)).toEqual([Key]);
  await s3.send(new DeleteObjectCommand({ Bucket, Key }));
  await expect(get(Key)).rejects.toMatchObject(status(404));
});

it('lists page by page, rolled up, and in the old way', async () => {
  for (const Key of ['list/a', 'list/b/1', 'list/b/2', 'list/c']) await put(Key, 'x');
  const seen: (string | undefined)[] = [];
  const paging = { client: s3, pageSize: 1 };
  for await (const page of paginateListObjectsV2(paging, { Bucket, Prefix: 'list/', Delimiter: '/' })) {
    seen.push(
      ...(page.Contents ?? []).map(({ Key }) => Key),
      ...(page.CommonPrefixes ?? []).map(({ Prefix }) => Prefix),
    );
  }
  expect(seen).toEqual(['list/a', 'list/b/', 'list/c']);
  const old = await s3.send(new ListObjectsCommand({ Bucket, Prefix: 'list/', Marker: 'list/b/1' }));
  expect(old.Contents?.map(({ Key }) => Key)).toEqual(['list/b/2', 'list/c']);
  expect(old.IsTruncated).toBe(false);
});

it('copies and deletes', async () => {
  await put('from', 'copied');
  const copy = await s3.send(new CopyObjectCommand({ Bucket, Key: 'to', CopySource: `${Bucket}/from` }));
  expect(copy.CopyObjectResult?.ETag).toBe(`"${createHash('md5').update('copied').digest('hex')}"`);
  expect((await get('to')).bytes.toString()).toBe('copied');
  const Delete = { Objects: [{ Key: 'from' }, { Key: 'to' }, { Key: 'never there' }] };
  const { Deleted, Errors } = await s3.send(new DeleteObjectsCommand({ Bucket, Delete }));
  expect([Deleted?.length, Errors?.length ?? 0]).toEqual([3, 0]);
  await expect(get('to')).rejects.toMatchObject(status(404));
});

it('joins a multipart upload, also over a restart', async () => {
  const Key = 'big/model.tar.gz';
  const content = randomBytes(6 * 1024 ** 2);
  const { UploadId } = await s3.send(
    new CreateMultipartUploadCommand({ Bucket, Key, ContentType: 'application/gzip' }),
  );
  const sendPart = async (PartNumber: number, Body: Buffer) => ({
    PartNumber,
    ETag: (await s3.send(new UploadPartCommand({ Bucket, Key, UploadId, PartNumber, Body }))).ETag,
  });
  const first = await sendPart(1, content.subarray(0, 5 * 1024 ** 2));
  await put('survivor', 'still here');
  await stop();
  await start();
  const second = await sendPart(2, content.subarray(5 * 1024 ** 2));
  const { Parts } = await s3.send(new ListPartsCommand({ Bucket, Key, UploadId }));
  expect(Parts?.map(({ PartNumber, Size }) => [PartNumber, Size])).toEqual([
    [1, 5 * 1024 ** 2],
    [2, 1024 ** 2],
  ]);
  const done = await s3.send(
    new CompleteMultipartUploadCommand({ Bucket, Key, UploadId, MultipartUpload: { Parts: [first, second] } }),
  );
  expect(done.ETag).toMatch(/^"[0-9a-f]{32}-2"$/);
  const whole = await get(Key);
  expect(whole.bytes.equals(content)).toBe(true);
  expect(whole).toMatchObject({ ETag: done.ETag, ContentType: 'application/gzip' });
  expect((await get('survivor')).bytes.toString()).toBe('still here');
});
