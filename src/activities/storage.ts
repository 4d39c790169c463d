/**
 * S3: the default bucket and the model data. Names come from the plan; only the bucket that the SageMaker SDK would have
 * made is ever made here, and only in this account.
 */
import {
  CreateBucketCommand,
  GetObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  type S3Client,
} from '@aws-sdk/client-s3';
import { activityInfo, log } from '@temporalio/activity';
import { answerOf, readTrouble, requireMember, type AwsTrouble } from '../domain/aws-errors';
import {
  buildCreateBucket,
  classifyCreateBucket,
  classifyHeadBucket,
  describeForeignBucket,
} from '../domain/default-bucket';
import { adviseOnDenial } from '../domain/missing-permission';
import { isModelPrefix, parseS3Uri } from '../domain/names';
import type { AwsClients } from './aws';
import { failureOf, failWith } from './aws-errors';
import type { Activities } from './index';

export function createStorageActivities({
  s3,
  region: clientRegion,
}: AwsClients): Pick<Activities, 'ensureBucket' | 'checkModelData'> {
  return {
    async ensureBucket(bucket, region, account) {
      const at = { bucket, region };
      // The default name can be guessed, and bucket names are global: a stranger's bucket must not get the data.
      const owned = { Bucket: bucket, ExpectedBucketOwner: account };
      try {
        await s3.send(new HeadBucketCommand(owned));
        return foundBucket();
      } catch (error) {
        const trouble = readTrouble(error);
        const verdict = classifyHeadBucket(trouble);
        if (verdict === 'foreign') {
          const told = await hearWhy(trouble, () => s3.send(new ListObjectsV2Command({ ...owned, MaxKeys: 0 })));
          const isForeign = adviseOnDenial(told.message) === undefined && told.meaning === 'denied';
          if (!isForeign) throw failureOf(told, { operation: 'HeadBucket', ...at });
          throw refuseBucket(bucket, account, at, trouble);
        }
        if (verdict !== 'absent') throw failureOf(trouble, { operation: 'HeadBucket', ...at });
      }
      try {
        const { Location } = await s3.send(new CreateBucketCommand(buildCreateBucket(bucket, region)));
        // S3 says where it is; a page that a proxy put in its place does not.
        requireMember('Location', Location);
        return { made: true };
      } catch (error) {
        const trouble = readTrouble(error);
        const verdict = classifyCreateBucket(trouble);
        if (verdict === 'ours') return foundBucket();
        if (verdict === 'foreign') throw refuseBucket(bucket, account, at, trouble);
        // It was not there a moment ago: if it is now, the answer was lost and not the bucket.
        if (trouble.meaning === 'unavailable' && (await isThere(s3, owned))) return { made: true };
        const isBusy = verdict === 'busy';
        throw failureOf(trouble, { operation: 'CreateBucket', ...at }, isBusy ? 'AwsUnreachable' : undefined);
      }
    },

    async checkModelData(modelData, expectedBucketOwner) {
      if (isModelPrefix(modelData)) {
        await checkModelPrefix(s3, modelData, expectedBucketOwner, clientRegion);
        return;
      }
      const { bucket, key } = parseS3Uri(modelData) ?? { bucket: '', key: '' };
      const object = { Bucket: bucket, Key: key, ExpectedBucketOwner: expectedBucketOwner };
      try {
        const { ETag } = await s3.send(new HeadObjectCommand(object));
        requireMember('ETag', ETag);
      } catch (error) {
        const trouble = await hearWhy(readTrouble(error), async () => {
          const { Body } = await s3.send(new GetObjectCommand({ ...object, Range: 'bytes=0-0' }));
          await Body?.transformToByteArray();
        });
        const at = { operation: 'HeadObject', region: clientRegion, bucket, key };
        if (trouble.meaning !== 'absent') throw failureOf(trouble, at);
        throw failWith('ArtefactMissing', `there is no model data at ${modelData}`, at, {
          details: { ...answerOf(trouble), modelData },
        });
      }
    },
  };
}

/** Model data that was never packed is there where anything lies under its prefix. */
async function checkModelPrefix(
  s3: S3Client,
  modelData: string,
  expectedBucketOwner: string | undefined,
  region: string,
): Promise<void> {
  const { bucket, key } = parseS3Uri(modelData) ?? { bucket: '', key: '' };
  const at = { operation: 'ListObjectsV2', region, bucket, key };
  const absent = (told: AwsTrouble | undefined) =>
    failWith('ArtefactMissing', `there is no model data under ${modelData}`, at, {
      details: { ...(told && answerOf(told)), modelData },
    });
  const request = { Bucket: bucket, Prefix: key, MaxKeys: 1, ExpectedBucketOwner: expectedBucketOwner };
  const answer = await s3.send(new ListObjectsV2Command(request)).catch((error: unknown) => {
    const trouble = readTrouble(error);
    throw trouble.meaning === 'absent' ? absent(trouble) : failureOf(trouble, at);
  });
  if ((answer.Contents ?? []).length === 0) throw absent(undefined);
}

/** False as well where that cannot be told: the next attempt asks again. */
async function isThere(s3: S3Client, owned: { Bucket: string; ExpectedBucketOwner: string }): Promise<boolean> {
  try {
    await s3.send(new HeadBucketCommand(owned));
    return true;
  } catch (error) {
    log.debug('a bucket was looked for in vain', { bucket: owned.Bucket, code: readTrouble(error).code });
    return false;
  }
}

/**
 * A HEAD is refused without a word; a GET of next to nothing, which needs the same permission, is told why. Where it is
 * answered, the refusal has passed: it was for this machine's clock, which the client has put right.
 */
async function hearWhy(trouble: AwsTrouble, get: () => Promise<unknown>): Promise<AwsTrouble> {
  if (trouble.status !== 403) return trouble;
  try {
    await get();
    return { ...trouble, meaning: 'unavailable' };
  } catch (error) {
    const told = readTrouble(error);
    return told.status === 403 ? told : trouble;
  }
}

/** A bucket has neither tag nor time of birth here: whether an earlier attempt made it, nobody can tell. */
function foundBucket(): { made: false; mayBeOwn: boolean } {
  return { made: false, mayBeOwn: activityInfo().attempt > 1 };
}

function refuseBucket(bucket: string, account: string, at: Record<string, string>, trouble: AwsTrouble): Error {
  return failWith('NameTaken', describeForeignBucket(bucket, account, 'outputPath'), at, {
    details: answerOf(trouble),
  });
}
