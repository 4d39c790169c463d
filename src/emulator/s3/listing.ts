/**
 * One page of a bucket's listing: keys rolled up at a delimiter, cut at a limit, going on after a marker. Pure; both
 * list operations of `list-handlers.ts` are this with other names around it.
 */
import type { StoredObject } from '../world';
import { compareKeys } from './key-order';

export interface Page {
  objects: StoredObject[];
  commonPrefixes: string[];
  /** Where the next page begins: after this key, or after all keys that begin with this common prefix. */
  next: string | undefined;
}

/**
 * @param sorted Objects in key order, all of which begin with `prefix`.
 * @param after Leaves out all up to this key; where it is a common prefix itself, all that it stands for.
 */
export function pageOf(
  sorted: readonly StoredObject[],
  { prefix, delimiter, after, limit }: { prefix: string; delimiter: string; after: string; limit: number },
): Page {
  const page: Page = { objects: [], commonPrefixes: [], next: undefined };
  let last: string | undefined;
  for (const object of sorted) {
    if (compareKeys(object.key, after) <= 0) continue;
    const rolled = commonPrefixOf(object.key, prefix, delimiter);
    if (rolled !== undefined && (rolled === last || rolled === after)) continue;
    if (page.objects.length + page.commonPrefixes.length >= limit) {
      page.next = last;
      break;
    }
    if (rolled === undefined) page.objects.push(object);
    else page.commonPrefixes.push(rolled);
    last = rolled ?? object.key;
  }
  return page;
}

function commonPrefixOf(key: string, prefix: string, delimiter: string): string | undefined {
  if (delimiter === '') return undefined;
  const at = key.indexOf(delimiter, prefix.length);
  return at < 0 ? undefined : key.slice(0, at + delimiter.length);
}
