/**
 * S3's multipart operations. Parts are kept by `uploads.ts`; completing joins the chosen ones into an object of the
 * store, under the etag that S3 gives such objects (the MD5 of the parts' MD5s, and their number).
 */
import { createHash } from 'node:crypto';
import type {
  AbortMultipartUploadRequest,
  CompleteMultipartUploadRequest,
  CreateMultipartUploadRequest,
  ListMultipartUploadsRequest,
  ListPartsRequest,
  UploadPartRequest,
} from '@aws-sdk/client-s3';
import { AwsError, type Call, type Handlers, type World } from '../world';
import { openBucket } from './bucket-access';
import { ownerId } from './bucket-handlers';
import { refuseWrite } from './conditions';
import { aboutOf, keyOf } from './object-fields';
import type { Upload, UploadPart, Uploads } from './uploads';

const MIN_PART_BYTES = 5 * 1024 ** 2;
const MAX_PARTS = 10_000;
const MAX_LISTED = 1000;

interface UploadNames {
  Bucket?: string | undefined;
  Key?: string | undefined;
  UploadId?: string | undefined;
  ExpectedBucketOwner?: string | undefined;
}

export function uploadHandlers(world: World, uploads: Uploads): Handlers {
  /** By upload: a second caller gets the first one's answer, rather than parts that are on their way out. */
  const joining = new Map<string, Promise<string>>();

  /** @param input Names the upload; bucket and key must be those it was begun with. */
  function uploadNamed(input: UploadNames): Upload {
    const bucket = openBucket(world, input);
    const upload = uploads.get(input.UploadId ?? '');
    if (upload?.bucket === bucket && upload.key === keyOf(input)) return upload;
    throw noSuchUpload(input.UploadId);
  }

  function openUpload(input: UploadNames): Upload {
    const upload = uploadNamed(input);
    if (upload.completedEtag !== undefined) throw noSuchUpload(input.UploadId);
    return upload;
  }

  return {
    CreateMultipartUpload: ({ input }: Call<CreateMultipartUploadRequest>) => {
      const bucket = openBucket(world, input);
      const { checksums: _checksums, ...about } = aboutOf(input);
      const upload = uploads.create(bucket, keyOf(input), about);
      return {
        Bucket: bucket,
        Key: upload.key,
        UploadId: upload.id,
        ServerSideEncryption: about.attributes?.['ServerSideEncryption'] ?? 'AES256',
        ChecksumAlgorithm: input.ChecksumAlgorithm,
        ChecksumType: input.ChecksumType,
      };
    },

    UploadPart: async ({ input, body }: Call<UploadPartRequest>) => {
      const upload = openUpload(input);
      const number = input.PartNumber ?? 0;
      if (!Number.isInteger(number) || number < 1 || number > MAX_PARTS) {
        throw new AwsError(
          'InvalidArgument',
          `Part number must be an integer between 1 and ${String(MAX_PARTS)}, inclusive`,
        );
      }
      const part = await uploads.writePart(upload, number, body);
      if (!part) throw noSuchUpload(input.UploadId);
      return { ETag: `"${part.etag}"`, ServerSideEncryption: 'AES256', ChecksumCRC32: part.crc32 };
    },

    CompleteMultipartUpload: async ({ input }: Call<CompleteMultipartUploadRequest>) => {
      const upload = uploadNamed(input);
      let etag = upload.completedEtag;
      if (etag === undefined) {
        const join = joining.get(upload.id) ?? joinUpload(world, uploads, upload, input);
        joining.set(upload.id, join);
        etag = await join.finally(() => joining.delete(upload.id));
      }
      return {
        Bucket: upload.bucket,
        Key: upload.key,
        ETag: `"${etag}"`,
        Location: `${world.endpointUrl()}/${upload.bucket}/${upload.key.split('/').map(encodeURIComponent).join('/')}`,
        ServerSideEncryption: 'AES256',
      };
    },

    AbortMultipartUpload: ({ input }: Call<AbortMultipartUploadRequest>) => {
      uploads.abort(openUpload(input));
      return {};
    },

    ListParts: ({ input }: Call<ListPartsRequest>) => {
      const upload = openUpload(input);
      const after = Number(input.PartNumberMarker ?? '0');
      const limit = Math.min(input.MaxParts ?? MAX_LISTED, MAX_LISTED);
      const parts = Object.values(upload.parts)
        .filter(({ number }) => number > after)
        .sort((a, b) => a.number - b.number);
      const page = parts.slice(0, limit);
      return {
        Bucket: upload.bucket,
        Key: upload.key,
        UploadId: upload.id,
        PartNumberMarker: String(after),
        NextPartNumberMarker: String(page.at(-1)?.number ?? 0),
        MaxParts: limit,
        IsTruncated: page.length < parts.length,
        Parts: page.map((part) => ({
          PartNumber: part.number,
          ETag: `"${part.etag}"`,
          Size: part.size,
          LastModified: new Date(part.lastModified),
        })),
        StorageClass: 'STANDARD',
        Owner: { ID: ownerId(world.account) },
      };
    },

    ListMultipartUploads: ({ input }: Call<ListMultipartUploadsRequest>) => {
      const bucket = openBucket(world, input);
      const prefix = input.Prefix ?? '';
      const found = uploads.inBucket(bucket).filter(({ key }) => key.startsWith(prefix));
      const marker = found.findIndex(({ id }) => id === input.UploadIdMarker);
      const rest = found.slice(marker + 1);
      const limit = Math.min(input.MaxUploads ?? MAX_LISTED, MAX_LISTED);
      const page = rest.slice(0, limit);
      return {
        Bucket: bucket,
        Prefix: prefix,
        MaxUploads: limit,
        IsTruncated: page.length < rest.length,
        NextKeyMarker: page.length < rest.length ? page.at(-1)?.key : undefined,
        NextUploadIdMarker: page.length < rest.length ? page.at(-1)?.id : undefined,
        Uploads: page.map(({ key, id, initiated }) => ({
          Key: key,
          UploadId: id,
          Initiated: new Date(initiated),
          StorageClass: 'STANDARD',
        })),
      };
    },
  };
}

