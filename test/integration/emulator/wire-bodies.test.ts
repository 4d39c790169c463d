/**
 * Bodies over the wire: large ones are streamed and held against what was signed and claimed, small ones are bounded,
 * malformed ones are refused in the words of the service.
 */
import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { InvokeEndpointCommand } from '@aws-sdk/client-sagemaker-runtime';
import { CreateTrainingJobCommand } from '@aws-sdk/client-sagemaker';
import { DeleteObjectsCommand, GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import type { Call } from '../../../src/emulator/world';
import { until } from '../../support/until';
import { handlers, startWireServer } from '../../support/wire-server';

const MEGABYTE = 1024 ** 2;
const PIECE = Buffer.alloc(64 * 1024, 'temporal');

function* pieces(count: number) {
  for (let at = 0; at < count; at += 1) yield PIECE;
}

/** What one PutObject left behind. */
interface Taken {
  size: number;
  sha256: string;
  error: unknown;
  largestBuffered: number;
}

let taken: Taken[];
let server: Awaited<ReturnType<typeof startWireServer>>;
beforeEach(async () => {
  taken = [];
  server = await startWireServer({
    s3: handlers({
      async PutObject(call: Call) {
        const hash = createHash('sha256');
        const result: Taken = { size: 0, sha256: '', error: undefined, largestBuffered: 0 };
        taken.push(result);
        try {
          for await (const part of call.body as AsyncIterable<Buffer>) {
            result.size += part.byteLength;
            result.largestBuffered = Math.max(result.largestBuffered, call.body.readableLength);
            hash.update(part);
          }
          result.sha256 = hash.digest('hex');
        } catch (error) {
          result.error = error;
          throw error;
        }
        return { ETag: '"e"' };
      },
      GetObject: () => ({ Body: Readable.from(pieces(160)), ContentLength: 10 * MEGABYTE }),
      HeadObject: () => ({ Body: Readable.from(pieces(1)), ContentLength: PIECE.byteLength }),
      DeleteObjects: () => ({}),
    }),
    'sagemaker-runtime': handlers({ InvokeEndpoint: () => ({ Body: Readable.from(pieces(2)), ContentType: 'a/b' }) }),
    sagemaker: handlers({ CreateTrainingJob: () => ({ TrainingJobArn: 'arn' }) }),
  });
});
afterEach(async () => {
  await server.close();
});

const put = (body: Buffer | Readable, size: number, more: object = {}) =>
  server.clients.s3.send(
    new PutObjectCommand({ Bucket: 'bucket', Key: 'key', Body: body, ContentLength: size, ...more }),
  );

describe('an object', () => {
  it('of many megabytes is streamed in chunks with a checksum behind them', async () => {
    const count = 160;
    await put(Readable.from(pieces(count)), count * PIECE.byteLength);
    const sha256 = createHash('sha256');
    for (const piece of pieces(count)) sha256.update(piece);
    expect(taken).toMatchObject([{ size: 10 * MEGABYTE, sha256: sha256.digest('hex') }]);
    expect(taken[0]?.largestBuffered).toBeLessThan(MEGABYTE);
  });

  it('of many megabytes is streamed when its hash was signed', async () => {
    const body = Buffer.alloc(9 * MEGABYTE, 'x');
    await put(body, body.byteLength);
    expect(taken).toMatchObject([{ size: body.byteLength }]);
    expect(taken[0]?.largestBuffered).toBeLessThan(MEGABYTE);
  });

  it.each(['CRC32', 'CRC32C', 'SHA1', 'SHA256'] as const)('is held against its %s', async (algorithm) => {
    await put(Buffer.from('body'), 4, { ChecksumAlgorithm: algorithm });
    await put(Readable.from([Buffer.from('body')]), 4, { ChecksumAlgorithm: algorithm });
    expect(taken.map(({ size }) => size)).toEqual([4, 4]);
  });

  it('fails at its end when it is not what was claimed', async () => {
    for (const claim of [{ ChecksumCRC32C: 'AAAAAA==' }, { ContentMD5: createHash('md5').digest('base64') }]) {
      await expect(put(Buffer.from('body'), 4, claim)).rejects.toMatchObject({ name: 'BadDigest' });
    }
    expect(taken.map(({ error }) => (error as Error).message)).toEqual([
      expect.stringContaining('CRC32C'),
      expect.stringContaining('Content-MD5'),
    ]);
  });

  it('fails in the handler when its sender goes away', async () => {
    const gone = new AbortController();
    const endless = Readable.from(
      (async function* () {
        yield PIECE;
        await until(() => taken.length > 0, { what: 'the handler to begin' });
        gone.abort();
        yield PIECE;
      })(),
    );
    const sent = server.clients.s3.send(
      new PutObjectCommand({ Bucket: 'bucket', Key: 'key', Body: endless, ContentLength: 100 * MEGABYTE }),
      { abortSignal: gone.signal },
    );
    await expect(sent).rejects.toThrow();
    await until(() => taken[0]?.error, { what: 'the body to break in the handler' });
    expect(taken[0]?.error).toMatchObject({ code: 'IncompleteBody' });
    const [call] = await until(async () => (await server.control.calls()).length > 0 && server.control.calls(), {
      what: 'the journal',
    });
    expect(call).toMatchObject({ operation: 'PutObject', status: 400 });
  });

  it('comes back whole, and without its bytes where only its head was asked for', async () => {
    const { Body: body } = await server.clients.s3.send(new GetObjectCommand({ Bucket: 'bucket', Key: 'key' }));
    expect((await body?.transformToByteArray())?.byteLength).toBe(10 * MEGABYTE);
  });

  it('is journalled as not answered when the caller leaves in the middle of it', async () => {
    const { Body: body } = await server.clients.s3.send(new GetObjectCommand({ Bucket: 'bucket', Key: 'key' }));
    (body as unknown as Readable).destroy();
    await until(async () => (await server.control.calls())[0]?.answered === false, { what: 'the journal to say so' });
  });
});

describe('a body that is read whole', () => {
  it('may be 6 MiB for an endpoint and no more', async () => {
    const invoke = (size: number) =>
      server.clients.runtime.send(new InvokeEndpointCommand({ EndpointName: 'e', Body: Buffer.alloc(size, 'x') }));
    const { Body: body } = await invoke(6_291_456);
    expect(body).toHaveLength(2 * PIECE.byteLength);
    await expect(invoke(6_291_457)).rejects.toMatchObject({
      name: 'RequestEntityTooLargeException',
      $metadata: { httpStatusCode: 413 },
    });
  });

  it('is bounded for all services', async () => {
    const huge = new CreateTrainingJobCommand({ TrainingJobName: 'x'.repeat(5 * MEGABYTE) } as never);
    await expect(server.clients.sagemaker.send(huge)).rejects.toMatchObject({ $metadata: { httpStatusCode: 413 } });
    const many = Array.from({ length: 6000 }, (_, at) => ({ Key: `${'k'.repeat(900)}${String(at)}` }));
    const remove = new DeleteObjectsCommand({ Bucket: 'bucket', Delete: { Objects: many } });
    await expect(server.clients.s3.send(remove)).rejects.toMatchObject({ $metadata: { httpStatusCode: 413 } });
  });

  it('leaves the connection usable after a refusal', async () => {
    for (let round = 0; round < 5; round += 1) {
      await expect(put(Buffer.alloc(MEGABYTE), MEGABYTE, { ContentMD5: 'AAAA' })).rejects.toMatchObject({
        name: 'BadDigest',
      });
      await put(Buffer.from('fine'), 4);
    }
  });
});
