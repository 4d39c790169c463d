/**
 * JSON merge patch (RFC 7396) on the members of an output, for rules that rewrite an answer. `wire/pipeline.ts` encodes
 * what comes out, so times are dates here: text in the place of one is read as ISO 8601.
 */

function isRecord(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

/** A copy of `target` with what `patch` changes; `null` takes a member away. */
export function applyMergePatch(target: unknown, patch: unknown): unknown {
  if (!isRecord(patch)) return target instanceof Date && typeof patch === 'string' ? new Date(patch) : patch;
  const patched = new Map<string, unknown>(Object.entries(isRecord(target) ? target : {}));
  for (const [name, change] of Object.entries(patch)) {
    if (change === null) patched.delete(name);
    else patched.set(name, applyMergePatch(patched.get(name), change));
  }
  return Object.fromEntries(patched);
}
