/** Takes a bucket away with whatever is in it, so that whoever needs it has to make it. */
import { DeleteBucketCommand, DeleteObjectCommand, ListObjectsV2Command, type S3Client } from '@aws-sdk/client-s3';

export async function removeBucket(s3: S3Client, Bucket: string): Promise<void> {
  const listed = await s3.send(new ListObjectsV2Command({ Bucket })).catch((error: unknown) => {
    if ((error as Error).name === 'NoSuchBucket') return undefined;
    throw error;
  });
  if (!listed) return;
  for (const { Key } of listed.Contents ?? []) await s3.send(new DeleteObjectCommand({ Bucket, Key }));
  await s3.send(new DeleteBucketCommand({ Bucket }));
}
