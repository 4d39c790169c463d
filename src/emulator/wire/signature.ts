/**
 * Checks AWS Signature Version 4, in the Authorization header and in presigned URLs, by computing it anew from the
 * request as it was sent. `pipeline.ts` calls this before it believes anything a request says; what the body must hash to
 * goes on to `request-body.ts`.
 */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { Service } from '../world';
import type { RequestTarget } from './request-target';
import { encodeUrlPart } from './request-target';
import { refusalOf, type Refusal } from './signature-refusals';

/** A key pair, and the token that must come with it where one is set. */
export interface Credentials {
  /** Names the pair. */
  accessKeyId: string;
  /** Signs; it is never sent. */
  secretAccessKey: string;
  /** Must come with every request where it is set. */
  sessionToken?: string;
}

/** The key pair that counts, and those that once did. */
export interface KnownKeys extends Credentials {
  /** Key ids of temporary credentials whose time is over. */
  expired?: ReadonlySet<string>;
}

/** What is signed. */
export interface SignedRequest {
  service: Service;
  method: string;
  target: RequestTarget;
  /** By name in small letters; several of one name are joined by commas. */
  headers: ReadonlyMap<string, string>;
}

/** What a valid signature says of the body. */
export interface Verified {
  /** `x-amz-content-sha256` as sent; absent where the hash of the body itself was signed, see `confirmBody`. */
  contentSha256: string | undefined;
  /** Only where the hash of the body was signed without being named: checks the signature, now that it is known. */
  confirmBody: ((bodySha256: string) => void) | undefined;
  /** What the signatures of signed chunks begin with. */
  seed: { signature: string; timestamp: string; scope: string; signingKey: Buffer };
}

const ALGORITHM = 'AWS4-HMAC-SHA256';
const CLOCK_SKEW_MS_MAX = 15 * 60_000;
const PRESIGNED_SECONDS_MAX = 604_800;

/** The name that a service's signatures are scoped to. */
const SIGNING_NAMES: Record<Service, string> = {
  sagemaker: 'sagemaker',
  'sagemaker-runtime': 'sagemaker',
  logs: 'logs',
  s3: 's3',
  sts: 'sts',
  iam: 'iam',
};

/** Services that AWS also answers for under one region for all. */
const GLOBAL_REGION = 'us-east-1';
const GLOBAL_SERVICES: readonly Service[] = ['sts', 'iam'];

interface Claim {
  presigned: boolean;
  accessKeyId: string;
  date: string;
  region: string;
  signingName: string;
  signedHeaders: string[];
  signature: string;
  timestamp: string;
  expiresSeconds: number | undefined;
  sessionToken: string | undefined;
}

const hmac = (key: string | Buffer, text: string) => createHmac('sha256', key).update(text, 'utf8').digest();
const sha256 = (text: string) => createHash('sha256').update(text, 'utf8').digest('hex');

function lookUp(target: RequestTarget, name: string): string | undefined {
  return target.query.find(([key]) => key === name)?.[1];
}

function readScope(credential: string, refuse: Refusal) {
  const parts = credential.split('/');
  const [terminator, signingName, region, date] = parts.reverse();
  // A key id may hold slashes of its own, everything after it may not.
  const accessKeyId = parts.slice(4).reverse().join('/');
  if (terminator !== 'aws4_request' || !signingName || !region || !date || accessKeyId === '') {
    throw refuse.malformed('Credential must have at least 5 slash-delimited elements.');
  }
  return { accessKeyId, date, region, signingName };
}

