import fc from 'fast-check';
import { activityRetries, createPauseMs, RETRY_INTERVALS_MS } from '../../../src/domain/backoff';

const chance = fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true });

describe('the pause before a create is asked again', () => {
  it('grows to five minutes, and falls anywhere below that', () => {
    expect([0, 1, 2, 3, 50].map((attempt) => createPauseMs(attempt, 1))).toEqual([
      2_000, 4_000, 8_000, 16_000, 300_000,
    ]);
    expect([0, 1, 2, 3, 50].map((attempt) => createPauseMs(attempt, 0))).toEqual([1_000, 1_000, 1_000, 1_000, 1_000]);
  });

  it('is never nothing and never longer than its limit, whatever the worker sets', () => {
    const pace = fc.record({
      retryMinIntervalMs: fc.integer({ min: 1, max: 1e6 }),
      retryMaxIntervalMs: fc.integer({ min: 1, max: 1e6 }),
    });
    fc.assert(
      fc.property(fc.nat(1_000), chance, pace, (attempt, drawn, given) => {
        const pauseMs = createPauseMs(attempt, drawn, given);
        expect(pauseMs).toBeGreaterThanOrEqual(1);
        expect(pauseMs).toBeLessThanOrEqual(5 * given.retryMaxIntervalMs);
      }),
    );
  });

  it('parts fifty runs that fail together: after five tries no two seconds hold more than five of them', () => {
    const draw = seeded(7);
    const wakeMs = Array.from({ length: 50 }, () => {
      let atMs = 0;
      for (let attempt = 0; attempt < 5; attempt++) atMs += createPauseMs(attempt, draw());
      return atMs;
    });
    const crowds = wakeMs.map((atMs) => wakeMs.filter((other) => other >= atMs && other < atMs + 1_000).length);
    expect(Math.max(...crowds)).toBeLessThanOrEqual(8);
  });
});

describe('how Temporal spaces the tries of an activity', () => {
  it('begins at an interval of the run itself, the same in every replay', () => {
    const names = Array.from({ length: 50 }, (_, i) => `fit-${String(i)}:${String(i)}`);
    const firsts = names.map((name) => activityRetries(name).initialMs);
    expect(names.map((name) => activityRetries(name).initialMs)).toEqual(firsts);
    expect(Math.min(...firsts)).toBeGreaterThanOrEqual(RETRY_INTERVALS_MS.least);
    expect(Math.max(...firsts)).toBeLessThanOrEqual(2 * RETRY_INTERVALS_MS.least);
    expect(new Set(firsts.map((ms) => Math.floor(ms / 100))).size).toBeGreaterThan(7);
  });

  it('ends at the longest, which the first never passes', () => {
    expect(activityRetries('fit-1', { retryMinIntervalMs: 900, retryMaxIntervalMs: 500 })).toEqual({
      initialMs: 500,
      maximumMs: 500,
    });
  });
});

/** A linear congruence: enough to part fifty runs the same way each time. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => (state = (state * 1_103_515_245 + 12_345) % 2 ** 31) / 2 ** 31;
}
