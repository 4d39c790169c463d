/**
 * Waiting that a signal ends, for work that does not look at signals by itself: serializers, and the AWS SDK as long as
 * it looks for credentials and region. Used by predictions and by the reading of logs.
 */

/** Rejects with the signal's reason as soon as it is aborted, whatever the work still does. */
export async function orAborted<T>(signal: AbortSignal, work: () => T | Promise<T>): Promise<T> {
  signal.throwIfAborted();
  const left = new AbortController();
  const aborted = new Promise<never>((_resolve, reject) => {
    const onAbort = (): void => {
      reject(signal.reason as Error);
    };
    signal.addEventListener('abort', onAbort, { once: true, signal: left.signal });
  });
  try {
    return await Promise.race([work(), aborted]);
  } finally {
    left.abort();
  }
}
