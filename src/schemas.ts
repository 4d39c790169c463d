/**
 * The wire contract as zod schemas: what starters and `prepare` check inputs with, all problems at once, and what the
 * published JSON Schema is made from. `contract.ts` holds the same shapes as types; each schema is checked against its
 * type here.
 */
import { z } from 'zod';
import type {
  DeleteEndpointInput,
  DeployArguments,
  DeployInput,
  DeployTrainedInput,
  EstimatorArguments,
  FitArguments,
  FitInput,
  FitThenDeployInput,
  JsonValue,
  S3Input,
  WorkflowType,
} from './contract';
import { NAME_PATTERN, parseS3Uri } from './domain/names';
import { findViolations } from './service-model';

const text = (lengthMax: number) => z.string().min(1, 'must not be empty').max(lengthMax);
const wholeNumber = (least: number, most: number) => z.int().min(least).max(most);

const resourceName = z
  .string()
  .regex(NAME_PATTERN, 'must be 1 to 63 letters, digits and hyphens, beginning and ending with a letter or digit');
const s3Uri = z
  .string()
  .max(1024)
  .refine((uri) => parseS3Uri(uri) !== undefined, 'must be an S3 URI such as s3://bucket/prefix');
const region = z.string().regex(/^[a-z]{2,4}(-[a-z]+)+-\d{1,2}$/, 'must be an AWS region such as eu-central-1');
const instanceType = z.string().regex(/^ml\.[a-z0-9-]+\.[a-z0-9]+$/, 'must be an instance type such as ml.m5.large');
const role = z
  .string()
  .regex(
    /^(arn:aws[a-z-]*:iam::\d{12}:role\/[\w+=,.@/-]{1,512}|[\w+=,.@-]{1,64})$/,
    'must be the name or the ARN of an IAM role',
  );
const image = z.string().regex(/^\S{1,255}$/, 'must be an image path of at most 255 characters without blanks');
const seconds = (least: number, most: number) => wholeNumber(least, most);

/** Names under which JSON can carry a value into an object's prototype; zod would drop some without a word. */
const FORBIDDEN_KEYS = new Set(['__proto__', 'prototype', 'constructor']);

const json: z.ZodType<JsonValue> = z.lazy(() =>
  z.union([z.string(), z.number(), z.boolean(), z.null(), z.array(json), z.record(z.string(), json)]),
);

const tags = z
  .array(
    z.strictObject({
      key: text(128).refine(
        (key) => !/^(aws:|temporal-sagemaker:)/i.test(key),
        'must not begin with aws: or temporal-sagemaker:, which are taken',
      ),
      value: z.string().max(256),
    }),
  )
  // AWS takes 50; one is the run's own.
  .max(49);

const inputMode = z.enum(['File', 'Pipe', 'FastFile']);

export const estimatorSchema = z.strictObject({
  imageName: image,
  role,
  trainInstanceCount: wholeNumber(1, 10_000),
  trainInstanceType: instanceType,
  trainVolumeSize: wholeNumber(1, 16_384).optional(),
  trainMaxRun: seconds(1, 2_419_200).optional(),
  inputMode: inputMode.optional(),
  outputPath: s3Uri.optional(),
  outputKmsKey: text(2048).optional(),
  baseJobName: text(255).optional(),
  hyperparameters: z
    .record(text(256), json)
    .refine((values) => Object.keys(values).length <= 100, 'must have at most 100 entries')
    .optional(),
  metricDefinitions: z
    .array(z.strictObject({ name: text(255), regex: text(500) }))
    .max(40)
    .optional(),
  tags: tags.optional(),
}) satisfies z.ZodType<EstimatorArguments>;

export const s3InputSchema = z.strictObject({
  s3Data: s3Uri,
  distribution: z.enum(['FullyReplicated', 'ShardedByS3Key']).optional(),
  compression: z.enum(['None', 'Gzip']).optional(),
  contentType: text(256).optional(),
  recordWrapping: z.enum(['None', 'RecordIO']).optional(),
  s3DataType: z.enum(['S3Prefix', 'ManifestFile', 'AugmentedManifestFile']).optional(),
  inputMode: inputMode.optional(),
  attributeNames: z.array(text(256)).max(16).optional(),
  shuffleConfig: z.strictObject({ seed: z.int() }).optional(),
}) satisfies z.ZodType<S3Input>;

