/** IAM's patterns, as they stand in actions, resources and conditions. Used by `policy.ts` and `policy-conditions.ts`. */

/** True where all of `text` fits a pattern in which `*` stands for any characters and `?` for one. */
export function fitsPattern(text: string, pattern: string): boolean {
  const expression = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${expression}$`, 's').test(text);
}
