/**
 * What the codec does to every operation, there and back through the SDK's own clients: an answer with all members that
 * the SDK knows arrives as it was given, and a request's members arrive at the handler as they were sent.
 */
import * as logs from '@aws-sdk/client-cloudwatch-logs';
import * as iam from '@aws-sdk/client-iam';
import * as s3 from '@aws-sdk/client-s3';
import * as sagemaker from '@aws-sdk/client-sagemaker';
import * as runtime from '@aws-sdk/client-sagemaker-runtime';
import * as sts from '@aws-sdk/client-sts';
import type { NormalizedSchema } from '@smithy/core/schema';
import { operationsOfService } from '../../../src/emulator/wire/schemas';
import type { Call, Service } from '../../../src/emulator/world';
import { findViolations, isModelled, MODELLED_OPERATIONS } from '../../../src/service-model';
import { findOperation } from '../../../src/service-model/model';
import { fullValueOf } from '../../support/model-values';
import { handlers, startWireServer } from '../../support/wire-server';

const DEPTH_MAX = 5;
const TIME = new Date(1_700_000_000_000);

/** A value of each member, so that a lost one is missed. */
function sampleOf(schema: NormalizedSchema, depth = 0): unknown {
  if (schema.isStructSchema()) {
    const members: [string, unknown][] = [];
    for (const [name, member] of schema.structIterator()) {
      if (depth >= DEPTH_MAX || (schema.isUnionSchema() && members.length > 0)) break;
      members.push([name, sampleOf(member, depth + 1)]);
    }
    return Object.fromEntries(members);
  }
  if (schema.isListSchema()) return [sampleOf(schema.getValueSchema(), depth + 1)];
  if (schema.isMapSchema()) return { 'a-key': sampleOf(schema.getValueSchema(), depth + 1) };
  if (schema.isTimestampSchema()) return TIME;
  if (schema.isBooleanSchema()) return true;
  if (schema.isNumericSchema()) return 7;
  if (schema.isBlobSchema()) return new Uint8Array([1, 2, 3]);
  return 'a <text> & "more"';
}

const MODULES: Record<string, Record<string, unknown>> = {
  sagemaker,
  'sagemaker-runtime': runtime,
  logs,
  sts,
  iam,
  s3,
};

interface Sender {
  send(command: unknown): Promise<Record<string, unknown>>;
}

function commandOf(service: Service, operation: string, input: unknown): unknown {
  const Command = MODULES[service]?.[`${operation}Command`] as new (input: unknown) => unknown;
  return new Command(input);
}

/** Answers each operation with its sample and keeps what it was asked. */
async function startSampleServer() {
  let asked: Call | undefined;
  let answer: unknown;
  let bytes = Buffer.alloc(0);
  let current = '';
  const take = async (call: Call) => {
    asked = call;
    bytes = Buffer.concat((await call.body.toArray()) as Buffer[]);
    return answer;
  };
  // The other operations have no handler: what a call reads beside its own is not what it was asked.
  const all = handlers(new Proxy({}, { get: (_none, name) => (name === current ? take : undefined) }));
  const server = await startWireServer({
    sagemaker: all,
    'sagemaker-runtime': all,
    logs: all,
    sts: all,
    iam: all,
    s3: all,
  });
  const senders: Record<Service, Sender> = {
    sagemaker: server.clients.sagemaker,
    'sagemaker-runtime': server.clients.runtime,
    logs: server.clients.logs,
    s3: server.clients.s3,
    sts: server.clients.sts,
    iam: server.clients.iam,
  };
  return {
    ...server,
    async exchange(service: Service, operation: string, input: unknown, output: unknown) {
      [current, answer, asked] = [operation, output, undefined];
      const { $metadata, ...received } = await senders[service].send(commandOf(service, operation, input));
      const { requestId } = $metadata as { requestId?: string };
      return { received, asked: asked as Call | undefined, bytes, requestId };
    },
  };
}

let server: Awaited<ReturnType<typeof startSampleServer>>;
beforeAll(async () => {
  server = await startSampleServer();
});
afterAll(async () => {
  await server.close();
});

describe('every modelled operation', () => {
  it.each([...MODELLED_OPERATIONS])('%s: request and answer pass unchanged', async (name) => {
    const model = findOperation(name);
    const service = model?.service as Service;
    const operation = operationsOfService(service).get(name);
    if (model === undefined || operation === undefined) throw new Error(`${name} is not known to both`);
    const modelled = model.input === undefined ? {} : fullValueOf(model, model.input, 1);
    // What the SDK's release does not know yet, it does not send.
    const known = new Set([...operation.input.structIterator()].map(([member]) => member));
    const input = Object.fromEntries(
      Object.entries(modelled as object).filter(([member]) => known.has(member)),
    ) as Record<string, unknown>;
    expect(findViolations(name, input)).toEqual([]);
    const output = operation.output.isStructSchema() ? (sampleOf(operation.output) as Record<string, unknown>) : {};

    const { received, asked, bytes, requestId } = await server.exchange(service, name, input, output);
    if (received.Body instanceof Uint8Array) received.Body = new Uint8Array(received.Body);
    expect(received).toEqual(output);
    expect(requestId).toBe(asked?.requestId);
    const { Body: body, ...members } = input;
    expect(asked?.input).toEqual(name === 'InvokeEndpoint' ? members : input);
    if (name === 'InvokeEndpoint') expect(bytes).toEqual(Buffer.from(body as Uint8Array));
  });

  it('is known to SDK and model under the same name', () => {
    expect(MODELLED_OPERATIONS.every(isModelled)).toBe(true);
  });
});

