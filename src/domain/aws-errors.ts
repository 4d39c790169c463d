/**
 * What an error of AWS means. Status and code come first; ValidationException says everything from "not found" to
 * "wrong input", so its text is read here and nowhere else. Activities act on the meaning; unknown is permanent.
 */
import type { FailureDetails } from '../contract';
import { hideValues } from './hidden-values';

/** The part of an SDK exception that is read. */
export interface AwsAnswer {
  /** HTTP status; undefined where no answer came. */
  status: number | undefined;
  /** AWS's error code. */
  code: string;
  message: string;
}

export type AwsMeaning =
  | 'absent'
  | 'exists'
  | 'throttled'
  | 'unavailable'
  | 'denied'
  | 'expired credentials'
  | 'role not assumable'
  | 'limit'
  | 'not now'
  | 'invalid';

/** Code of a call that was not sent, because the worker's budget of retries is spent: see `retry-budget.ts`. */
export const NOT_SENT = 'RetryBudgetSpent';

const THROTTLING = /throttl|toomanyrequests|requestlimitexceeded|slowdown|rate exceeded|retrybudgetspent/i;
const CREDENTIALS = /expiredtoken|expiredtokenexception|requestexpired/i;
const DENIED =
  /accessdenied|unauthorizedoperation|notauthorized|invalidclienttokenid|unrecognizedclient|signaturedoesnotmatch|invalidsignature|incompletesignature|invalidaccesskeyid|credentialsprovider/i;

const ABSENT = /^(ResourceNotFound|NotFound|NoSuchBucket|NoSuchKey|NoSuchEntity)/;

/** The SDK's own words, before anything is asked. */
const NO_REGION = /^Region is missing/;

/** Texts of ValidationException, the first match holds. */
const VALIDATION_TEXTS: [RegExp, AwsMeaning][] = [
  [/could not find|requested resource not found|does not exist/i, 'absent'],
  [/cannot create already existing|already exists/i, 'exists'],
  [/could not assume role|unable to assume role|sts:assumerole/i, 'role not assumable'],
  [/rate exceeded/i, 'throttled'],
  [
    /cannot (update|delete) in-progress|is in status|currently (being|in)|cannot be (updated|deleted) while/i,
    'not now',
  ],
];

export function classifyAwsError({ status, code, message }: AwsAnswer): AwsMeaning {
  if (status === 429 || THROTTLING.test(code)) return 'throttled';
  if (CREDENTIALS.test(code)) return 'expired credentials';
  // S3 sends who asks in the wrong region elsewhere; asking again here changes nothing.
  if (status !== undefined && status >= 300 && status < 400) return 'invalid';
  if (status === undefined && NO_REGION.test(message)) return 'invalid';
  if (status === undefined || status >= 500 || status < 400)
    return isCredentialTrouble(code) ? 'denied' : 'unavailable';
  if (code === 'ResourceInUse' || code === 'ResourceInUseException') return 'exists';
  if (code === 'ResourceLimitExceeded') return 'limit';
  if (code === 'ConflictException') return 'not now';
  if (ABSENT.test(code)) return 'absent';
  if (DENIED.test(code) || status === 401 || status === 403) return 'denied';
  if (code === 'ValidationException' || code === 'ValidationError') {
    return VALIDATION_TEXTS.find(([pattern]) => pattern.test(message))?.[1] ?? 'invalid';
  }
  // Not AWS's: a proxy or a load balancer that knows of no such page says nothing of a resource.
  return status === 404 ? 'unavailable' : 'invalid';
}

/** No answer because none could be asked: the chain found no credentials. */
function isCredentialTrouble(code: string): boolean {
  return /credentialsprovider/i.test(code);
}

const UNKNOWN_CREDENTIALS =
  /credentialsprovider|tokenprovider|invalidclienttokenid|unrecognizedclient|invalidaccesskeyid|^invalidtoken$/i;

