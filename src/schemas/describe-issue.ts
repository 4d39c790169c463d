/**
 * What zod found wrong, in sentences that begin with the field and never echo a value. Used by `check-input.ts`.
 */
import type { z } from 'zod';
import { INPUT_SIGNS } from '../domain/inputs';

type Issue = z.core.$ZodIssue;

/** One sentence a problem. */
export function describeIssue(issue: Issue, input: unknown, prefix: PropertyKey[] = []): string[] {
  const path = [...prefix, ...issue.path];
  const at = nameOf(path);
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => describeUnknown(key, valueAt(input, path), path));
    case 'invalid_union':
      return describeUnion(issue, input, path);
    case 'invalid_key':
      return issue.issues.map((inner) => `${at}: the name ${inner.message}`);
    case 'invalid_type': {
      const given = valueAt(input, path);
      if (given === undefined) return [`${at} is missing`];
      return [`${at} must be ${withArticle(issue.expected)}, not ${kindOf(given)}`];
    }
    case 'invalid_value':
      return [`${at} must be ${issue.values.length > 1 ? 'one of ' : ''}${issue.values.map(String).join(', ')}`];
    case 'too_small':
      return [`${at} must ${describeMinimum(issue.origin, issue.minimum)}`];
    case 'too_big':
      return [`${at} must ${describeMaximum(issue.origin, issue.maximum)}`];
    default:
      return [`${at} ${issue.message}`];
  }
}

/**
 * Of a union, tells the problems of the member that was most likely meant: the one of the value's own kind. Where none is,
 * the union's own words in `fields.ts` and `inputs.ts` tell what it takes.
 */
function describeUnion(
  issue: Extract<Issue, { code: 'invalid_union' }>,
  input: unknown,
  path: PropertyKey[],
): string[] {
  const isOfOtherKind = (issues: Issue[]) =>
    issues.some((inner) => inner.code === 'invalid_type' && inner.path.length === 0);
  const candidates = issue.errors.filter((issues) => !isOfOtherKind(issues));
  const given = valueAt(input, path);
  const meant = candidates.find((issues) => isMeant(issues, given)) ?? candidates[0];
  if (!meant)
    return [`${nameOf(path)} ${given === undefined ? 'is missing' : `${issue.message}, not ${kindOf(given)}`}`];
  return meant.flatMap((inner) => describeIssue(inner, input, path));
}

/** Whether these are the problems of what was meant: one input by its sign, or channels where there is none. */
function isMeant(issues: Issue[], given: unknown): boolean {
  const sign = signOf(given);
  if (sign === undefined) {
    return !issues.some(
      ({ code, path: [field] }) => code === 'invalid_type' && INPUT_SIGNS.some((one) => one === field),
    );
  }
  const isOfChannels = issues.some(({ code }) => code === 'invalid_union' || code === 'invalid_key');
  return !isOfChannels && !issues.some((issue) => issue.code === 'unrecognized_keys' && issue.keys.includes(sign));
}

function signOf(given: unknown): string | undefined {
  return typeof given === 'object' && given !== null ? INPUT_SIGNS.find((field) => field in given) : undefined;
}

/** A field too many. Beside the sign of one input it may be a channel, which would be lost without a word. */
function describeUnknown(key: string, given: unknown, path: PropertyKey[]): string {
  const sentence = `${nameOf([...path, key])} is not a known argument`;
  const sign = signOf(given);
  const value = valueAt(given, [key]);
  const isInput = (typeof value === 'string' && value.startsWith('s3://')) || signOf(value) !== undefined;
  if (sign === undefined || !isInput) return sentence;
  return `${sentence}: with ${sign}, ${nameOf(path)} is one input; where both are channels, call the other by a name that is not ${sign}`;
}

function describeMinimum(origin: string, minimum: number | bigint): string {
  if (origin !== 'string' && origin !== 'array') return `be ${String(minimum)} or more`;
  return Number(minimum) === 1 ? 'not be empty' : `have at least ${String(minimum)} entries`;
}

function describeMaximum(origin: string, maximum: number | bigint): string {
  if (origin === 'string') return `be at most ${String(maximum)} characters long`;
  if (origin === 'array') return `have at most ${String(maximum)} entries`;
  return `be ${String(maximum)} or less`;
}

/** A field as it is written in a program: `fit.inputs.train[0]`. */
export function nameOf(path: PropertyKey[]): string {
  const name = path
    .map((key) => (typeof key === 'number' ? `[${String(key)}]` : `.${String(key).slice(0, 80)}`))
    .join('');
  return name.replace(/^\./, '') || 'the input';
}

function valueAt(value: unknown, path: PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (at, key) => (typeof at === 'object' && at !== null ? (at as Record<PropertyKey, unknown>)[key] : undefined),
    value,
  );
}

/** What kind of value this is, with its article. */
export function kindOf(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'number' && !Number.isFinite(value)) return String(value);
  if (typeof value === 'number' && !Number.isInteger(value)) return 'a fraction';
  if (typeof value === 'object') {
    const { constructor: maker } = value as { constructor?: unknown };
    if (typeof maker === 'function' && maker.name !== 'Object') return `an object of the class ${maker.name}`;
  }
  return withArticle(typeof value);
}

function withArticle(type: string): string {
  const words: Record<string, string> = {
    string: 'a text',
    int: 'a whole number',
    number: 'a number',
    array: 'a list',
    record: 'an object',
    object: 'an object',
    boolean: 'true or false',
  };
  return words[type] ?? `a ${type}`;
}
