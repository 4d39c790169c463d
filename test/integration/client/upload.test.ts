/** Uploading training data, against the emulator's S3: no Temporal anywhere. */
import {
  CreateBucketCommand,
  GetObjectCommand,
  HeadBucketCommand,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  S3Client,
} from '@aws-sdk/client-s3';
import { execFileSync } from 'node:child_process';
import { appendFileSync, mkdirSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Estimator, SageMakerError, type Session, type UploadOptions } from '../../../src/client';
import { emulatorControl, startEmulator, type Emulator, type EmulatorControl } from '../../../src/emulator';
import { squatBucket } from '../../support/emulator-world';
import { ESTIMATOR, uniqueName } from '../../support/rig';
import { makeScratchFolder, removeScratchFolders } from '../../support/scratch';

const MIB = 1_024 ** 2;
const ACCOUNT = '123456789012';
const REGION = 'eu-central-1';
const bucket = 'training-data';
const DEFAULT_BUCKET = `sagemaker-${REGION}-${ACCOUNT}`;
const environment = { ...process.env };

let emulator: Emulator;
let control: EmulatorControl;
let s3: S3Client;
beforeAll(async () => {
  emulator = await startEmulator({ simulated: true, region: REGION });
  control = emulatorControl(emulator.url);
  Object.assign(process.env, {
    AWS_ENDPOINT_URL: emulator.url,
    AWS_REGION: emulator.region,
    AWS_ACCESS_KEY_ID: emulator.credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: emulator.credentials.secretAccessKey,
    // Whatever connects to Temporal fails here.
    TEMPORAL_ADDRESS: '127.0.0.1:1',
  });
  s3 = new S3Client({});
  await s3.send(new CreateBucketCommand({ Bucket: bucket, CreateBucketConfiguration: { LocationConstraint: REGION } }));
});
afterAll(async () => {
  s3.destroy();
  await emulator.close();
  process.env = environment;
});
afterEach(async () => {
  await control.clearFaults();
  removeScratchFolders();
});

const estimator = new Estimator(ESTIMATOR);
const upload = (path: string, options: UploadOptions = {}) => estimator.uploadData(path, { bucket, ...options });

async function failureOf(attempt: Promise<unknown>): Promise<SageMakerError> {
  const error: unknown = await attempt.catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(SageMakerError);
  return error as SageMakerError;
}

async function keysUnder(prefix: string): Promise<(string | undefined)[]> {
  const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix }));
  return Contents.map(({ Key }) => Key);
}

async function textOf(key: string): Promise<string | undefined> {
  const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
  return Body?.transformToString();
}

test('a folder becomes a prefix that holds all its files, links followed', async () => {
  const elsewhere = makeScratchFolder({ 'linked.csv': 'linked' });
  const folder = makeScratchFolder({ 'a.csv': '1', 'deep/er/b.csv': '2', '.hidden': '3', 'no bytes': '' });
  mkdirSync(join(folder, 'empty'));
  symlinkSync(elsewhere, join(folder, 'more'));
  symlinkSync(join(folder, 'a.csv'), join(folder, 'ä+ü %20.csv'));
  const keyPrefix = uniqueName('folder');
  expect(await upload(folder, { keyPrefix: `/${keyPrefix}/train/` })).toBe(`s3://${bucket}/${keyPrefix}/train`);
  expect(await keysUnder(keyPrefix)).toEqual(
    ['.hidden', 'a.csv', 'deep/er/b.csv', 'more/linked.csv', 'no bytes', 'ä+ü %20.csv'].map(
      (name) => `${keyPrefix}/train/${name}`,
    ),
  );
  expect(await textOf(`${keyPrefix}/train/more/linked.csv`)).toBe('linked');
  expect(await textOf(`${keyPrefix}/train/ä+ü %20.csv`)).toBe('1');
  expect(await textOf(`${keyPrefix}/train/no bytes`)).toBe('');
});

