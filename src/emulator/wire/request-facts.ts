/**
 * What the journal tells of a request beside its operation and its main name: who asks, what else it names, and how it
 * tags. Called by `pipeline.ts` with members that are not validated yet, so nothing here trusts their shape.
 */
import type { JournalEntry } from '../control/journal';

export type RequestFacts = Pick<JournalEntry, 'userAgent' | 'names' | 'tags'>;

/** AWS's own limits; a request beyond them is refused, and need not be remembered whole. */
const TAGS_MAX = 50;
const TEXT_LENGTH_MAX = 256;
/** Longer than any SDK's; whoever says more says nothing. */
const USER_AGENT_LENGTH_MAX = 2_048;

/** Members by which one resource names another. */
const NAMES = ['TrainingJobName', 'EndpointName', 'EndpointConfigName', 'ModelName'];

export function readRequestFacts(userAgent: string | undefined, members: unknown = {}): RequestFacts {
  const given = typeof members === 'object' && members !== null ? (members as Record<string, unknown>) : {};
  const [main, ...further] = NAMES.filter((name) => isShortText(given[name]));
  const names = Object.fromEntries(further.map((name) => [name, given[name] as string]));
  const tags = readTags(given.Tags);
  return {
    ...(userAgent !== undefined && userAgent.length <= USER_AGENT_LENGTH_MAX && { userAgent }),
    ...(main !== undefined && further.length > 0 && { names }),
    ...(Object.keys(tags).length > 0 && { tags }),
  };
}

function readTags(list: unknown): Record<string, string> {
  if (!Array.isArray(list)) return {};
  const tags = list.slice(0, TAGS_MAX).flatMap((tag: unknown): [string, string][] => {
    if (typeof tag !== 'object' || tag === null) return [];
    const { Key, Value } = tag as { Key?: unknown; Value?: unknown };
    return isShortText(Key) && isShortText(Value) ? [[Key, Value]] : [];
  });
  return Object.fromEntries(tags);
}

function isShortText(value: unknown): value is string {
  return typeof value === 'string' && value.length <= TEXT_LENGTH_MAX;
}
