/**
 * Which argument is behind a field of a request. Nobody writes that down: the field is that of the argument whose change
 * changes it. `preflight.ts` asks, to tell people of what they wrote.
 */

/** A field's value by its path in AWS's way of writing, `stoppingCondition.maxRuntimeInSeconds`; undefined where there is none. */
export function valueAt(request: unknown, path: string): unknown {
  return path.split('.').reduce<unknown>((at, name) => {
    if (typeof at !== 'object' || at === null) return undefined;
    if (Array.isArray(at)) return /^\d+$/.test(name) ? { member: at[Number(name) - 1] as unknown } : undefined;
    const fields = at as Record<string, unknown>;
    return fields[name] ?? fields[name.slice(0, 1).toUpperCase() + name.slice(1)];
  }, request);
}

/** More arguments than any input that is taken in earnest has. */
const ARGUMENTS_MAX = 3_000;

/**
 * The path of the argument behind each field, or undefined where none or no single one is. A field with several arguments
 * is that of what they have in common: a list with one entry too many is the list.
 *
 * @param read answers each field's value for an input; may throw
 */
export function findArguments(input: object, read: (input: object) => unknown[]): (PropertyKey[] | undefined)[] {
  const before = read(input).map(print);
  const behind: PropertyKey[][][] = before.map(() => []);
  const leaves = leavesOf(input, []);
  if (leaves.length > ARGUMENTS_MAX) return before.map(() => undefined);
  for (const path of leaves) {
    const after = readOrNothing(() => read(changedAt(input, path) as object));
    after?.forEach((value, index) => {
      if (print(value) !== before[index]) behind[index]?.push(path);
    });
  }
  return behind.map(commonPath);
}

/** A changed argument may be one that nothing can be built of. */
function readOrNothing(read: () => unknown[]): unknown[] | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}

function leavesOf(value: unknown, path: PropertyKey[]): PropertyKey[][] {
  if (typeof value !== 'object' || value === null) return [path];
  const entries = Array.isArray(value) ? [...value.entries()] : Object.entries(value);
  return entries.flatMap(([key, inner]: [PropertyKey, unknown]) => leavesOf(inner, [...path, key]));
}

function changedAt(value: unknown, [key, ...rest]: PropertyKey[]): unknown {
  if (key === undefined) return changed(value);
  const copy = (Array.isArray(value) ? [...(value as unknown[])] : { ...(value as object) }) as Record<
    PropertyKey,
    unknown
  >;
  copy[key] = changedAt(copy[key], rest);
  return copy;
}

/** Another value of the same kind. */
function changed(value: unknown): unknown {
  if (typeof value === 'string') return `${value}~`;
  if (typeof value === 'number') return value + 1;
  return typeof value === 'boolean' ? !value : undefined;
}

function print(value: unknown): string {
  return value === undefined ? '' : JSON.stringify(value);
}

/** Of a whole section there is nothing to say: that is no argument. */
function commonPath([first, ...others]: PropertyKey[][]): PropertyKey[] | undefined {
  if (!first) return undefined;
  const end = first.findIndex((key, index) => others.some((path) => path[index] !== key));
  const common = end < 0 ? first : first.slice(0, end);
  return common.length > 1 ? common : undefined;
}
