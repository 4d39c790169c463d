/**
 * Puts the quickstart's training data where SageMaker reads it: an object in S3, which here is the emulator's. Goes
 * through the AWS SDK, as any other upload would.
 */
import type { StackAddresses } from '../stack/environment';

const UPLOAD_LIMIT_MS = 30_000;

/** Makes the bucket if need be; answers the S3 URI of the channel. */
export async function uploadTrainingData(
  stack: StackAddresses,
  { bucket, prefix, csv }: { bucket: string; prefix: string; csv: string },
  signal: AbortSignal,
): Promise<string> {
  const { CreateBucketCommand, PutObjectCommand, S3Client } = await import('@aws-sdk/client-s3');
  const { region, awsEndpointUrl: endpoint, accessKeyId, secretAccessKey } = stack;
  const s3 = new S3Client({
    region,
    endpoint,
    credentials: { accessKeyId, secretAccessKey },
    forcePathStyle: true,
  });
  const options = { abortSignal: AbortSignal.any([signal, AbortSignal.timeout(UPLOAD_LIMIT_MS)]) };
  try {
    await s3.send(new CreateBucketCommand({ Bucket: bucket }), options);
    await s3.send(
      new PutObjectCommand({ Bucket: bucket, Key: `${prefix}/train.csv`, Body: csv, ContentType: 'text/csv' }),
      options,
    );
    return `s3://${bucket}/${prefix}/`;
  } finally {
    s3.destroy();
  }
}
