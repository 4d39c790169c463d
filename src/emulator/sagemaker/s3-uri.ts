/**
 * S3 URIs as requests write them, taken apart and put together.
 */

export interface S3Location {
  bucket: string;
  key: string;
}

/** Takes `s3://bucket/key` apart, or the https form that AWS accepts for model data; undefined where it is neither. */
export function parseS3Uri(uri: string): S3Location | undefined {
  const match = /^(?:s3:\/\/|https:\/\/s3[^/]*\.amazonaws\.com(?:\.cn)?\/)([^/]+)(?:\/(.*))?$/s.exec(uri);
  return match?.[1] === undefined ? undefined : { bucket: match[1], key: match[2] ?? '' };
}

/** A location below a prefix, whether or not the prefix ends in a slash. */
export function below({ bucket, key }: S3Location, ...names: string[]): S3Location {
  return { bucket, key: [...(key === '' ? [] : [key.replace(/\/+$/, '')]), ...names].join('/') };
}

export function formatS3Uri({ bucket, key }: S3Location): string {
  return `s3://${bucket}/${key}`;
}