function readClaim(request: SignedRequest, refuse: Refusal): Claim {
  const authorization = request.headers.get('authorization');
  if (authorization !== undefined) {
    if (authorization.startsWith('AWS ')) throw refuse.signatureVersion2();
    if (!authorization.startsWith(`${ALGORITHM} `)) throw refuse.malformed('Unsupported Authorization Type');
    const fields = new Map(
      authorization
        .slice(ALGORITHM.length + 1)
        .split(',')
        .map((part) => {
          const [key = '', ...value] = part.trim().split('=');
          return [key, value.join('=')] as const;
        }),
    );
    const [credential, signedHeaders, signature] = ['Credential', 'SignedHeaders', 'Signature'].map((name) => {
      const value = fields.get(name);
      if (value === undefined || value === '') {
        throw refuse.malformed(`Authorization header requires '${name}' parameter.`);
      }
      return value;
    }) as [string, string, string];
    const timestamp = request.headers.get('x-amz-date');
    if (timestamp === undefined)
      throw refuse.malformed("Authorization header requires existence of a 'X-Amz-Date' header.");
    return {
      presigned: false,
      ...readScope(credential, refuse),
      signedHeaders: signedHeaders.split(';'),
      signature,
      timestamp,
      expiresSeconds: undefined,
      sessionToken: request.headers.get('x-amz-security-token'),
    };
  }

  if (lookUp(request.target, 'AWSAccessKeyId') !== undefined) throw refuse.signatureVersion2();
  if (lookUp(request.target, 'X-Amz-Algorithm') === undefined) throw refuse.unsigned();
  if (lookUp(request.target, 'X-Amz-Algorithm') !== ALGORITHM) {
    throw refuse.malformedQuery(`X-Amz-Algorithm only supports "${ALGORITHM}"`);
  }
  const required = (name: string) => {
    const value = lookUp(request.target, name);
    if (value === undefined || value === '') throw refuse.malformedQuery(`Query string is missing ${name}`);
    return value;
  };
  const expires = required('X-Amz-Expires');
  if (!/^\d+$/.test(expires)) throw refuse.malformedQuery('X-Amz-Expires should be a number');
  const expiresSeconds = Number(expires);
  if (expiresSeconds < 1 || expiresSeconds > PRESIGNED_SECONDS_MAX) {
    throw refuse.malformedQuery('X-Amz-Expires must be between 1 second and a week (in seconds)');
  }
  return {
    presigned: true,
    ...readScope(required('X-Amz-Credential'), refuse),
    signedHeaders: required('X-Amz-SignedHeaders').split(';'),
    signature: required('X-Amz-Signature'),
    timestamp: required('X-Amz-Date'),
    expiresSeconds,
    sessionToken: lookUp(request.target, 'X-Amz-Security-Token'),
  };
}

/** `20260131T235959Z` to ms since the epoch. */
function parseTimestamp(timestamp: string): number | undefined {
  const parts = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(timestamp);
  if (parts === null) return undefined;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = parts.slice(1).map(Number);
  return Date.UTC(year, month - 1, day, hour, minute, second);
}

function checkTime(claim: Claim, nowMs: number, refuse: Refusal): void {
  const signedAtMs = parseTimestamp(claim.timestamp);
  if (signedAtMs === undefined) {
    throw refuse.malformed("X-Amz-Date must be in the ISO8601 Long Format \"yyyyMMdd'T'HHmmss'Z'\"");
  }
  if (!claim.timestamp.startsWith(claim.date)) throw refuse.scope('date', claim.date, claim.timestamp.slice(0, 8));
  if (claim.expiresSeconds === undefined) {
    if (Math.abs(nowMs - signedAtMs) > CLOCK_SKEW_MS_MAX) throw refuse.skewed(signedAtMs, nowMs, CLOCK_SKEW_MS_MAX);
    return;
  }
  if (signedAtMs - nowMs > CLOCK_SKEW_MS_MAX) throw refuse.notYetValid();
  if (nowMs > signedAtMs + claim.expiresSeconds * 1000) throw refuse.expired(signedAtMs, claim.expiresSeconds, nowMs);
}

function checkScope(claim: Claim, service: Service, region: string, refuse: Refusal): void {
  const signingName = SIGNING_NAMES[service];
  if (claim.signingName !== signingName) throw refuse.scope('service', claim.signingName, signingName);
  const regions = GLOBAL_SERVICES.includes(service) ? [region, GLOBAL_REGION] : [region];
  if (!regions.includes(claim.region)) throw refuse.scope('region', claim.region, region);
}

/** Headers that change what is asked for must be signed, else anyone on the way could add them. */
function checkSignedHeaders(claim: Claim, headers: ReadonlyMap<string, string>, refuse: Refusal): void {
  if (!claim.signedHeaders.includes('host')) throw refuse.headersNotSigned(['host']);
  const unsigned = [...headers.keys()].filter(
    (name) =>
      name.startsWith('x-amz-') &&
      !claim.signedHeaders.includes(name) &&
      !(claim.presigned && name === 'x-amz-content-sha256'),
  );
  if (unsigned.length > 0) throw refuse.headersNotSigned(unsigned);
}

