/**
 * The rows of the tables of lost and late answers: the operations of AWS's model that the product sends, and what can
 * become of an answer on its way. `answers-to-writes.test.ts` and `answers-to-reads.test.ts` put them together.
 */
import { findOperation, MODELLED_OPERATIONS, shapeOf } from '../../src/service-model/model';
import type { Progress } from '../../src/contract';
import type { Life, Spoiling } from '../support/lives';
import { fitInput, type Handle, type Rig } from '../support/rig';
import { until } from '../support/until';

const JSON_TYPE = 'application/x-amz-json-1.1';
const HTML = { body: '<html><body>Bad gateway</body></html>', contentType: 'text/html' };
const HTML_404: Spoiling = {
  action: 'error',
  status: 404,
  body: '<html><body>404 Not Found</body></html>',
  contentType: 'text/html',
  times: 1,
};

/** What can become of a write. Every one meets it once, throttling twice. */
export const SPOILT_WRITES: Record<string, Spoiling> = {
  'the answer lost': { action: 'lose', times: 1 },
  'the connection reset before the effect': { action: 'reset', when: 'before', times: 1 },
  'the connection reset after the effect': { action: 'reset', times: 1 },
  'the connection reset within the answer': { action: 'reset', sent: 'half', times: 1 },
  'the connection reset behind the answer': { action: 'reset', sent: 'all', times: 1 },
  'no answer, with the effect': { action: 'hang', when: 'after', times: 1 },
  'no answer, without the effect': { action: 'hang', times: 1 },
  'half an answer, then silence': { action: 'hang', when: 'after', sent: 'half', times: 1 },
  'HTML 500 with the effect': { action: 'error', when: 'after', status: 500, ...HTML, times: 1 },
  'HTML 500 without the effect': { action: 'error', status: 500, ...HTML, times: 1 },
  'HTML 404 with the effect': { ...HTML_404, when: 'after' },
  'HTML 404 in the place of the effect': HTML_404,
  'HTML 200 in the place of the effect': { action: 'error', status: 200, ...HTML, times: 1 },
  'malformed JSON with 200': {
    action: 'error',
    when: 'after',
    status: 200,
    body: '{"Arn": "arn',
    contentType: JSON_TYPE,
    times: 1,
  },
  'a truncated answer': { action: 'truncate', times: 1 },
  'an empty 200': { action: 'error', when: 'after', status: 200, body: '', contentType: JSON_TYPE, times: 1 },
  throttling: { action: 'throttle', times: 2 },
};
/** A write that AWS answers with an empty 200 anyway cannot be told from one that never was. */
export const ANSWERED_WITH_SOMETHING = /^(Create|Update)/;
export const EMPTY_WITHOUT_EFFECT_TITLE = 'an empty 200 in the place of the effect';
export const EMPTY_WITHOUT_EFFECT: Spoiling = {
  action: 'error',
  status: 200,
  body: '',
  contentType: JSON_TYPE,
  times: 1,
};

/** Its first draw is below a half: a rule of even chances meets its first call. */
const FIRST_MEETS = 9;

/** Reads of things as they were. For AWS's 20 s two seconds stand: a job here lives for a second, not for hours. */
export const LATE_READS: Record<string, Spoiling> = {
  'the answer before the last, every other time': { action: 'stale', back: 1, probability: 0.5, seed: FIRST_MEETS },
  'answers from long before, every other time': { action: 'stale', back: 3, probability: 0.5, seed: FIRST_MEETS },
  'answers from two seconds before, when what was made was not there': { action: 'stale', ageMs: 2_000 },
};

/** What else can become of a read. Each meets all of them, one after the other: a read that fails is sent again. */
export const SPOILT_READS: Record<string, Spoiling> = {
  'HTML 500': { action: 'error', status: 500, ...HTML, times: 1 },
  'HTML 404': HTML_404,
  'HTML 200': { action: 'error', status: 200, ...HTML, times: 1 },
  'malformed JSON with 200': { action: 'error', status: 200, body: '{"A": ', contentType: JSON_TYPE, times: 1 },
  'a truncated answer': { action: 'truncate', times: 1 },
  'an empty 200': { action: 'error', status: 200, body: '', contentType: JSON_TYPE, times: 1 },
  'no answer': { action: 'hang', times: 1 },
  'half an answer, then silence': { action: 'hang', when: 'after', sent: 'half', times: 1 },
  'a reset connection': { action: 'reset', when: 'before', times: 1 },
  throttling: { action: 'throttle', times: 1 },
};
/** A HEAD has no body to be cut. */
export function spoiltReadsOf(operation: string): Spoiling[] {
  const spoilt = Object.values(SPOILT_READS);
  return operation.startsWith('Head')
    ? spoilt.filter(({ action, sent }) => action !== 'truncate' && sent === undefined)
    : spoilt;
}
export const SLOW: Spoiling = { action: 'delay', when: 'after', ms: 700 };

