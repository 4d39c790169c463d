/**
 * How many retries a worker process may send while AWS throttles or fails: a token bucket that all its runs share, pure.
 * A retry takes a token and gives it back when AWS answers; so a healthy AWS never meets the budget, and one in trouble
 * meets no more than a trickle, however many runs ask. Kept and asked by the worker's AWS clients.
 */

/** How the budget is measured out. */
export interface BudgetRate {
  /** Tokens at the start, and most of them at any time: the burst with which an outage begins. */
  most: number;
  /** What each answered call adds: a tenth of the healthy rate may be retries. */
  perAnswer: number;
  /** One token comes of itself in this time, so that a worker with nothing but retries goes on. */
  oneEveryMs: number;
}

/** Most calls whose last try failed that are remembered; the oldest are forgotten, and then count as first tries. */
const FAILED_MAX = 20_000;

export interface RetryBudget {
  /** True where this call may be sent now: a first try always, a retry by a token that is then taken. */
  take(call: string, nowMs: number): boolean;
  /** How a call that was sent ended; in trouble where AWS throttled it, failed or did not answer. */
  settle(call: string, wasTroubled: boolean, nowMs: number): void;
}

export function createRetryBudget({ most, perAnswer, oneEveryMs }: BudgetRate, startMs: number): RetryBudget {
  let tokens = most;
  let filledMs = startMs;
  /** Calls whose last try ended in trouble. */
  const failed = new Set<string>();
  /** Retries under way: each has taken a token. Calls that take none are settled here too. */
  const paid = new Set<string>();

  const add = (count: number): void => {
    tokens = Math.min(most, tokens + count);
  };
  const refill = (nowMs: number): void => {
    add(Math.max(0, nowMs - filledMs) / oneEveryMs);
    filledMs = Math.max(filledMs, nowMs);
  };

  return {
    take(call, nowMs) {
      refill(nowMs);
      if (!failed.has(call)) return true;
      if (tokens < 1) return false;
      tokens -= 1;
      paid.add(call);
      return true;
    },
    settle(call, wasTroubled, nowMs) {
      refill(nowMs);
      const hasPaid = paid.delete(call);
      failed.delete(call);
      if (!wasTroubled) {
        add(hasPaid ? 1 + perAnswer : perAnswer);
        return;
      }
      failed.add(call);
      const [oldest] = failed;
      if (failed.size > FAILED_MAX && oldest !== undefined) failed.delete(oldest);
    },
  };
}