test('a file has a URI of its own, under data where no prefix is given', async () => {
  const folder = makeScratchFolder({ 'a.csv': 'first' });
  expect(await upload(join(folder, 'a.csv'))).toBe(`s3://${bucket}/data/a.csv`);
  writeFileSync(join(folder, 'a.csv'), 'second');
  expect(await upload(join(folder, 'a.csv'), { keyPrefix: '' })).toBe(`s3://${bucket}/a.csv`);
  expect(await upload(folder, { keyPrefix: '' })).toBe(`s3://${bucket}`);
  expect([await textOf('data/a.csv'), await textOf('a.csv')]).toEqual(['first', 'second']);
});

test('a large file goes in parts, and is whole', async () => {
  const folder = makeScratchFolder({});
  const body = Buffer.alloc(17 * MIB + 3, 'abcdefg');
  writeFileSync(join(folder, 'large.bin'), body);
  const since = (await control.calls()).length;
  // One answer is lost, one is a server error: the SDK asks again.
  await control.addFaults([
    { operation: 'UploadPart', action: 'lose', times: 1 },
    { operation: 'CompleteMultipartUpload', action: 'error', status: 503, code: 'SlowDown', message: 'slow', times: 1 },
  ]);
  await upload(join(folder, 'large.bin'), { keyPrefix: 'large' });
  const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: 'large/large.bin' }));
  expect(Buffer.from((await Body?.transformToByteArray()) ?? []).equals(body)).toBe(true);
  const operations = (await control.calls({ since })).map(({ operation }) => operation);
  expect(operations.filter((operation) => operation === 'CreateMultipartUpload')).toHaveLength(1);
  expect(operations).not.toContain('PutObject');
});

test('what fails in parts leaves none behind', async () => {
  const folder = makeScratchFolder({ 'small.csv': '1' });
  writeFileSync(join(folder, 'large.bin'), Buffer.alloc(9 * MIB));
  await control.addFaults([{ operation: 'UploadPart', action: 'error', status: 403, code: 'AccessDenied' }]);
  const keyPrefix = uniqueName('parts');
  const error = await failureOf(upload(folder, { keyPrefix }));
  expect(error).toMatchObject({ code: 'AccessDenied', exitCode: 4 });
  expect(error.message).toContain(
    `[bucket=${bucket}, key=${keyPrefix}/large.bin, region=${REGION}, uploaded=1 of 2 files]`,
  );
  expect(error.fix).toContain('s3:PutObject');
  expect((await s3.send(new ListMultipartUploadsCommand({ Bucket: bucket }))).Uploads ?? []).toEqual([]);

  await control.addFaults([{ operation: 'AbortMultipartUpload', action: 'error', status: 403, code: 'AccessDenied' }]);
  expect((await failureOf(upload(folder, { keyPrefix }))).problems).toEqual([
    expect.stringContaining('parts are left in the bucket'),
  ]);
});

test('everything that is wrong is told at once, before any call', async () => {
  const folder = makeScratchFolder({ 'fine.csv': '1', 'inner/line\nbreak': '2' });
  symlinkSync(folder, join(folder, 'inner/back'));
  symlinkSync(join(folder, 'nowhere'), join(folder, 'broken'));
  symlinkSync('round', join(folder, 'round'));
  execFileSync('mkfifo', [join(folder, 'pipe')]);
  writeFileSync(Buffer.concat([Buffer.from(join(folder, 'bad-')), Buffer.from([0xff])]), 'x');
  const since = (await control.calls()).length;
  const error = await failureOf(upload(folder, { bucket: 's3://mine', keyPrefix: 'a//b/..' }));
  expect(error).toMatchObject({ code: 'InvalidInput', exitCode: 2 });
  expect(error.problems).toEqual([
    'bucket must be the name of an S3 bucket, without s3://',
    'keyPrefix must have no empty part, and none that is . or ..',
    expect.stringMatching(/^path: ".*bad-ÿ" has a name that is not UTF-8$/),
    expect.stringMatching(/^path: ".*broken" is not there, or is a link that leads nowhere$/),
    expect.stringMatching(/^path: ".*pipe" is neither a file nor a folder$/),
    expect.stringMatching(/^path: ".*round" is a link that leads back to itself$/),
    expect.stringMatching(/^path: ".*back" is a link back to a folder that it is in$/),
    expect.stringMatching(/^path: ".*line\\nbreak" has control characters in its name$/),
  ]);
  const empty = makeScratchFolder({});
  mkdirSync(join(empty, 'a/b'), { recursive: true });
  expect((await failureOf(upload(empty))).problems).toEqual([`path: "${empty}" holds no files`]);
  expect((await failureOf(upload(join(empty, 'c')))).problems).toEqual([
    `path: "${join(empty, 'c')}" is not there, or is a link that leads nowhere`,
  ]);
  expect((await failureOf(upload('/dev/null'))).problems).toEqual(['path: "/dev/null" is neither a file nor a folder']);
  const long = { keyPrefix: Array.from({ length: 10 }, () => 'x'.repeat(101)).join('/') };
  expect((await failureOf(upload(join(folder, 'fine.csv'), long))).problems).toEqual([
    expect.stringContaining('makes a key of 1028 bytes; S3 takes 1024'),
  ]);
  expect((await control.calls({ since })).length).toBe(0);
});

