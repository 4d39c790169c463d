/**
 * Checks of inputs and requests, all problems at once. Starters and `prepare` hand in whatever was given; sentences come
 * back that name the field, never its value.
 */
import type { WorkflowType } from '../contract';
import { findViolations } from '../service-model';
import { describeIssue, kindOf, nameOf } from './describe-issue';
import { FORBIDDEN_KEYS } from './fields';
import { INPUT_SCHEMAS, type InputOf } from './inputs';

export type CheckedInput<T extends WorkflowType> = { input: InputOf[T] } | { problems: string[] };

/** What AWS's published model refuses in a request: one sentence a problem, in AWS's words. */
export function checkRequest(operation: string, request: object): string[] {
  return findViolations(operation, request).map(({ message }) => `${operation}: ${message}`);
}

const PROBLEMS_MAX = 50;

/**
 * Checks a workflow's input, whatever it is, and answers it typed or with all that is wrong: one sentence a problem,
 * beginning with the field. Values are not echoed, since any of them may be secret.
 */
export function checkInput<T extends WorkflowType>(type: T, value: unknown): CheckedInput<T> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return { problems: [`the input of ${type} must be one object, not ${kindOf(value)}`] };
  }
  const forbidden = findForbiddenKeys(value, []);
  const parsed = INPUT_SCHEMAS[type].safeParse(value);
  const problems = [
    ...forbidden,
    ...(parsed.error ? parsed.error.issues.flatMap((issue) => describeIssue(issue, value)) : []),
  ];
  if (problems.length === 0) return { input: value as InputOf[T] };
  const distinct = [...new Set(problems)];
  const rest = distinct.length - PROBLEMS_MAX;
  return { problems: rest > 0 ? [...distinct.slice(0, PROBLEMS_MAX), `and ${String(rest)} more`] : distinct };
}

function findForbiddenKeys(value: unknown, path: string[], depth = 0): string[] {
  if (typeof value !== 'object' || value === null || depth > 20) return [];
  return Object.keys(value).flatMap((key) => {
    const at = [...path, key];
    if (FORBIDDEN_KEYS.has(key)) return [`${nameOf(at)} is a name that cannot be used`];
    return findForbiddenKeys((value as Record<string, unknown>)[key], at, depth + 1);
  });
}
