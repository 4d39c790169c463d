/**
 * Work on many things with a limit on how many at once: the parts of an upload, the pages of many log streams.
 */

/**
 * Does `work` for each item, at most `limit` at a time, beginning in their order.
 *
 * The first failure, or an abort of `signal`, keeps what has not begun from beginning and aborts the signal that `work`
 * is given; it is thrown once everything that had begun has ended, so that nothing goes on unseen.
 */
export async function inParallel<T>(
  items: Iterable<T>,
  { limit, signal }: { limit: number; signal?: AbortSignal },
  work: (item: T, signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const failed = new AbortController();
  const stop = signal ? AbortSignal.any([signal, failed.signal]) : failed.signal;
  const remaining = items[Symbol.iterator]();

  async function workOn(): Promise<void> {
    for (let next = remaining.next(); next.done !== true; next = remaining.next()) {
      if (stop.aborted) return;
      try {
        await work(next.value, stop);
      } catch (error) {
        // What fails after the first failure fails of its abort.
        failed.abort(error);
        return;
      }
    }
  }
  await Promise.all(Array.from({ length: limit }, workOn));
  stop.throwIfAborted();
}
