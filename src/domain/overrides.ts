/**
 * Raw fields over built requests: the argument `overrides`, for all that no argument says. Comes from the arguments when a
 * plan is built; what it must not touch (names, roles, tags, what the run itself goes by) is told as problems, which
 * `schemas/` asks for.
 */
import type { JsonValue, RequestFields, RequestOverrides } from '../contract';

export type OverriddenRequest = keyof RequestOverrides;

/** Fields that stay as they were built, by their path, and what to use in their place. */
const OWN_FIELDS: Record<OverriddenRequest, Record<string, string>> = {
  createTrainingJob: {
    TrainingJobName: 'use fit.jobName',
    RoleArn: 'use estimator.role',
    Tags: 'use estimator.tags',
    'OutputDataConfig.S3OutputPath': 'use estimator.outputPath',
    'OutputDataConfig.CompressionType': 'use estimator.disableOutputCompression',
    'StoppingCondition.MaxRuntimeInSeconds': 'use estimator.trainMaxRun',
    'StoppingCondition.MaxWaitTimeInSeconds': 'use estimator.trainMaxWait',
  },
  createModel: {
    ModelName: 'it is made of the endpoint’s name and the model’s content',
    ExecutionRoleArn: 'use deploy.role',
    Tags: 'use deploy.tags',
    'PrimaryContainer.ModelDataUrl': 'it is the data of the model that is deployed',
    'PrimaryContainer.ModelDataSource.S3DataSource.S3Uri': 'it is the data of the model that is deployed',
  },
  createEndpointConfig: {
    EndpointConfigName: 'it is made of the endpoint’s name and the config’s content',
    Tags: 'use deploy.tags',
  },
  createEndpoint: {
    EndpointName: 'use deploy.endpointName',
    EndpointConfigName: 'it is made of the endpoint’s name and the config’s content',
    Tags: 'use deploy.tags',
  },
};

/** Those of a request's own members that cannot be overridden at all. */
export function ownFieldsOf(request: OverriddenRequest): string[] {
  return Object.keys(OWN_FIELDS[request]).filter((field) => !field.includes('.'));
}

/** Whatever the overrides would take from a request that the run goes by. */
export function findOverrideProblems(
  request: OverriddenRequest,
  fields: Record<string, unknown>,
): { path: (string | number)[]; message: string }[] {
  const own = Object.entries(OWN_FIELDS[request])
    .map(([field, advice]) => ({ path: field.split('.'), advice }))
    .filter(({ path }) => isTouched(fields, path))
    .map(({ path, advice }) => ({ path, message: `cannot be overridden: ${advice}` }));
  return request === 'createEndpointConfig' ? [...own, ...findVariantProblems(fields)] : own;
}

/** The field itself is given, or something above it is replaced by what is no object. */
function isTouched(fields: unknown, [first = '', ...rest]: string[]): boolean {
  if (!isFields(fields) || !Object.hasOwn(fields, first)) return false;
  const value = fields[first];
  return rest.length === 0 || (isFields(value) ? isTouched(value, rest) : true);
}

/** A list of variants is replaced as a whole, and nobody but the run knows the model's name. */
function findVariantProblems({ ProductionVariants: variants }: Record<string, unknown>) {
  if (variants === undefined) return [];
  if (!Array.isArray(variants) || variants.length === 0) {
    return [{ path: ['ProductionVariants'], message: 'cannot be overridden by anything but a list of variants' }];
  }
  return variants.flatMap((variant: unknown, index) =>
    isFields(variant) && Object.hasOwn(variant, 'ModelName')
      ? [{ path: ['ProductionVariants', index, 'ModelName'], message: 'is left out: the model is the one deployed' }]
      : [],
  );
}

/**
 * A request with fields over it: objects are merged, lists and values replaced, null removes. The request itself stays as
 * it was.
 */
export function applyOverrides<Request extends object>(request: Request, fields: RequestFields | undefined): Request {
  return fields === undefined ? request : (merge(request, fields) as Request);
}

function merge(base: object, over: RequestFields): Record<string, unknown> {
  const merged = new Map<string, unknown>(Object.entries(base));
  for (const [name, value] of Object.entries(over)) {
    if (value === null) merged.delete(name);
    else merged.set(name, isFields(value) ? merge(asFields(merged.get(name)), value) : value);
  }
  return Object.fromEntries(merged);
}

function asFields(value: unknown): object {
  return isFields(value) ? value : {};
}

function isFields(value: unknown): value is Record<string, JsonValue> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The overrides of what an estimator's model is hosted by: its own, and those of `deploy` over them. */
export function hostingOverridesOf(
  estimator: RequestOverrides | undefined,
  deploy: RequestOverrides | undefined,
  request: Exclude<OverriddenRequest, 'createTrainingJob'>,
): RequestFields | undefined {
  const [first, second] = [estimator?.[request], deploy?.[request]];
  if (first === undefined || second === undefined) return second ?? first;
  return mergeOverrides(first, second);
}

/** Two overrides as one: unlike over a request, null stays, since it removes what neither has. */
function mergeOverrides(base: RequestFields, over: RequestFields): RequestFields {
  const merged: RequestFields = { ...base };
  for (const [name, value] of Object.entries(over)) {
    const below = merged[name];
    merged[name] = isFields(value) && isFields(below) ? mergeOverrides(below, value) : value;
  }
  return merged;
}
