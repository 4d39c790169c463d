/**
 * The default bucket, as decisions: what S3's answers about it mean and how it is made. Asked by the activity that makes
 * it for model data and by the client's upload; both look first, since its name can be guessed and bucket names are global.
 */
import type { BucketLocationConstraint, CreateBucketCommandInput } from '@aws-sdk/client-s3';
import type { AwsTrouble } from './aws-errors';

/**
 * What S3's refusal means: to be made; made meanwhile, by us; another account's, or not for us to look at; being made
 * by someone else at this moment; anything else.
 */
export type BucketVerdict = 'absent' | 'ours' | 'foreign' | 'busy' | 'trouble';

/** Of a HeadBucket that expects our account as owner. */
export function classifyHeadBucket({ status, meaning }: AwsTrouble): BucketVerdict {
  if (status === 403) return 'foreign';
  return meaning === 'absent' ? 'absent' : 'trouble';
}

/** Of the CreateBucket that follows. */
export function classifyCreateBucket({ code }: AwsTrouble): BucketVerdict {
  switch (code) {
    case 'BucketAlreadyOwnedByYou':
      return 'ours';
    case 'BucketAlreadyExists':
      return 'foreign';
    case 'OperationAborted':
      return 'busy';
    default:
      return 'trouble';
  }
}

/** us-east-1 takes no constraint, every other region needs its own. */
export function buildCreateBucket(bucket: string, region: string): CreateBucketCommandInput {
  if (region === 'us-east-1') return { Bucket: bucket };
  return { Bucket: bucket, CreateBucketConfiguration: { LocationConstraint: region as BucketLocationConstraint } };
}

/** Why the default bucket cannot be used; `argument` names a bucket of one's own instead. */
export function describeForeignBucket(bucket: string, account: string, argument: string): string {
  return (
    `the default bucket ${bucket} belongs to another account than ${account}, or this one may not look at it; ` +
    `give ${argument} a bucket of your own, and allow s3:ListBucket on it`
  );
}
