/**
 * The values of a request that nobody is shown: those of hyperparameters, environment and command line, any of which may be
 * secret. What AWS says of a request is freed of them here, and differences are shown without them.
 */

/** Fields whose values are never shown, wherever they stand. */
const HIDDEN_FIELDS: ReadonlySet<string> = new Set([
  'HyperParameters',
  'Environment',
  'ContainerArguments',
  'ContainerEntrypoint',
]);

/** Shorter texts are numbers and words, which AWS's own sentences have too. */
const LENGTH_MIN = 6;
/** A long value may be repeated in part: so much of its beginning is enough to find it. */
const BEGINNING_LENGTH = 24;
const HIDDEN = '***';

export function isHiddenField(name: string): boolean {
  return HIDDEN_FIELDS.has(name);
}

/**
 * A value as JSON, for people, without what is hidden in it.
 *
 * @param unknown fields of which nobody knows what they hold
 */
export function showValue(value: unknown, unknown: ReadonlySet<string> = new Set()): string {
  const isHidden = (field: string): boolean => isHiddenField(field) || unknown.has(field);
  return JSON.stringify(value, (field, inner: unknown) => (isHidden(field) ? HIDDEN : inner));
}

/** What AWS said of a request, without the request's hidden values. */
export function hideValues(text: string, request: object): string {
  return hiddenTexts(request)
    .flatMap((value) => [value, JSON.stringify(value).slice(1, -1)])
    .sort((a, b) => b.length - a.length)
    .reduce(hideOne, text);
}

function hiddenTexts(value: unknown, isHidden = false): string[] {
  if (typeof value === 'string') return isHidden && value.length >= LENGTH_MIN ? [value] : [];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([field, inner]) => hiddenTexts(inner, isHidden || isHiddenField(field)));
}

function hideOne(text: string, value: string): string {
  const beginning = value.slice(0, BEGINNING_LENGTH);
  let rest = text;
  let shown = '';
  for (let at = rest.indexOf(beginning); at >= 0; at = rest.indexOf(beginning)) {
    let length = beginning.length;
    while (length < value.length && rest[at + length] === value[length]) length += 1;
    shown += rest.slice(0, at) + HIDDEN;
    rest = rest.slice(at + length);
  }
  return shown + rest;
}