describe('the operations of S3', () => {
  const OBJECT = { Bucket: 'bucket', Key: 'a/key' };
  const UPLOAD = { ...OBJECT, UploadId: 'upload' };
  const inputs: Record<string, Record<string, unknown>> = {
    ListBuckets: { MaxBuckets: 5, Prefix: 'b' },
    CreateBucket: { Bucket: 'bucket', CreateBucketConfiguration: { LocationConstraint: 'eu-central-1' } },
    DeleteBucket: { Bucket: 'bucket', ExpectedBucketOwner: '123456789012' },
    HeadBucket: { Bucket: 'bucket' },
    ListObjects: { Bucket: 'bucket', Delimiter: '/', Marker: 'a+b c', MaxKeys: 3, Prefix: '?&=' },
    ListObjectsV2: { Bucket: 'bucket', ContinuationToken: 'a/+=', FetchOwner: true, StartAfter: 'é' },
    ListMultipartUploads: { Bucket: 'bucket', KeyMarker: 'k', MaxUploads: 2 },
    DeleteObjects: { Bucket: 'bucket', Delete: { Objects: [{ Key: 'a <&> b' }, { Key: '0012' }], Quiet: true } },
    HeadObject: { ...OBJECT, IfModifiedSince: TIME, Range: 'bytes=0-1' },
    DeleteObject: { ...OBJECT, VersionId: 'v' },
    CopyObject: { ...OBJECT, CopySource: 'bucket/other', MetadataDirective: 'REPLACE', Metadata: { a: 'b' } },
    CreateMultipartUpload: { ...OBJECT, ContentType: 'text/plain', Metadata: { a: 'b' } },
    UploadPartCopy: { ...UPLOAD, PartNumber: 2, CopySource: 'bucket/other', CopySourceRange: 'bytes=0-1' },
    ListParts: { ...UPLOAD, MaxParts: 2 },
    CompleteMultipartUpload: { ...UPLOAD, MultipartUpload: { Parts: [{ ETag: '"e"', PartNumber: 1 }] } },
    AbortMultipartUpload: UPLOAD,
  };

  it.each(Object.keys(inputs))('%s: request and answer pass unchanged', async (name) => {
    const operation = operationsOfService('s3').get(name);
    const input = inputs[name] ?? {};
    const output =
      operation?.output.isStructSchema() === true ? (sampleOf(operation.output) as Record<string, unknown>) : {};
    // Kept by the SDK as text beside the time; a time cannot be of both forms.
    delete output.ExpiresString;
    delete output.Expires;
    // Where metadata could stand there is at least an empty object, on both ways.
    if ('Metadata' in output) output.Metadata = {};
    const { received, asked } = await server.exchange('s3', name, input, output);
    expect(received).toEqual(output);
    expect(asked?.operation).toBe(name);
    expect(asked?.input).toMatchObject(input);
  });

  it('PutObject and GetObject: bytes and metadata pass unchanged', async () => {
    const body = Buffer.from([0, 13, 10, 255, 128]);
    const put = { ...OBJECT, Body: body, ContentType: 'a/b', ContentEncoding: 'gzip', Metadata: { 'x-y': 'é z' } };
    const { asked, bytes } = await server.exchange('s3', 'PutObject', put, { ETag: '"e"' });
    expect(bytes).toEqual(body);
    expect(asked?.input).toMatchObject({ ...OBJECT, ContentType: 'a/b', ContentEncoding: 'gzip', ContentLength: 5 });
    expect(asked?.input.Metadata).toEqual({ 'x-y': 'é z' });

    const output = { Body: body, ContentLength: 5, ETag: '"e"', LastModified: TIME, Metadata: { a: 'b' } };
    const { received } = await server.exchange('s3', 'GetObject', OBJECT, output);
    const { Body: stream, ...rest } = received as { Body: { transformToByteArray(): Promise<Uint8Array> } };
    expect(Buffer.from(await stream.transformToByteArray())).toEqual(body);
    const { Body: _, ...members } = output;
    expect(rest).toEqual(members);
  });

  it('GetBucketLocation is answered as a bare element', async () => {
    const { received } = await server.exchange(
      's3',
      'GetBucketLocation',
      { Bucket: 'b' },
      { LocationConstraint: 'EU' },
    );
    expect(received).toEqual({ LocationConstraint: 'EU' });
  });
});
