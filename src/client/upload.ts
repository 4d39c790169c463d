/**
 * Uploads training data to S3, as `Estimator.uploadData`: first everything that can be wrong, then the bucket, then the
 * files. Runs in this process and by its own AWS credentials; Temporal has no part in it. Loads the AWS SDK.
 */
import type { S3Client } from '@aws-sdk/client-s3';
import { readTrouble, type AwsMeaning } from '../domain/aws-errors';
import { toAwsError } from './aws-errors';
import { SageMakerError } from './errors';
import { inParallel } from './in-parallel';
import { openDefaultBucket } from './upload-bucket';
import { checkPlace, findFiles, type UploadFile } from './upload-files';
import {
  FileTrouble,
  IN_MEMORY_BYTES_MAX,
  isSmall,
  PART_BYTES_MIN,
  uploadObject,
  type UploadTarget,
} from './upload-object';

const CONNECTION_TIMEOUT_MS = 5_000;
/** Without a byte in either direction; an upload as a whole takes as long as it takes. */
const SILENCE_TIMEOUT_MS = 60_000;
const SMALL_FILES_AT_ONCE = IN_MEMORY_BYTES_MAX / PART_BYTES_MIN;

/** Options of {@link Estimator.uploadData}. */
export interface UploadOptions {
  /** One that is there, by its name alone. @default `sagemaker-{region}-{account}`, made where it is missing */
  bucket?: string;
  /** What all keys begin with; slashes at its ends do not count. Empty: the bucket itself. @default 'data' */
  keyPrefix?: string;
  /** Gives the upload up. */
  signal?: AbortSignal;
}

export async function uploadData(path: string, options: UploadOptions, region?: string): Promise<string> {
  const { bucket, signal = new AbortController().signal } = options;
  const keyPrefix = (options.keyPrefix ?? 'data').replace(/^\/+|\/+$/g, '');
  signal.throwIfAborted();
  const { files, isFolder, problems } = await findFiles(path, keyPrefix);
  problems.unshift(...checkPlace(bucket, keyPrefix));
  if (problems.length > 0) {
    throw new SageMakerError('InvalidInput', 'The upload was refused before anything was sent:', { problems });
  }
  const target = await openTarget(bucket, region, signal);
  try {
    await uploadFiles(target, files, signal);
  } finally {
    target.s3.destroy();
  }
  const key = isFolder ? keyPrefix : (files[0]?.key ?? '');
  return `s3://${target.bucket}${key === '' ? '' : `/${key}`}`;
}

type OpenTarget = Omit<UploadTarget, 'onPartsLeft'> & { region: string };

async function openTarget(
  bucket: string | undefined,
  region: string | undefined,
  signal: AbortSignal,
): Promise<OpenTarget> {
  const sdk = await import('@aws-sdk/client-s3');
  const config = {
    ...(region !== undefined && { region }),
    requestHandler: {
      connectionTimeout: CONNECTION_TIMEOUT_MS,
      socketTimeout: SILENCE_TIMEOUT_MS,
      throwOnRequestTimeout: true,
    },
  };
  const s3 = new sdk.S3Client(config);
  try {
    const knownRegion = await regionOf(s3);
    const chosen =
      bucket === undefined
        ? await openDefaultBucket(sdk, s3, { region: knownRegion, config, signal })
        : { bucket, owner: undefined };
    return { sdk, s3, ...chosen, region: knownRegion };
  } catch (error) {
    s3.destroy();
    throw error;
  }
}

async function regionOf(s3: S3Client): Promise<string> {
  try {
    return await s3.config.region();
  } catch (error) {
    throw new SageMakerError('InvalidInput', 'The AWS region of the upload is not known.', {
      fix: 'Set AWS_REGION, or give the estimator a session with a region.',
      cause: error,
    });
  }
}

/** Small files many at once; then the large ones, each by itself with many parts at once. */
async function uploadFiles(target: OpenTarget, files: UploadFile[], signal: AbortSignal): Promise<void> {
  const partsLeft: string[] = [];
  let sentCount = 0;
  const send = async (file: UploadFile, stop: AbortSignal): Promise<void> => {
    try {
      await uploadObject({ ...target, onPartsLeft: (what) => partsLeft.push(what) }, file, stop);
      sentCount += 1;
    } catch (error) {
      // Only by the caller's doing: what fails in one file's work aborts the others', whose ends nobody asks for.
      stop.throwIfAborted();
      const { bucket, region } = target;
      const uploaded = `${String(sentCount)} of ${String(files.length)} files`;
      throw toUploadError(error, { bucket, key: file.key, region, uploaded }, partsLeft);
    }
  };
  const large = files.filter((file) => !isSmall(file));
  await inParallel(files.filter(isSmall), { limit: SMALL_FILES_AT_ONCE, signal }, send);
  await inParallel(large, { limit: 1, signal }, send);
}

const NAME_ANOTHER =
  'Name a bucket that is there, in this region, or leave bucket out for the default one; then call uploadData again.';

/** What to do where an upload makes it plainer than any call does. */
const FIX_OF: Partial<Record<AwsMeaning, string>> = {
  absent: NAME_ANOTHER,
  invalid: NAME_ANOTHER,
  denied: 'Allow s3:PutObject and s3:AbortMultipartUpload on the bucket to the credentials of this process.',
};

function toUploadError(error: unknown, at: Record<string, string>, partsLeft: string[]): SageMakerError {
  const problems = partsLeft.map(
    (what) => `parts are left in the bucket and cost storage until they are removed: ${what}`,
  );
  if (error instanceof FileTrouble) {
    const coordinates = Object.entries(at).map(([name, value]) => `${name}=${value}`);
    return new SageMakerError('InvalidInput', `${error.message} [${coordinates.join(', ')}]`, {
      problems,
      fix: 'Let nothing write to the data while it is uploaded, and call uploadData again.',
      cause: error,
    });
  }
  const fix = FIX_OF[readTrouble(error).meaning];
  return toAwsError(error, 'the upload', at, 'InvalidInput', { problems, ...(fix !== undefined && { fix }) });
}
