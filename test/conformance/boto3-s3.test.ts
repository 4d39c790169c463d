/** The emulator's S3 as boto3 sees it: what is written comes back, and errors arrive as the classes that users catch. */
import { createHash, randomBytes } from 'node:crypto';
import { startEmulatorProcess, type RunningPart } from '../support/command-line';
import { endProcesses } from '../support/processes';
import { findPython, PYTHON_ENVIRONMENT_LIMIT_MS, type EmulatorAddress } from '../support/python';
import { bytes, pluck, readBytes, startBoto3, type Boto3 } from './boto3-process';

const BUCKET = 'boto3-bucket';
/** boto3 loads its models at the first call of each service. */
const CALLS_LIMIT_MS = 120_000;

const ODD_KEYS = [
  'plain',
  'with blank',
  ' leading and trailing ',
  'plus+and%20percent%41',
  'a&amp;b<c>"d"',
  'slash//twice/',
  '/leading/slash',
  'question?query=1#fragment',
  'tab\tand\nline\rends',
  'ünïcödé/日本語/🙂',
  '0012',
  '1e5',
  'back\\slash',
  "quote'and(brackets)*!~",
];

let emulator: RunningPart<EmulatorAddress>;
let boto3: Boto3;
const s3 = (method: string, callArguments?: object, options?: { signature?: string }) =>
  boto3.call('s3', method, callArguments, options);

beforeAll(async () => {
  const python = await findPython();
  emulator = await startEmulatorProcess();
  boto3 = startBoto3(python, emulator.ready);
  await s3('create_bucket', { Bucket: BUCKET });
}, PYTHON_ENVIRONMENT_LIMIT_MS);
afterAll(async () => {
  await emulator.close();
}, CALLS_LIMIT_MS);
afterAll(endProcesses);

jest.setTimeout(CALLS_LIMIT_MS);

describe('buckets', () => {
  it('are made, told, and deleted when they are empty', async () => {
    await s3('create_bucket', { Bucket: 'short-lived' });
    const { Buckets: buckets } = await s3('list_buckets');
    expect(pluck(buckets, 'Name')).toEqual([BUCKET, 'short-lived']);
    expect((await s3('get_bucket_location', { Bucket: BUCKET })).LocationConstraint).toBeNull();
    await s3('put_object', { Bucket: 'short-lived', Key: 'a', Body: bytes('1') });
    await expect(s3('delete_bucket', { Bucket: 'short-lived' })).rejects.toMatchObject({ code: 'BucketNotEmpty' });
    await s3('delete_object', { Bucket: 'short-lived', Key: 'a' });
    await s3('delete_bucket', { Bucket: 'short-lived' });
    await expect(s3('head_bucket', { Bucket: 'short-lived' })).rejects.toMatchObject({ code: '404', status: 404 });
  });

  it('that are absent raise NoSuchBucket, and absent keys NoSuchKey', async () => {
    await expect(s3('list_objects_v2', { Bucket: 'no-such-bucket' })).rejects.toMatchObject({
      class: 'NoSuchBucket',
      code: 'NoSuchBucket',
      status: 404,
    });
    await expect(s3('get_object', { Bucket: BUCKET, Key: 'absent' })).rejects.toMatchObject({
      class: 'NoSuchKey',
      status: 404,
    });
  });

  it('of somebody else are refused to an owner who is expected', async () => {
    await expect(s3('head_bucket', { Bucket: BUCKET, ExpectedBucketOwner: '999999999999' })).rejects.toMatchObject({
      status: 403,
    });
  });
});

