/**
 * IAM's policy language, as far as policies for SageMaker use it: does a document allow an action on a resource? Pure.
 * Documents come from the start options and from `POST /_emulator/policies`; `guard.ts` asks for every call.
 */
import { fitsPattern } from './pattern';
import { matchesCondition, problemsOfCondition, type Conditions } from './policy-conditions';

/** One statement of a policy. */
export interface PolicyStatement {
  /** A name for people. */
  Sid?: string;
  /** A denial wins over every permission. */
  Effect: 'Allow' | 'Deny';
  /** Actions such as `sagemaker:CreateTrainingJob`; `*` and `?` stand for anything. */
  Action?: string | string[];
  /** All actions but these. */
  NotAction?: string | string[];
  /** ARNs; `*` and `?` stand for anything. */
  Resource?: string | string[];
  /** All resources but these. */
  NotResource?: string | string[];
  /** Operator, key, value: all of them must hold. */
  Condition?: Conditions;
}

/** A policy as IAM keeps it. */
export interface PolicyDocument {
  /** Of the language. */
  Version?: string;
  /** What it allows and denies. */
  Statement: PolicyStatement | PolicyStatement[];
}

/** One thing that a call needs. */
export interface NeededPermission {
  action: string;
  resource: string;
  /** Condition keys and their values. */
  context: Readonly<Record<string, string | readonly string[]>>;
}

/** What a document says of a permission. */
export type PolicyVerdict = 'allowed' | 'not allowed' | 'explicitly denied';

const listOf = <T>(value: T | readonly T[] | undefined): readonly T[] =>
  value === undefined ? [] : Array.isArray(value) ? (value as readonly T[]) : [value as T];

function namesAction({ Action, NotAction }: PolicyStatement, action: string): boolean {
  const isAmong = (patterns: readonly string[]) =>
    patterns.some((pattern) => fitsPattern(action.toLowerCase(), pattern.toLowerCase()));
  return NotAction === undefined ? isAmong(listOf(Action)) : !isAmong(listOf(NotAction));
}

function namesResource({ Resource, NotResource }: PolicyStatement, resource: string): boolean {
  const isAmong = (patterns: readonly string[]) => patterns.some((pattern) => fitsPattern(resource, pattern));
  return NotResource === undefined ? isAmong(listOf(Resource)) : !isAmong(listOf(NotResource));
}

/** Judges one permission by a document, as IAM does: a denial wins, and what nothing allows is not allowed. */
export function judgePermission(policy: PolicyDocument, needed: NeededPermission): PolicyVerdict {
  const applying = listOf(policy.Statement).filter(
    (statement) =>
      namesAction(statement, needed.action) &&
      namesResource(statement, needed.resource) &&
      matchesCondition(statement.Condition, needed.context),
  );
  if (applying.some(({ Effect }) => Effect === 'Deny')) return 'explicitly denied';
  return applying.length > 0 ? 'allowed' : 'not allowed';
}

const FIELDS = ['Sid', 'Effect', 'Action', 'NotAction', 'Resource', 'NotResource', 'Condition'];

const isTexts = (value: unknown): boolean =>
  typeof value === 'string' ||
  (Array.isArray(value) && value.length > 0 && value.every((one) => typeof one === 'string'));

function problemsOfStatement(statement: unknown, at: string): string[] {
  if (typeof statement !== 'object' || statement === null || Array.isArray(statement))
    return [`${at} must be an object`];
  const given = statement as Record<string, unknown>;
  const problems = Object.keys(given)
    .filter((name) => !FIELDS.includes(name))
    .map((name) => `${at}.${name} is not known`);
  if (given.Effect !== 'Allow' && given.Effect !== 'Deny') problems.push(`${at}.Effect must be Allow or Deny`);
  for (const [one, other] of [
    ['Action', 'NotAction'],
    ['Resource', 'NotResource'],
  ] as const) {
    if ((given[one] === undefined) === (given[other] === undefined)) {
      problems.push(`${at} must have one of ${one} and ${other}`);
    } else if (!isTexts(given[one] ?? given[other])) {
      problems.push(`${at}.${given[one] === undefined ? other : one} must be a text or a list of texts`);
    }
  }
  return [...problems, ...problemsOfCondition(given.Condition, `${at}.Condition`)];
}

/** Everything that is wrong with a document; a policy with a slip in it would allow and deny by accident. */
export function problemsOfPolicy(policy: unknown, at = 'policy'): string[] {
  const statements = (policy as { Statement?: unknown } | null | undefined)?.Statement;
  if (typeof statements !== 'object' || statements === null) return [`${at}.Statement must be given`];
  return listOf(statements).flatMap((statement, index) =>
    problemsOfStatement(statement, `${at}.Statement[${String(index)}]`),
  );
}
