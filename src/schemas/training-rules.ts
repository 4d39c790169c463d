/**
 * Which arguments of the Estimator go together, and with the inputs of `fit`; with limits of AWS that its published model
 * does not say. Looks at values of which nothing is known yet; the sentences go to whoever wrote them.
 */
import { isSingleInput, DEFAULT_CHANNEL, MODEL_CHANNEL } from '../domain/inputs';
import { DEFAULT_MAX_RUN_SECONDS } from '../domain/training-request';
import { findMissing, isFields, objectWith, refuseGiven, type FieldProblem } from './across-fields';
import { CHANNELS_MAX, CHANNELS_PROBLEM } from './training-data';

type Fields = Record<string, unknown>;

/** The kinds of instances, and fields that need others, in JSON Schema's terms. */
export const TRAINING_RULES = {
  oneOf: [
    objectWith(['trainInstanceCount', 'trainInstanceType'], ['instanceGroups', 'instancePreferences']),
    objectWith(['instanceGroups'], ['trainInstanceCount', 'trainInstanceType', 'instancePreferences']),
    objectWith(['instancePreferences'], ['trainInstanceType', 'instanceGroups']),
  ],
  dependentRequired: {
    subnets: ['securityGroupIds'],
    securityGroupIds: ['subnets'],
    checkpointLocalPath: ['checkpointS3Uri'],
    trainMaxWait: ['trainUseSpotInstances'],
  },
};

export function findTrainingProblems(estimator: Fields): FieldProblem[] {
  return [
    ...findInstanceProblems(estimator),
    ...findPairProblems(estimator),
    ...findSpotProblems(estimator),
    ...findWarmPoolProblems(estimator),
  ];
}

function findInstanceProblems(estimator: Fields): FieldProblem[] {
  const refuse = (names: string[], message: string) => refuseGiven(estimator, names, message);
  if (estimator.instanceGroups !== undefined) {
    const why = 'cannot be given with instanceGroups, each of which has its own';
    return [
      ...refuse(['trainInstanceCount', 'trainInstanceType'], why),
      ...refuse(['instancePreferences'], 'cannot be given with instanceGroups'),
      ...findRepeated(estimator.instanceGroups, 'instanceGroups', 'instanceGroupName'),
    ];
  }
  if (estimator.instancePreferences !== undefined) {
    return [
      ...refuse(['trainInstanceType'], 'cannot be given with instancePreferences, which name the types'),
      ...findRepeated(estimator.instancePreferences, 'instancePreferences', 'instanceType'),
      ...findCountProblems(estimator.instancePreferences, estimator.trainInstanceCount),
    ];
  }
  return findMissing(estimator, ['trainInstanceCount', 'trainInstanceType']);
}

function findRepeated(list: unknown, name: string, field: string): FieldProblem[] {
  const values = entriesOf(list).map((entry) => entry[field]);
  return values.flatMap((value, index) =>
    value !== undefined && values.indexOf(value) < index
      ? [{ path: [name, index, field], message: `is that of another of the ${name}` }]
      : [],
  );
}

/** Each preference says how many, or one number holds for all. */
function findCountProblems(preferences: unknown, countForAll: unknown): FieldProblem[] {
  const entries = entriesOf(preferences);
  const counted = entries.filter(({ instanceCount }) => instanceCount !== undefined).length;
  if (countForAll === undefined) {
    return entries.flatMap(({ instanceCount }, index) =>
      instanceCount === undefined
        ? [
            {
              path: ['instancePreferences', index, 'instanceCount'],
              message: 'is needed: or trainInstanceCount, for all',
            },
          ]
        : [],
    );
  }
  if (counted === 0) return [];
  return [{ path: ['trainInstanceCount'], message: 'cannot be given with an instanceCount in instancePreferences' }];
}

function findPairProblems(estimator: Fields): FieldProblem[] {
  const needs = (name: string, other: string): FieldProblem[] =>
    estimator[name] !== undefined && estimator[other] === undefined
      ? [{ path: [other], message: `is needed with ${name}` }]
      : [];
  return [
    ...needs('subnets', 'securityGroupIds'),
    ...needs('securityGroupIds', 'subnets'),
    ...needs('checkpointLocalPath', 'checkpointS3Uri'),
  ];
}

