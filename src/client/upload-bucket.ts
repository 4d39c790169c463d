/**
 * The bucket of an upload: the one that was named, or the default one, made where it is missing and proven to be this
 * account's. The decisions are those of the activity that makes it for model data, in `domain/default-bucket.ts`.
 */
import { setTimeout as pause } from 'node:timers/promises';
import type * as Sdk from '@aws-sdk/client-s3';
import type { S3Client } from '@aws-sdk/client-s3';
import type { STSClientConfig } from '@aws-sdk/client-sts';
import type { FailureCode } from '../contract';
import { answerOf, readTrouble } from '../domain/aws-errors';
import {
  buildCreateBucket,
  classifyCreateBucket,
  classifyHeadBucket,
  describeForeignBucket,
} from '../domain/default-bucket';
import { defaultBucketName } from '../domain/names';
import { toAwsError } from './aws-errors';
import { SageMakerError } from './errors';

/** Two that make the bucket at once: one is told to come again. */
const ATTEMPTS_MAX = 5;
const BUSY_PAUSE_MS = 1_000;
/** What no such call is about can be absent: who answers so is not the service that was meant. */
const NO_SERVICE: FailureCode = 'AwsUnreachable';

export interface OwnedBucket {
  bucket: string;
  owner: string;
}

/**
 * The default bucket of account and region, which is there when this resolves.
 *
 * @throws {@link SageMakerError} `NameTaken`, `AccessDenied`, `AwsUnreachable`
 */
export async function openDefaultBucket(
  sdk: typeof Sdk,
  s3: S3Client,
  { region, config, signal }: { region: string; config: STSClientConfig; signal: AbortSignal },
): Promise<OwnedBucket> {
  const owner = await askAccount(config, region, signal);
  const bucket = defaultBucketName(region, owner);
  const at = { bucket, account: owner, region };
  for (let attempt = 1; attempt <= ATTEMPTS_MAX; attempt += 1) {
    if (await isThere(sdk, s3, at, signal)) return { bucket, owner };
    if (await make(sdk, s3, at, signal)) return { bucket, owner };
    await pause(BUSY_PAUSE_MS, undefined, { signal });
  }
  throw new SageMakerError('AwsUnreachable', `CreateBucket: others keep making the bucket ${coordinatesOf(at)}`);
}

type At = Record<'bucket' | 'account' | 'region', string>;

async function isThere(sdk: typeof Sdk, s3: S3Client, at: At, signal: AbortSignal): Promise<boolean> {
  try {
    const owned = { Bucket: at.bucket, ExpectedBucketOwner: at.account };
    await s3.send(new sdk.HeadBucketCommand(owned), { abortSignal: signal });
    return true;
  } catch (error) {
    signal.throwIfAborted();
    const verdict = classifyHeadBucket(readTrouble(error));
    if (verdict === 'absent') return false;
    throw verdict === 'foreign' ? refuse(at, error) : toAwsError(error, 'HeadBucket', at, NO_SERVICE);
  }
}

/** False where another maker was at it, and S3 says neither yes nor no yet. */
async function make(sdk: typeof Sdk, s3: S3Client, at: At, signal: AbortSignal): Promise<boolean> {
  try {
    await s3.send(new sdk.CreateBucketCommand(buildCreateBucket(at.bucket, at.region)), { abortSignal: signal });
    return true;
  } catch (error) {
    signal.throwIfAborted();
    const verdict = classifyCreateBucket(readTrouble(error));
    if (verdict === 'ours') return true;
    if (verdict === 'busy') return false;
    throw verdict === 'foreign' ? refuse(at, error) : toAwsError(error, 'CreateBucket', at, NO_SERVICE);
  }
}

async function askAccount(config: STSClientConfig, region: string, signal: AbortSignal): Promise<string> {
  const { GetCallerIdentityCommand, STSClient } = await import('@aws-sdk/client-sts');
  const sts = new STSClient(config);
  try {
    const { Account: account } = await sts.send(new GetCallerIdentityCommand({}), { abortSignal: signal });
    return account ?? '';
  } catch (error) {
    signal.throwIfAborted();
    throw toAwsError(error, 'GetCallerIdentity', { region }, NO_SERVICE);
  } finally {
    sts.destroy();
  }
}

function refuse(at: At, cause: unknown): SageMakerError {
  const why = describeForeignBucket(at.bucket, at.account, 'bucket');
  return new SageMakerError('NameTaken', `${why} ${coordinatesOf(at)}`, {
    ...answerOf(readTrouble(cause)),
    fix: 'Name a bucket of your own in the argument bucket.',
    cause,
  });
}

function coordinatesOf(at: At): string {
  return `[${Object.entries(at)
    .map(([name, value]) => `${name}=${value}`)
    .join(', ')}]`;
}
