/**
 * Who is not answered: other machines, web pages, callers that are slow or huge. And what an honest caller is told about
 * operations and requests that cannot be read.
 */
import { CreateTrainingJobCommand, ListAlgorithmsCommand } from '@aws-sdk/client-sagemaker';
import { GetBucketAclCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import { GetRoleCommand, ListUsersCommand } from '@aws-sdk/client-iam';
import { GetLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { GetSessionTokenCommand } from '@aws-sdk/client-sts';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import type { LookupOptions } from 'node:dns';
import { Agent } from 'node:http';
import type { LookupFunction } from 'node:net';
import { startServer } from '../../src/emulator/server';
import { ask, converse } from '../support/raw-http';
import { CREDENTIALS, handlers, REGION, startWireServer } from '../support/wire-server';

let server: Awaited<ReturnType<typeof startWireServer>>;
let handled: string[];
beforeEach(async () => {
  handled = [];
  server = await startWireServer({
    s3: handlers({ ListObjectsV2: (call) => ({ Name: call.input.Bucket }) }),
    sagemaker: handlers({
      CreateTrainingJob: (call) => {
        handled.push(call.operation);
        throw new Error('a defect');
      },
    }),
  });
});
afterEach(async () => {
  await server.close();
});

describe('the Host header', () => {
  it.each(['evil.example', 'evil.example:80', '127.0.0.1.evil.example', 'localhost.evil.example', '10.0.0.1', 'x:y'])(
    '%s is refused on every path',
    async (host) => {
      for (const path of ['/', '/_emulator/calls', '/bucket/key']) {
        expect((await ask(server.url, { path, headers: { host } })).status).toBe(403);
      }
    },
  );

  it.each(['127.0.0.1', 'localhost', 'LOCALHOST:1', '[::1]:8080', 'a-bucket.localhost:9'])(
    '%s is taken',
    async (host) => {
      expect((await ask(server.url, { path: '/_emulator/calls', headers: { host } })).status).toBe(200);
    },
  );

  it('must be there', async () => {
    expect(await converse(server.url, 'GET /_emulator/calls HTTP/1.1\r\nhost:\r\n\r\n')).toMatch(/^HTTP\/1.1 40[03]/);
    expect(await converse(server.url, 'GET /_emulator/calls HTTP/1.1\r\n\r\n')).toMatch(/^HTTP\/1.1 400/);
  });
});

describe('a web page', () => {
  it('gets no leave to read or to send', async () => {
    const origin = { origin: 'https://evil.example' };
    const preflight = await ask(server.url, { method: 'OPTIONS', path: '/_emulator/faults', headers: origin });
    expect(preflight.status).toBe(403);
    const read = await ask(server.url, { path: '/_emulator/calls', headers: origin });
    for (const answer of [preflight, read]) {
      expect(Object.keys(answer.headers).filter((name) => name.startsWith('access-control-'))).toEqual([]);
    }
  });

  it.each(['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data', ''])(
    'cannot post with the type "%s"',
    async (type) => {
      const headers: Record<string, string> = type === '' ? {} : { 'content-type': type };
      for (const [method, path] of [
        ['POST', 'clock'],
        ['POST', 'faults'],
        ['POST', 'faults/x/release'],
        ['DELETE', 'faults'],
      ] as const) {
        const answer = await ask(server.url, { method, path: `/_emulator/${path}`, headers, body: '{}' });
        expect([method, path, answer.status]).toEqual([method, path, 415]);
      }
    },
  );
});

describe('the server', () => {
  it.each(['0.0.0.0', '::', '192.168.0.1', 'example.org'])('does not listen on %s', async (host) => {
    const nothing = () => Promise.resolve();
    const options = { host: host as '127.0.0.1', port: 0, answerControl: nothing, answerAws: nothing, warn: nothing };
    await expect(startServer(options)).rejects.toThrow('loopback only');
  });

  it('refuses headers that never end', async () => {
    const flood = `GET / HTTP/1.1\r\nhost: 127.0.0.1\r\n${`x: ${'y'.repeat(1000)}\r\n`.repeat(100)}`;
    expect(await converse(server.url, flood)).toMatch(/^HTTP\/1.1 431/);
  });

  it('refuses a target that is no path, and what is not HTTP', async () => {
    const absolute = await converse(
      server.url,
      'GET http://127.0.0.1/x HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: close\r\n\r\n',
    );
    expect(absolute).toMatch(/^HTTP\/1.1 400/);
    expect(await converse(server.url, 'hello\r\n\r\n')).toMatch(/^HTTP\/1.1 400/);
    const broken = await ask(server.url, { path: '/bucket/%zz' });
    expect([broken.status, broken.body]).toEqual([400, expect.stringContaining('InvalidURI')]);
  });
});

describe('an operation that is not there', () => {
  it('is answered as the service would, and journalled', async () => {
    const { sagemaker, s3, iam, sts } = server.clients;
    await expect(sagemaker.send(new ListAlgorithmsCommand({}))).rejects.toMatchObject({
      name: 'UnknownOperationException',
      message: 'The emulator does not implement ListAlgorithms',
    });
    await expect(s3.send(new GetBucketAclCommand({ Bucket: 'bucket' }))).rejects.toMatchObject({
      name: 'NotImplemented',
      $metadata: { httpStatusCode: 501 },
    });
    await expect(iam.send(new ListUsersCommand({}))).rejects.toMatchObject({ name: 'InvalidAction' });
    await expect(sts.send(new GetSessionTokenCommand({}))).rejects.toMatchObject({ name: 'InvalidAction' });
    const journal = (await server.control.calls()).map(({ operation, status }) => `${operation} ${String(status)}`);
    expect(journal).toEqual(['ListAlgorithms 400', 'GetBucketAcl 501', 'ListUsers 400', 'GetSessionToken 400']);
  });
});

describe('a request that breaks a constraint', () => {
  it('is refused with the code of its service, before the handler', async () => {
    const { sagemaker, iam, logs } = server.clients;
    await expect(
      sagemaker.send(new CreateTrainingJobCommand({ TrainingJobName: 'a_b' } as never)),
    ).rejects.toMatchObject({
      name: 'ValidationException',
      message: expect.stringMatching(/^3 validation errors detected: .*'trainingJobName' failed to satisfy/) as string,
      $metadata: { httpStatusCode: 400, requestId: expect.stringMatching(/^[0-9a-f-]{36}$/) as string },
    });
    await expect(sagemaker.send(new CreateTrainingJobCommand({ TrainingJobName: 7 } as never))).rejects.toMatchObject({
      name: 'SerializationException',
      message: 'NUMBER_VALUE can not be converted to a String',
    });
    await expect(iam.send(new GetRoleCommand({ RoleName: 'a b' }))).rejects.toMatchObject({ name: 'ValidationError' });
    await expect(logs.send(new GetLogEventsCommand({ logStreamName: 'a:b' }))).rejects.toMatchObject({
      name: 'InvalidParameterException',
    });
    expect(handled).toEqual([]);
  });
});

describe('a defect of a handler', () => {
  it('is answered as a failure of the service, and told to the operator but not to the caller', async () => {
    const valid = {
      TrainingJobName: 'a',
      RoleArn: 'arn:aws:iam::123456789012:role/r',
      OutputDataConfig: { S3OutputPath: 's3://b/o' },
    };
    await expect(server.clients.sagemaker.send(new CreateTrainingJobCommand(valid as never))).rejects.toMatchObject({
      name: 'InternalFailure',
      message: expect.not.stringContaining('a defect') as string,
    });
    expect(server.warnings).toEqual([expect.stringMatching(/a defect[^]*operation=CreateTrainingJob, requestId=/)]);
  });
});

describe('S3 without a path style', () => {
  it('finds the bucket in the host', async () => {
    // Names under localhost resolve nowhere by themselves.
    const lookup = ((_name: string, { all }: LookupOptions, done: (...found: unknown[]) => void) => {
      if (all === true) done(null, [{ address: '127.0.0.1', family: 4 }]);
      else done(null, '127.0.0.1', 4);
    }) as unknown as LookupFunction;
    const client = new S3Client({
      endpoint: `http://localhost:${String(server.port)}`,
      region: REGION,
      credentials: CREDENTIALS,
      requestHandler: new NodeHttpHandler({ httpAgent: new Agent({ lookup }) }),
    });
    await expect(client.send(new ListObjectsV2Command({ Bucket: 'a-bucket' }))).resolves.toMatchObject({
      Name: 'a-bucket',
    });
    client.destroy();
    expect(await server.control.calls()).toMatchObject([{ operation: 'ListObjectsV2', resource: 'a-bucket' }]);
  });
});
