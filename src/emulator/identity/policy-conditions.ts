/**
 * The conditions of a policy's statement: those operators that policies for SageMaker use. An operator that is not known
 * is refused when the policy is read, and never taken for one that holds. Used by `policy.ts`.
 */
import { fitsPattern } from './pattern';

/** Operator to key to the values, of which one must hold. */
export type Conditions = Record<string, Record<string, string | boolean | (string | boolean)[]>>;

type Context = Readonly<Record<string, string | readonly string[]>>;
type Test = (value: string, wanted: string) => boolean;

const OPERATORS: Record<string, { test: Test; isNegative?: boolean }> = {
  StringEquals: { test: (value, wanted) => value === wanted },
  StringNotEquals: { test: (value, wanted) => value === wanted, isNegative: true },
  StringEqualsIgnoreCase: { test: (value, wanted) => value.toLowerCase() === wanted.toLowerCase() },
  StringLike: { test: (value, wanted) => fitsPattern(value, wanted) },
  StringNotLike: { test: (value, wanted) => fitsPattern(value, wanted), isNegative: true },
  ArnEquals: { test: (value, wanted) => fitsPattern(value, wanted) },
  ArnLike: { test: (value, wanted) => fitsPattern(value, wanted) },
  Bool: { test: (value, wanted) => value.toLowerCase() === wanted.toLowerCase() },
};

const FORM = /^(?:(ForAllValues|ForAnyValue):)?([A-Za-z]+?)(IfExists)?$/;

const textsOf = (value: unknown): string[] => (Array.isArray(value) ? value.map(String) : [String(value)]);

function valuesOf(context: Context, key: string): string[] | undefined {
  const found = Object.entries(context).find(([name]) => name.toLowerCase() === key.toLowerCase());
  return found === undefined ? undefined : textsOf(found[1]);
}

function holds(operator: string, values: string[] | undefined, wanted: string[]): boolean {
  if (operator === 'Null') return (values === undefined) === (wanted[0] === 'true');
  const [, quantifier, name = '', ifExists] = FORM.exec(operator) ?? [];
  const known = OPERATORS[name];
  if (known === undefined) return false;
  // AWS's own rules for a key that the request does not have.
  if (values === undefined) return ifExists !== undefined || quantifier === 'ForAllValues' || known.isNegative === true;
  const isAmong = (value: string) => wanted.some((one) => known.test(value, one)) !== (known.isNegative === true);
  return quantifier === 'ForAnyValue' ? values.some(isAmong) : values.every(isAmong);
}

/** True where every condition holds for what the request brings. */
export function matchesCondition(conditions: Conditions | undefined, context: Context): boolean {
  return Object.entries(conditions ?? {}).every(([operator, keys]) =>
    Object.entries(keys).every(([key, wanted]) => holds(operator, valuesOf(context, key), textsOf(wanted))),
  );
}

/** What is wrong with a statement's conditions. */
export function problemsOfCondition(conditions: unknown, at: string): string[] {
  if (conditions === undefined) return [];
  if (typeof conditions !== 'object' || conditions === null) return [`${at} must be an object`];
  return Object.entries(conditions as Record<string, unknown>).flatMap(([operator, keys]) => {
    const name = FORM.exec(operator)?.[2] ?? '';
    if (operator !== 'Null' && !Object.hasOwn(OPERATORS, name))
      return [`${at}.${operator} is no operator that is known`];
    return typeof keys === 'object' && keys !== null ? [] : [`${at}.${operator} must be an object`];
  });
}
