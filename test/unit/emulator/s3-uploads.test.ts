/** Multipart uploads: parts, joining, refusals, and what survives a restart. */
import { createHash } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { s3Handlers } from '../../../src/emulator/s3/handlers';
import { callHandler, makeTestWorld, type TestWorld } from '../../support/emulator-world';

const names = { Bucket: 'some-bucket', Key: 'model.tar.gz' };
const BIG = Buffer.alloc(5 * 1024 ** 2, 'a');
let fixture: TestWorld;
let call: (operation: string, input?: object, body?: Buffer | string) => Promise<Record<string, unknown>>;

function connect(world: TestWorld): void {
  fixture = world;
  const handlers = s3Handlers(fixture.world);
  call = (operation, input = {}, body) => callHandler(handlers, operation, { ...names, ...input }, body);
}
beforeEach(async () => {
  connect(makeTestWorld());
  await call('CreateBucket');
});
afterEach(() => {
  fixture.remove();
});

const begin = async () => String((await call('CreateMultipartUpload', { ContentType: 'a/b' }))['UploadId']);
const upload = async (UploadId: string, PartNumber: number, body: Buffer | string) => {
  const { ETag } = await call('UploadPart', { UploadId, PartNumber }, body);
  return { PartNumber, ETag: String(ETag) };
};
const complete = (UploadId: string, Parts: object[], more = {}) =>
  call('CompleteMultipartUpload', { UploadId, MultipartUpload: { Parts }, ...more });
const leftFolders = () => readdirSync(join(fixture.world.folder, 's3-uploads'));

it('joins the parts in their order under S3s etag, over a restart', async () => {
  const UploadId = await begin();
  const last = await upload(UploadId, 7, 'the end');
  await expect(call('HeadObject')).rejects.toMatchObject({ code: 'NoSuchKey' });
  connect(fixture.reopen());
  const first = await upload(UploadId, 2, BIG);
  const { ETag } = await complete(UploadId, [first, last]);
  const md5 = (content: Buffer | string) => createHash('md5').update(content).digest();
  expect(ETag).toBe(`"${md5(Buffer.concat([md5(BIG), md5('the end')])).toString('hex')}-2"`);
  const { Body, ContentType } = await call('GetObject');
  expect((await buffer(Body as Readable)).equals(Buffer.concat([BIG, Buffer.from('the end')]))).toBe(true);
  expect(ContentType).toBe('a/b');
});

it('answers the same to a caller who completes again, at once or after a restart', async () => {
  const UploadId = await begin();
  const parts = [await upload(UploadId, 1, 'all')];
  const [one, two] = await Promise.all([complete(UploadId, parts), complete(UploadId, parts)]);
  expect(two).toEqual(one);
  connect(fixture.reopen());
  expect(await complete(UploadId, parts)).toEqual(one);
  await expect(upload(UploadId, 2, 'late')).rejects.toMatchObject({ code: 'NoSuchUpload', status: 404 });
});

it('takes the last body of a part that is sent twice, and lists parts and uploads', async () => {
  const UploadId = await begin();
  await upload(UploadId, 1, 'first try');
  await upload(UploadId, 1, 'second');
  await upload(UploadId, 3, 'third');
  expect(await call('ListParts', { UploadId, MaxParts: 1 })).toMatchObject({
    Parts: [{ PartNumber: 1, Size: 6 }],
    IsTruncated: true,
    NextPartNumberMarker: '1',
  });
  expect(await call('ListParts', { UploadId, PartNumberMarker: '1' })).toMatchObject({
    Parts: [{ PartNumber: 3, Size: 5 }],
    IsTruncated: false,
  });
  expect(await call('ListMultipartUploads')).toMatchObject({ Uploads: [{ Key: names.Key, UploadId }] });
});

it('refuses parts that are missing, out of order, too small or changed', async () => {
  const UploadId = await begin();
  const one = await upload(UploadId, 1, 'small');
  const two = await upload(UploadId, 2, 'small');
  await expect(complete(UploadId, [one, two])).rejects.toMatchObject({ code: 'EntityTooSmall' });
  await expect(complete(UploadId, [two, one])).rejects.toMatchObject({ code: 'InvalidPartOrder' });
  await expect(complete(UploadId, [{ ...one, ETag: '"x"' }])).rejects.toMatchObject({ code: 'InvalidPart' });
  await expect(complete(UploadId, [{ ...one, PartNumber: 9 }])).rejects.toMatchObject({ code: 'InvalidPart' });
  await expect(complete(UploadId, [])).rejects.toMatchObject({ code: 'MalformedXML' });
  await expect(upload(UploadId, 0, '')).rejects.toMatchObject({ code: 'InvalidArgument' });
  await expect(upload(UploadId, 10_001, '')).rejects.toMatchObject({ code: 'InvalidArgument' });
  await expect(call('UploadPart', { UploadId, PartNumber: 1, Key: 'other' })).rejects.toMatchObject({
    code: 'NoSuchUpload',
  });
});

it('keeps an object that stands already where the completer asks for none', async () => {
  await call('PutObject', {}, 'there');
  const UploadId = await begin();
  const parts = [await upload(UploadId, 1, 'all')];
  await expect(complete(UploadId, parts, { IfNoneMatch: '*' })).rejects.toMatchObject({ status: 412 });
  await complete(UploadId, parts);
});

it('leaves nothing of an upload that is aborted or whose bucket goes', async () => {
  const UploadId = await begin();
  await upload(UploadId, 1, 'x');
  await call('AbortMultipartUpload', { UploadId });
  await expect(call('AbortMultipartUpload', { UploadId })).rejects.toMatchObject({ code: 'NoSuchUpload' });
  await upload(await begin(), 1, 'x');
  expect(leftFolders()).toHaveLength(1);
  await call('DeleteBucket');
  expect(leftFolders()).toEqual([]);
});
