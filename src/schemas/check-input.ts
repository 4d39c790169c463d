/**
 * Checks of inputs and requests, all problems at once. Starters and `prepare` hand in whatever was given; sentences come
 * back that name the field, never its value.
 */
import type { WorkflowType } from '../contract';
import { describeIssue, kindOf, nameOf } from './describe-issue';
import { FORBIDDEN_KEYS } from './fields';
import { INPUT_SCHEMAS, type InputOf } from './inputs';
import type { Planned } from './dry-requests';
import { findModelProblems } from './preflight';

export type CheckedInput<T extends WorkflowType> = { input: InputOf[T] } | { problems: string[] };

const PROBLEMS_MAX = 50;
/** Levels below the input itself. What reads values calls itself for each level, and a stack has an end. */
const DEPTH_MAX = 100;
/** Of the way to a value that is too deep, so many names tell which field it is in: `estimator.hyperparameters.layers`. */
const FIELD_NAMES_MAX = 3;

/**
 * Checks a workflow's input, whatever it is, and answers it typed or with all that is wrong: one sentence a problem,
 * beginning with the field. Values are not echoed, since any of them may be secret.
 */
export function checkInput<T extends WorkflowType>(type: T, value: unknown): CheckedInput<T> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return { problems: [`the input of ${type} must be one object, not ${kindOf(value)}`] };
  }
  const tooDeep = findTooDeep(value);
  if (tooDeep !== undefined) {
    return { problems: [`${tooDeep} is nested too deeply: an input has at most ${String(DEPTH_MAX)} levels`] };
  }
  const forbidden = findUnusableKeys(value, []);
  const parsed = INPUT_SCHEMAS[type].safeParse(value);
  const issues = parsed.error?.issues ?? [];
  const problems = [
    ...forbidden,
    ...issues.flatMap((issue) => describeIssue(issue, value)),
    ...(forbidden.length === 0 && PLANNED_TYPES.includes(type)
      ? findModelProblems(withoutIssues(value, issues), issues.length > 0)
      : []),
  ];
  if (problems.length === 0) return { input: value as InputOf[T] };
  const distinct = [...new Set(problems)];
  const rest = distinct.length - PROBLEMS_MAX;
  return { problems: rest > 0 ? [...distinct.slice(0, PROBLEMS_MAX), `and ${String(rest)} more`] : distinct };
}

/** The types whose input says all that is asked of AWS. */
const PLANNED_TYPES: readonly WorkflowType[] = ['fit', 'deploy', 'fitThenDeploy'];

/** What is left of an input when all that is refused by itself is taken out. */
function withoutIssues(input: object, issues: readonly { path: PropertyKey[] }[]): Planned {
  return issues.reduce<object>((left, { path }) => withoutField(left, path), input) as Planned;
}

function withoutField(value: object, [field, ...rest]: PropertyKey[]): object {
  if (field === undefined || !Object.hasOwn(value, field)) return value;
  if (Array.isArray(value)) return value.map((item: unknown, index) => (index === field ? without(item, rest) : item));
  const kept = Object.entries(value).map(
    ([name, inner]) => [name, name === field ? without(inner, rest) : inner] as const,
  );
  return Object.fromEntries(kept.filter(([, inner]) => inner !== undefined));
}

function without(value: unknown, path: PropertyKey[]): unknown {
  return path.length > 0 && typeof value === 'object' && value !== null ? withoutField(value, path) : undefined;
}

/** The name of the first field in which values are nested too deeply, or refer to themselves. */
function findTooDeep(input: object): string | undefined {
  const open: { value: object; depth: number; field: string[] }[] = [{ value: input, depth: 0, field: [] }];
  for (let next = open.pop(); next; next = open.pop()) {
    const { value, depth, field } = next;
    if (depth > DEPTH_MAX) return nameOf(field);
    for (const [key, inner] of Object.entries(value) as [string, unknown][]) {
      if (typeof inner !== 'object' || inner === null) continue;
      open.push({ value: inner, depth: depth + 1, field: depth < FIELD_NAMES_MAX ? [...field, key] : field });
    }
  }
  return undefined;
}

/** Names that are refused, and values that JSON would leave out without a word. */
function findUnusableKeys(value: unknown, path: string[]): string[] {
  if (typeof value !== 'object' || value === null) return [];
  const lost = hasKeysBesideJson(value)
    ? [`${nameOf(path)} has properties that JSON cannot hold and would leave out`]
    : [];
  return [
    ...lost,
    ...Object.keys(value).flatMap((key) => {
      const at = [...path, key];
      if (FORBIDDEN_KEYS.has(key)) return [`${nameOf(at)} is a name that cannot be used`];
      return findUnusableKeys((value as Record<string, unknown>)[key], at);
    }),
  ];
}

/** Symbols, what is not enumerable, and what a list has beside its entries. */
function hasKeysBesideJson(value: object): boolean {
  const own = Reflect.ownKeys(value);
  if (Array.isArray(value)) return own.some((key) => typeof key === 'symbol' || !/^(?:\d+|length)$/.test(key));
  // What is no plain object is refused as that.
  const { constructor: maker } = value as { constructor?: unknown };
  return (maker === Object || maker === undefined) && own.length !== Object.keys(value).length;
}
