// Puts the handwritten digits into the S3 of a dev stack, where examples/digits.json and the programs beside this one
// look for them. Run it in a shell that has the variables which `temporal-sagemaker dev` printed.
import { readFileSync } from 'node:fs';
import { CreateBucketCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';

const BUCKET = 'digits-data';
const KEY = 'training/digits.csv.gz';

// Bucket names belong to the whole world: on AWS itself this one is somebody's.
if (!process.env.AWS_ENDPOINT_URL) throw new Error('AWS_ENDPOINT_URL is not set: this is meant for a dev stack');

const s3 = new S3Client({ forcePathStyle: true });
await s3.send(new CreateBucketCommand({ Bucket: BUCKET }));
await s3.send(
  new PutObjectCommand({
    Bucket: BUCKET,
    Key: KEY,
    Body: readFileSync(new URL('digits/digits.csv.gz', import.meta.url)),
  }),
);
console.log(`s3://${BUCKET}/${KEY}`);
