/**
 * Verdicts on what AWS told: the caller's identity, the clock, the default bucket, and where the calls go. Pure:
 * `check-aws.ts` asks.
 */
import type { AwsTrouble } from '../../domain/aws-errors';
import { classifyHeadBucket, describeForeignBucket } from '../../domain/default-bucket';
import { failed, ok, warning, type Finding } from './finding';

/** Of a call that AWS refused or did not answer. */
export function judgeTrouble(operation: string, { meaning, code, message }: AwsTrouble): Finding {
  const what = `${operation}: ${code}: ${message}`;
  switch (meaning) {
    case 'expired credentials':
      return failed('permission', what, 'Renew the credentials, for instance by: aws sso login');
    case 'denied':
      return /credentialsprovider/i.test(code)
        ? failed(
            'permission',
            `no AWS credentials: ${message}`,
            'Set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.',
          )
        : failed(
            'permission',
            what,
            'Check which credentials are used (AWS_PROFILE, AWS_ACCESS_KEY_ID) and their policy.',
          );
    default:
      return failed('unreachable', what, 'Check the region, AWS_ENDPOINT_URL and the network.');
  }
}

/** AWS refuses signatures that are older or newer. */
const SKEW_SECONDS_MAX = 300;
const SKEW_SECONDS_GOOD = 60;

/** @param skewSeconds How far AWS's clock is ahead of this machine's. */
export function judgeClock(skewSeconds: number): Finding {
  const size = Math.round(Math.abs(skewSeconds));
  if (size <= 1) return ok("this machine's clock agrees with AWS's");
  const what = `this machine's clock is ${String(size)} s ${skewSeconds > 0 ? 'behind' : 'ahead of'} AWS's`;
  const fix = "Let the machine's clock follow a time server (NTP).";
  if (size <= SKEW_SECONDS_GOOD) return ok(what);
  if (size <= SKEW_SECONDS_MAX) return warning(what, fix);
  return failed('local', `${what}: AWS refuses requests signed so far off`, fix);
}

/** The default bucket, and whose it must be. */
export interface DefaultBucket {
  bucket: string;
  region: string;
  account: string;
}

/** @param answer What HeadBucket said, for this account as the expected owner. */
export function judgeBucket(
  { bucket, region, account }: DefaultBucket,
  answer: { region: string | undefined } | { trouble: AwsTrouble },
): Finding {
  if ('region' in answer) {
    if (answer.region === undefined || answer.region === region) return ok(`${bucket} is this account's`);
    return failed(
      'permission',
      `${bucket} is in ${answer.region}, not in ${region}`,
      'Give outputPath a bucket of the region in which jobs run.',
    );
  }
  switch (classifyHeadBucket(answer.trouble)) {
    case 'absent':
      return ok(`${bucket} is not there yet; the first fit without outputPath makes it`);
    case 'foreign':
      return failed(
        'permission',
        describeForeignBucket(bucket, account, 'outputPath').split(';')[0] ?? '',
        'Give outputPath a bucket of your own, and allow s3:ListBucket on it.',
      );
    default:
      return judgeTrouble('HeadBucket', answer.trouble);
  }
}

/** What answered at AWS_ENDPOINT_URL. */
export type EndpointAnswer = 'emulator' | 'something else' | { silence: string };

/** Undefined where nobody needs to be asked: the address itself decides. */
export function judgeEndpointUrl(endpointUrl: string | undefined): Finding | undefined {
  if (endpointUrl === undefined || endpointUrl === '')
    return ok('not in use: AWS_ENDPOINT_URL is not set, calls go to AWS');
  const unset = 'Unset AWS_ENDPOINT_URL to call AWS itself, or set it to the URL that dev or emulator printed.';
  if (!URL.canParse(endpointUrl)) return failed('local', 'AWS_ENDPOINT_URL is no URL', unset);
  const { protocol, hostname, host } = new URL(endpointUrl);
  if (isLoopback(hostname)) return undefined;
  if (protocol === 'https:') return warning(`AWS_ENDPOINT_URL leads to ${host}, which is not this machine`, unset);
  return failed('local', `AWS_ENDPOINT_URL leads to ${host} in plain text, which is not this machine`, unset);
}

export function judgeEndpoint(endpointUrl: string, answer: EndpointAnswer): Finding {
  const { origin } = new URL(endpointUrl);
  if (answer === 'emulator') return ok(`${origin} is the emulator, on loopback: nothing reaches AWS`);
  const restart = 'Start it anew (temporal-sagemaker dev) and export what it prints, or unset AWS_ENDPOINT_URL.';
  if (answer === 'something else') return warning(`${origin} answers, but is not this package's emulator`, restart);
  return failed('unreachable', `nothing answers at ${origin}: ${answer.silence}`, restart);
}

function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d{1,3}){3}$/.test(hostname);
}
