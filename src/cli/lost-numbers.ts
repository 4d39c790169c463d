/**
 * Finds the whole numbers of a spec that are not what was written once they are read: beyond 2^53 JavaScript has not all of
 * them. Looks at the text of a spec, JSON or YAML, beside `spec.ts` which reads it; no library after it could tell any more.
 */
const SAFE = BigInt(Number.MAX_SAFE_INTEGER);
/** Nothing shorter is beyond 2^53, in any notation; most specs are done with that. */
const LONG_NUMBER = /[0-9a-f]{14}/i;

/** One sentence a number, beginning with its field. */
export async function findLostNumbers(text: string, aliasesMax: number): Promise<string[]> {
  if (!LONG_NUMBER.test(text)) return [];
  const { parseDocument } = await import('yaml');
  const { nameOf } = await import('../schemas/index.js');
  let read: unknown;
  try {
    // JSON is YAML but for a name that comes twice.
    const document = parseDocument(text, { intAsBigInt: true, uniqueKeys: false, logLevel: 'silent' });
    read = document.toJS({ maxAliasCount: aliasesMax });
  } catch (error) {
    // YAML's reader calls itself for each level; what is too deep for it is far too deep for an input, and refused as that.
    if (error instanceof RangeError) return [];
    throw error;
  }
  const open: { value: unknown; path: PropertyKey[] }[] = [{ value: read, path: [] }];
  const seen = new Set<unknown>();
  const lost: string[] = [];
  for (let next = open.pop(); next; next = open.pop()) {
    const { value, path } = next;
    if (typeof value === 'bigint' && (value > SAFE || value < -SAFE)) lost.push(nameOf(path));
    if (typeof value !== 'object' || value === null || seen.has(value)) continue;
    seen.add(value);
    const isList = Array.isArray(value);
    const entries = Object.entries(value) as [string, unknown][];
    open.push(
      ...entries.reverse().map(([key, inner]) => ({ value: inner, path: [...path, isList ? Number(key) : key] })),
    );
  }
  return lost.map(
    (name) =>
      `${name} is a whole number beyond ${String(SAFE)} and would become another one: where a text will do, as for a ` +
      'hyperparameter, write it in quotes',
  );
}
