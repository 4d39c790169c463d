/**
 * What our requests decide otherwise than the SageMaker Python SDK, each as a function that takes that difference
 * out of a case's requests, ours and the SDK's alike; and what we refuse that the SDK takes. Each has its heading in
 * docs/parity.md, and that page has no others.
 */
import { RUN_TAG } from '../../src/contract';

type Fields = Record<string, unknown>;

/** A case's requests, by operation. */
export type Requests = Record<string, Fields>;

/** A case: the input of `fit` or `fitThenDeploy`. */
export interface ParityInput {
  estimator: Fields;
  fit: Fields;
  deploy?: Fields;
}

type TakeOut = (requests: Requests, input: ParityInput) => Requests;

/** By heading. */
export const PARITY_DIFFERENCES: Record<string, TakeOut> = {
  'Names of model and endpoint config': withoutContentNames,
  'The run tag': withoutRunTag,
  'Hyperparameters are JSON': withoutJson,
  'Null is no hyperparameter': withoutNulls,
  'A whole number is written as one': withoutPoints,
  'Debugger and profiler are asked for': withoutUnasked,
};

/** By heading: the cases that the SDK takes and we refuse, each with the problem that is told. */
export const PARITY_REFUSALS: Record<string, Record<string, string>> = {
  'Half a VPC is refused': {
    'subnets: without securityGroupIds': 'estimator.securityGroupIds is needed with subnets',
    'securityGroupIds: without subnets': 'estimator.subnets is needed with securityGroupIds',
  },
  'Spot and trainMaxWait go together': {
    'trainMaxWait: without spot': 'estimator.trainMaxWait is for trainUseSpotInstances: true',
    'trainMaxWait: shorter than trainMaxRun': 'estimator.trainMaxWait must be at least trainMaxRun, which is 3600 s',
    'trainUseSpotInstances: without trainMaxWait':
      'estimator.trainMaxWait is needed with trainUseSpotInstances: how long to wait and train in all, at least ' +
      'trainMaxRun, which is 86400 s',
  },
  'A folder for checkpoints needs their S3 URI': {
    'checkpointLocalPath: without checkpointS3Uri': 'estimator.checkpointS3Uri is needed with checkpointLocalPath',
  },
  'No channel is called s3Data': {
    'inputs: a channel called s3Data':
      'fit.inputs.train is not a known argument: with s3Data, fit.inputs is one input; where both are channels, call the ' +
      'other by a name that is not s3Data',
  },
  'No targetAttributeName': {
    's3Input: targetAttributeName': 'fit.inputs.targetAttributeName is not a known argument',
  },
};

/** Version 2 turns both on where nothing is said. */
function withoutUnasked(requests: Requests, { estimator }: ParityInput): Requests {
  if (estimator.debuggerHookConfig !== undefined || estimator.rules !== undefined) return requests;
  return mapRequests(requests, ({ DebugHookConfig: _hook, ProfilerConfig: _profiler, ...request }) => request);
}

/** Ours are the content's hash; the SDK's are those of job and endpoint. A model that is named bears that name in both. */
function withoutContentNames(requests: Requests, { deploy }: ParityInput): Requests {
  const hidden = deploy?.modelName === undefined ? ['ModelName', 'EndpointConfigName'] : ['EndpointConfigName'];
  return mapFields(requests, (name, value) => (hidden.includes(name) ? `<${name}>` : value)) as Requests;
}

/** Ours bears it; where that is the only one, the SDK sends no tags or an empty list. */
function withoutRunTag(requests: Requests): Requests {
  return mapRequests(requests, ({ Tags, ...request }) => {
    const others = ((Tags ?? []) as { Key: string }[]).filter(({ Key }) => Key !== RUN_TAG);
    return others.length > 0 ? { ...request, Tags: others } : request;
  });
}

function withoutJson(requests: Requests, { estimator }: ParityInput): Requests {
  if (estimator.hyperparameterEncoding === 'python') return requests;
  return withoutHyperparameters(requests, estimator, (value) => value !== null && !isTextOrNumber(value));
}

function withoutNulls(requests: Requests, { estimator }: ParityInput): Requests {
  return withoutHyperparameters(requests, estimator, (value) => value === null);
}

/** JSON's `1.0` is the number 1 to everyone but Python. */
function withoutPoints(requests: Requests, { estimator }: ParityInput): Requests {
  const given = (estimator.hyperparameters ?? {}) as Fields;
  return mapRequests(requests, (request) => {
    const texts = request.HyperParameters as Record<string, string> | undefined;
    if (!texts) return request;
    const whole = Object.entries(texts).map(([name, text]) => [
      name,
      Number.isInteger(given[name]) ? String(Number(text)) : text,
    ]);
    return { ...request, HyperParameters: Object.fromEntries(whole) as Fields };
  });
}

function isTextOrNumber(value: unknown): boolean {
  return typeof value === 'string' || typeof value === 'number';
}

function withoutHyperparameters(
  requests: Requests,
  estimator: Fields,
  isTakenOut: (value: unknown) => boolean,
): Requests {
  const given = (estimator.hyperparameters ?? {}) as Fields;
  return mapRequests(requests, (request) => {
    if (!request.HyperParameters) return request;
    const left = Object.entries(request.HyperParameters).filter(([name]) => !isTakenOut(given[name]));
    return { ...request, HyperParameters: Object.fromEntries(left) };
  });
}

function mapRequests(requests: Requests, change: (request: Fields) => Fields): Requests {
  return Object.fromEntries(Object.entries(requests).map(([operation, request]) => [operation, change(request)]));
}

function mapFields(value: unknown, change: (name: string, value: unknown) => unknown): unknown {
  if (Array.isArray(value)) return value.map((item) => mapFields(item, change));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [name, change(name, mapFields(inner, change))]),
  );
}
