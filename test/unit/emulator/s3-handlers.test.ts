/** S3's operations on buckets and single objects, called as the server calls them. */
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { giveBucketToStranger, takeBucketFromStranger } from '../../../src/emulator/s3/bucket-access';
import { s3Handlers } from '../../../src/emulator/s3/handlers';
import { callHandler, makeTestWorld, START_MS, type TestWorld } from '../../support/emulator-world';

const Bucket = 'some-bucket';
const STRANGER = '999999999999';
let fixture: TestWorld;

function open(region?: string): (operation: string, input: object, body?: string) => Promise<Record<string, unknown>> {
  fixture = makeTestWorld(region);
  const handlers = s3Handlers(fixture.world);
  return (operation, input, body) => callHandler(handlers, operation, input, body);
}
afterEach(() => {
  fixture.remove();
});

describe('buckets', () => {
  it('are made in the first region without a location, and again without a word', async () => {
    const call = open('us-east-1');
    await call('CreateBucket', { Bucket });
    await call('CreateBucket', { Bucket });
    const elsewhere = { Bucket, CreateBucketConfiguration: { LocationConstraint: 'eu-west-1' } };
    await expect(call('CreateBucket', elsewhere)).rejects.toMatchObject({ code: 'IllegalLocationConstraintException' });
    expect(await call('GetBucketLocation', { Bucket })).toEqual({ LocationConstraint: undefined });
  });

  it('need their region as location elsewhere, and are made once', async () => {
    const call = open('eu-central-1');
    await expect(call('CreateBucket', { Bucket })).rejects.toMatchObject({
      code: 'IllegalLocationConstraintException',
    });
    const here = { Bucket, CreateBucketConfiguration: { LocationConstraint: 'eu-central-1' } };
    await call('CreateBucket', here);
    await expect(call('CreateBucket', here)).rejects.toMatchObject({ code: 'BucketAlreadyOwnedByYou', status: 409 });
    expect(await call('GetBucketLocation', { Bucket })).toEqual({ LocationConstraint: 'eu-central-1' });
    expect(await call('HeadBucket', { Bucket })).toMatchObject({ BucketRegion: 'eu-central-1' });
  });

  it('are listed by name, page by page, and are gone when they were empty and deleted', async () => {
    const call = open();
    for (const name of ['ccc', 'aaa', 'bbb']) await call('CreateBucket', { Bucket: name });
    const first = await call('ListBuckets', { MaxBuckets: 2 });
    expect(first['Buckets']).toMatchObject([{ Name: 'aaa', CreationDate: new Date(START_MS) }, { Name: 'bbb' }]);
    const second = await call('ListBuckets', { MaxBuckets: 2, ContinuationToken: first['ContinuationToken'] });
    expect(second).toMatchObject({ Buckets: [{ Name: 'ccc' }], ContinuationToken: undefined });
    await call('PutObject', { Bucket: 'aaa', Key: 'k' });
    await expect(call('DeleteBucket', { Bucket: 'aaa' })).rejects.toMatchObject({
      code: 'BucketNotEmpty',
      status: 409,
    });
    await call('DeleteObject', { Bucket: 'aaa', Key: 'k' });
    await call('DeleteBucket', { Bucket: 'aaa' });
    await expect(call('HeadBucket', { Bucket: 'aaa' })).rejects.toMatchObject({ code: 'NoSuchBucket', status: 404 });
  });

  it('refuse whoever expects another owner, in every operation', async () => {
    const call = open();
    await call('CreateBucket', { Bucket });
    const wrong = { Bucket, Key: 'k', ExpectedBucketOwner: STRANGER, UploadId: 'u', CopySource: `${Bucket}/k` };
    for (const operation of Object.keys(s3Handlers(fixture.world))) {
      if (operation === 'CreateBucket' || operation === 'ListBuckets') continue;
      await expect(call(operation, wrong)).rejects.toMatchObject({ code: 'AccessDenied', status: 403 });
    }
    await call('HeadBucket', { Bucket, ExpectedBucketOwner: fixture.world.account });
  });

  it('of strangers cannot be had, listed or, where they are closed, touched', async () => {
    const call = open();
    giveBucketToStranger(fixture.world, { name: Bucket, owner: STRANGER, open: false });
    await expect(call('CreateBucket', { Bucket })).rejects.toMatchObject({ code: 'BucketAlreadyExists', status: 409 });
    await expect(call('HeadBucket', { Bucket })).rejects.toMatchObject({ code: 'AccessDenied', status: 403 });
    await expect(call('PutObject', { Bucket, Key: 'k' }, 'secret')).rejects.toMatchObject({ code: 'AccessDenied' });
    expect((await call('ListBuckets', {}))['Buckets']).toEqual([]);
    takeBucketFromStranger(fixture.world, Bucket);
    await call('CreateBucket', { Bucket });
  });

  it('of strangers swallow what comes where they are open, unless the owner is asked for', async () => {
    const call = open();
    giveBucketToStranger(fixture.world, { name: Bucket, owner: STRANGER, open: true });
    await call('HeadBucket', { Bucket });
    await call('PutObject', { Bucket, Key: 'k' }, 'given away');
    const ours = { Bucket, ExpectedBucketOwner: fixture.world.account };
    await expect(call('HeadBucket', ours)).rejects.toMatchObject({ status: 403 });
    await expect(call('PutObject', { ...ours, Key: 'k' }, 'kept')).rejects.toMatchObject({ status: 403 });
    expect((await call('HeadObject', { Bucket, Key: 'k', ExpectedBucketOwner: STRANGER }))['ContentLength']).toBe(10);
    await expect(call('DeleteBucket', { Bucket })).rejects.toMatchObject({ code: 'AccessDenied' });
  });
});

