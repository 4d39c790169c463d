/**
 * Who may use a bucket: every S3 operation on one passes `openBucket` first. Bucket names are shared by all of AWS, so
 * a stranger can hold a name; tests make such strangers here, and the world's records keep them over a restart.
 */
import { AwsError, type World } from '../world';
import { isBucketName } from './bucket-names';

const FOREIGN_BUCKET = 'foreign-bucket';

/** A bucket that belongs to another account. */
export interface ForeignBucket {
  name: string;
  /** Account id of the owner. */
  owner: string;
  /** True: the owner lets everybody read and write. False: every access answers 403. */
  open: boolean;
}

/** Gives the bucket to a stranger, with whatever it holds. */
export function giveBucketToStranger(world: Pick<World, 'objects' | 'records'>, bucket: ForeignBucket): void {
  if (bucket.open) world.objects.createBucket(bucket.name);
  world.records.put(FOREIGN_BUCKET, bucket.name, bucket);
}

/** The stranger lets go of the name; what an open bucket held is then the account's own. */
export function takeBucketFromStranger(world: Pick<World, 'records'>, name: string): void {
  world.records.delete(FOREIGN_BUCKET, name);
}

export function foreignBucket(world: World, name: string): ForeignBucket | undefined {
  return world.records.get(FOREIGN_BUCKET, name) as ForeignBucket | undefined;
}

/**
 * The bucket's name, once it is known to be there and open to the caller.
 * @throws AwsError `InvalidBucketName`, `NoSuchBucket`, or `AccessDenied` where the owner is another than expected.
 */
export function openBucket(
  world: World,
  input: { Bucket?: string | undefined; ExpectedBucketOwner?: string | undefined },
): string {
  const name = input.Bucket ?? '';
  const fields = { BucketName: name };
  if (!isBucketName(name)) throw new AwsError('InvalidBucketName', 'The specified bucket is not valid.', 400, fields);
  const stranger = foreignBucket(world, name);
  if (!stranger && !world.objects.hasBucket(name)) {
    throw new AwsError('NoSuchBucket', 'The specified bucket does not exist', 404, fields);
  }
  const owner = stranger?.owner ?? world.account;
  const expected = input.ExpectedBucketOwner ?? owner;
  if (expected !== owner || stranger?.open === false) throw new AwsError('AccessDenied', 'Access Denied', 403);
  return name;
}