test('a file that changes while it is uploaded is not uploaded', async () => {
  const folder = makeScratchFolder({});
  const path = join(folder, 'growing.bin');
  writeFileSync(path, Buffer.alloc(9 * MIB));
  for (const change of [() => appendFileSync(path, 'more'), () => truncateSync(path, 100)]) {
    await control.addFaults([{ id: 'held', operation: 'CreateMultipartUpload', action: 'hold' }]);
    const failure = failureOf(upload(path, { keyPrefix: 'growing' }));
    await control.untilHeld('held');
    change();
    await control.release('held');
    const error = await failure;
    expect(error).toMatchObject({ code: 'InvalidInput' });
    expect(error.why).toContain('changed while it was uploaded');
    await control.clearFaults();
    writeFileSync(path, Buffer.alloc(9 * MIB));
  }
  expect(await keysUnder('growing')).toEqual([]);
});

test('an upload is given up by its signal, without a trace', async () => {
  const folder = makeScratchFolder({});
  writeFileSync(join(folder, 'large.bin'), Buffer.alloc(9 * MIB));
  await control.addFaults([{ id: 'held', operation: 'UploadPart', action: 'hold', times: 2 }]);
  const left = new AbortController();
  const attempt = upload(folder, { keyPrefix: 'left', signal: left.signal }).catch((reason: unknown) => reason);
  await control.untilHeld('held');
  left.abort(new Error('enough'));
  expect(await attempt).toEqual(new Error('enough'));
  await control.clearFaults();
  expect(await keysUnder('left')).toEqual([]);
  expect((await s3.send(new ListMultipartUploadsCommand({ Bucket: bucket, Prefix: 'left' }))).Uploads ?? []).toEqual(
    [],
  );
});

test('the default bucket is made once, though many make it, and data goes nowhere else', async () => {
  const path = join(makeScratchFolder({ 'a.csv': '1' }), 'a.csv');
  // S3 tells one of two that make a bucket at once to come again.
  await control.addFaults([
    {
      operation: 'CreateBucket',
      action: 'error',
      status: 409,
      code: 'OperationAborted',
      message: 'A conflicting conditional operation is currently in progress against this resource.',
      times: 1,
    },
  ]);
  const uploads = Array.from({ length: 3 }, (_, index) =>
    new Estimator(ESTIMATOR).uploadData(path, { keyPrefix: String(index) }),
  );
  expect(await Promise.all(uploads)).toEqual([0, 1, 2].map((index) => `s3://${DEFAULT_BUCKET}/${String(index)}/a.csv`));
  await s3.send(new HeadBucketCommand({ Bucket: DEFAULT_BUCKET, ExpectedBucketOwner: ACCOUNT }));
  const since = (await control.calls()).length;
  await new Estimator(ESTIMATOR).uploadData(path);
  expect((await control.calls({ since })).map(({ operation }) => operation)).toEqual([
    'GetCallerIdentity',
    'HeadBucket',
    'PutObject',
  ]);
});

