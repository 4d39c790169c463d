/**
 * S3's operations on single objects: put, get, head, copy, delete. Decoded requests come from the wire layer with their
 * payload as a stream; bodies go to and from the object store without being held in memory.
 */
import type {
  CopyObjectRequest,
  DeleteObjectRequest,
  DeleteObjectsRequest,
  GetObjectRequest,
  HeadObjectRequest,
  PutObjectRequest,
} from '@aws-sdk/client-s3';
import { AwsError, type Call, type Handlers, type StoredObject, type World } from '../world';
import { openBucket } from './bucket-access';
import { byteRange, refuseRead, refuseWrite } from './conditions';
import { readCopySource } from './copy-source';
import { aboutOf, describeObject, keyOf } from './object-fields';

const MAX_DELETED_KEYS = 1000;
/** Query parameters by which a reader overrules what the writer said of the object. */
const OVERRIDES = {
  ResponseCacheControl: 'CacheControl',
  ResponseContentDisposition: 'ContentDisposition',
  ResponseContentEncoding: 'ContentEncoding',
  ResponseContentLanguage: 'ContentLanguage',
  ResponseContentType: 'ContentType',
} as const;

export function objectHandlers(world: World): Handlers {
  return {
    PutObject: async ({ input, body }: Call<PutObjectRequest>) => {
      const bucket = openBucket(world, input);
      const allow = (present: StoredObject | undefined) => {
        refuseWrite(present, input);
      };
      const key = keyOf(input);
      // Refused before the body where that is possible, so that nobody uploads gigabytes for a 412.
      allow(world.objects.head(bucket, key));
      const object = await world.objects.write(bucket, key, body, { ...aboutOf(input), allow });
      return {
        ETag: `"${object.etag}"`,
        ServerSideEncryption: object.attributes['ServerSideEncryption'] ?? 'AES256',
        SSEKMSKeyId: object.attributes['SSEKMSKeyId'],
        ...object.checksums,
        ChecksumType: 'FULL_OBJECT',
      };
    },

    GetObject: ({ input }: Call<GetObjectRequest>) => {
      const { object, range, answer } = findForReading(world, input);
      for (const [parameter, member] of Object.entries(OVERRIDES)) {
        const value = input[parameter as keyof typeof OVERRIDES];
        if (value !== undefined) answer[member] = value;
      }
      return { ...answer, Body: world.objects.read(object, range) };
    },

    HeadObject: ({ input }: Call<HeadObjectRequest>) => findForReading(world, input).answer,

    CopyObject: async ({ input }: Call<CopyObjectRequest>) => {
      const bucket = openBucket(world, input);
      const key = keyOf(input);
      const from = readCopySource(input.CopySource ?? '');
      refuseVersion(from.versionId);
      openBucket(world, { Bucket: from.bucket, ExpectedBucketOwner: input.ExpectedSourceBucketOwner });
      const source = findObject(world, from.bucket, from.key);
      refuseCopyRead(source, input);
      const replaces = input.MetadataDirective === 'REPLACE';
      if (!replaces && from.bucket === bucket && from.key === key) {
        throw new AwsError(
          'InvalidRequest',
          "This copy request is illegal because it is trying to copy an object to itself without changing the object's metadata, storage class, website redirect location or encryption attributes.",
        );
      }
      const about = replaces ? aboutOf(input) : { ...source, checksums: {} };
      const copy = await world.objects.write(bucket, key, world.objects.read(source), {
        ...(about.contentType === undefined ? {} : { contentType: about.contentType }),
        metadata: about.metadata,
        attributes: about.attributes ?? {},
        allow: (present) => {
          refuseWrite(present, input);
        },
      });
      return {
        CopyObjectResult: {
          ETag: `"${copy.etag}"`,
          LastModified: new Date(copy.lastModified),
          ...copy.checksums,
          ChecksumType: 'FULL_OBJECT',
        },
      };
    },

    DeleteObject: ({ input }: Call<DeleteObjectRequest>) => {
      const bucket = openBucket(world, input);
      refuseVersion(input.VersionId);
      const key = keyOf(input);
      if (input.IfMatch !== undefined) refuseWrite(world.objects.head(bucket, key), { IfMatch: input.IfMatch });
      world.objects.delete(bucket, key);
      return {};
    },

    DeleteObjects: ({ input }: Call<DeleteObjectsRequest>) => {
      const bucket = openBucket(world, input);
      const entries = input.Delete?.Objects ?? [];
      if (entries.length === 0 || entries.length > MAX_DELETED_KEYS) {
        throw new AwsError(
          'MalformedXML',
          'The XML you provided was not well-formed or did not validate against our published schema',
        );
      }
      const deleted: { Key: string }[] = [];
      const errors: { Key: string; Code: string; Message: string }[] = [];
      for (const entry of entries) {
        const key = entry.Key ?? '';
        try {
          refuseVersion(entry.VersionId);
          if (entry.ETag !== undefined) refuseWrite(world.objects.head(bucket, key), { IfMatch: entry.ETag });
          world.objects.delete(bucket, key);
          deleted.push({ Key: key });
        } catch (error) {
          if (!(error instanceof AwsError)) throw error;
          errors.push({ Key: key, Code: error.code, Message: error.message });
        }
      }
      return { Deleted: input.Delete?.Quiet ? [] : deleted, Errors: errors };
    },
  };
}

/** What GetObject and HeadObject have in common: all but the body. */
function findForReading(world: World, input: GetObjectRequest | HeadObjectRequest) {
  const bucket = openBucket(world, input);
  refuseVersion(input.VersionId);
  if (input.PartNumber !== undefined) {
    throw new AwsError(
      'NotImplemented',
      'A header you provided implies functionality that is not implemented: partNumber.',
      501,
    );
  }
  const object = findObject(world, bucket, keyOf(input));
  refuseRead(object, input);
  const range = byteRange(input.Range, object.size);
  const answer = describeObject(object);
  if (range) {
    answer['ContentLength'] = range.end - range.start + 1;
    answer['ContentRange'] = `bytes ${String(range.start)}-${String(range.end)}/${String(object.size)}`;
  } else if (input.ChecksumMode === 'ENABLED') {
    Object.assign(answer, object.checksums, { ChecksumType: 'FULL_OBJECT' });
  }
  return { object, range, answer };
}

function findObject(world: World, bucket: string, key: string): StoredObject {
  const object = world.objects.head(bucket, key);
  if (object) return object;
  throw new AwsError('NoSuchKey', 'The specified key does not exist.', 404, { Key: key });
}

/** A copy has no 304: a source that does not meet the conditions is refused outright. */
function refuseCopyRead(source: StoredObject, input: CopyObjectRequest): void {
  try {
    refuseRead(source, {
      IfMatch: input.CopySourceIfMatch,
      IfNoneMatch: input.CopySourceIfNoneMatch,
      IfModifiedSince: input.CopySourceIfModifiedSince,
      IfUnmodifiedSince: input.CopySourceIfUnmodifiedSince,
    });
  } catch (error) {
    if (!(error instanceof AwsError) || error.status !== 304) throw error;
    throw new AwsError('PreconditionFailed', 'At least one of the pre-conditions you specified did not hold', 412);
  }
}

/** Buckets here keep no versions: an object's only one is called `null`. */
function refuseVersion(versionId: string | undefined): void {
  if (versionId === undefined || versionId === 'null') return;
  throw new AwsError('NoSuchVersion', 'The specified version does not exist.', 404, { VersionId: versionId });
}
