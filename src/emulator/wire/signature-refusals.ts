/**
 * The errors with which AWS refuses a signature. Each family of services has codes of its own for the same mistake;
 * `signature.ts` asks here for the right one.
 */
import { AwsError, type Service } from '../world';

const MISMATCH =
  'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method.';

/** Ways in which a signature can be wrong. */
export interface Refusal {
  unsigned(): AwsError;
  malformed(reason: string): AwsError;
  malformedQuery(reason: string): AwsError;
  signatureVersion2(): AwsError;
  unknownKey(accessKeyId: string): AwsError;
  invalidToken(): AwsError;
  expiredToken(): AwsError;
  scope(part: 'date' | 'region' | 'service', given: string, wanted: string): AwsError;
  skewed(signedAtMs: number, nowMs: number, skewMsMax: number): AwsError;
  notYetValid(): AwsError;
  expired(signedAtMs: number, expiresSeconds: number, nowMs: number): AwsError;
  headersNotSigned(names: string[]): AwsError;
  missingContentSha256(): AwsError;
  bodyMismatch(claimed: string, computed: string): AwsError;
  mismatch(accessKeyId: string): AwsError;
}

const iso = (ms: number) => new Date(ms).toISOString().replace(/\.\d+Z$/, 'Z');
const compact = (ms: number) => iso(ms).replace(/[-:]/g, '');
const forbidden = (code: string, message: string, fields: Record<string, unknown> = {}) =>
  new AwsError(code, message, 403, fields);
const bad = (code: string, message: string, fields: Record<string, unknown> = {}) =>
  new AwsError(code, message, 400, fields);

const SIGNATURE_VERSION_2 =
  "Signature version 2 is not supported; sign with version 4 (boto3: Config(signature_version='s3v4'))";

const s3: Refusal = {
  unsigned: () => forbidden('AccessDenied', 'Access Denied'),
  malformed: (reason) => bad('AuthorizationHeaderMalformed', `The authorization header is malformed; ${reason}`),
  malformedQuery: (reason) => bad('AuthorizationQueryParametersError', reason),
  signatureVersion2: () => bad('InvalidRequest', SIGNATURE_VERSION_2),
  unknownKey: (accessKeyId) =>
    forbidden('InvalidAccessKeyId', 'The AWS Access Key Id you provided does not exist in our records.', {
      AWSAccessKeyId: accessKeyId,
    }),
  invalidToken: () => bad('InvalidToken', 'The provided token is malformed or otherwise invalid.'),
  expiredToken: () => bad('ExpiredToken', 'The provided token has expired.'),
  scope: (part, given, wanted) =>
    bad(
      'AuthorizationHeaderMalformed',
      `The authorization header is malformed; the ${part} '${given}' is wrong; expecting '${wanted}'`,
      part === 'region' ? { Region: wanted } : {},
    ),
  skewed: (signedAtMs, nowMs, skewMsMax) =>
    forbidden('RequestTimeTooSkewed', 'The difference between the request time and the current time is too large.', {
      RequestTime: compact(signedAtMs),
      ServerTime: iso(nowMs),
      MaxAllowedSkewMilliseconds: skewMsMax,
    }),
  notYetValid: () => forbidden('AccessDenied', 'Request is not valid yet'),
  expired: (signedAtMs, expiresSeconds, nowMs) =>
    forbidden('AccessDenied', 'Request has expired', {
      'X-Amz-Expires': expiresSeconds,
      Expires: iso(signedAtMs + expiresSeconds * 1000),
      ServerTime: iso(nowMs),
    }),
  headersNotSigned: (names) =>
    forbidden('AccessDenied', 'There were headers present in the request which were not signed', {
      HeadersNotSigned: names.join(', '),
    }),
  missingContentSha256: () => bad('InvalidRequest', 'Missing required header for this request: x-amz-content-sha256'),
  bodyMismatch: (claimed, computed) =>
    bad('XAmzContentSHA256Mismatch', "The provided 'x-amz-content-sha256' header does not match what was computed.", {
      ClientComputedContentSHA256: claimed,
      S3ComputedContentSHA256: computed,
    }),
  mismatch: (accessKeyId) => forbidden('SignatureDoesNotMatch', MISMATCH, { AWSAccessKeyId: accessKeyId }),
};

interface Codes {
  unsigned: string;
  incomplete: string;
  unknownKey: string;
  expiredToken: { code: string; status: number };
  mismatch: string;
}

/** All services but S3 differ in their codes alone. */
function refusalsWith(codes: Codes): Refusal {
  const mismatch = (message: string) => forbidden(codes.mismatch, message);
  return {
    unsigned: () => forbidden(codes.unsigned, 'Missing Authentication Token'),
    malformed: (reason) => bad(codes.incomplete, reason),
    malformedQuery: (reason) => bad(codes.incomplete, reason),
    signatureVersion2: () => bad(codes.incomplete, SIGNATURE_VERSION_2),
    unknownKey: () => forbidden(codes.unknownKey, 'The security token included in the request is invalid.'),
    invalidToken: () => forbidden(codes.unknownKey, 'The security token included in the request is invalid.'),
    expiredToken: () =>
      new AwsError(
        codes.expiredToken.code,
        'The security token included in the request is expired',
        codes.expiredToken.status,
      ),
    scope: (part, given, wanted) =>
      mismatch(`Credential should be scoped to a valid ${part}, not '${given}'; expecting '${wanted}'.`),
    skewed: (signedAtMs, nowMs, skewMsMax) => {
      const [early, late] = [compact(nowMs - skewMsMax), compact(nowMs + skewMsMax)];
      const minutes = String(skewMsMax / 60_000);
      return signedAtMs < nowMs
        ? mismatch(
            `Signature expired: ${compact(signedAtMs)} is now earlier than ${early} (${compact(nowMs)} - ${minutes} min.)`,
          )
        : mismatch(
            `Signature not yet current: ${compact(signedAtMs)} is still later than ${late} (${compact(nowMs)} + ${minutes} min.)`,
          );
    },
    notYetValid: () => mismatch('Signature not yet current'),
    expired: (signedAtMs, expiresSeconds, nowMs) =>
      mismatch(
        `Signature expired: ${compact(signedAtMs + expiresSeconds * 1000)} is now earlier than ${compact(nowMs)}`,
      ),
    headersNotSigned: (names) =>
      mismatch(`${names.map((name) => `'${name}'`).join(', ')} must be a 'SignedHeader' in the AWS Authorization.`),
    missingContentSha256: () => bad(codes.incomplete, 'Missing required header for this request: x-amz-content-sha256'),
    bodyMismatch: () => mismatch(`${MISMATCH} Consult the service documentation for details.`),
    mismatch: () => mismatch(`${MISMATCH} Consult the service documentation for details.`),
  };
}

const json = refusalsWith({
  unsigned: 'MissingAuthenticationTokenException',
  incomplete: 'IncompleteSignatureException',
  unknownKey: 'UnrecognizedClientException',
  expiredToken: { code: 'ExpiredTokenException', status: 400 },
  mismatch: 'InvalidSignatureException',
});

const query = refusalsWith({
  unsigned: 'MissingAuthenticationToken',
  incomplete: 'IncompleteSignature',
  unknownKey: 'InvalidClientTokenId',
  expiredToken: { code: 'ExpiredToken', status: 403 },
  mismatch: 'SignatureDoesNotMatch',
});

/** The refusals in the words of a service. */
export function refusalOf(service: Service): Refusal {
  if (service === 's3') return s3;
  return service === 'sts' || service === 'iam' ? query : json;
}
