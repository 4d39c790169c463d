/**
 * Names and addresses, made before anything has an effect. Random text, times and hashes are handed in; what comes out
 * goes into the plan and from there into AWS's requests.
 *
 * SageMaker takes 1 to 63 letters, digits and hyphens that begin and end with a letter or digit.
 */
export const NAME_LENGTH_MAX = 63;

/** What SageMaker takes as the name of a training job, endpoint or endpoint config. */
export const NAME_PATTERN = /^[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}$/;

/** The name of an AWS region, in any of AWS's partitions. */
export const REGION_PATTERN = /^[a-z]{2,4}(-[a-z]+)+-[0-9]{1,2}$/;

const HASH_LENGTH = 10;

/** Makes any text into a part of a name: other characters become single hyphens; never empty. */
export function sanitizeName(text: string, lengthMax = NAME_LENGTH_MAX): string {
  const name = text
    .replace(/[^a-zA-Z0-9]+/g, '-')
    .replace(/^-+/, '')
    .slice(0, lengthMax)
    .replace(/-+$/, '');
  return name === '' ? 'job'.slice(0, lengthMax) : name;
}

/** The image's own name: last segment of the path, without registry, tag or digest. */
export function baseNameFromImage(imageName: string): string {
  const lastSegment = imageName.split('/').at(-1) ?? '';
  return sanitizeName(lastSegment.split('@')[0]?.split(':')[0] ?? '');
}

/** `base-timestamp-random`, the name that a client gives a training job. `random` is at least 8 letters or digits. */
export function nameFromBase(base: string, time: Date, random: string): string {
  const stamp = time
    .toISOString()
    .replace('Z', '')
    .replace(/[^0-9]/g, '-');
  return withSuffix(base, `${stamp}-${random}`);
}

/** The time that a Temporal Schedule puts behind the Workflow Ids of its runs. */
const SCHEDULED_TIME = /-\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/;

/**
 * The name for a run whose starter gave none: readable from its Workflow Id, unique by a hash of its identity. Of a
 * scheduled run's long Workflow Id the time is kept, since that is what tells it from the schedule's other runs.
 */
export function nameFromWorkflow(workflowId: string, hash: string): string {
  const time = SCHEDULED_TIME.exec(workflowId)?.[0] ?? '';
  const base = workflowId.slice(0, workflowId.length - time.length);
  return withSuffix(base, `${sanitizeTime(time)}${hash.slice(0, HASH_LENGTH)}`);
}

function sanitizeTime(time: string): string {
  return time === '' ? '' : `${sanitizeName(time)}-`;
}

/** `endpointName-hash`: names of model and endpoint config, which are their content. */
export function nameFromContent(endpointName: string, hash: string): string {
  return withSuffix(endpointName, hash.slice(0, HASH_LENGTH));
}

/** Longest part of an endpoint's name that stands in those of its models and configs. */
export const CONTENT_BASE_LENGTH_MAX = NAME_LENGTH_MAX - HASH_LENGTH - 1;

/** What the names of an endpoint's models and configs begin with. */
export function contentBaseOf(endpointName: string): string {
  return sanitizeName(endpointName, CONTENT_BASE_LENGTH_MAX);
}

/** The same, read from the name of a model or config; undefined where it is none that {@link nameFromContent} made. */
export function contentBaseIn(name: string): string | undefined {
  return /^(.+)-[0-9a-f]{10}$/.exec(name)?.[1];
}

/** False for the name of a model that a user chose: any endpoint may serve that. */
export function isContentName(endpointName: string, name: string): boolean {
  return contentBaseIn(name) === contentBaseOf(endpointName);
}

function withSuffix(base: string, suffix: string): string {
  return `${sanitizeName(base, NAME_LENGTH_MAX - suffix.length - 1)}-${suffix}`;
}

/** The only bucket that is ever made: the one the SageMaker SDK would have made. */
export function defaultBucketName(region: string, account: string): string {
  return `sagemaker-${region}-${account}`;
}

/** Where SageMaker writes the model data of a training job: an archive, or single files under a prefix. */
export function modelDataUri(outputPath: string, trainingJobName: string, isUncompressed = false): string {
  const model = isUncompressed ? 'model/' : 'model.tar.gz';
  return `${outputPath.replace(/\/+$/, '')}/${trainingJobName}/output/${model}`;
}

/** A prefix ends with a slash here, and AWS's answers may leave it out. */
export function asModelPrefix(uri: string): string {
  return uri.endsWith('/') ? uri : `${uri}/`;
}

/** True for model data that was never packed: all that lies under the prefix is the model. */
export function isModelPrefix(modelData: string): boolean {
  return modelData.endsWith('/');
}

/** Bucket and key of an S3 URI; undefined where it is none. */
export function parseS3Uri(uri: string): { bucket: string; key: string } | undefined {
  const match = /^s3:\/\/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:\/(.*))?$/su.exec(uri);
  return match ? { bucket: match[1] ?? '', key: match[2] ?? '' } : undefined;
}

/**
 * Value of the run tag: Workflow Id and first run id. Tag values take 256 characters of a limited set, so other
 * Workflow Ids are made to fit; the run id keeps the value unique.
 */
export function runTagValue(workflowId: string, firstExecutionRunId: string): string {
  const fitting = workflowId.replace(/[^\p{L}\p{Z}\p{N}_.:/=+\-@]/gu, '_').slice(0, 255 - firstExecutionRunId.length);
  return `${fitting}/${firstExecutionRunId}`;
}

const RUN_TAG_VALUE = /^(.+)\/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/su;

/**
 * The run that a tag's value names; undefined where it names none. The Workflow Id is as it was made to fit: whether a run
 * is meant, its run id tells.
 */
export function parseRunTag(value: string): { workflowId: string; firstRunId: string } | undefined {
  const [, workflowId, firstRunId] = RUN_TAG_VALUE.exec(value) ?? [];
  return workflowId === undefined || firstRunId === undefined ? undefined : { workflowId, firstRunId };
}