describe('objects', () => {
  it('come back byte by byte, with their metadata', async () => {
    const body = randomBytes(70_000);
    const put = await s3('put_object', {
      ...{ Bucket: BUCKET, Key: 'model.bin', Body: bytes(body), ContentType: 'application/x-model' },
      Metadata: { framework: 'none at all' },
    });
    expect(put.ETag).toBe(`"${createHash('md5').update(body).digest('hex')}"`);
    const got = await s3('get_object', { Bucket: BUCKET, Key: 'model.bin' });
    expect(readBytes(got.Body).equals(body)).toBe(true);
    expect(got).toMatchObject({
      ...{ ContentType: 'application/x-model', ContentLength: body.length, ETag: put.ETag },
      Metadata: { framework: 'none at all' },
    });
    const part = await s3('get_object', { Bucket: BUCKET, Key: 'model.bin', Range: 'bytes=100-199' });
    expect(readBytes(part.Body).equals(body.subarray(100, 200))).toBe(true);
    expect(part.ContentRange).toBe('bytes 100-199/70000');
  });

  it.each(ODD_KEYS)('keep the key %j', async (key) => {
    await s3('put_object', { Bucket: BUCKET, Key: `odd/${key}`, Body: bytes(key) });
    const { Contents: contents } = await s3('list_objects_v2', { Bucket: BUCKET, Prefix: `odd/${key}` });
    expect(pluck(contents, 'Key')).toEqual([`odd/${key}`]);
    const got = await s3('get_object', { Bucket: BUCKET, Key: `odd/${key}` });
    expect(readBytes(got.Body).toString()).toBe(key);
    const deleted = await s3('delete_objects', { Bucket: BUCKET, Delete: { Objects: [{ Key: `odd/${key}` }] } });
    expect(deleted.Deleted).toMatchObject([{ Key: `odd/${key}` }]);
    await expect(s3('head_object', { Bucket: BUCKET, Key: `odd/${key}` })).rejects.toMatchObject({ status: 404 });
  });

  it('that may only be new are refused where one stands', async () => {
    const put = () => s3('put_object', { Bucket: BUCKET, Key: 'once', Body: bytes('1'), IfNoneMatch: '*' });
    await put();
    await expect(put()).rejects.toMatchObject({ code: 'PreconditionFailed', status: 412 });
  });

  it('of many megabytes are sent in parts', async () => {
    const body = randomBytes(12 * 1024 ** 2);
    await s3('upload_fileobj', { Bucket: BUCKET, Key: 'large', Body: bytes(body) });
    const head = await s3('head_object', { Bucket: BUCKET, Key: 'large' });
    expect(head).toMatchObject({ ContentLength: body.length, ETag: expect.stringMatching(/-3"$/) as string });
    const got = await s3('get_object', { Bucket: BUCKET, Key: 'large' });
    expect(readBytes(got.Body).equals(body)).toBe(true);
  });

  it('whose last part is missing are not there', async () => {
    const target = { Bucket: BUCKET, Key: 'unfinished' };
    const { UploadId: id } = await s3('create_multipart_upload', target);
    await s3('upload_part', { ...target, UploadId: id, PartNumber: 1, Body: bytes('only a part') });
    await expect(s3('head_object', target)).rejects.toMatchObject({ status: 404 });
    await s3('abort_multipart_upload', { ...target, UploadId: id });
    await expect(s3('list_parts', { ...target, UploadId: id })).rejects.toMatchObject({ code: 'NoSuchUpload' });
  });

  it('are paged through, with and without a delimiter', async () => {
    const keys = Array.from({ length: 7 }, (_, at) => `paged/${at < 4 ? 'inner/' : ''}${String(at)} +`);
    for (const key of keys) await s3('put_object', { Bucket: BUCKET, Key: key, Body: bytes('') });
    const pages = await boto3.paginate('s3', 'list_objects_v2', {
      ...{ Bucket: BUCKET, Prefix: 'paged/', PaginationConfig: { PageSize: 3 } },
    });
    expect(pages).toHaveLength(3);
    expect(pluck(pluck(pages, 'Contents'), 'Key')).toEqual([...keys].sort());
    const [{ CommonPrefixes: prefixes, Contents: direct }] = await boto3.paginate('s3', 'list_objects_v2', {
      ...{ Bucket: BUCKET, Prefix: 'paged/', Delimiter: '/' },
    });
    expect(prefixes).toEqual([{ Prefix: 'paged/inner/' }]);
    expect(direct).toHaveLength(3);
  });
});

describe('a presigned URL', () => {
  const target = { Bucket: BUCKET, Key: 'presigned/with blank +' };

  it('of version 4 writes and reads', async () => {
    const putUrl = await boto3.presign('s3', 'put_object', target, { signature: 's3v4' });
    expect((await fetch(putUrl, { method: 'PUT', body: 'by URL' })).status).toBe(200);
    const getUrl = await boto3.presign('s3', 'get_object', target, { signature: 's3v4' });
    expect(await (await fetch(getUrl)).text()).toBe('by URL');
    const forged = getUrl.replace('presigned/', 'elsewhere/');
    const refused = await fetch(forged);
    expect(refused.status).toBe(403);
    expect(await refused.text()).toContain('<Code>SignatureDoesNotMatch</Code>');
  });

  it('of version 2, which is what boto3 makes unless told otherwise, is refused with what to do', async () => {
    const url = await boto3.presign('s3', 'get_object', target);
    expect(url).toContain('AWSAccessKeyId=');
    const refused = await fetch(url);
    expect(refused.status).toBe(400);
    expect(await refused.text()).toContain('signature_version=&apos;s3v4&apos;');
  });
});
