/**
 * Reads the flat form of AWS's query protocol (`Tags.member.1.Key=...`) into nested members, led by the input's schema.
 * `codec.ts` calls it for STS and IAM.
 */
import type { NormalizedSchema } from '@smithy/core/schema';

/** Longest list that is read; more would be a caller's mistake or malice. */
const ITEMS_MAX = 1000;

type ReadText = (member: NormalizedSchema, text: string) => unknown;

function isGiven(parameters: ReadonlyMap<string, string>, prefix: string): boolean {
  if (parameters.has(prefix)) return true;
  for (const key of parameters.keys()) if (key.startsWith(`${prefix}.`)) return true;
  return false;
}

function readMember(
  member: NormalizedSchema,
  parameters: ReadonlyMap<string, string>,
  prefix: string,
  readText: ReadText,
): unknown {
  if (!isGiven(parameters, prefix)) return undefined;
  if (member.isListSchema()) {
    const item = member.getValueSchema();
    const items: unknown[] = [];
    for (let at = 1; at <= ITEMS_MAX; at += 1) {
      const value = readMember(item, parameters, `${prefix}.member.${String(at)}`, readText);
      if (value === undefined) break;
      items.push(value);
    }
    return items;
  }
  if (member.isMapSchema()) {
    const entries: [string, unknown][] = [];
    for (let at = 1; at <= ITEMS_MAX; at += 1) {
      const entry = `${prefix}.entry.${String(at)}`;
      const key = parameters.get(`${entry}.key`);
      if (key === undefined) break;
      entries.push([key, readMember(member.getValueSchema(), parameters, `${entry}.value`, readText)]);
    }
    return Object.fromEntries(entries);
  }
  if (member.isStructSchema()) return readStructure(member, parameters, `${prefix}.`, readText);
  const text = parameters.get(prefix);
  return text === undefined ? undefined : readText(member, text);
}

function readStructure(
  schema: NormalizedSchema,
  parameters: ReadonlyMap<string, string>,
  prefix: string,
  readText: ReadText,
): Record<string, unknown> {
  const members: Record<string, unknown> = {};
  for (const [name, member] of schema.structIterator()) {
    const value = readMember(member, parameters, prefix + name, readText);
    if (value !== undefined) members[name] = value;
  }
  return members;
}

/** Reads the members of `schema` out of the parameters. */
export function readQueryParameters(
  schema: NormalizedSchema,
  parameters: ReadonlyMap<string, string>,
  readText: ReadText,
): Record<string, unknown> {
  return readStructure(schema, parameters, '', readText);
}
