/**
 * What a rule of outcomes may say: the statuses that a training job or an endpoint goes through, and its end, read from
 * the JSON that a test posts. `outcomes.ts` hands the scripts to the lives that they are for.
 */
import type { EndpointStatus, SecondaryStatus, TrainingJobStatus } from '@aws-sdk/client-sagemaker';
import { InvalidControlRequest } from './fault-rules';

/** A word of AWS's, or one that it may have tomorrow. */
export type AwsWord<Known extends string> = Known | (string & {});

/** One status that a scripted training job is in for a while. */
export interface TrainingJobStep {
  /** @default 'InProgress', of the secondary status Stopping 'Stopping' */
  status?: AwsWord<TrainingJobStatus>;
  /** What Describe tells, and what becomes a transition. */
  secondaryStatus: AwsWord<SecondaryStatus>;
  /** @default AWS's own */
  statusMessage?: string;
  /** How long it lasts, in ms. */
  durationMs: number;
  /** What the container writes when the step begins. */
  logLines?: string[];
}

/** How a scripted training job ends. */
export interface TrainingJobEnd {
  /** What Describe tells from then on. */
  status: 'Completed' | 'Failed' | 'Stopped';
  /** @default the status */
  secondaryStatus?: AwsWord<SecondaryStatus>;
  /** @default AWS's own */
  statusMessage?: string;
  /** AWS's words about a failure. */
  failureReason?: string;
  /** Whether model data stands in S3 then. @default true where the job has Completed */
  artefact?: boolean;
}

/** The life of a training job, in place of the one that the clock would give it. */
export interface TrainingJobScript {
  /** At most 1000, in order. @default none: the end follows the creation */
  steps?: TrainingJobStep[];
  /** `deleted`: it is gone, as if somebody had deleted it. @default none: the job stays in its last step until it is stopped */
  end?: TrainingJobEnd | 'deleted';
}

/** One status that a scripted endpoint is in for a while. */
export interface EndpointStep {
  /** What Describe tells. */
  status: AwsWord<EndpointStatus>;
  /** How long it lasts, in ms. */
  durationMs: number;
  /** AWS's words, from then on. */
  failureReason?: string;
  /** What the container writes when the step begins. */
  logLines?: string[];
}

/** How a scripted creation, update or change ends. */
export interface EndpointEnd {
  /** What Describe tells from then on. */
  status: AwsWord<EndpointStatus>;
  /** Which endpoint config is InService: that of the deployment under way, or what served before. @default 'new' */
  serves?: 'new' | 'old';
  /** AWS's words. */
  failureReason?: string;
}

/** What becomes of an endpoint's creation or update, or of the endpoint as it stands. */
export interface EndpointScript {
  /** At most 1000, in order. @default none */
  steps?: EndpointStep[];
  /** @default none: the endpoint stays in its last step until another rule of `when: 'now'` moves it on */
  end?: EndpointEnd;
}

interface RuleOfLives {
  /** @default made up */
  id?: string;
  /** The name: all of it, or a regular expression that matches all of it. @default any */
  resource?: string;
  /** How many lives it decides. @default without limit */
  times?: number;
}

/** A rule for training jobs, as it is posted. */
export interface TrainingJobRuleInput extends RuleOfLives, TrainingJobScript {
  /** What it is about. */
  kind: 'training job';
  /** What it decides: jobs that are created, or those that go by another rule now. @default 'create' */
  when?: 'create' | 'now';
}

/** A rule for endpoints, as it is posted. */
export interface EndpointRuleInput extends RuleOfLives, EndpointScript {
  /** What it is about. */
  kind: 'endpoint';
  /** What it decides: creations, updates, or the endpoints that stand now, whatever they are in. @default 'create' */
  when?: 'create' | 'update' | 'now';
}

/**
 * How simulated lives go, as it is posted. What a rule decides runs no process, whatever the clock says; an endpoint
 * that served before goes on serving while a scripted update fails.
 */
export type OutcomeRuleInput = TrainingJobRuleInput | EndpointRuleInput;

/** A rule with its defaults filled in. */
export type OutcomeRule =
  | (TrainingJobRuleInput & Required<Pick<TrainingJobRuleInput, 'id' | 'when'>>)
  | (EndpointRuleInput & Required<Pick<EndpointRuleInput, 'id' | 'when'>>);

/** A rule as it is answered. */
export type OutcomeRuleView = OutcomeRule & {
  /** How many lives it has decided. */
  lives: number;
};

const STEPS_MAX = 1_000;
/** As long as the clock's phases may be. */
const DURATION_MS_MAX = 28 * 86_400_000;
const ENDS_OF_JOBS = ['Completed', 'Failed', 'Stopped'];

type Check = (value: unknown, at: string) => string[];
type Fields<Of> = { [Name in keyof Required<Of>]: Check };

