import fc from 'fast-check';
import { createPauseMs } from '../../../src/domain/backoff';
import { scheduleReads, type Pace, type WatchState } from '../../../src/domain/pacing';
import { createRetryBudget, type BudgetRate } from '../../../src/domain/retry-budget';

const RATE: BudgetRate = { most: 50, perAnswer: 0.1, oneEveryMs: 10_000 };

describe('the budget of retries', () => {
  it('holds no first try back, however bad things are', () => {
    const budget = createRetryBudget({ ...RATE, most: 1 }, 0);
    for (let i = 0; i < 1_000; i++) {
      expect(budget.take(`call ${String(i)}`, 0)).toBe(true);
      budget.settle(`call ${String(i)}`, true, 0);
    }
  });

  it('lets a burst of retries through, then a trickle', () => {
    const budget = createRetryBudget(RATE, 0);
    budget.settle('create', true, 0);
    const sent = countSent(budget, 'create', 200, 0);
    expect(sent).toBe(50);
    expect(countSent(budget, 'create', 200, 240_000)).toBe(24);
  });

  it('gives a token back with each answer, so that a healthy AWS never meets it', () => {
    const budget = createRetryBudget({ ...RATE, most: 1 }, 0);
    for (let i = 0; i < 1_000; i++) {
      const call = `call ${String(i)}`;
      budget.take(call, 0);
      budget.settle(call, true, 0);
      expect(budget.take(call, 0)).toBe(true);
      budget.settle(call, false, 0);
    }
  });

  it('gives none back to a call that took none, as stops, deletes and paced reads do', () => {
    const budget = createRetryBudget({ ...RATE, most: 1 }, 0);
    budget.settle('create', true, 0);
    expect(countSent(budget, 'create', 2, 0)).toBe(1);
    for (let i = 0; i < 5; i++) {
      budget.settle('stop', true, 0);
      budget.settle('stop', false, 0);
    }
    expect(budget.take('create', 0)).toBe(false);
  });

  it('knows a call that was answered for a first try again', () => {
    const budget = createRetryBudget({ ...RATE, most: 1 }, 0);
    budget.settle('describe', true, 0);
    budget.settle('other', true, 0);
    budget.take('other', 0);
    expect(budget.take('describe', 0)).toBe(false);
    budget.settle('describe', false, 0);
    expect(budget.take('describe', 0)).toBe(true);
  });

  it('sends, of retries, never more than burst, trickle and a tenth of what was answered', () => {
    const step = fc.record({
      call: fc.nat(5),
      passMs: fc.nat(5_000),
      isTroubled: fc.boolean(),
      // Stops, deletes and paced reads are never held back: they take no token.
      isExempt: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 300 }), (steps) => {
        const budget = createRetryBudget(RATE, 0);
        const failed = new Set<string>();
        let [nowMs, retriesInVain, answered] = [0, 0, 0];
        for (const { call: number, passMs, isTroubled, isExempt } of steps) {
          nowMs += passMs;
          const call = String(number);
          const isRetry = failed.has(call);
          if (!isExempt && !budget.take(call, nowMs)) continue;
          budget.settle(call, isTroubled, nowMs);
          if (isTroubled && isRetry && !isExempt) retriesInVain += 1;
          if (isTroubled) failed.add(call);
          else failed.delete(call);
          if (!isTroubled) answered += 1;
        }
        const most = RATE.most + nowMs / RATE.oneEveryMs + answered * RATE.perAnswer;
        expect(retriesInVain).toBeLessThanOrEqual(most + 1e-6);
      }),
    );
  });
});

function countSent(budget: ReturnType<typeof createRetryBudget>, call: string, tries: number, nowMs: number): number {
  let sent = 0;
  for (let i = 0; i < tries; i++) {
    if (!budget.take(call, nowMs)) continue;
    sent += 1;
    budget.settle(call, true, nowMs);
  }
  return sent;
}

/**
 * Minutes two to five of an outage in virtual time, through the decisions themselves: a run in ten is about to create,
 * the others wait. Runs that are about to create would, in health, have created and be waiting too.
 */
describe('five minutes of an outage, in virtual time', () => {
  const PACE: Pace = { minIntervalMs: 5_000, maxIntervalMs: 30_000, readsPerSecond: 10 };
  const STEP_MS = 1_000;

  function countCalls(runs: { ageMs: number; creates: boolean }[], failing: number, draw: () => number): number {
    const isHealthy = failing === 0;
    const budget = createRetryBudget(RATE, 0);
    const watches = runs
      .filter(({ creates }) => isHealthy || !creates)
      .map(({ ageMs, creates }, i): WatchState => {
        const sinceMs = creates ? 0 : -ageMs;
        return {
          name: String(i),
          status: 'Training',
          sinceMs,
          lastReadMs: -draw() * 30_000,
          hurriedMs: undefined,
          failures: 0,
          spread: 0,
          isBeingRead: false,
        };
      });
    const creators = isHealthy
      ? []
      : runs.filter(({ creates }) => creates).map((_, i) => ({ call: `create ${String(i)}`, attempt: 0, dueMs: 0 }));
    let counted = 0;
    for (let nowMs = 0; nowMs < 300_000; nowMs += STEP_MS) {
      const isCounted = nowMs >= 60_000;
      for (const name of scheduleReads(watches, nowMs, PACE).due) {
        const watch = watches.find((one) => one.name === name)!;
        const isTroubled = draw() < failing;
        Object.assign(watch, { lastReadMs: nowMs, failures: isTroubled ? watch.failures + 1 : 0, spread: draw() });
        budget.settle(`read ${name}`, isTroubled, nowMs);
        if (isCounted) counted += 1;
      }
      for (const creator of creators) {
        if (creator.dueMs > nowMs) continue;
        const isSent = budget.take(creator.call, nowMs);
        const isTroubled = draw() < failing;
        if (isSent) budget.settle(creator.call, isTroubled, nowMs);
        if (isSent && isCounted) counted += 1;
        // One that got through goes on to the next create, as a deploy does.
        if (isSent && !isTroubled) Object.assign(creator, { call: `${creator.call}'`, attempt: 0, dueMs: nowMs });
        else creator.dueMs = nowMs + createPauseMs(creator.attempt++, draw());
      }
    }
    return counted;
  }

  it.each([0.8, 0.9, 1])('with %d of all calls failing, calls stay at or below 1.1 of those in health', (failing) => {
    const run = fc.record({ ageMs: fc.integer({ min: 600_000, max: 86_400_000 }), creates: fc.boolean() });
    fc.assert(
      fc.property(fc.array(run, { minLength: 50, maxLength: 50 }), fc.nat(), (runs, seed) => {
        expect(countCalls(runs, failing, seeded(seed))).toBeLessThanOrEqual(1.1 * countCalls(runs, 0, seeded(seed)));
      }),
      { numRuns: 2 },
    );
  });
});

/** A linear congruence, which costs next to nothing. */
function seeded(seed: number): () => number {
  let state = seed % 2 ** 31;
  return () => (state = (state * 1_103_515_245 + 12_345) % 2 ** 31) / 2 ** 31;
}
