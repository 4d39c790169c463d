/**
 * Is what exists what we asked for? Compares only the fields we sent with AWS's Describe answer; absent, empty, false
 * and documented defaults are equal. The differences go into a `NameTaken` failure, with secrets left out.
 */
import { isHiddenField, showValue } from './hidden-values';

/** What AWS answers for a field that was not sent, where that is not empty or false. */
const DEFAULTS: Record<string, unknown> = {
  S3DataDistributionType: 'FullyReplicated',
  CompressionType: 'None',
  RecordWrapperType: 'None',
  InitialVariantWeight: 1,
  TrainingInputMode: 'File',
};

/** Fields of a request that its Describe never answers, or that say how something is made and not what. */
const NOT_DESCRIBED = new Set(['Tags', 'DeploymentConfig']);

/** Lists whose order says nothing. */
const SETS = new Set(['Subnets', 'SecurityGroupIds']);

/** One field in which what was found differs from what was sent. */
export interface Difference {
  path: string;
  /** The path with both values, where they may be shown. */
  text: string;
  /** True where the answer says nothing of it: it may be another, or one that AWS does not tell. */
  isUntold: boolean;
}

/** The paths in which `found` differs from what was sent, each with both values where they may be shown. */
export function findDifferences(sent: object, found: object): Difference[] {
  return compareObjects(sent, found, '');
}

function compareObjects(sent: object, found: object, path: string): Difference[] {
  const answers = found as Record<string, unknown>;
  return Object.entries(sent).flatMap(([field, value]: [string, unknown]) => {
    if (path === '' && NOT_DESCRIBED.has(field)) return [];
    const at = path === '' ? field : `${path}.${field}`;
    if (isHiddenField(field)) return compareHidden(value, answers[field], at);
    if (SETS.has(field)) return compareValues(sorted(value), sorted(answers[field]), at);
    return compareValues(value, answers[field], at, DEFAULTS[field]);
  });
}

function compareValues(sent: unknown, found: unknown, path: string, fallback?: unknown): Difference[] {
  if (isNothing(sent) && (isNothing(found) || found === fallback)) return [];
  if (isNothing(found) && sent === fallback) return [];
  if (Array.isArray(sent) && Array.isArray(found) && sent.length === found.length) {
    return sent.flatMap((item: unknown, i) => compareValues(item, found[i], `${path}[${String(i)}]`));
  }
  if (isObject(sent) && isObject(found)) return compareObjects(sent, found, path);
  if (sent === found) return [];
  const isUntold = found === undefined || found === null;
  return [{ path, text: `${path}: asked for ${show(sent)}, found ${show(found)}`, isUntold }];
}

/** Maps whose every key counts, told by names of keys only. */
function compareHidden(sent: unknown, found: unknown, path: string): Difference[] {
  const asked = isObject(sent) ? (sent as Record<string, unknown>) : {};
  const there = isObject(found) ? (found as Record<string, unknown>) : {};
  const keys = [...new Set([...Object.keys(asked), ...Object.keys(there)])].sort();
  const isUntold = found === undefined || found === null;
  return keys
    .filter((key) => asked[key] !== there[key])
    .map((key) => ({ path: `${path}.${key}`, text: `${path}.${key}: values differ`, isUntold }));
}

function sorted(value: unknown): unknown {
  return Array.isArray(value) ? [...(value as unknown[])].sort() : value;
}

function isNothing(value: unknown): boolean {
  if (value === undefined || value === null || value === false || value === '') return true;
  return typeof value === 'object' && Object.keys(value).length === 0;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function show(value: unknown): string {
  const text = value === undefined ? 'nothing' : showValue(value);
  return text.length > 200 ? `${text.slice(0, 200)}…` : text;
}
