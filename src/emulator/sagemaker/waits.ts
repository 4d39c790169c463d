/**
 * Waiting for the world's clock. One timer serves any number of waits, and every wait asks anew at each tick when it is
 * due, so that a change of the clock's settings reaches what is already under way.
 */
import type { Clock } from '../world';

export interface Waits {
  /**
   * Settles with true once the clock has reached what `due` answers, with false when the signal aborts first. `due` is in
   * milliseconds since the epoch and may be Infinity.
   */
  until(due: () => number, signal?: AbortSignal): Promise<boolean>;
  /** Ends all waits with false. */
  close(): void;
}

/** The longest a change of the clock goes unseen. */
const MAX_TICK_MS = 50;

interface Wait {
  due: () => number;
  settle: (reached: boolean) => void;
}

export function openWaits(clock: Clock): Waits {
  const waits = new Set<Wait>();
  let timer: NodeJS.Timeout | undefined;
  let timerDue = Infinity;
  let closed = false;

  const tick = (): void => {
    timerDue = Infinity;
    const now = clock.now();
    let nextDue = Infinity;
    for (const wait of waits) {
      const due = wait.due();
      if (due <= now) wait.settle(true);
      else nextDue = Math.min(nextDue, due);
    }
    schedule(nextDue - now);
  };
  const schedule = (inMs: number): void => {
    if (closed || waits.size === 0) return;
    const delayMs = Math.min(Math.max(inMs, 1), MAX_TICK_MS);
    const due = performance.now() + delayMs;
    if (due >= timerDue) return;
    clearTimeout(timer);
    timerDue = due;
    timer = setTimeout(tick, delayMs);
  };

  return {
    until(due, signal) {
      if (closed || signal?.aborted === true) return Promise.resolve(false);
      if (due() <= clock.now()) return Promise.resolve(true);
      return new Promise((resolve) => {
        const abort = (): void => {
          wait.settle(false);
        };
        const wait: Wait = {
          due,
          settle(reached) {
            waits.delete(wait);
            signal?.removeEventListener('abort', abort);
            resolve(reached);
          },
        };
        waits.add(wait);
        signal?.addEventListener('abort', abort, { once: true });
        schedule(due() - clock.now());
      });
    },
    close() {
      closed = true;
      clearTimeout(timer);
      for (const wait of [...waits]) wait.settle(false);
    },
  };
}
