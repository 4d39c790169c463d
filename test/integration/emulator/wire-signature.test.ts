/**
 * Signatures that must be refused, each with the code that the service's family uses, and those that must not. Requests
 * are signed here by hand, so that one thing at a time can be wrong.
 */
import { createHash, createHmac } from 'node:crypto';
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { ListTrainingJobsCommand } from '@aws-sdk/client-sagemaker';
import { ListBucketsCommand, S3Client } from '@aws-sdk/client-s3';
import { ask } from '../../support/raw-http';
import { clientsFor, CREDENTIALS, handlers, REGION, startWireServer } from '../../support/wire-server';

const NOW_MS = Date.UTC(2026, 5, 1, 12);
const HASH_OF_NOTHING = createHash('sha256').digest('hex');

const stamp = (ms: number) => new Date(ms).toISOString().replace(/[-:]|\.\d{3}/g, '');
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
const hmac = (key: string | Buffer, text: string) => createHmac('sha256', key).update(text).digest();

interface Signing {
  service: string;
  region?: string;
  method?: string;
  path?: string;
  /** Canonical: sorted and encoded. */
  query?: string;
  headers: Record<string, string>;
  payload: string;
  atMs?: number;
  keyId?: string;
  secret?: string;
}

function signatureOf(signing: Signing, signedHeaders: string[]) {
  const { service, region = REGION, method = 'GET', path = '/', query = '', headers, payload } = signing;
  const { atMs = NOW_MS, keyId = CREDENTIALS.accessKeyId, secret = CREDENTIALS.secretAccessKey } = signing;
  const date = stamp(atMs).slice(0, 8);
  const scope = `${date}/${region}/${service}/aws4_request`;
  const canonical = [
    method,
    path,
    query,
    signedHeaders.map((name) => `${name}:${headers[name] ?? ''}\n`).join(''),
    signedHeaders.join(';'),
    payload,
  ].join('\n');
  const key = [region, service, 'aws4_request'].reduce((made, part) => hmac(made, part), hmac(`AWS4${secret}`, date));
  const toSign = ['AWS4-HMAC-SHA256', stamp(atMs), scope, sha256(canonical)].join('\n');
  return { credential: `${keyId}/${scope}`, signature: hmac(key, toSign).toString('hex') };
}

/** The headers of a request, its signature among them. */
function signed(signing: Signing): Record<string, string> {
  const headers: Record<string, string> = { ...signing.headers, 'x-amz-date': stamp(signing.atMs ?? NOW_MS) };
  const names = Object.keys(headers).sort();
  const { credential, signature } = signatureOf({ ...signing, headers }, names);
  const authorization = `AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=${names.join(';')}, Signature=${signature}`;
  return { ...headers, authorization };
}

let server: Awaited<ReturnType<typeof startWireServer>>;
let host: string;
let nowMs: () => number;
beforeEach(async () => {
  nowMs = () => NOW_MS;
  server = await startWireServer(
    {
      s3: handlers({ ListBuckets: () => ({}), GetObject: () => ({ Body: Buffer.from('bytes') }) }),
      sagemaker: handlers({ ListTrainingJobs: () => ({ TrainingJobSummaries: [] }) }),
      sts: handlers({ GetCallerIdentity: () => ({ Account: '1' }) }),
    },
    { nowMs: () => nowMs() },
  );
  host = new URL(server.url).host;
});
afterEach(async () => {
  await server.close();
});

const codeOf = (body: string) => /<Code>(.*?)<\/Code>/.exec(body)?.[1] ?? /"__type":"(.*?)"/.exec(body)?.[1];

/** How the server answers a request for S3's buckets that is right but for what is changed. */
async function askS3(change: Partial<Signing> = {}, unsigned: Record<string, string> = {}) {
  const headers = { host, 'x-amz-content-sha256': HASH_OF_NOTHING, ...change.headers };
  const sent = signed({ service: 's3', payload: HASH_OF_NOTHING, ...change, headers });
  const { status, body } = await ask(server.url, { headers: { ...sent, ...unsigned } });
  return `${String(status)} ${codeOf(body) ?? 'fine'}`;
}

async function askSageMaker(change: Partial<Signing> = {}, sentBody = '{}') {
  const headers = {
    host,
    'content-type': 'application/x-amz-json-1.1',
    'x-amz-target': 'SageMaker.ListTrainingJobs',
    ...change.headers,
  };
  const sent = signed({ service: 'sagemaker', method: 'POST', payload: sha256('{}'), ...change, headers });
  const { status, body } = await ask(server.url, { method: 'POST', headers: sent, body: sentBody });
  return `${String(status)} ${codeOf(body) ?? 'fine'}`;
}

