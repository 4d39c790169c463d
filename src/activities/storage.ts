/**
 * S3: the default bucket and the model data. Names come from the plan; only the bucket that the SageMaker SDK would have
 * made is ever made here, and only in this account.
 */
import { CreateBucketCommand, HeadBucketCommand, HeadObjectCommand } from '@aws-sdk/client-s3';
import { answerOf, readTrouble, type AwsTrouble } from '../domain/aws-errors';
import {
  buildCreateBucket,
  classifyCreateBucket,
  classifyHeadBucket,
  describeForeignBucket,
} from '../domain/default-bucket';
import { parseS3Uri } from '../domain/names';
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
        return { made: false };
      } catch (error) {
        const trouble = readTrouble(error);
        const verdict = classifyHeadBucket(trouble);
        if (verdict === 'foreign') throw refuseBucket(bucket, account, at, trouble);
        if (verdict !== 'absent') throw failureOf(trouble, { operation: 'HeadBucket', ...at });
      }
      try {
        await s3.send(new CreateBucketCommand(buildCreateBucket(bucket, region)));
        return { made: true };
      } catch (error) {
        const trouble = readTrouble(error);
        const verdict = classifyCreateBucket(trouble);
        if (verdict === 'ours') return { made: false };
        if (verdict === 'foreign') throw refuseBucket(bucket, account, at, trouble);
        const isBusy = verdict === 'busy';
        throw failureOf(trouble, { operation: 'CreateBucket', ...at }, isBusy ? 'AwsUnreachable' : undefined);
      }
    },

    async checkModelData(modelData, expectedBucketOwner) {
      const { bucket, key } = parseS3Uri(modelData) ?? { bucket: '', key: '' };
      try {
        await s3.send(new HeadObjectCommand({ Bucket: bucket, Key: key, ExpectedBucketOwner: expectedBucketOwner }));
      } catch (error) {
        const trouble = readTrouble(error);
        const at = { operation: 'HeadObject', region: clientRegion, bucket, key };
        if (trouble.meaning !== 'absent') throw failureOf(trouble, at);
        throw failWith('ArtefactMissing', `there is no model data at ${modelData}`, at, {
          details: { ...answerOf(trouble), modelData },
        });
      }
    },
  };
}

function refuseBucket(bucket: string, account: string, at: Record<string, string>, trouble: AwsTrouble): Error {
  return failWith('NameTaken', describeForeignBucket(bucket, account, 'outputPath'), at, {
    details: answerOf(trouble),
  });
}
