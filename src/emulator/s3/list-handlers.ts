/**
 * S3's two ways to list a bucket. The page itself is made by `listing.ts`; here are the names of either version, the
 * opaque token, and the percent-encoding that Python's SDK asks for.
 */
import type { ListObjectsRequest, ListObjectsV2Request } from '@aws-sdk/client-s3';
import { AwsError, type Call, type Handlers, type StoredObject, type World } from '../world';
import { openBucket } from './bucket-access';
import { ownerId } from './bucket-handlers';
import { pageOf } from './listing';

const MAX_KEYS = 1000;

export function listHandlers(world: World): Handlers {
  return {
    ListObjectsV2: ({ input }: Call<ListObjectsV2Request>) => {
      const bucket = openBucket(world, input);
      const token = input.ContinuationToken;
      const after = token === undefined ? (input.StartAfter ?? '') : readToken(token);
      const { shared, page, written } = listPage(world, bucket, input, after);
      return {
        ...shared,
        StartAfter: written(input.StartAfter),
        ContinuationToken: token,
        NextContinuationToken: page.next === undefined ? undefined : writeToken(page.next),
        KeyCount: page.objects.length + page.commonPrefixes.length,
        Contents: page.objects.map((object) => entry(object, written, input.FetchOwner ? world.account : undefined)),
      };
    },

    ListObjects: ({ input }: Call<ListObjectsRequest>) => {
      const bucket = openBucket(world, input);
      const { shared, page, written } = listPage(world, bucket, input, input.Marker ?? '');
      return {
        ...shared,
        Marker: written(input.Marker ?? ''),
        // Without a delimiter the caller goes on after the last key it saw.
        NextMarker: input.Delimiter ? written(page.next) : undefined,
        Contents: page.objects.map((object) => entry(object, written, world.account)),
      };
    },
  };
}

type WriteKey = <T extends string | undefined>(key: T) => T | string;

function listPage(world: World, bucket: string, input: ListObjectsRequest | ListObjectsV2Request, after: string) {
  const { Prefix: prefix = '', Delimiter: delimiter = '', MaxKeys = MAX_KEYS } = input;
  const EncodingType: string | undefined = input.EncodingType;
  if (!Number.isInteger(MaxKeys) || MaxKeys < 0) {
    throw new AwsError('InvalidArgument', 'Argument maxKeys must be an integer between 0 and 2147483647');
  }
  if (EncodingType !== undefined && EncodingType !== 'url') {
    throw new AwsError('InvalidArgument', 'Invalid Encoding Method specified in Request');
  }
  const limit = Math.min(MaxKeys, MAX_KEYS);
  const page = pageOf(world.objects.list(bucket, prefix), { prefix, delimiter, after, limit });
  const written: WriteKey = (key) => (key === undefined || EncodingType === undefined ? key : percentEncode(key));
  const shared = {
    Name: bucket,
    Prefix: written(prefix),
    Delimiter: delimiter === '' ? undefined : written(delimiter),
    EncodingType,
    MaxKeys: limit,
    IsTruncated: page.next !== undefined,
    CommonPrefixes: page.commonPrefixes.map((common) => ({ Prefix: written(common) })),
  };
  return { shared, page, written };
}

function entry(object: StoredObject, written: WriteKey, ownerAccount: string | undefined) {
  return {
    Key: written(object.key),
    LastModified: new Date(object.lastModified),
    ETag: `"${object.etag}"`,
    Size: object.size,
    StorageClass: object.attributes['StorageClass'] ?? 'STANDARD',
    Owner: ownerAccount === undefined ? undefined : { ID: ownerId(ownerAccount) },
  };
}

function percentEncode(key: string): string {
  return encodeURIComponent(key).replaceAll('%2F', '/');
}

function writeToken(after: string): string {
  return Buffer.from(`after:${after}`).toString('base64');
}

function readToken(token: string): string {
  const text = Buffer.from(token, 'base64').toString();
  if (text.startsWith('after:')) return text.slice('after:'.length);
  throw new AwsError('InvalidArgument', 'The continuation token provided is incorrect', 400, {
    ArgumentName: 'continuation-token',
  });
}