async function askSts(change: Partial<Signing> = {}) {
  const form = 'Action=GetCallerIdentity&Version=2011-06-15';
  const headers = { host, 'content-type': 'application/x-www-form-urlencoded' };
  const sent = signed({ service: 'sts', method: 'POST', payload: sha256(form), ...change, headers });
  const { status, body } = await ask(server.url, { method: 'POST', headers: sent, body: form });
  return `${String(status)} ${codeOf(body) ?? 'fine'}`;
}

describe('signed headers', () => {
  it('are accepted when all is right', async () => {
    expect(await askS3()).toBe('200 fine');
    expect(await askSageMaker()).toBe('200 fine');
    expect(await askSts()).toBe('200 fine');
    expect(await askSts({ region: 'us-east-1' })).toBe('200 fine');
  });

  it('are refused when the secret is wrong', async () => {
    expect(await askS3({ secret: 'x' })).toBe('403 SignatureDoesNotMatch');
    expect(await askSageMaker({ secret: 'x' })).toBe('403 InvalidSignatureException');
    expect(await askSts({ secret: 'x' })).toBe('403 SignatureDoesNotMatch');
  });

  it('are refused when the key is unknown', async () => {
    expect(await askS3({ keyId: 'x' })).toBe('403 InvalidAccessKeyId');
    expect(await askSageMaker({ keyId: 'x' })).toBe('403 UnrecognizedClientException');
    expect(await askSts({ keyId: 'x' })).toBe('403 InvalidClientTokenId');
  });

  it('are refused when they are for another region or service', async () => {
    expect(await askS3({ region: 'us-east-1' })).toBe('400 AuthorizationHeaderMalformed');
    expect(await askSageMaker({ region: 'us-east-1' })).toBe('403 InvalidSignatureException');
    expect(await askSageMaker({ service: 'logs' })).toBe('403 InvalidSignatureException');
    expect(await askSts({ region: 'eu-west-1' })).toBe('403 SignatureDoesNotMatch');
  });

  it('are refused when the clock is more than 15 minutes off, either way', async () => {
    const minutes = (count: number) => ({ atMs: NOW_MS + count * 60_000 });
    expect(await askS3(minutes(14))).toBe('200 fine');
    expect(await askS3(minutes(-14))).toBe('200 fine');
    expect(await askS3(minutes(16))).toBe('403 RequestTimeTooSkewed');
    expect(await askS3(minutes(-16))).toBe('403 RequestTimeTooSkewed');
    expect(await askSageMaker(minutes(-16))).toBe('403 InvalidSignatureException');
  });

  it('are refused when a header that matters was added unsigned', async () => {
    expect(await askS3({}, { 'x-amz-acl': 'public-read' })).toBe('403 AccessDenied');
    expect(await askS3({}, { 'x-forwarded-for': 'anyone' })).toBe('200 fine');
  });

  it('are refused when the body is another than the one that was signed', async () => {
    expect(await askSageMaker({}, '{"MaxResults":1}')).toBe('403 InvalidSignatureException');
    const named = { headers: { 'x-amz-content-sha256': sha256('{}') } };
    expect(await askSageMaker(named)).toBe('200 fine');
    expect(await askSageMaker(named, '{"MaxResults":1}')).toBe('403 InvalidSignatureException');
  });

  it('are refused when there are none, and when they are of another kind', async () => {
    const anonymous = await ask(server.url);
    expect([anonymous.status, codeOf(anonymous.body)]).toEqual([403, 'AccessDenied']);
    const target = { 'x-amz-target': 'SageMaker.ListTrainingJobs' };
    const json = await ask(server.url, { method: 'POST', headers: target, body: '{}' });
    expect([json.status, codeOf(json.body)]).toEqual([403, 'MissingAuthenticationTokenException']);
    const old = await ask(server.url, { headers: { authorization: 'AWS AKID:signature' } });
    expect(old.body).toContain('signature_version=');
    const basic = await ask(server.url, { headers: { authorization: 'Basic eDp5' } });
    expect([basic.status, codeOf(basic.body)]).toEqual([400, 'AuthorizationHeaderMalformed']);
  });

  it.each(['Credential=a/b', 'Credential=/a/b/c/aws4_request,SignedHeaders=host,Signature=x', ''])(
    'are refused when they are malformed: %s',
    async (rest) => {
      const headers = { 'x-amz-date': stamp(NOW_MS), authorization: `AWS4-HMAC-SHA256 ${rest}` };
      const { status, body } = await ask(server.url, { headers });
      expect([status, codeOf(body)]).toEqual([400, 'AuthorizationHeaderMalformed']);
    },
  );
});

