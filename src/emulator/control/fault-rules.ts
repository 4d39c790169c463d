/**
 * What a fault rule may say, read from the JSON that a test posts. `faults.ts` acts by the rules, `endpoints.ts` answers
 * with their views.
 */

export const FAULT_ACTIONS = ['throttle', 'error', 'lose', 'hang', 'hold'] as const;
/** What a rule does to a call; {@link FaultRuleInput.action} tells each. */
export type FaultAction = (typeof FAULT_ACTIONS)[number];

/** A rule as it is posted. */
export interface FaultRuleInput {
  /** @default made up */
  id?: string;
  /** An operation's name, or `*` for all. */
  operation: string;
  /** The main name in the request: all of it, or a regular expression that matches all of it. @default any */
  resource?: string;
  /**
   * `throttle` and `error` answer with an error, `lose` lets the call take effect and closes the connection, `hang`
   * leaves it open without an answer until the rule is removed, `hold` stops the call until it is released.
   */
  action: FaultAction;
  /** Before or after the effect; after counts only where there was one. @default 'before', for `lose` 'after' */
  when?: 'before' | 'after';
  /** HTTP status of the error. @default 500, for `throttle` AWS's own */
  status?: number;
  /** AWS's name of the error. @default 'InternalFailure', for `throttle` AWS's own */
  code?: string;
  /** The error's text. @default AWS's own */
  message?: string;
  /** Answers with this text in the place of an AWS error. */
  body?: string;
  /** Of `body`. @default 'text/plain' */
  contentType?: string;
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
  times: { check: isWholeNumber(1, Number.MAX_SAFE_INTEGER), wanted: 'a whole number from 1' },
  probability: {
    check: (value) => typeof value === 'number' && value >= 0 && value <= 1,
    wanted: 'a number from 0 to 1',
  },
  seed: { check: isWholeNumber(0, 0xffffffff), wanted: 'a whole number of 32 bits' },
};

const ANSWERING: readonly FaultAction[] = ['throttle', 'error'];
const OF_ANSWERS = ['status', 'code', 'message', 'body', 'contentType'] as const;

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
  if (!ANSWERING.includes(given.action as FaultAction)) {
    for (const name of OF_ANSWERS) {
      if (given[name] !== undefined) problems.push(`${at}.${name} is only for ${ANSWERING.join(' and ')}`);
    }
  }
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
    when: rule.when ?? (rule.action === 'lose' ? 'after' : 'before'),
    ...(rule.action === 'hold' ? { times: rule.times ?? 1 } : {}),
  }));
}
