/**
 * The raw path and query of a request, taken apart without losing what signatures are made of: percent-encoding stays as
 * it was sent until a value is asked for. `routes.ts` and `signature.ts` read it.
 */
import { AwsError } from '../world';

export interface RequestTarget {
  /** As sent, percent-encoding included. */
  rawPath: string;
  /** Decoded, in the order sent; a key may come more than once. */
  query: readonly (readonly [key: string, value: string])[];
}

/** A plus sign is itself here: AWS's clients write a blank as `%20`. */
export function decodeUrlPart(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new AwsError('InvalidURI', "Couldn't parse the specified URI.", 400);
  }
}

/** Takes `url` (path and query, as Node gives it) apart. */
export function readRequestTarget(url: string): RequestTarget {
  if (!url.startsWith('/')) throw new AwsError('InvalidURI', "Couldn't parse the specified URI.", 400);
  const cut = url.indexOf('?');
  const rawPath = cut < 0 ? url : url.slice(0, cut);
  const query = (cut < 0 ? '' : url.slice(cut + 1))
    .split('&')
    .filter((part) => part !== '')
    .map((part) => {
      const at = part.indexOf('=');
      const [key, value] = at < 0 ? [part, ''] : [part.slice(0, at), part.slice(at + 1)];
      return [decodeUrlPart(key), decodeUrlPart(value)] as const;
    });
  return { rawPath, query };
}

/** RFC 3986: all but unreserved characters is encoded. */
export function encodeUrlPart(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
