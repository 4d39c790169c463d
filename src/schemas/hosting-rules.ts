/**
 * Which arguments of `deploy` go together, and the limits of AWS that its published model does not say: of serverless
 * endpoints, of deployment policies. Looks at values of which nothing is known yet; the sentences go to whoever wrote them.
 */
import { waitingSecondsOf } from '../domain/deployment-time';
import { SERVERLESS_DEFAULTS } from '../domain/hosting-settings';
import { contentBaseIn } from '../domain/names';
import { findMissing, isFields, objectWith, refuseGiven, type FieldProblem } from './across-fields';

type Fields = Record<string, unknown>;

/** Arguments of endpoints on instances. */
export const INSTANCE_FIELDS = [
  'initialInstanceCount',
  'variantInstanceProvisionTimeoutInSeconds',
  'volumeSize',
  'modelDataDownloadTimeout',
  'containerStartupHealthCheckTimeout',
  'inferenceAmiVersion',
  'routingConfig',
  'asyncInferenceConfig',
  'dataCaptureConfig',
  'deploymentConfig',
  'retainAllVariantProperties',
  'excludeRetainedVariantProperties',
] as const;
/** Arguments of instances of one type. */
export const INSTANCE_TYPE_FIELDS = ['instanceType', 'acceleratorType'] as const;

/** The kinds of endpoint, in JSON Schema's terms. */
export const KINDS_OF_DEPLOY = {
  oneOf: [
    objectWith(['initialInstanceCount', 'instanceType'], ['instancePools', 'serverlessInferenceConfig']),
    objectWith(['initialInstanceCount', 'instancePools'], [...INSTANCE_TYPE_FIELDS, 'serverlessInferenceConfig']),
    objectWith(['serverlessInferenceConfig'], [...INSTANCE_FIELDS, ...INSTANCE_TYPE_FIELDS, 'instancePools']),
  ],
};

export function findDeployProblems(deploy: Fields): FieldProblem[] {
  return [
    ...findNameProblems(deploy),
    ...findKindProblems(deploy),
    ...findRetainProblems(deploy),
    ...findPolicyProblems(deploy),
  ];
}

/** What runs delete and what they leave alone is told by the name. */
function findNameProblems({ modelName }: Fields): FieldProblem[] {
  if (typeof modelName !== 'string' || contentBaseIn(modelName) === undefined) return [];
  const message = 'must not end in a hyphen and ten hexadecimal digits: so end the names that runs make, and delete';
  return [{ path: ['modelName'], message }];
}

function findKindProblems(deploy: Fields): FieldProblem[] {
  if (deploy.serverlessInferenceConfig !== undefined) {
    const names = [...INSTANCE_FIELDS, ...INSTANCE_TYPE_FIELDS, 'instancePools'];
    return refuseGiven(
      deploy,
      names,
      'cannot be given with serverlessInferenceConfig: a serverless endpoint has no instances',
    );
  }
  if (deploy.instancePools !== undefined) {
    const why = 'cannot be given with instancePools, which name the types of instances';
    return [...findMissing(deploy, ['initialInstanceCount']), ...refuseGiven(deploy, INSTANCE_TYPE_FIELDS, why)];
  }
  return findMissing(deploy, ['initialInstanceCount', 'instanceType']);
}

function findRetainProblems(deploy: Fields): FieldProblem[] {
  if (deploy.excludeRetainedVariantProperties === undefined || deploy.retainAllVariantProperties === true) return [];
  return [
    { path: ['excludeRetainedVariantProperties'], message: 'is for deploys with retainAllVariantProperties: true' },
  ];
}

export function findServerlessProblems({ maxConcurrency, provisionedConcurrency }: Fields): FieldProblem[] {
  const most = typeof maxConcurrency === 'number' ? maxConcurrency : SERVERLESS_DEFAULTS.maxConcurrency;
  if (typeof provisionedConcurrency !== 'number' || provisionedConcurrency <= most) return [];
  return [{ path: ['provisionedConcurrency'], message: `must be at most maxConcurrency, which is ${String(most)}` }];
}

/** The ways in which requests go over, in JSON Schema's terms. */
export const KINDS_OF_TRAFFIC = {
  anyOf: [
    trafficWith('ALL_AT_ONCE', [], ['canarySize', 'linearStepSize']),
    trafficWith('CANARY', ['canarySize', 'waitIntervalInSeconds'], ['linearStepSize']),
    trafficWith('LINEAR', ['linearStepSize', 'waitIntervalInSeconds'], ['canarySize']),
  ],
};

function trafficWith(type: string, required: string[], refused: string[]) {
  const { properties } = objectWith(required, refused);
  return { type: 'object', required, properties: { ...properties, type: { const: type } } };
}

export function findTrafficProblems(traffic: Fields): FieldProblem[] {
  const { type } = traffic;
  const sizes = { canarySize: 'CANARY', linearStepSize: 'LINEAR' };
  const bySize = Object.entries(sizes).flatMap(([name, ofType]): FieldProblem[] => {
    if (type === ofType && traffic[name] === undefined) return [{ path: [name], message: `is needed for ${ofType}` }];
    if (type !== ofType && traffic[name] !== undefined) return [{ path: [name], message: `is for ${ofType}` }];
    return [];
  });
  const needsWait = type === 'CANARY' || type === 'LINEAR';
  if (!needsWait || traffic.waitIntervalInSeconds !== undefined) return bySize;
  return [...bySize, { path: ['waitIntervalInSeconds'], message: `is needed for ${type}` }];
}

