/**
 * What our requests decide otherwise than the SageMaker Python SDK, each as a function that takes that difference
 * out of a case's requests, ours and the SDK's alike; what we refuse that the SDK takes, and what we take that it refuses. Each has its heading in
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
  'Names that are whole numbers come first': withoutOrder,
  'Default job names': withoutDefaultNames,
  'Default places of asynchronous answers': withoutDefaultPlaces,
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
  'The run tag': {
    'tags: 50': 'estimator.tags must have at most 49 entries',
    'tags: one of ours': 'estimator.tags[0].key must not begin with aws: or temporal-sagemaker:, which are taken',
  },
  'What AWS is known to refuse': {
    'hyperparameters: one too many': 'estimator.hyperparameters must have at most 100 entries',
    'hyperparameters: a value of two lines':
      'estimator.hyperparameters.text has an entry that AWS refuses: each value must be in one line',
  },
  'Nothing is said by leaving it out': {
    'outputKmsKey: empty': 'estimator.outputKmsKey must not be empty',
    'rules: a field that is null': 'estimator.rules[0].s3OutputPath must be a text, not null',
  },
  'Unknown arguments are refused': {
    useCompiledModel: 'deploy.useCompiledModel is not a known argument',
  },
  "Names of JavaScript's own are refused": {
    "hyperparameters: names of JavaScript's own": 'estimator.hyperparameters.constructor is a name that cannot be used',
  },
  'S3 URIs name buckets': {
    'outputPath: an https URL': 'estimator.outputPath must be an S3 URI such as s3://bucket/prefix',
    'outputPath: an access point': 'estimator.outputPath must be an S3 URI such as s3://bucket/prefix',
    'rules: a local source': 'estimator.rules[0].source must be an S3 URI such as s3://bucket/prefix',
  },
  'No targetAttributeName': {
    's3Input: targetAttributeName': 'fit.inputs.targetAttributeName is not a known argument',
  },
};

/** By heading: the cases that the SDK refuses and we take. */
export const PARITY_TAKEN: Record<string, string[]> = {
  'Deploy creates or updates': ['updateEndpoint: of one that is not there'],
  'Rules may be less than whole': [
    'rules: an image without its machine',
    "rules: an image of SageMaker's rules",
    "rules: a source for SageMaker's image",
    'rules: another rule by its parameters',
  ],
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

/**
 * JSON's `1.0` is the number 1 to everyone but Python. What has neither point nor exponent stays as it is: a whole number
 * that is written as one must be the same on both sides.
 */
function withoutPoints(requests: Requests, { estimator }: ParityInput): Requests {
  const given = (estimator.hyperparameters ?? {}) as Fields;
  const isPython = estimator.hyperparameterEncoding === 'python';
  return mapHyperparameters(requests, (name, text) => {
    if (Number.isInteger(given[name])) return withoutPoint(text);
    const isInner = isPython && typeof given[name] === 'object';
    return isInner ? text.replace(/-?\d+(\.\d+)?(e[+-]\d+)?/g, withoutPoint) : text;
  });
}

function withoutPoint(text: string): string {
  const value = Number(text);
  const isWritten = /^-?\d+(\.0|(\.\d+)?e\+\d+)$/.test(text) && Number.isInteger(value) && Math.abs(value) < 1e21;
  return isWritten ? BigInt(value).toString() : text;
}

const isWholeName = (name: string): boolean => /^\d+$/.test(name);

/** JavaScript has them first, in their order, in every object. */
function withoutOrder(requests: Requests, { estimator, fit }: ParityInput): Requests {
  const given = (estimator.hyperparameters ?? {}) as Fields;
  const left = withoutHyperparameters(requests, estimator, hasWholeName);
  const isMoved = estimator.hyperparameterEncoding === 'python' && Object.values(given).some(hasWholeName);
  const kept = isMoved ? left : requests;
  if (typeof fit.inputs !== 'object' || !hasWholeName(fit.inputs)) return kept;
  return mapRequests(kept, ({ InputDataConfig: channels, ...request }) => {
    if (channels === undefined) return request;
    const byName = [...(channels as { ChannelName: string }[])].sort((a, b) =>
      a.ChannelName < b.ChannelName ? -1 : 1,
    );
    return { ...request, InputDataConfig: byName };
  });
}

function hasWholeName(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && Object.keys(value).some(isWholeName);
}

/** A job without a name of its own: whatever its name is, it is the same wherever it stands. */
function withoutDefaultNames(requests: Requests, { fit }: ParityInput): Requests {
  const name = requests.CreateTrainingJob?.TrainingJobName;
  if (fit.jobName !== undefined || typeof name !== 'string') return requests;
  return JSON.parse(JSON.stringify(requests).replaceAll(name, '<job>')) as Requests;
}

/** The folder is the same; what is made unique in it is its last part. */
function withoutDefaultPlaces(requests: Requests, { deploy }: ParityInput): Requests {
  const given = deploy?.asyncInferenceConfig as { outputPath?: string; failurePath?: string } | undefined;
  if (given === undefined) return requests;
  const isDefault = (name: string) =>
    (name === 'S3OutputPath' && given.outputPath === undefined) ||
    (name === 'S3FailurePath' && given.failurePath === undefined);
  const { CreateEndpointConfig: config, ...others } = requests;
  const hidden = mapFields(config, (name, value) =>
    isDefault(name) && typeof value === 'string' ? value.replace(/[^/]+$/, '<endpoint>') : value,
  );
  return { ...others, CreateEndpointConfig: hidden as Fields };
}

function mapHyperparameters(requests: Requests, change: (name: string, text: string) => string): Requests {
  return mapRequests(requests, (request) => {
    const texts = request.HyperParameters as Record<string, string> | undefined;
    if (!texts) return request;
    const changed = Object.entries(texts).map(([name, text]) => [name, change(name, text)]);
    return { ...request, HyperParameters: Object.fromEntries(changed) as Fields };
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