/** True where AWS does not (any longer) know who asks, or nobody could be found to ask as: other credentials help. */
export function lacksCredentials({ meaning, code }: Pick<AwsTrouble, 'meaning' | 'code'>): boolean {
  return meaning === 'expired credentials' || UNKNOWN_CREDENTIALS.test(code);
}

/** True for what passes by itself: asking again can help. */
export function isTransient(meaning: AwsMeaning): boolean {
  return ['throttled', 'unavailable', 'expired credentials', 'role not assumable'].includes(meaning);
}

/** Longest text of AWS's that is passed on; a payload in an error would swell every history. */
const REASON_LENGTH_MAX = 2_000;

export interface AwsTrouble extends AwsAnswer {
  meaning: AwsMeaning;
  requestId: string | undefined;
}

/**
 * An answer that the client took for one although it lacks what it must tell: an empty 200, a member left out. It says as
 * little as no answer.
 */
export class IncompleteAnswer extends Error {
  override readonly name = 'IncompleteAnswer';
  constructor(member: string) {
    super(`AWS answered without ${member}`);
  }
}

/** A member that an answer must have. @throws {@link IncompleteAnswer} where it has not */
export function requireMember<T>(member: string, value: T | null | undefined): T {
  if (value === undefined || value === null || value === '') throw new IncompleteAnswer(member);
  return value;
}

interface SdkException {
  name?: string;
  code?: string;
  message?: string;
  $metadata?: { httpStatusCode?: number; requestId?: string; clockSkewCorrected?: boolean };
  $response?: { statusCode?: number };
}

/**
 * Reads any value that a client threw. An answer that is no AWS error (HTML from a proxy) keeps its HTTP status.
 *
 * @param sent the request, where AWS may repeat what is in it: a proxy or a policy can say anything
 */
export function readTrouble(error: unknown, sent?: object): AwsTrouble {
  const { name, code, message, $metadata, $response } = (error ?? {}) as SdkException;
  const answer: AwsAnswer = {
    status: $metadata?.httpStatusCode ?? $response?.statusCode,
    code: name && name !== 'Error' ? name : (code ?? 'Error'),
    message: withoutSecrets(message ?? String(error), sent).slice(0, REASON_LENGTH_MAX),
  };
  // Refused for this machine's clock, of which the client now knows how far it is off: the next call is signed right.
  const isPutRight = $metadata?.clockSkewCorrected === true && isAboutTime(answer);
  const requestId = $metadata?.requestId;
  const isNobodys = isPutRight || (requestId === undefined && isGuess(answer));
  return { ...answer, meaning: isNobodys ? 'unavailable' : classifyAwsError(answer), requestId };
}

/** What the SDK calls a 404 without a code, as S3's to a HEAD; but S3 gives each of its answers an id, and a proxy none. */
function isGuess({ status, code }: AwsAnswer): boolean {
  return status === 404 && code === 'NotFound';
}

/** A client whose clock is off marks every error so; these are the ones that come of it. */
function isAboutTime({ code, message }: AwsAnswer): boolean {
  return (
    /RequestTimeTooSkewed|RequestExpired|RequestInTheFuture/.test(code) || /signature (expired|not yet)/i.test(message)
  );
}

/** AWS echoes a refused value, and a parser a part of what it could not parse; either may be secret. */
function withoutSecrets(message: string, sent: object | undefined): string {
  const known = sent ? hideValues(message, sent) : message;
  return known
    .replace(/Value '[^]*?' at '([^']*(?:hyperParameters|environment)[^']*)'/gi, "Value at '$1'")
    .replace(/Unexpected token [^]* is not valid JSON/, 'the answer is not valid JSON');
}

/** AWS's own words, and the id under which its support finds them. */
export function answerOf({ message, requestId }: AwsTrouble): Pick<FailureDetails, 'reason' | 'requestId'> {
  return { reason: message, ...(requestId !== undefined && { requestId }) };
}
