/**
 * Is what exists what we asked for? Compares only the fields we sent with AWS's Describe answer; absent, empty, false
 * and documented defaults are equal. The differences go into a `NameTaken` failure, with secrets left out.
 */
import { canonicalJson } from './canonical-json';
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
  /** True of what is in a field that AWS's model of this release does not know: AWS's client drops it from every answer. */
  isNewer: boolean;
}

/** Names of fields that AWS's model of this release does not know. */
type Unknown = ReadonlySet<string>;

/**
 * The paths in which `found` differs from what was sent, each with both values where they may be shown.
 *
 * @param unknown names of fields that AWS's model of this release does not know: nobody knows what they hold
 */
export function findDifferences(sent: object, found: object, unknown: Unknown = new Set()): Difference[] {
  return compareObjects(sent, found, '', unknown);
}

function compareObjects(sent: object, found: object, path: string, unknown: Unknown): Difference[] {
  const answers = found as Record<string, unknown>;
  return Object.entries(sent).flatMap(([field, value]: [string, unknown]) => {
    if (path === '' && NOT_DESCRIBED.has(field)) return [];
    const at = path === '' ? field : `${path}.${field}`;
    const isNewer = unknown.has(field);
    if (isNewer || isHiddenField(field)) return compareHidden(value, answers[field], at, isNewer);
    if (SETS.has(field)) return compareValues(sorted(value), sorted(answers[field]), at, unknown);
    return compareValues(value, answers[field], at, unknown, DEFAULTS[field]);
  });
}

function compareValues(
  sent: unknown,
  found: unknown,
  path: string,
  unknown: Unknown,
  fallback?: unknown,
): Difference[] {
  if (isNothing(sent) && (isNothing(found) || found === fallback)) return [];
  if (isNothing(found) && sent === fallback) return [];
  if (Array.isArray(sent) && Array.isArray(found) && sent.length === found.length) {
    return sent.flatMap((item: unknown, i) => compareValues(item, found[i], `${path}[${String(i)}]`, unknown));
  }
  if (isObject(sent) && isObject(found)) return compareObjects(sent, found, path, unknown);
  if (sent === found) return [];
  const isUntold = found === undefined || found === null;
  const text = `${path}: asked for ${show(sent, unknown)}, found ${show(found, unknown)}`;
  return [{ path, text, isUntold, isNewer: false }];
}

/** Maps whose every key counts, told by names of keys only; all else is compared whole, and told as one. */
function compareHidden(sent: unknown, found: unknown, path: string, isNewer: boolean): Difference[] {
  const isUntold = found === undefined || found === null;
  const tell = (at: string): Difference => ({ path: at, text: `${at}: values differ`, isUntold, isNewer });
  if (!isMapOrNothing(sent) || !isMapOrNothing(found)) return areSame(sent, found) ? [] : [tell(path)];
  const asked = isObject(sent) ? (sent as Record<string, unknown>) : {};
  const there = isObject(found) ? (found as Record<string, unknown>) : {};
  const keys = [...new Set([...Object.keys(asked), ...Object.keys(there)])].sort();
  return keys.filter((key) => !areSame(asked[key], there[key])).map((key) => tell(`${path}.${key}`));
}

const isMapOrNothing = (value: unknown): boolean => value === undefined || value === null || isObject(value);

function areSame(sent: unknown, found: unknown): boolean {
  return (isNothing(sent) && isNothing(found)) || canonicalJson(sent ?? null) === canonicalJson(found ?? null);
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

function show(value: unknown, unknown: Unknown): string {
  const text = value === undefined ? 'nothing' : showValue(value, unknown);
  return text.length > 200 ? `${text.slice(0, 200)}…` : text;
}
