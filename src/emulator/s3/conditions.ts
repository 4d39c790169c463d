/**
 * The conditions and ranges that S3 requests carry: If-Match and its kin, which decide whether an object is given or
 * replaced, and `Range`, which decides how much of it. Pure; used by the object handlers.
 */
import { AwsError, type StoredObject } from '../world';

/** The conditional members that GetObject and HeadObject share, and CopyObject under other names. */
export interface ReadConditions {
  IfMatch?: string | undefined;
  IfNoneMatch?: string | undefined;
  IfModifiedSince?: Date | undefined;
  IfUnmodifiedSince?: Date | undefined;
}

/** @throws AwsError 412 `PreconditionFailed`, or 304 `NotModified`, which has no body. */
export function refuseRead(object: StoredObject, conditions: ReadConditions): void {
  const { IfMatch, IfNoneMatch, IfModifiedSince, IfUnmodifiedSince } = conditions;
  // HTTP's times have no fractions of a second.
  const modifiedSeconds = Math.floor(object.lastModified / 1000);
  const isAfter = (time: Date) => modifiedSeconds > Math.floor(time.getTime() / 1000);
  // An etag's verdict outweighs that of the time beside it.
  if (IfMatch !== undefined) {
    if (!namesEtag(IfMatch, object.etag)) throw preconditionFailed('If-Match');
  } else if (IfUnmodifiedSince && isAfter(IfUnmodifiedSince)) {
    throw preconditionFailed('If-Unmodified-Since');
  }
  const unchanged =
    IfNoneMatch === undefined
      ? IfModifiedSince !== undefined && !isAfter(IfModifiedSince)
      : namesEtag(IfNoneMatch, object.etag);
  if (unchanged) throw new AwsError('NotModified', 'Not Modified', 304, { ETag: `"${object.etag}"` });
}

/** @throws AwsError 412 `PreconditionFailed`; 404 `NoSuchKey` where a condition needs an object that is not there. */
export function refuseWrite(
  present: StoredObject | undefined,
  conditions: { IfMatch?: string | undefined; IfNoneMatch?: string | undefined },
): void {
  const { IfMatch, IfNoneMatch } = conditions;
  if (IfNoneMatch !== undefined && IfNoneMatch !== '*') {
    throw new AwsError(
      'NotImplemented',
      'A header you provided implies functionality that is not implemented: If-None-Match of a write takes * alone.',
      501,
    );
  }
  if (IfNoneMatch !== undefined && present) throw preconditionFailed('If-None-Match');
  if (IfMatch === undefined) return;
  if (!present) throw new AwsError('NoSuchKey', 'The specified key does not exist.', 404);
  if (!namesEtag(IfMatch, present.etag)) throw preconditionFailed('If-Match');
}

/** The bytes that a `Range` asks for; undefined where the whole object is meant, as with several or garbled ranges. */
export function byteRange(header: string | undefined, size: number): { start: number; end: number } | undefined {
  const [, first, last] = /^bytes=(\d*)-(\d*)$/.exec(header?.trim() ?? '') ?? [];
  if (first === undefined || last === undefined || (first === '' && last === '')) return undefined;
  if (first !== '' && last !== '' && Number(last) < Number(first)) return undefined;
  const start = first === '' ? Math.max(0, size - Number(last)) : Number(first);
  const end = first === '' || last === '' ? size - 1 : Math.min(Number(last), size - 1);
  if (start <= end) return { start, end };
  throw new AwsError('InvalidRange', 'The requested range is not satisfiable', 416, {
    RangeRequested: header,
    ActualObjectSize: String(size),
  });
}

function namesEtag(header: string, etag: string): boolean {
  return header.split(',').some((item) => item.trim() === '*' || item.trim().replace(/^(W\/)?"|"$/g, '') === etag);
}

function preconditionFailed(condition: string): AwsError {
  return new AwsError('PreconditionFailed', 'At least one of the pre-conditions you specified did not hold', 412, {
    Condition: condition,
  });
}