async function joinUpload(
  world: World,
  uploads: Uploads,
  upload: Upload,
  input: CompleteMultipartUploadRequest,
): Promise<string> {
  const parts = chosenParts(upload, input);
  const digest = createHash('md5');
  for (const { etag } of parts) digest.update(Buffer.from(etag, 'hex'));
  const etag = `${digest.digest('hex')}-${String(parts.length)}`;
  await world.objects.write(upload.bucket, upload.key, uploads.join(upload, parts), {
    ...upload.about,
    etag,
    allow: (present) => {
      if (uploads.get(upload.id) !== upload) throw noSuchUpload(upload.id); // aborted meanwhile
      refuseWrite(present, input);
    },
  });
  uploads.complete(upload, etag);
  return etag;
}

function chosenParts(upload: Upload, input: CompleteMultipartUploadRequest): UploadPart[] {
  const chosen = input.MultipartUpload?.Parts ?? [];
  if (chosen.length === 0) {
    throw new AwsError(
      'MalformedXML',
      'The XML you provided was not well-formed or did not validate against our published schema',
    );
  }
  if (chosen.some(({ PartNumber = 0 }, at) => PartNumber <= (chosen[at - 1]?.PartNumber ?? 0))) {
    throw new AwsError(
      'InvalidPartOrder',
      'The list of parts was not in ascending order. Parts must be ordered by part number.',
    );
  }
  return chosen.map(({ PartNumber: number = 0, ETag: etag = '' }, at) => {
    const part = upload.parts[String(number)];
    if (part?.etag !== etag.replaceAll('"', '')) {
      throw new AwsError(
        'InvalidPart',
        "One or more of the specified parts could not be found. The part may not have been uploaded, or the specified entity tag may not match the part's entity tag.",
        400,
        { UploadId: upload.id, PartNumber: String(number), ETag: etag },
      );
    }
    if (part.size < MIN_PART_BYTES && at < chosen.length - 1) {
      throw new AwsError('EntityTooSmall', 'Your proposed upload is smaller than the minimum allowed size', 400, {
        ProposedSize: String(part.size),
        MinSizeAllowed: String(MIN_PART_BYTES),
        PartNumber: String(number),
      });
    }
    return part;
  });
}

function noSuchUpload(uploadId: string | undefined): AwsError {
  return new AwsError(
    'NoSuchUpload',
    'The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed.',
    404,
    { UploadId: uploadId ?? '' },
  );
}
