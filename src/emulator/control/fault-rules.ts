/**
 * What a fault rule may say, read from the JSON that a test posts. `faults.ts` acts by the rules, `endpoints.ts` answers
 * with their views.
 */

export const FAULT_ACTIONS = [
  'throttle',
  'error',
  'lose',
  'hang',
  'hold',
  'delay',
  'reset',
  'truncate',
  'stale',
  'rewrite',
] as const;
/** What a rule does to a call; {@link FaultRuleInput.action} tells each. */
export type FaultAction = (typeof FAULT_ACTIONS)[number];

const AMOUNTS_SENT: readonly string[] = ['nothing', 'half', 'all'] satisfies AmountSent[];
/** How much of an answer leaves before it is broken off; of half a body at most 64 KiB. */
export type AmountSent = 'nothing' | 'half' | 'all';

/** A rule as it is posted. */
export interface FaultRuleInput {
  /** @default made up */
  id?: string;
  /** An operation's name, or `*` for all. */
  operation: string;
  /** The main name in the request: all of it, or a regular expression that matches all of it. @default any */
  resource?: string;
  /**
   * In the place of the answer:
   *
   * - `throttle` and `error` answer with an error, or with `body` whatever it is: HTML, half a JSON text, nothing.
   * - `lose` lets the call take effect and closes the connection in order.
   * - `reset` closes it with a TCP reset, having sent `sent`.
   * - `truncate` sends the headers and half of the body, and closes in order: `content-length` says more than came.
   * - `hang` leaves the connection open until the rule is removed, having sent `sent`.
   *
   * The call goes on after these, also to the next rule:
   *
   * - `hold` stops the call until it is released.
   * - `delay` stops it for `ms`.
   * - `stale` has a read answered with what it answered earlier for the same resource, `back` or `ageMs` ago. What a
   *   `Describe` would have answered before a write counts as answered, so that what has just been made is not there,
   *   and what has just been deleted still is.
   * - `rewrite` changes the true answer by `patch`.
   */
  action: FaultAction;
  /**
   * Before or after the effect; after counts only where there was one. `truncate`, `stale` and `rewrite` come after.
   * @default 'before' for `throttle`, `error`, `hang`, `hold` and `delay`, else 'after'
   */
  when?: 'before' | 'after';
  /** HTTP status of the error. @default 500, for `throttle` AWS's own */
  status?: number;
  /** AWS's name of the error. @default 'InternalFailure', for `throttle` AWS's own */
  code?: string;
  /** The error's text. @default AWS's own */
  message?: string;
  /** Answers with this text in the place of an AWS error; with `status` 200 it passes for an answer. */
  body?: string;
  /** Of `body`. @default 'text/plain' */
  contentType?: string;
  /** Of `delay`: for how long, at most an hour. */
  ms?: number;
  /**
   * Of `reset` and `hang`, after the effect: how much of the answer is sent; `all` is for `reset` alone.
   * @default 'nothing'
   */
  sent?: AmountSent;
  /**
   * Of `stale`: how many distinct answers to go back from the present one; further back than there were, it is the
   * first. At most 50 are remembered. @default 1
   */
  back?: number;
  /** Of `stale`, in the place of `back`: as things stood so many ms ago, as far as reads and writes have shown it. */
  ageMs?: number;
  /**
   * Of `rewrite`: a JSON merge patch (RFC 7396) on the members of the output by AWS's names; `null` takes a member
   * away, ISO 8601 text stands for a time. Members that the operation does not have are not sent.
   */
  patch?: Record<string, unknown>;
  /** How many calls it acts on. @default without limit, for `hold` 1 */
  times?: number;
  /** How likely it acts on a call that matches. @default 1 */
  probability?: number;
  /** Makes the draws repeatable. */
  seed?: number;
}

/** A rule with its defaults filled in. */
export type FaultRule = FaultRuleInput & Required<Pick<FaultRuleInput, 'id' | 'when'>>;

/** A call that a rule keeps from going on. */
export interface HeldCall {
  /** AWS's name of the operation. */
  operation: string;
  /** The main name in the request. */
  resource: string | null;
  /** As its answer will tell it. */
  requestId: string;
  /** ISO 8601; since when it is held. */
  time: string;
}

/** A rule as it is answered. */
export type FaultRuleView = FaultRule & {
  /** How many calls it has acted on. */
  hits: number;
  /** The calls that it holds now. */
  held: HeldCall[];
};

/** Says what is wrong with posted rules; answered with status 400. */
export class InvalidControlRequest extends Error {}

/** How many distinct answers are remembered of one operation and resource. */
export const ANSWERS_REMEMBERED = 50;
const DELAY_MS_MAX = 3_600_000;

type FieldCheck = (value: unknown) => boolean;
const isText: FieldCheck = (value) => typeof value === 'string' && value !== '';
const isWholeNumber =
  (least: number, most: number): FieldCheck =>
  (value) =>
    Number.isInteger(value) && (value as number) >= least && (value as number) <= most;

