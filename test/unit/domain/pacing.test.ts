import { intervalMs, scheduleReads, type Pace, type WatchState } from '../../../src/domain/pacing';

const PACE: Pace = { minIntervalMs: 5_000, maxIntervalMs: 30_000, readsPerSecond: 10 };
const watch = (further: Partial<WatchState> = {}): WatchState => ({
  name: 'iris',
  status: 'Training',
  sinceMs: 0,
  lastReadMs: 0,
  hurriedMs: undefined,
  failures: 0,
  spread: 1,
  isBeingRead: false,
  ...further,
});

describe('the interval between two reads', () => {
  it('is short near the start and grows with the age of the status, up to its limit', () => {
    const intervals = [0, 60_000, 200_000, 400_000, 3_600_000].map((nowMs) => intervalMs(watch(), nowMs, PACE));
    expect(intervals).toEqual([5_000, 5_000, 10_000, 20_000, 30_000]);
  });

  it.each(['Starting', 'Uploading', 'Stopping', 'Deleting', undefined])('is short while the status is %s', (status) => {
    expect(intervalMs(watch({ status }), 250_000, PACE)).toBe(5_000);
  });

  it('does not stay short for a brief status that does not pass', () => {
    expect(intervalMs(watch({ status: 'Starting' }), 3_600_000, PACE)).toBe(30_000);
  });

  it('doubles with each failed read, to twice the longest', () => {
    const intervals = [0, 1, 2, 3, 50].map((failures) => intervalMs(watch({ failures }), 0, PACE));
    expect(intervals).toEqual([5_000, 10_000, 20_000, 40_000, 60_000]);
  });

  it('is spread over what it was stretched by, and never shorter than in calm', () => {
    const at = (spread: number) => intervalMs(watch({ failures: 3, spread }), 3_600_000, PACE);
    expect([0, 0.5, 1].map(at)).toEqual([30_000, 45_000, 60_000]);
  });
});

describe('the schedule', () => {
  it('reads at once what was never read, and sleeps until the next is due', () => {
    expect(scheduleReads([watch({ lastReadMs: undefined })], 0, PACE).due).toEqual(['iris']);
    expect(scheduleReads([watch()], 1_000, PACE)).toEqual({ due: [], sleepMs: 4_000 });
  });

  it('takes the longest overdue first and keeps within the rate', () => {
    const many = Array.from({ length: 100 }, (_, i) => watch({ name: String(i), lastReadMs: -100_000 + i }));
    const { due, sleepMs } = scheduleReads(many, 0, PACE);
    expect(due).toEqual(['0', '1', '2', '3', '4', '5', '6', '7', '8', '9']);
    expect(sleepMs).toBe(100);
  });

  it('sends nothing more in a second whose reads are used up', () => {
    const sent = Array.from({ length: 10 }, (_, i) => watch({ name: `sent${String(i)}`, lastReadMs: 9_500 }));
    const { due } = scheduleReads([...sent, watch({ lastReadMs: 0 })], 10_000, PACE);
    expect(due).toEqual([]);
  });

  it('never asks twice at once, and counts what is under way', () => {
    const slow = Array.from({ length: 10 }, (_, i) => watch({ name: String(i), lastReadMs: 9_500, isBeingRead: true }));
    expect(scheduleReads([...slow, watch({ lastReadMs: 0 })], 10_000, PACE).due).toEqual([]);
    expect(scheduleReads([watch({ lastReadMs: 0, isBeingRead: true })], 100_000, PACE).due).toEqual([]);
  });

  it.each([0.1, 0.5, 1, 2.5])('keeps to a rate of %d in a second, and reads all the same', (readsPerSecond) => {
    const watches = Array.from({ length: 20 }, (_, i) => watch({ name: String(i), lastReadMs: undefined }));
    let sent = 0;
    for (let nowMs = 0; nowMs < 60_000; nowMs += 100) {
      for (const name of scheduleReads(watches, nowMs, { ...PACE, readsPerSecond }).due) {
        watches.find((one) => one.name === name)!.lastReadMs = nowMs;
        sent += 1;
      }
    }
    expect(sent).toBeLessThanOrEqual(60 * readsPerSecond);
    expect(sent).toBeGreaterThanOrEqual(Math.floor(Math.min(60 * readsPerSecond, 60 * 2)));
  });

  it('reads every one of many jobs over time, none starved', () => {
    const lastReads = new Map(Array.from({ length: 300 }, (_, i) => [String(i), -3_600_000]));
    for (let nowMs = 0; nowMs < 60_000; nowMs += 100) {
      const watches = [...lastReads].map(([name, lastReadMs]) => watch({ name, sinceMs: -3_600_000, lastReadMs }));
      for (const name of scheduleReads(watches, nowMs, PACE).due) lastReads.set(name, nowMs);
    }
    expect(Math.min(...lastReads.values())).toBeGreaterThanOrEqual(0);
  });
});