const channelName = z
  .string()
  .regex(/^[A-Za-z0-9.\-_]{1,64}$/, 'must be 1 to 64 letters, digits, dots, hyphens and underscores');
const channels = z
  .record(channelName, z.union([s3Uri, s3InputSchema]))
  .refine((given) => Object.keys(given).length >= 1 && Object.keys(given).length <= 20, 'must have 1 to 20 channels');

export const fitSchema = z.strictObject({
  inputs: z.union([s3Uri, s3InputSchema, channels]),
  jobName: resourceName.optional(),
  pendingTimeoutSeconds: seconds(1, 2_419_200).optional(),
  overrunSeconds: seconds(1, 604_800).optional(),
}) satisfies z.ZodType<FitArguments>;

export const deploySchema = z.strictObject({
  initialInstanceCount: wholeNumber(1, 10_000),
  instanceType,
  endpointName: resourceName.optional(),
  image: image.optional(),
  role: role.optional(),
  env: z
    .record(
      text(1024).regex(/^[a-zA-Z_][a-zA-Z0-9_]*$/, 'must be a name of letters, digits and underscores'),
      z.string().max(1024),
    )
    .refine((values) => Object.keys(values).length <= 100, 'must have at most 100 entries')
    .optional(),
  tags: tags.optional(),
  endpointTimeoutSeconds: seconds(1, 86_400).optional(),
}) satisfies z.ZodType<DeployArguments>;

export const fitInputSchema = z.strictObject({
  estimator: estimatorSchema,
  fit: fitSchema,
  region: region.optional(),
}) satisfies z.ZodType<FitInput>;

/** The cases of a {@link DeployInput} laid over one another; `superRefine` tells them apart, so that each problem is told. */
type AnyDeployInput = Omit<DeployTrainedInput, 'trainingJobName' | 'modelData'> & {
  trainingJobName?: string | undefined;
  modelData?: string | undefined;
};

export const deployInputSchema = z
  .strictObject({
    estimator: estimatorSchema.optional(),
    trainingJobName: resourceName.optional(),
    modelData: s3Uri.optional(),
    deploy: deploySchema,
    region: region.optional(),
  })
  .superRefine((input, context) => {
    const missing = (path: string[], message: string) => {
      context.addIssue({ code: 'custom', path, message });
    };
    if ((input.trainingJobName === undefined) === (input.modelData === undefined)) {
      missing(['trainingJobName'], 'or modelData must be given, and only one of them');
    }
    if (input.trainingJobName !== undefined) return;
    if (input.deploy.endpointName === undefined)
      missing(['deploy', 'endpointName'], 'is needed where modelData is given');
    if (input.deploy.image === undefined && !input.estimator)
      missing(['deploy', 'image'], 'is needed where modelData is given without an estimator');
    if (input.deploy.role === undefined && !input.estimator)
      missing(['deploy', 'role'], 'is needed where modelData is given without an estimator');
  }) satisfies z.ZodType<AnyDeployInput>;

export const fitThenDeployInputSchema = z.strictObject({
  estimator: estimatorSchema,
  fit: fitSchema,
  deploy: deploySchema,
  region: region.optional(),
}) satisfies z.ZodType<FitThenDeployInput>;

export const deleteEndpointInputSchema = z.strictObject({
  endpointName: resourceName,
  region: region.optional(),
}) satisfies z.ZodType<DeleteEndpointInput>;

/** Input schema of each workflow type. */
export const INPUT_SCHEMAS = {
  fit: fitInputSchema,
  deploy: deployInputSchema,
  fitThenDeploy: fitThenDeployInputSchema,
  deleteEndpoint: deleteEndpointInputSchema,
} satisfies Record<WorkflowType, z.ZodType>;

/** The checked input of each workflow type. */
export interface InputOf {
  fit: FitInput;
  deploy: DeployInput;
  fitThenDeploy: FitThenDeployInput;
  deleteEndpoint: DeleteEndpointInput;
}

export type CheckedInput<T extends WorkflowType> = { input: InputOf[T] } | { problems: string[] };

/** What AWS's published model refuses in a request: one sentence a problem, in AWS's words. */
export function checkRequest(operation: string, request: object): string[] {
  return findViolations(operation, request).map(({ message }) => `${operation}: ${message}`);
}

const PROBLEMS_MAX = 50;

/**
 * Checks a workflow's input, whatever it is, and answers it typed or with all that is wrong: one sentence a problem,
 * beginning with the field. Values are not echoed, since any of them may be secret.
 */