function findSpotProblems(estimator: Fields): FieldProblem[] {
  const { trainUseSpotInstances: isSpot, trainMaxWait: maxWait, trainMaxRun: maxRun } = estimator;
  if (isSpot !== true) {
    return maxWait === undefined ? [] : [{ path: ['trainMaxWait'], message: 'is for trainUseSpotInstances: true' }];
  }
  if (estimator.instancePreferences !== undefined) {
    return [{ path: ['trainUseSpotInstances'], message: 'cannot be true with instancePreferences' }];
  }
  const runSeconds = typeof maxRun === 'number' ? maxRun : DEFAULT_MAX_RUN_SECONDS;
  const words = `trainMaxRun, which is ${String(runSeconds)} s`;
  if (maxWait === undefined) {
    const message = `is needed with trainUseSpotInstances: how long to wait and train in all, at least ${words}`;
    return [{ path: ['trainMaxWait'], message }];
  }
  const isShort = typeof maxWait === 'number' && maxWait < runSeconds;
  return isShort ? [{ path: ['trainMaxWait'], message: `must be at least ${words}` }] : [];
}

/** AWS keeps neither spot capacity nor unlike instances. */
function findWarmPoolProblems(estimator: Fields): FieldProblem[] {
  const kept = estimator.keepAlivePeriodInSeconds;
  if (typeof kept !== 'number' || kept === 0) return [];
  const path = ['keepAlivePeriodInSeconds'];
  const message = 'cannot be given with';
  return [
    ...(estimator.trainUseSpotInstances === true ? [{ path, message: `${message} trainUseSpotInstances` }] : []),
    ...(estimator.instanceGroups === undefined ? [] : [{ path, message: `${message} instanceGroups` }]),
  ];
}

/** What {@link findFitProblems} says of an object without channels, in JSON Schema's terms. */
export const SOME_CHANNEL = {
  anyOf: [
    objectWhere('fit', { type: 'object', properties: { inputs: { not: { type: 'object', maxProperties: 0 } } } }),
    objectWhere('estimator', { type: 'object', required: ['modelUri'], properties: { modelUri: true } }),
  ],
};

function objectWhere(field: string, schema: object) {
  return { type: 'object', properties: { [field]: schema } };
}

/** What is wrong between an estimator and what it is to be fit on. */
export function findFitProblems({ estimator, fit }: Fields): FieldProblem[] {
  if (!isFields(estimator) || !isFields(fit)) return [];
  const channels = channelsOf(fit.inputs);
  const isEmpty = isFields(fit.inputs) && channels.length === 0 && estimator.modelUri === undefined;
  return [
    ...(isEmpty ? [{ path: ['fit', 'inputs'], message: CHANNELS_PROBLEM }] : []),
    ...findModelChannelProblems(estimator, channels),
    ...findGroupProblems(estimator, channels),
  ];
}

interface GivenChannel {
  name: string;
  path: PropertyKey[];
  input: unknown;
}

function channelsOf(inputs: unknown): GivenChannel[] {
  const path = ['fit', 'inputs'];
  if (typeof inputs === 'string' || (isFields(inputs) && isSingleInput(inputs as never))) {
    return [{ name: DEFAULT_CHANNEL, path, input: inputs }];
  }
  if (!isFields(inputs)) return [];
  return Object.entries(inputs).map(([name, input]) => ({ name, path: [...path, name], input }));
}

function findModelChannelProblems(estimator: Fields, channels: GivenChannel[]): FieldProblem[] {
  if (estimator.modelUri === undefined) return [];
  const name = typeof estimator.modelChannelName === 'string' ? estimator.modelChannelName : MODEL_CHANNEL;
  const taken = channels.some((channel) => channel.name === name);
  const path = ['estimator', 'modelChannelName'];
  if (taken) return [{ path, message: `must be another: fit.inputs has a channel ${name} already` }];
  if (channels.length < CHANNELS_MAX) return [];
  return [{ path: ['fit', 'inputs'], message: 'must have at most 19 channels beside that of modelUri' }];
}

function findGroupProblems(estimator: Fields, channels: GivenChannel[]): FieldProblem[] {
  const known = entriesOf(estimator.instanceGroups).map(({ instanceGroupName }) => instanceGroupName);
  return channels.flatMap(({ path, input }) => {
    const named: unknown = isFields(input) ? input.instanceGroups : undefined;
    if (!Array.isArray(named)) return [];
    return named.flatMap((name: unknown, index) =>
      known.includes(name)
        ? []
        : [
            {
              path: [...path, 'instanceGroups', index],
              message: 'must be the name of one of estimator.instanceGroups',
            },
          ],
    );
  });
}

function entriesOf(list: unknown): Fields[] {
  return Array.isArray(list) ? list.filter(isFields) : [];
}
