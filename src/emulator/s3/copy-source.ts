/** The header that names what is copied: read here for the copy itself and for the permission that it needs. */
import { AwsError } from '../world';

export interface CopySource {
  bucket: string;
  key: string;
  versionId?: string;
}

/** @throws AwsError where it names nothing, or is not percent-encoded */
export function readCopySource(header: string): CopySource {
  const [path = '', query] = header.split('?');
  const versionId = query === undefined ? undefined : (new URLSearchParams(query).get('versionId') ?? undefined);
  const [, bucket, key] = /^\/?([^/]+)\/(.+)$/s.exec(decodePercent(path)) ?? [];
  if (bucket === undefined || key === undefined) {
    throw new AwsError('InvalidArgument', 'Copy Source must mention the source bucket and key: sourcebucket/sourcekey');
  }
  return { bucket, key, ...(versionId !== undefined && { versionId }) };
}

function decodePercent(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new AwsError('InvalidArgument', 'Copy Source is not percent-encoded UTF-8');
  }
}
