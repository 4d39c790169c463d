/** Times as Temporal's server writes them. */

/** In ms since 1970, with what is below a millisecond. NaN where there is none. */
export function millisecondsOf(time?: { seconds?: unknown; nanos?: number | null } | null): number {
  return time ? Number(time.seconds ?? 0) * 1_000 + (time.nanos ?? 0) / 1e6 : Number.NaN;
}