test.each(['GetCallerIdentity', 'CreateBucket'])(
  'a “not found” in answer to %s speaks of no endpoint: whoever answers is not the service that was meant',
  async (operation) => {
    const path = join(makeScratchFolder({ 'a.csv': '1' }), 'a.csv');
    await control.addFaults([
      { operation: 'HeadBucket', action: 'error', status: 404, code: 'NotFound' },
      { operation, action: 'error', status: 404, code: 'NotFound' },
    ]);
    expect(await failureOf(new Estimator(ESTIMATOR).uploadData(path))).toMatchObject({
      code: 'AwsUnreachable',
      why: expect.stringContaining(`${operation}: NotFound`),
    });
  },
);

test('a bucket that is named is never made, and errors say what to do', async () => {
  const path = join(makeScratchFolder({ 'a.csv': '1' }), 'a.csv');
  const name = uniqueName('absent');
  const error = await failureOf(upload(path, { bucket: name }));
  expect(error).toMatchObject({ code: 'InvalidInput', reason: 'The specified bucket does not exist' });
  expect(error.message).toContain(`[bucket=${name}, key=data/a.csv, region=${REGION}, uploaded=0 of 1 files]`);
  expect(error.fix).toContain('Name a bucket that is there');
  expect(await control.calls({ operation: 'CreateBucket' })).not.toContainEqual(
    expect.objectContaining({ resource: name }),
  );

  await control.addFaults([{ operation: 'PutObject', action: 'lose' }]);
  expect(await failureOf(upload(path))).toMatchObject({ code: 'AwsUnreachable', exitCode: 8 });

  for (const [status, awsCode, code, fix] of [
    [503, 'SlowDown', 'AwsUnreachable', /^Ask again later/],
    [500, 'InternalError', 'AwsUnreachable', /AWS's health page/],
    [400, 'ExpiredToken', 'AccessDenied', /^Renew the AWS credentials/],
    [403, 'AccessDenied', 'AccessDenied', /^Allow s3:PutObject/],
  ] as const) {
    await control.clearFaults();
    await control.addFaults([{ operation: 'PutObject', action: 'error', status, code: awsCode }]);
    expect(await failureOf(upload(path))).toMatchObject({ code, fix: expect.stringMatching(fix) });
  }

  await control.clearFaults();
  process.env.AWS_REGION = '';
  try {
    const lost = await failureOf(upload(path));
    expect(lost.code).toBe('InvalidInput');
    expect(lost.fix).toContain('AWS_REGION');
    const placed = new Estimator({ ...ESTIMATOR, session: { region: REGION } as Session });
    expect(await placed.uploadData(path, { bucket })).toBe(`s3://${bucket}/data/a.csv`);
  } finally {
    process.env.AWS_REGION = REGION;
  }
});

test('a default bucket that a stranger has taken gets nothing', async () => {
  const path = join(makeScratchFolder({ 'a.csv': 'secret' }), 'a.csv');
  const folder = makeScratchFolder({});
  const region = 'eu-west-1';
  const name = `sagemaker-${region}-${ACCOUNT}`;
  squatBucket(folder, { name, owner: '999999999999', open: true });
  const squatted = await startEmulator({ simulated: true, folder, region, credentials: emulator.credentials });
  process.env.AWS_ENDPOINT_URL = squatted.url;
  try {
    const session = { region } as Session;
    const error = await failureOf(new Estimator({ ...ESTIMATOR, session }).uploadData(path));
    expect(error).toMatchObject({ code: 'NameTaken', exitCode: 6 });
    expect(error.why).toContain(`the default bucket ${name} belongs to another account than ${ACCOUNT}`);
    expect(await emulatorControl(squatted.url).calls({ operation: 'PutObject' })).toEqual([]);
  } finally {
    process.env.AWS_ENDPOINT_URL = emulator.url;
    await squatted.close();
  }
});
