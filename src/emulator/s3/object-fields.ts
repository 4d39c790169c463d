/**
 * Which request members stay with an object and come back when it is read, and in which form. Pure; writing handlers
 * (put, copy, multipart) gather them here and reading handlers answer them.
 */
import { AwsError, type ObjectAbout, type StoredObject } from '../world';

/** What S3 says of an object whose writer did not name its type. */
const DEFAULT_CONTENT_TYPE = 'binary/octet-stream';

const ATTRIBUTES = [
  'CacheControl',
  'ContentDisposition',
  'ContentEncoding',
  'ContentLanguage',
  'ServerSideEncryption',
  'SSEKMSKeyId',
  'StorageClass',
  'WebsiteRedirectLocation',
] as const;
const CHECKSUM = /^Checksum(?!Algorithm|Type|Mode)/;
const MAX_KEY_BYTES = 1024;
const MAX_METADATA_BYTES = 2048;

/** The key that a request names. @throws AwsError `KeyTooLongError` */
export function keyOf(input: { Key?: string | undefined }): string {
  const key = input.Key ?? '';
  const size = Buffer.byteLength(key);
  if (size <= MAX_KEY_BYTES) return key;
  throw new AwsError('KeyTooLongError', 'Your key is too long', 400, {
    Size: String(size),
    MaxSizeAllowed: String(MAX_KEY_BYTES),
  });
}

/** The members of a writing request that describe the object. @throws AwsError `MetadataTooLarge` */
export function aboutOf(input: object): ObjectAbout & { metadata: Record<string, string> } {
  const members = input as Record<string, unknown>;
  const metadata = (members['Metadata'] ?? {}) as Record<string, string>;
  const metadataBytes = Object.entries(metadata).reduce((sum, [name, value]) => sum + bytes(name) + bytes(value), 0);
  if (metadataBytes > MAX_METADATA_BYTES) {
    throw new AwsError('MetadataTooLarge', 'Your metadata headers exceed the maximum allowed metadata size', 400, {
      Size: String(metadataBytes),
      MaxSizeAllowed: String(MAX_METADATA_BYTES),
    });
  }
  const contentType = members['ContentType'];
  return {
    contentType: typeof contentType === 'string' && contentType !== '' ? contentType : DEFAULT_CONTENT_TYPE,
    metadata,
    attributes: attributesOf(members),
    checksums: stringMembers(members, (name) => CHECKSUM.test(name)),
  };
}

/** What HeadObject and GetObject say of an object, whole. */
export function describeObject(object: StoredObject): Record<string, unknown> {
  return {
    AcceptRanges: 'bytes',
    ContentLength: object.size,
    ContentType: object.contentType ?? DEFAULT_CONTENT_TYPE,
    ETag: `"${object.etag}"`,
    LastModified: new Date(object.lastModified),
    Metadata: object.metadata,
    ServerSideEncryption: 'AES256',
    ...object.attributes,
  };
}

function attributesOf(members: Record<string, unknown>): Record<string, string> {
  const attributes = stringMembers(members, (name) => (ATTRIBUTES as readonly string[]).includes(name));
  // How the body travelled is no property of the object.
  const encodings = (attributes['ContentEncoding'] ?? '').split(',').map((item) => item.trim());
  const kept = encodings.filter((item) => item !== '' && item !== 'aws-chunked').join(',');
  delete attributes['ContentEncoding'];
  return kept === '' ? attributes : { ...attributes, ContentEncoding: kept };
}

function stringMembers(members: Record<string, unknown>, wanted: (name: string) => boolean): Record<string, string> {
  const found: Record<string, string> = {};
  for (const [name, value] of Object.entries(members)) {
    if (typeof value === 'string' && wanted(name)) found[name] = value;
  }
  return found;
}

function bytes(text: string): number {
  return Buffer.byteLength(text);
}