/** Shares of all instances, in percent, that AWS takes. */
const SHARES = {
  canarySize: { least: 0, most: 50, words: 'at most half of the instances' },
  linearStepSize: { least: 10, most: 50, words: 'a tenth to half of the instances' },
  maximumBatchSize: { least: 5, most: 50, words: '5 to 50 percent of the instances' },
  rollbackMaximumBatchSize: { least: 0, most: 100, words: 'at most all of the instances' },
};

function findPolicyProblems(deploy: Fields): FieldProblem[] {
  const config = deploy.deploymentConfig;
  if (!isFields(config)) return [];
  const at = ['deploymentConfig'];
  const { blueGreenUpdatePolicy: blueGreen, rollingUpdatePolicy: rolling } = config;
  const both =
    blueGreen !== undefined && rolling !== undefined
      ? [{ path: [...at, 'rollingUpdatePolicy'], message: 'cannot be given with blueGreenUpdatePolicy' }]
      : [];
  const traffic = isFields(blueGreen) ? blueGreen.trafficRoutingConfiguration : undefined;
  const sized: [string[], unknown][] = [
    [[...at, 'blueGreenUpdatePolicy', 'trafficRoutingConfiguration'], traffic],
    [[...at, 'rollingUpdatePolicy'], rolling],
  ];
  // How many there will be when they are kept, nobody knows before.
  const instances = deploy.retainAllVariantProperties === true ? undefined : deploy.initialInstanceCount;
  const shares = sized.flatMap(([path, holder]) =>
    isFields(holder) ? findShareProblems(holder, path, instances) : [],
  );
  return [...both, ...shares, ...findTimeProblems(deploy, config, at)];
}

function findShareProblems(holder: Fields, path: string[], instances: unknown): FieldProblem[] {
  return Object.entries(SHARES).flatMap(([name, { least, most, words }]) => {
    const percent = percentOf(holder[name], instances);
    if (percent === undefined || (percent >= least && percent <= most)) return [];
    const isCounted = (holder[name] as Fields).type === 'INSTANCE_COUNT';
    const all = isCounted ? `, and there are ${String(instances)} (initialInstanceCount)` : '';
    return [{ path: [...path, name], message: `must be ${words}${all}` }];
  });
}

function percentOf(size: unknown, instances: unknown): number | undefined {
  if (!isFields(size) || typeof size.value !== 'number') return undefined;
  if (size.type === 'CAPACITY_PERCENT') return size.value;
  if (size.type !== 'INSTANCE_COUNT' || typeof instances !== 'number') return undefined;
  return (100 * size.value) / instances;
}

/** AWS would give the update up, or this run the endpoint, while all goes as it is asked to. */
function findTimeProblems(deploy: Fields, config: Fields, at: string[]): FieldProblem[] {
  const waits = waitingSecondsOf(config, deploy.initialInstanceCount);
  if (!Number.isFinite(waits) || waits === 0) return [];
  const told = `must be more than the ${String(waits)} s that the deployment policy waits`;
  const tooShort = (limit: unknown) => typeof limit === 'number' && limit <= waits;
  const policies = ['blueGreenUpdatePolicy', 'rollingUpdatePolicy'].flatMap((name) => {
    const policy = config[name];
    const isShort = isFields(policy) && tooShort(policy.maximumExecutionTimeoutInSeconds);
    return isShort ? [{ path: [...at, name, 'maximumExecutionTimeoutInSeconds'], message: told }] : [];
  });
  const own = tooShort(deploy.endpointTimeoutSeconds) ? [{ path: ['endpointTimeoutSeconds'], message: told }] : [];
  return [...policies, ...own];
}

/** What a serverless endpoint cannot have of what the estimator would hand on. */
export function findInheritedProblems(input: Fields): FieldProblem[] {
  const { estimator, deploy } = input;
  if (!isFields(deploy) || deploy.serverlessInferenceConfig === undefined) return [];
  const inherited = isFields(estimator) ? estimator : {};
  const isolated = deploy.enableNetworkIsolation ?? inherited.enableNetworkIsolation;
  const vpc =
    deploy.vpcConfigOverride === undefined
      ? (inherited.subnets ?? inherited.securityGroupIds)
      : deploy.vpcConfigOverride;
  return [
    ...(isolated === true
      ? [
          {
            path: ['deploy', 'enableNetworkIsolation'],
            message: 'must be false with serverlessInferenceConfig: AWS isolates no serverless endpoint',
          },
        ]
      : []),
    ...(vpc !== undefined && vpc !== null
      ? [
          {
            path: ['deploy', 'vpcConfigOverride'],
            message: 'must be null with serverlessInferenceConfig: AWS puts no serverless endpoint into a VPC',
          },
        ]
      : []),
  ];
}
