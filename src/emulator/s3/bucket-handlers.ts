/**
 * S3's operations on buckets. Input comes decoded from the wire layer; answers come out of the object store, and for
 * names that a stranger holds out of the world's records.
 */
import type {
  CreateBucketRequest,
  DeleteBucketRequest,
  GetBucketLocationRequest,
  HeadBucketRequest,
  ListBucketsRequest,
} from '@aws-sdk/client-s3';
import { AwsError, type Call, type Handlers, type World } from '../world';
import { foreignBucket, openBucket } from './bucket-access';
import { isBucketName } from './bucket-names';
import { compareKeys } from './key-order';

/** The region that AWS began with: it takes no LocationConstraint, and makes a bucket of one's own again without a word. */
const FIRST_REGION = 'us-east-1';
const MAX_BUCKETS = 10_000;

/** @param forgetUploads Drops the unfinished uploads of a bucket that goes. */
export function bucketHandlers(world: World, forgetUploads: (bucket: string) => void): Handlers {
  return {
    CreateBucket: ({ input }: Call<CreateBucketRequest>) => {
      const name = input.Bucket ?? '';
      const fields = { BucketName: name };
      if (!isBucketName(name))
        throw new AwsError('InvalidBucketName', 'The specified bucket is not valid.', 400, fields);
      refuseLocation(world.region, input.CreateBucketConfiguration?.LocationConstraint);
      if (foreignBucket(world, name)) {
        throw new AwsError(
          'BucketAlreadyExists',
          'The requested bucket name is not available. The bucket namespace is shared by all users of the system. Please select a different name and try again.',
          409,
          fields,
        );
      }
      if (world.objects.hasBucket(name) && world.region !== FIRST_REGION) {
        throw new AwsError(
          'BucketAlreadyOwnedByYou',
          'Your previous request to create the named bucket succeeded and you already own it.',
          409,
          fields,
        );
      }
      world.objects.createBucket(name);
      return { Location: `/${name}` };
    },

    HeadBucket: ({ input }: Call<HeadBucketRequest>) => {
      openBucket(world, input);
      return { BucketRegion: world.region, AccessPointAlias: false };
    },

    GetBucketLocation: ({ input }: Call<GetBucketLocationRequest>) => {
      openBucket(world, input);
      return { LocationConstraint: world.region === FIRST_REGION ? undefined : world.region };
    },

    DeleteBucket: ({ input }: Call<DeleteBucketRequest>) => {
      const bucket = openBucket(world, input);
      if (foreignBucket(world, bucket)) throw new AwsError('AccessDenied', 'Access Denied', 403);
      world.objects.deleteBucket(bucket);
      forgetUploads(bucket);
      return {};
    },

    ListBuckets: ({ input }: Call<ListBucketsRequest>) => {
      const prefix = input.Prefix ?? '';
      const after = input.ContinuationToken ?? '';
      const elsewhere = input.BucketRegion !== undefined && input.BucketRegion !== world.region;
      const found = world.objects
        .buckets()
        .filter(({ name }) => !elsewhere && name.startsWith(prefix) && compareKeys(name, after) > 0)
        .filter(({ name }) => foreignBucket(world, name) === undefined);
      const page = found.slice(0, Math.min(input.MaxBuckets ?? MAX_BUCKETS, MAX_BUCKETS));
      return {
        Buckets: page.map(({ name, createdAt }) => ({
          Name: name,
          CreationDate: new Date(createdAt),
          ...(input.MaxBuckets === undefined ? {} : { BucketRegion: world.region }),
        })),
        Owner: { ID: ownerId(world.account) },
        Prefix: input.Prefix,
        ContinuationToken: page.length < found.length ? page.at(-1)?.name : undefined,
      };
    },
  };
}

/** S3 knows accounts by a canonical id of 64 hex digits; ours shows the account's number in its last ones. */
export function ownerId(account: string): string {
  return account.padStart(64, '0');
}

function refuseLocation(region: string, constraint: string | undefined): void {
  if (region === FIRST_REGION ? constraint === undefined : constraint === region) return;
  throw new AwsError(
    'IllegalLocationConstraintException',
    `The ${constraint ?? 'unspecified'} location constraint is incompatible for the region specific endpoint this request was sent to.`,
  );
}
