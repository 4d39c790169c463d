/**
 * S3: the default bucket and the model data. Names come from the plan; only the bucket that the SageMaker SDK would have
 * made is ever made here, and only in this account.
 */
import {
  CreateBucketCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  type BucketLocationConstraint,
} from '@aws-sdk/client-s3';
import { parseS3Uri } from '../domain/names';
import type { AwsClients } from './aws';
import { readTrouble } from '../domain/aws-errors';
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
        if (trouble.status === 403) throw refuseBucket(bucket, account, at);
        if (trouble.meaning !== 'absent') throw failureOf(trouble, { operation: 'HeadBucket', ...at });
      }
      try {
        await s3.send(
          new CreateBucketCommand({
            Bucket: bucket,
            // us-east-1 takes no constraint, every other region needs its own.
            ...(region !== 'us-east-1' && {
              CreateBucketConfiguration: { LocationConstraint: region as BucketLocationConstraint },
            }),
          }),
        );
        return { made: true };
      } catch (error) {
        const trouble = readTrouble(error);
        if (trouble.code === 'BucketAlreadyOwnedByYou') return { made: false };
        if (trouble.code === 'BucketAlreadyExists') throw refuseBucket(bucket, account, at);
        const isBusy = trouble.code === 'OperationAborted';
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
        throw failWith('ArtefactMissing', `there is no model data at ${modelData}`, at, { details: { modelData } });
      }
    },
  };
}

function refuseBucket(bucket: string, account: string, at: Record<string, string>): Error {
  return failWith(
    'NameTaken',
    `the default bucket ${bucket} belongs to another account than ${account}, or this one may not look at it; ` +
      'give outputPath a bucket of your own, and allow s3:ListBucket on it',
    at,
  );
}