describe('objects', () => {
  let call: ReturnType<typeof open>;
  beforeEach(async () => {
    call = open();
    await call('CreateBucket', { Bucket });
  });
  const get = async (input: object) => {
    const output = await call('GetObject', { Bucket, ...input });
    return { ...output, Body: await text(output['Body'] as Readable) };
  };

  it('come back with what was said of them', async () => {
    const put = await call(
      'PutObject',
      {
        Bucket,
        Key: 'k',
        ContentType: 'text/csv',
        ContentEncoding: 'aws-chunked,gzip',
        CacheControl: 'no-store',
        Metadata: { Rows: '3' },
        ChecksumSHA256: 'LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ=',
        ChecksumCRC32C: 'as sent',
      },
      'hello',
    );
    expect(put).toMatchObject({ ETag: '"5d41402abc4b2a76b9719d911017c592"', ChecksumCRC32: 'NhCmhg==' });
    expect(await get({ Key: 'k', ChecksumMode: 'ENABLED' })).toMatchObject({
      Body: 'hello',
      ContentLength: 5,
      ContentType: 'text/csv',
      ContentEncoding: 'gzip',
      CacheControl: 'no-store',
      Metadata: { Rows: '3' },
      ChecksumCRC32: 'NhCmhg==',
      ChecksumCRC32C: 'as sent',
      LastModified: new Date(START_MS),
    });
    const head = await call('HeadObject', { Bucket, Key: 'k' });
    expect(head).not.toHaveProperty('Body');
    expect(head).not.toHaveProperty('ChecksumCRC32');
  });

  it('that nobody typed are binary, and a reader may overrule the type', async () => {
    await call('PutObject', { Bucket, Key: 'k' }, 'x');
    expect((await get({ Key: 'k' })).Body).toBe('x');
    expect(await call('HeadObject', { Bucket, Key: 'k' })).toMatchObject({ ContentType: 'binary/octet-stream' });
    expect(await get({ Key: 'k', ResponseContentType: 'text/plain' })).toMatchObject({ ContentType: 'text/plain' });
  });

  it.each([
    ['bytes=0-0', 'h', 'bytes 0-0/5'],
    ['bytes=1-3', 'ell', 'bytes 1-3/5'],
    ['bytes=3-', 'lo', 'bytes 3-4/5'],
    ['bytes=-2', 'lo', 'bytes 3-4/5'],
    ['bytes=-99', 'hello', 'bytes 0-4/5'],
    ['bytes=2-99', 'llo', 'bytes 2-4/5'],
  ])('are given in part for the range %s', async (Range, part, ContentRange) => {
    await call('PutObject', { Bucket, Key: 'k' }, 'hello');
    expect(await get({ Key: 'k', Range })).toMatchObject({ Body: part, ContentRange, ContentLength: part.length });
  });

  it.each(['bytes=3-1', 'bytes=-', 'rows=1-2', 'bytes=0-1,3-4'])('are given whole for the range %s', async (Range) => {
    await call('PutObject', { Bucket, Key: 'k' }, 'hello');
    const whole = await get({ Key: 'k', Range });
    expect(whole.Body).toBe('hello');
    expect(whole).not.toHaveProperty('ContentRange');
  });

  it.each([
    ['bytes=5-', 'hello'],
    ['bytes=-0', 'hello'],
    ['bytes=0-', ''],
  ])('have nothing for the range %s of %j', async (Range, content) => {
    await call('PutObject', { Bucket, Key: 'k' }, content);
    await expect(get({ Key: 'k', Range })).rejects.toMatchObject({ code: 'InvalidRange', status: 416 });
  });

  it('are read and replaced only where the conditions hold', async () => {
    const { ETag } = await call('PutObject', { Bucket, Key: 'k', IfNoneMatch: '*' }, 'one');
    const refused = { code: 'PreconditionFailed', status: 412 };
    await expect(call('PutObject', { Bucket, Key: 'k', IfNoneMatch: '*' }, 'two')).rejects.toMatchObject(refused);
    await expect(call('PutObject', { Bucket, Key: 'k', IfMatch: '"x"' }, 'two')).rejects.toMatchObject(refused);
    await expect(call('PutObject', { Bucket, Key: 'new', IfMatch: ETag }, 'two')).rejects.toMatchObject({
      status: 404,
    });
    expect((await get({ Key: 'k', IfMatch: ETag })).Body).toBe('one');
    await expect(get({ Key: 'k', IfMatch: '"x"' })).rejects.toMatchObject(refused);
    await expect(get({ Key: 'k', IfNoneMatch: ETag })).rejects.toMatchObject({ status: 304 });
    await expect(get({ Key: 'k', IfModifiedSince: new Date(START_MS) })).rejects.toMatchObject({ status: 304 });
    await expect(get({ Key: 'k', IfUnmodifiedSince: new Date(START_MS - 1000) })).rejects.toMatchObject(refused);
    await call('PutObject', { Bucket, Key: 'k', IfMatch: ETag }, 'two');
    expect((await get({ Key: 'k' })).Body).toBe('two');
  });

  it('that are not there answer NoSuchKey to readers and nothing to deleters', async () => {
    await expect(get({ Key: 'k' })).rejects.toMatchObject({ code: 'NoSuchKey', status: 404 });
    await expect(call('HeadObject', { Bucket, Key: 'k' })).rejects.toMatchObject({ status: 404 });
    expect(await call('DeleteObject', { Bucket, Key: 'k' })).toEqual({});
    await expect(get({ Key: 'x'.repeat(1025) })).rejects.toMatchObject({ code: 'KeyTooLongError' });
    await expect(get({ Key: 'k', VersionId: 'v' })).rejects.toMatchObject({ code: 'NoSuchVersion' });
  });

  it('are deleted many at a time', async () => {
    for (const Key of ['a', 'b']) await call('PutObject', { Bucket, Key });
    const Objects = [{ Key: 'a' }, { Key: 'missing' }, { Key: 'b', VersionId: 'v' }];
    expect(await call('DeleteObjects', { Bucket, Delete: { Objects } })).toEqual({
      Deleted: [{ Key: 'a' }, { Key: 'missing' }],
      Errors: [{ Key: 'b', Code: 'NoSuchVersion', Message: 'The specified version does not exist.' }],
    });
    const quiet = await call('DeleteObjects', { Bucket, Delete: { Objects: [{ Key: 'b' }], Quiet: true } });
    expect(quiet).toEqual({ Deleted: [], Errors: [] });
    const many = Array.from({ length: 1001 }, (_, at) => ({ Key: String(at) }));
    await expect(call('DeleteObjects', { Bucket, Delete: { Objects: many } })).rejects.toMatchObject({
      code: 'MalformedXML',
    });
  });

  it('are copied with or without what was said of them', async () => {
    await call('PutObject', { Bucket, Key: 'a b/ü', ContentType: 'text/csv', Metadata: { rows: '3' } }, 'hello');
    const CopySource = `/${Bucket}/${encodeURIComponent('a b/ü')}`;
    const copied = await call('CopyObject', { Bucket, Key: 'same', CopySource });
    expect(copied['CopyObjectResult']).toMatchObject({ ETag: '"5d41402abc4b2a76b9719d911017c592"' });
    expect(await get({ Key: 'same' })).toMatchObject({
      Body: 'hello',
      ContentType: 'text/csv',
      Metadata: { rows: '3' },
    });
    await call('CopyObject', { Bucket, Key: 'bare', CopySource, MetadataDirective: 'REPLACE', ContentType: 'a/b' });
    expect(await get({ Key: 'bare' })).toMatchObject({ Body: 'hello', ContentType: 'a/b', Metadata: {} });
  });

  it('are not copied from nowhere, onto themselves, against a condition or across owners', async () => {
    const { ETag } = await call('PutObject', { Bucket, Key: 'k' }, 'hello');
    const CopySource = `${Bucket}/k`;
    const copy = (input: object) => call('CopyObject', { Bucket, Key: 'copy', CopySource, ...input });
    await expect(copy({ CopySource: `${Bucket}/missing` })).rejects.toMatchObject({ code: 'NoSuchKey' });
    await expect(copy({ CopySource: 'missing/k' })).rejects.toMatchObject({ code: 'NoSuchBucket' });
    await expect(copy({ CopySource: 'nonsense' })).rejects.toMatchObject({ code: 'InvalidArgument' });
    await expect(copy({ CopySource: `${Bucket}/%zz` })).rejects.toMatchObject({ code: 'InvalidArgument' });
    await expect(copy({ Key: 'k' })).rejects.toMatchObject({ code: 'InvalidRequest' });
    await expect(copy({ CopySourceIfNoneMatch: ETag })).rejects.toMatchObject({ status: 412 });
    await expect(copy({ ExpectedSourceBucketOwner: STRANGER })).rejects.toMatchObject({ status: 403 });
    await copy({ CopySourceIfMatch: ETag });
  });
});