const FIELDS: Record<keyof FaultRuleInput, { check: FieldCheck; wanted: string }> = {
  id: { check: (value) => typeof value === 'string' && /^[\w-]{1,64}$/.test(value), wanted: 'a word' },
  operation: { check: isText, wanted: "an operation's name or *" },
  resource: { check: isText, wanted: 'a name or a regular expression' },
  action: {
    check: (value) => FAULT_ACTIONS.includes(value as FaultAction),
    wanted: `one of ${FAULT_ACTIONS.join(', ')}`,
  },
  when: { check: (value) => value === 'before' || value === 'after', wanted: 'before or after' },
  status: { check: isWholeNumber(200, 599), wanted: 'an HTTP status from 200 to 599' },
  code: { check: isText, wanted: 'a text' },
  message: { check: (value) => typeof value === 'string', wanted: 'a text' },
  body: { check: (value) => typeof value === 'string', wanted: 'a text' },
  contentType: { check: (value) => isText(value) && !/[\r\n]/.test(value as string), wanted: 'a media type' },
  ms: { check: isWholeNumber(0, DELAY_MS_MAX), wanted: `a whole number up to ${String(DELAY_MS_MAX)}` },
  sent: {
    check: (value) => AMOUNTS_SENT.includes(value as string),
    wanted: `one of ${AMOUNTS_SENT.join(', ')}`,
  },
  back: {
    check: isWholeNumber(1, ANSWERS_REMEMBERED),
    wanted: `a whole number from 1 to ${String(ANSWERS_REMEMBERED)}`,
  },
  ageMs: { check: isWholeNumber(0, Number.MAX_SAFE_INTEGER), wanted: 'a whole number' },
  patch: {
    check: (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
    wanted: 'an object',
  },
  times: { check: isWholeNumber(1, Number.MAX_SAFE_INTEGER), wanted: 'a whole number from 1' },
  probability: {
    check: (value) => typeof value === 'number' && value >= 0 && value <= 1,
    wanted: 'a number from 0 to 1',
  },
  seed: { check: isWholeNumber(0, 0xffffffff), wanted: 'a whole number of 32 bits' },
};

/** Fields that mean something to some actions only. */
const ONLY_FOR: Partial<Record<keyof FaultRuleInput, readonly FaultAction[]>> = {
  status: ['throttle', 'error'],
  code: ['throttle', 'error'],
  message: ['throttle', 'error'],
  body: ['throttle', 'error'],
  contentType: ['throttle', 'error'],
  ms: ['delay'],
  sent: ['reset', 'hang'],
  back: ['stale'],
  ageMs: ['stale'],
  patch: ['rewrite'],
};

/** Actions that make something of a true answer. */
const AFTER_ALONE: readonly FaultAction[] = ['truncate', 'stale', 'rewrite'];
const AFTER_BY_DEFAULT: readonly FaultAction[] = [...AFTER_ALONE, 'lose', 'reset'];

function whenOf(action: FaultAction): 'before' | 'after' {
  return AFTER_BY_DEFAULT.includes(action) ? 'after' : 'before';
}

function problemsOf(rule: unknown, at: string): string[] {
  if (typeof rule !== 'object' || rule === null || Array.isArray(rule)) return [`${at} must be an object`];
  const given = rule as Partial<Record<string, unknown>>;
  const problems = ['operation', 'action']
    .filter((name) => given[name] === undefined)
    .map((name) => `${at}.${name} must be given`);
  for (const [name, value] of Object.entries(given)) {
    const field = Object.hasOwn(FIELDS, name) ? FIELDS[name as keyof FaultRuleInput] : undefined;
    if (field === undefined) problems.push(`${at}.${name} is not known`);
    else if (!field.check(value)) problems.push(`${at}.${name} must be ${field.wanted}`);
  }
  const { action, when, sent = 'nothing' } = given as Partial<FaultRuleInput>;
  if (action === undefined) return problems;
  for (const [name, actions] of Object.entries(ONLY_FOR)) {
    if (given[name] !== undefined && !actions.includes(action)) {
      problems.push(`${at}.${name} is only for ${actions.join(' and ')}`);
    }
  }
  if (action === 'delay' && given.ms === undefined) problems.push(`${at}.ms must be given`);
  if (action === 'rewrite' && given.patch === undefined) problems.push(`${at}.patch must be given`);
  if (given.back !== undefined && given.ageMs !== undefined) problems.push(`${at} may have back or ageMs, not both`);
  if (when === 'before' && AFTER_ALONE.includes(action)) problems.push(`${at}.when must be after for ${action}`);
  if (sent !== 'nothing' && (when ?? whenOf(action)) !== 'after') problems.push(`${at}.sent needs when to be after`);
  if (sent === 'all' && action === 'hang') problems.push(`${at}.sent may be all for reset alone`);
  return problems;
}

/** Reads `{ "rules": [...] }` and fills in defaults; `nextId` makes up a name. */
export function readFaultRules(posted: unknown, nextId: () => string): FaultRule[] {
  const rules: unknown = (posted as { rules?: unknown } | null | undefined)?.rules;
  if (!Array.isArray(rules)) throw new InvalidControlRequest('The body must be { "rules": [ ... ] }');
  const problems = rules.flatMap((rule, index) => problemsOf(rule, `rules[${String(index)}]`));
  if (problems.length > 0) throw new InvalidControlRequest(problems.join('; '));
  return (rules as FaultRuleInput[]).map((rule) => ({
    ...rule,
    id: rule.id ?? nextId(),
    when: rule.when ?? whenOf(rule.action),
    ...(rule.action === 'hold' ? { times: rule.times ?? 1 } : {}),
  }));
}