export function checkInput<T extends WorkflowType>(type: T, value: unknown): CheckedInput<T> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return { problems: [`the input of ${type} must be one object, not ${kindOf(value)}`] };
  }
  const forbidden = findForbiddenKeys(value, []);
  const parsed = INPUT_SCHEMAS[type].safeParse(value);
  const problems = [
    ...forbidden,
    ...(parsed.error ? parsed.error.issues.flatMap((issue) => describeIssue(issue, value)) : []),
  ];
  if (problems.length === 0) return { input: value as InputOf[T] };
  const distinct = [...new Set(problems)];
  const rest = distinct.length - PROBLEMS_MAX;
  return { problems: rest > 0 ? [...distinct.slice(0, PROBLEMS_MAX), `and ${String(rest)} more`] : distinct };
}

function findForbiddenKeys(value: unknown, path: string[], depth = 0): string[] {
  if (typeof value !== 'object' || value === null || depth > 20) return [];
  return Object.keys(value).flatMap((key) => {
    const at = [...path, key];
    if (FORBIDDEN_KEYS.has(key)) return [`${nameOf(at)} is a name that cannot be used`];
    return findForbiddenKeys((value as Record<string, unknown>)[key], at, depth + 1);
  });
}

type Issue = z.core.$ZodIssue;

function describeIssue(issue: Issue, input: unknown, prefix: PropertyKey[] = []): string[] {
  const path = [...prefix, ...issue.path];
  const at = nameOf(path);
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => `${nameOf([...path, key])} is not a known argument`);
    case 'invalid_union':
      return describeUnion(issue, input, path);
    case 'invalid_key':
      return issue.issues.map((inner) => `${at}: the name ${inner.message}`);
    case 'invalid_type': {
      const given = valueAt(input, path);
      if (given === undefined) return [`${at} is missing`];
      return [`${at} must be ${withArticle(issue.expected)}, not ${kindOf(given)}`];
    }
    case 'invalid_value':
      return [`${at} must be one of ${issue.values.map(String).join(', ')}`];
    case 'too_small':
      return [`${at} must ${issue.origin === 'string' ? 'not be empty' : `be ${String(issue.minimum)} or more`}`];
    case 'too_big':
      return [`${at} must ${describeMaximum(issue.origin, issue.maximum)}`];
    default:
      return [`${at} ${issue.message}`];
  }
}

/** Of a union, tells the problems of the member that was most likely meant: the one of the value's own kind. */
function describeUnion(
  issue: Extract<Issue, { code: 'invalid_union' }>,
  input: unknown,
  path: PropertyKey[],
): string[] {
  const isOfOtherKind = (issues: Issue[]) =>
    issues.some((inner) => inner.code === 'invalid_type' && inner.path.length === 0);
  const candidates = issue.errors.filter((issues) => !isOfOtherKind(issues));
  const given = valueAt(input, path);
  const asInput = typeof given === 'object' && given !== null && 's3Data' in given;
  const meant =
    candidates.find((issues) => asInput !== issues.some(({ code }) => code === 'invalid_key')) ?? candidates[0];
  if (!meant)
    return [
      `${nameOf(path)} ${given === undefined ? 'is missing' : `must be a text or an object, not ${kindOf(given)}`}`,
    ];
  return meant.flatMap((inner) => describeIssue(inner, input, path));
}

function describeMaximum(origin: string, maximum: number | bigint): string {
  if (origin === 'string') return `be at most ${String(maximum)} characters long`;
  if (origin === 'array') return `have at most ${String(maximum)} entries`;
  return `be ${String(maximum)} or less`;
}

function nameOf(path: PropertyKey[]): string {
  const name = path
    .map((key) => (typeof key === 'number' ? `[${String(key)}]` : `.${String(key).slice(0, 80)}`))
    .join('');
  return name.replace(/^\./, '') || 'the input';
}

function valueAt(value: unknown, path: PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (at, key) => (typeof at === 'object' && at !== null ? (at as Record<PropertyKey, unknown>)[key] : undefined),
    value,
  );
}

function kindOf(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'number' && !Number.isInteger(value)) return 'a fraction';
  return withArticle(typeof value);
}

function withArticle(type: string): string {
  const words: Record<string, string> = {
    string: 'a text',
    int: 'a whole number',
    number: 'a number',
    array: 'a list',
    record: 'an object',
    object: 'an object',
    boolean: 'true or false',
  };
  return words[type] ?? `a ${type}`;
}
