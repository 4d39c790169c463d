/**
 * The order of S3 keys: by their UTF-8 bytes, which differs from JavaScript's own order where a key holds characters
 * beyond the basic plane. Used by the store, which keeps its keys sorted, and by listings, which go on after a key.
 */

/** Below zero, zero or above zero as `a` stands before, at or after `b` in UTF-8 byte order. */
export function compareKeys(a: string, b: string): number {
  const shared = Math.min(a.length, b.length);
  for (let at = 0; at < shared; at += 1) {
    const left = a.charCodeAt(at);
    const right = b.charCodeAt(at);
    if (left !== right) return byteRank(left) - byteRank(right);
  }
  return a.length - b.length;
}

/** UTF-8 puts what UTF-16 writes as surrogates after everything that UTF-16 writes in one unit. */
function byteRank(codeUnit: number): number {
  return codeUnit >= 0xd800 && codeUnit <= 0xdfff ? codeUnit + 0x10000 : codeUnit;
}

/** Index of the first of the sorted keys that stands at or after `bound`. */
export function firstKeyAt(sortedKeys: readonly string[], bound: string): number {
  let low = 0;
  let high = sortedKeys.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (compareKeys(sortedKeys[middle] ?? '', bound) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}