/** S3 signs the path as it is sent; all others sign it encoded once more. */
function canonicalPath(service: Service, rawPath: string): string {
  return service === 's3' ? rawPath : rawPath.split('/').map(encodeUrlPart).join('/');
}

function canonicalQuery(target: RequestTarget): string {
  return target.query
    .filter(([key]) => key !== 'X-Amz-Signature')
    .map(([key, value]) => [encodeUrlPart(key), encodeUrlPart(value)] as const)
    .sort(([a, x], [b, y]) => (a < b ? -1 : a > b ? 1 : x < y ? -1 : x > y ? 1 : 0))
    .map(([key, value]) => `${key}=${value}`)
    .join('&');
}

function canonicalHeaders(claim: Claim, headers: ReadonlyMap<string, string>): string {
  return claim.signedHeaders
    .map((name) => `${name}:${(headers.get(name) ?? '').trim().replace(/ +/g, ' ')}\n`)
    .join('');
}

const signingKeys = new Map<string, Buffer>();
const SIGNING_KEYS_MAX = 64;

/** The key of one day, region and service: the same for all requests of that day. */
function deriveSigningKey(secretAccessKey: string, scope: string): Buffer {
  const name = `${secretAccessKey}/${scope}`;
  const known = signingKeys.get(name);
  if (known !== undefined) return known;
  const [date = '', ...rest] = scope.split('/');
  const key = rest.reduce((derived, part) => hmac(derived, part), hmac(`AWS4${secretAccessKey}`, date));
  if (signingKeys.size >= SIGNING_KEYS_MAX) signingKeys.clear();
  signingKeys.set(name, key);
  return key;
}

/** What was signed in the place of the body's hash. A presigned URL holds it itself, or says nothing of the body. */
function contentSha256Of(claim: Claim, request: SignedRequest): string | undefined {
  const header = request.headers.get('x-amz-content-sha256');
  if (!claim.presigned || claim.signedHeaders.includes('x-amz-content-sha256')) return header;
  const inUrl = lookUp(request.target, 'X-Amz-Content-Sha256');
  return inUrl ?? (request.service === 's3' ? 'UNSIGNED-PAYLOAD' : undefined);
}

/**
 * Verifies who signed a request, when, and that method, path, query and signed headers are what was signed.
 *
 * @throws AwsError with the code that the service's family uses for what is wrong.
 */
export function verifySignature(
  request: SignedRequest,
  known: { credentials: KnownKeys; region: string; nowMs: number },
): Verified {
  const refuse = refusalOf(request.service);
  const claim = readClaim(request, refuse);
  if (known.credentials.expired?.has(claim.accessKeyId) === true) throw refuse.expiredToken();
  if (claim.accessKeyId !== known.credentials.accessKeyId) throw refuse.unknownKey(claim.accessKeyId);
  if (known.credentials.sessionToken !== undefined && claim.sessionToken !== known.credentials.sessionToken) {
    throw refuse.invalidToken();
  }
  checkScope(claim, request.service, known.region, refuse);
  checkTime(claim, known.nowMs, refuse);
  checkSignedHeaders(claim, request.headers, refuse);

  const scope = [claim.date, claim.region, claim.signingName, 'aws4_request'].join('/');
  const signingKey = deriveSigningKey(known.credentials.secretAccessKey, scope);
  const given = Buffer.from(claim.signature, 'utf8');
  const confirm = (payloadHash: string) => {
    const canonicalRequest = [
      request.method,
      canonicalPath(request.service, request.target.rawPath),
      canonicalQuery(request.target),
      canonicalHeaders(claim, request.headers),
      claim.signedHeaders.join(';'),
      payloadHash,
    ].join('\n');
    const stringToSign = [ALGORITHM, claim.timestamp, scope, sha256(canonicalRequest)].join('\n');
    const wanted = Buffer.from(hmac(signingKey, stringToSign).toString('hex'), 'utf8');
    if (wanted.byteLength !== given.byteLength || !timingSafeEqual(wanted, given)) {
      throw refuse.mismatch(claim.accessKeyId);
    }
  };

  const contentSha256 = contentSha256Of(claim, request);
  const seed = { signature: claim.signature, timestamp: claim.timestamp, scope, signingKey };
  if (contentSha256 === undefined) {
    if (request.service === 's3') throw refuse.missingContentSha256();
    return { contentSha256, confirmBody: confirm, seed };
  }
  confirm(contentSha256);
  return { contentSha256, confirmBody: undefined, seed };
}