const must =
  (holds: (value: unknown) => boolean, wanted: string): Check =>
  (value, at) =>
    holds(value) ? [] : [`${at} must be ${wanted}`];
const oneOf = (...words: string[]): Check => must((value) => words.includes(value as string), words.join(' or '));
const text = must((value) => typeof value === 'string' && value !== '', 'a text');
const word = must((value) => typeof value === 'string' && /^[A-Za-z]{1,64}$/.test(value), 'a word of letters');
const trueOrFalse = must((value) => typeof value === 'boolean', 'true or false');
const duration = must(
  (value) => typeof value === 'number' && value >= 0 && value <= DURATION_MS_MAX,
  `from 0 to ${String(DURATION_MS_MAX)} ms`,
);
const lines = must(
  (value) => Array.isArray(value) && value.every((line) => typeof line === 'string'),
  'an array of texts',
);

const object =
  (fields: Record<string, Check>, needed: readonly string[] = []): Check =>
  (value, at) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return [`${at} must be an object`];
    const given = Object.entries(value).filter(([, field]) => field !== undefined);
    return [
      ...needed.filter((name) => !given.some(([known]) => known === name)).map((name) => `${at}.${name} must be given`),
      ...given.flatMap(([name, field]) =>
        Object.hasOwn(fields, name) ? (fields[name]?.(field, `${at}.${name}`) ?? []) : [`${at}.${name} is not known`],
      ),
    ];
  };

const steps =
  (step: Check): Check =>
  (value, at) => {
    if (!Array.isArray(value) || value.length > STEPS_MAX) return [`${at} must be up to ${String(STEPS_MAX)} steps`];
    return value.flatMap((one, index) => step(one, `${at}[${String(index)}]`));
  };

const JOB_STEP: Fields<TrainingJobStep> = {
  // A job that has ended goes through nothing more.
  status: must(
    (value) => word(value, '').length === 0 && !ENDS_OF_JOBS.includes(value as string),
    'a word that is no end',
  ),
  secondaryStatus: word,
  statusMessage: text,
  durationMs: duration,
  logLines: lines,
};
const JOB_END: Fields<TrainingJobEnd> = {
  status: oneOf(...ENDS_OF_JOBS),
  secondaryStatus: word,
  statusMessage: text,
  failureReason: text,
  artefact: trueOrFalse,
};
const ENDPOINT_STEP: Fields<EndpointStep> = {
  status: word,
  durationMs: duration,
  failureReason: text,
  logLines: lines,
};
const ENDPOINT_END: Fields<EndpointEnd> = { status: word, serves: oneOf('new', 'old'), failureReason: text };

const OF_EACH_RULE: Fields<RuleOfLives> = {
  id: must((value) => typeof value === 'string' && /^[\w-]{1,64}$/.test(value), 'a word'),
  resource: text,
  times: must((value) => Number.isInteger(value) && (value as number) >= 1, 'a whole number from 1'),
};
const JOB_RULE: Fields<TrainingJobRuleInput> = {
  ...OF_EACH_RULE,
  kind: oneOf('training job'),
  when: oneOf('create', 'now'),
  steps: steps(object(JOB_STEP, ['secondaryStatus', 'durationMs'])),
  end: (value, at) => (value === 'deleted' ? [] : object(JOB_END, ['status'])(value, at)),
};
const ENDPOINT_RULE: Fields<EndpointRuleInput> = {
  ...OF_EACH_RULE,
  kind: oneOf('endpoint'),
  when: oneOf('create', 'update', 'now'),
  steps: steps(object(ENDPOINT_STEP, ['status', 'durationMs'])),
  end: object(ENDPOINT_END, ['status']),
};

const checkRule: Check = (rule, at) => {
  const kind = (rule as { kind?: unknown } | null)?.kind;
  if (kind === 'training job') return object(JOB_RULE)(rule, at);
  if (kind === 'endpoint') return object(ENDPOINT_RULE)(rule, at);
  return [`${at}.kind must be training job or endpoint`];
};

/** Reads `{ "rules": [...] }` and fills in defaults; `nextId` makes up a name. */
export function readOutcomeRules(posted: unknown, nextId: () => string): OutcomeRule[] {
  const rules: unknown = (posted as { rules?: unknown } | null | undefined)?.rules;
  if (!Array.isArray(rules)) throw new InvalidControlRequest('The body must be { "rules": [ ... ] }');
  const problems = rules.flatMap((rule, index) => checkRule(rule, `rules[${String(index)}]`));
  if (problems.length > 0) throw new InvalidControlRequest(problems.join('; '));
  return (rules as OutcomeRuleInput[]).map((rule) => ({
    ...rule,
    id: rule.id ?? nextId(),
    when: rule.when ?? 'create',
  })) as OutcomeRule[];
}