describe('presigned addresses', () => {
  function presign(change: { expires?: string; secret?: string; path?: string } = {}): string {
    const { expires = '60', path = '/bucket/a%20key', secret = CREDENTIALS.secretAccessKey } = change;
    const scope = `${stamp(NOW_MS).slice(0, 8)}/${REGION}/s3/aws4_request`;
    const query = [
      'X-Amz-Algorithm=AWS4-HMAC-SHA256',
      `X-Amz-Credential=${encodeURIComponent(`${CREDENTIALS.accessKeyId}/${scope}`)}`,
      `X-Amz-Date=${stamp(NOW_MS)}`,
      `X-Amz-Expires=${expires}`,
      'X-Amz-SignedHeaders=host',
    ].join('&');
    const signing = { service: 's3', path, query, headers: { host }, payload: 'UNSIGNED-PAYLOAD', secret };
    return `${path}?${query}&X-Amz-Signature=${signatureOf(signing, ['host']).signature}`;
  }
  const fetchFrom = async (path: string) => {
    const { status, body } = await ask(server.url, { path });
    return `${String(status)} ${codeOf(body) ?? body}`;
  };

  it('are accepted until they expire', async () => {
    const path = presign();
    nowMs = () => NOW_MS + 59_000;
    expect(await fetchFrom(path)).toBe('200 bytes');
    nowMs = () => NOW_MS + 61_000;
    expect(await fetchFrom(path)).toBe('403 AccessDenied');
    nowMs = () => NOW_MS - 16 * 60_000;
    expect(await fetchFrom(path)).toBe('403 AccessDenied');
  });

  it('are refused when anything was changed', async () => {
    expect(await fetchFrom(presign({ secret: 'x' }))).toBe('403 SignatureDoesNotMatch');
    expect(await fetchFrom(presign().replace('a%20key', 'another'))).toBe('403 SignatureDoesNotMatch');
    expect(await fetchFrom(presign().replace('Expires=60', 'Expires=600'))).toBe('403 SignatureDoesNotMatch');
    expect(await fetchFrom(`${presign()}&versionId=1`)).toBe('403 SignatureDoesNotMatch');
  });

  it('are refused when they are to hold for no time or for longer than a week', async () => {
    for (const expires of ['0', '604801', 'x']) {
      expect(await fetchFrom(presign({ expires }))).toBe('400 AuthorizationQueryParametersError');
    }
  });

  it('of the old kind are refused with the name of the setting that helps', async () => {
    const { status, body } = await ask(server.url, { path: '/bucket/key?AWSAccessKeyId=a&Signature=b&Expires=1' });
    expect(status).toBe(400);
    expect(body).toContain('signature_version=&apos;s3v4&apos;');
  });
});

describe('the SDK', () => {
  beforeEach(() => {
    nowMs = Date.now;
  });

  it('is let in with a session token too, which is ignored unless one is set', async () => {
    const clients = clientsFor(server.url, { ...CREDENTIALS, sessionToken: 'a/token+with=signs' });
    await expect(clients.sts.send(new GetCallerIdentityCommand({}))).resolves.toMatchObject({ Account: '1' });
    await expect(clients.s3.send(new ListBucketsCommand({}))).resolves.toBeDefined();
    clients.destroy();
  });

  it('sees the error names it knows', async () => {
    const wrong = clientsFor(server.url, { ...CREDENTIALS, secretAccessKey: 'wrong' });
    await expect(wrong.sagemaker.send(new ListTrainingJobsCommand({}))).rejects.toMatchObject({
      name: 'InvalidSignatureException',
      $metadata: { httpStatusCode: 403 },
    });
    await expect(wrong.s3.send(new ListBucketsCommand({}))).rejects.toMatchObject({ name: 'SignatureDoesNotMatch' });
    await expect(wrong.sts.send(new GetCallerIdentityCommand({}))).rejects.toMatchObject({
      name: 'SignatureDoesNotMatch',
    });
    wrong.destroy();
  });

  it('corrects its clock by the answer', async () => {
    nowMs = () => Date.now() + 3_600_000;
    const late = new S3Client({ endpoint: server.url, region: REGION, credentials: CREDENTIALS, maxAttempts: 2 });
    await expect(late.send(new ListBucketsCommand({}))).resolves.toBeDefined();
    late.destroy();
  });

  it('leaves its refused calls in the journal', async () => {
    const wrong = clientsFor(server.url, { ...CREDENTIALS, secretAccessKey: 'wrong' });
    await expect(wrong.sagemaker.send(new ListTrainingJobsCommand({}))).rejects.toThrow();
    wrong.destroy();
    expect(await server.control.calls()).toMatchObject([
      { operation: 'ListTrainingJobs', status: 403, answered: true },
    ]);
  });
});
