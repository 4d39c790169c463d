/**
 * AWS's words for a constraint that a value breaks, as what follows the name of an argument: `must be 30 or less`. The
 * constraints come from `service-model/`, the sentences go to `preflight.ts`.
 */
import { compilePattern } from '../service-model';

export function describeConstraint(constraint: string, value: unknown): string {
  const [, about, inner] = /^(Map keys|Map value|Member) must satisfy constraint: \[(.*)\]$/s.exec(constraint) ?? [];
  if (about !== undefined && inner !== undefined) {
    const whose = { 'Map keys': 'name', 'Map value': 'value', Member: 'entry' }[about] ?? 'entry';
    const each = inner.split(/, (?=Member must )/);
    // AWS lists all that it asks of an entry.
    const broken = each.filter((one) => entriesOf(value, about).some((entry) => isBroken(one, entry)));
    const told = (broken.length > 0 ? broken : each).map((one) => describeConstraint(one, ''));
    return `has an entry that AWS refuses: each ${whose} ${told.join(', and ')}`;
  }
  const [, measure, word, limit] = LIMIT.exec(constraint) ?? [];
  if (limit !== undefined) {
    if (measure === 'value') return `must be ${limit} or ${word === 'less' ? 'less' : 'more'}`;
    const most = word === 'less' ? 'at most' : 'at least';
    return typeof value === 'object'
      ? `must have ${most} ${limit} entries`
      : `must be ${most} ${limit} characters long`;
  }
  const [, pattern] = PATTERN.exec(constraint) ?? [];
  if (pattern === '.*' || pattern === '.+') return 'must be in one line';
  if (pattern !== undefined) return `must match ${pattern}`;
  const [, values] = /^Member must satisfy enum value set: \[(.*)\]$/s.exec(constraint) ?? [];
  if (values !== undefined) return `must be one of ${values}`;
  return constraint.replace(/^Member /, '');
}

/** What is longer is refused for its length, and not matched by AWS's patterns, which may be slow. */
const MATCHED_LENGTH_MAX = 4096;
const LIMIT = /^Member must have (length|value) (less|greater) than or equal to (\d+)$/;
const PATTERN = /^Member must satisfy regular expression pattern: (.*)$/s;

function entriesOf(value: unknown, about: string): unknown[] {
  if (typeof value !== 'object' || value === null) return [];
  return about === 'Map keys' ? Object.keys(value) : Object.values(value);
}

function isBroken(constraint: string, entry: unknown): boolean {
  if (typeof entry !== 'string') return false;
  const [, , word, limit] = LIMIT.exec(constraint) ?? [];
  if (limit !== undefined) return word === 'less' ? entry.length > Number(limit) : entry.length < Number(limit);
  const [, pattern] = PATTERN.exec(constraint) ?? [];
  return pattern !== undefined && entry.length <= MATCHED_LENGTH_MAX && !compilePattern(pattern).test(entry);
}