const KINDS = 'TrainingJob|Model|EndpointConfig|Endpoint';
export const WRITES = MODELLED_OPERATIONS.filter((operation) =>
  new RegExp(`^((Create|Update|Delete)(${KINDS})|StopTrainingJob)$`).test(operation),
).filter((operation) => operation !== 'DeleteTrainingJob');
/** Those of a life; a stop is for a run of its own. */
export const LIFE_WRITES = WRITES.filter((write) => write !== 'StopTrainingJob');
export const READS = MODELLED_OPERATIONS.filter((operation) =>
  new RegExp(`^(Describe(${KINDS})|ListTags)$`).test(operation),
);
export const OTHER_READS = ['HeadObject'];

/** The members of a read's answer that are statuses, by AWS's model. */
export const STATUS_MEMBERS = READS.flatMap((operation) =>
  membersOf(operation)
    .filter(({ isRequired, hasEnum }) => isRequired && hasEnum)
    .map(({ member }) => ({ operation, member })),
);

export interface Member {
  member: string;
  isRequired: boolean;
  hasEnum: boolean;
}

export function membersOf(operation: string): Member[] {
  const model = findOperation(operation)!;
  const { members = {}, required = [] } = shapeOf(model, model.output!);
  return Object.entries(members).map(([member, shape]) => ({
    member,
    isRequired: required.includes(member),
    hasEnum: shapeOf(model, shape).enum !== undefined,
  }));
}

export function mapValues<A, B>(values: Record<string, A>, map: (value: A, key: string) => B): Record<string, B> {
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, map(value, key)]));
}

/** How often a write took effect in a life, by what it was about. */
export function effectsOf({ calls }: Life, operation: string): number[] {
  const counts = new Map<string | null, number>();
  for (const { resource, status, ...call } of calls) {
    if (call.operation === operation && status === 200) counts.set(resource, (counts.get(resource) ?? 0) + 1);
  }
  return [...counts.values()];
}

export function expectWholeLife(whole: Life): void {
  const { name, made, updated, deleted, unmet } = whole;
  expect(unmet).toEqual([]);
  expect(made).toMatchObject({ trainingJobName: name, endpointName: name, updated: false });
  expect(made.trainingJobArn).toMatch(new RegExp(`:training-job/${name}$`));
  expect(made.endpointArn).toMatch(new RegExp(`:endpoint/${name}$`));
  expect(made.ledger.map(({ kind, state }) => `${kind} ${state}`)).toEqual([
    'training job made',
    'model made',
    'endpoint config made',
    'endpoint made',
  ]);
  expect(updated).toMatchObject({ endpointName: name, updated: true });
  expect(updated.ledger.map(({ kind, state }) => `${kind} ${state}`).sort()).toEqual([
    'endpoint adopted',
    'endpoint config deleted',
    'endpoint config made',
    'model deleted',
    'model made',
  ]);
  expect(deleted.deleted.map(({ kind }) => kind)).toEqual(['endpoint', 'endpoint config', 'model']);
  expect(deleted.left).toEqual([]);
  // Two models and configs, one before the update and one after it.
  for (const operation of LIFE_WRITES) {
    const isPerVersion = /(Model|EndpointConfig)$/.test(operation);
    expect([operation, effectsOf(whole, operation)]).toEqual([operation, isPerVersion ? [1, 1] : [1]]);
  }
}

/** Long enough for a status to be seen. */
const PHASE_MS = 120;
export const PHASES = {
  Starting: PHASE_MS,
  Downloading: PHASE_MS,
  Training: PHASE_MS,
  Uploading: PHASE_MS,
  Creating: 200,
  Updating: 200,
};

/** Hundreds of faults in a minute: with pauses and a budget as for one outage in a month they would take an hour. */
export const IMPATIENT = { requestTimeoutMs: 2_500, retryMinIntervalMs: 50, retryMaxIntervalMs: 500 };

/** A run whose job trains. */
export async function startTraining(rig: Rig, name: string): Promise<Handle> {
  const handle = await rig.start('fit', fitInput(name));
  await until(async () => (await handle.query<Progress>('progress')).trainingJob?.secondaryStatus === 'Training', {
    what: 'the training to begin',
    limitMs: 120_000,
    intervalMs: 250,
  });
  return handle;
}
