/**
 * Verdict on an execution role: whether SageMaker may assume it. Pure: `check-aws.ts` hands in IAM's answer.
 */
import { failed, ok, warning, type Finding } from './finding';

const SAGEMAKER = 'sagemaker.amazonaws.com';
const ASSUME_ROLE = 'sts:AssumeRole';

interface Statement {
  Effect?: unknown;
  Principal?: unknown;
  Action?: unknown;
  NotAction?: unknown;
  Condition?: unknown;
}

export interface FoundRole {
  arn: string;
  /** The trust policy as IAM gives it: JSON, percent-encoded. */
  trustPolicy: string;
}

/** @param given The name or ARN that was asked for. */
export function judgeRole(given: string, { arn, trustPolicy }: FoundRole): Finding {
  if (given.includes('/') && given !== arn) {
    return failed('permission', `${given} is not this account's; the role of that name here is ${arn}`, `Use ${arn}.`);
  }
  const fix = `Let the role's trust policy allow ${ASSUME_ROLE} to the service ${SAGEMAKER}.`;
  const statements = readStatements(trustPolicy);
  if (!statements) return failed('permission', `the trust policy of ${arn} cannot be read`, fix);
  const about = statements.filter((statement) => isAboutSageMaker(statement));
  if (about.some(({ Effect, Condition }) => Effect === 'Deny' && Condition === undefined)) {
    return failed('permission', `the trust policy of ${arn} denies ${ASSUME_ROLE} to ${SAGEMAKER}`, fix);
  }
  const allowing = about.filter(({ Effect }) => Effect === 'Allow');
  if (allowing.length === 0) {
    return failed('permission', `the trust policy of ${arn} does not allow ${ASSUME_ROLE} to ${SAGEMAKER}`, fix);
  }
  if (about.length > allowing.length || allowing.every(({ Condition }) => Condition !== undefined)) {
    return warning(
      `${arn} lets SageMaker assume it under conditions`,
      'Check that the conditions of the trust policy hold for SageMaker in this account and region.',
    );
  }
  return ok(`${arn} lets SageMaker assume it`);
}

function readStatements(trustPolicy: string): Statement[] | undefined {
  try {
    const { Statement: given } = JSON.parse(decodeURIComponent(trustPolicy)) as { Statement?: Statement | Statement[] };
    return asList(given) as Statement[];
  } catch {
    // What is no policy trusts nobody; the finding says so.
    return undefined;
  }
}

function isAboutSageMaker({ Principal: principal, Action: action }: Statement): boolean {
  const services =
    typeof principal === 'object' && principal !== null ? (principal as { Service?: unknown }).Service : principal;
  const isNamed = asList(services).some((service) => service === SAGEMAKER || service === '*');
  const isMeant = asList(action).some((each) => typeof each === 'string' && matches(each, ASSUME_ROLE));
  return isNamed && isMeant;
}

/** IAM's wildcards, in any case of letters. */
function matches(pattern: string, action: string): boolean {
  const expression = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${expression}$`, 'i').test(action);
}

function asList(value: unknown): unknown[] {
  if (value === undefined) return [];
  return Array.isArray(value) ? value : [value];
}

/** The name within a role's ARN; a name stays as it is. */
export function roleNameOf(given: string): string {
  return given.split('/').at(-1) ?? given;
}
