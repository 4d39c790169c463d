/** The picture of a run: pure lines of the terminal's width. */
import { duration, frame, sparkline, dropControlCharacters, type RunView } from '../../../src/cli/live-block';

const nowMs = Date.parse('2026-11-22T10:01:05.000Z');
const view: RunView = {
  workflowId: 'digits-1',
  startedAtMs: Date.parse('2026-11-22T10:00:00.000Z'),
  progress: {
    stage: 'Training',
    trainingJob: {
      name: 'digits-1',
      status: 'InProgress',
      secondaryStatus: 'Training',
      since: '2026-11-22T10:01:00.000Z',
      transitions: [],
      metrics: [],
    },
    ledger: [],
    attempts: {},
    links: {},
    warnings: [],
  },
  curve: { name: 'train:loss', values: [2, 1, 0] },
};

test('a run in training shows its stage, statuses and curve', () => {
  expect(frame(view, 80, nowMs)).toEqual([
    'digits-1  Training  1m 05s',
    '  training job  InProgress · Training  (5.0 s)',
    '  train:loss  █▅▁  2 → 0',
  ]);
});

test('a run of which nothing is known yet shows itself', () => {
  expect(frame({ workflowId: 'digits-1', startedAtMs: nowMs, progress: undefined }, 80, nowMs)).toEqual([
    'digits-1  Starting  0.0 s',
  ]);
});

test('no line reaches the last column', () => {
  for (const columns of [20, 40, 80]) {
    for (const line of frame(view, columns, nowMs)) expect(line.length).toBeLessThan(columns);
  }
});

test('control characters in names do not reach the terminal', () => {
  const hostile = { ...view, workflowId: 'a\u001b[2Jb\u009bc\r' };
  expect(frame(hostile, 80, nowMs)[0]).toBe('a[2Jbc  Training  1m 05s');
  expect(dropControlCharacters('tab\tstays')).toBe('tab\tstays');
});

test('a curve is thinned to the width and keeps its last value', () => {
  const values = Array.from({ length: 1000 }, (_, index) => index);
  expect(sparkline(values, 10)).toHaveLength(10);
  expect(sparkline(values, 10).endsWith('█')).toBe(true);
  expect(sparkline([3, 3, 3])).toBe('▁▁▁');
  expect(sparkline([1, Number.NaN, 2])).toBe('▁█');
});

test('durations read as people say them', () => {
  expect([0, 4_249, 59_900, 65_000, 3_600_000 * 3 + 7 * 60_000].map(duration)).toEqual([
    '0.0 s',
    '4.2 s',
    '59.9 s',
    '1m 05s',
    '3h 07m',
  ]);
});
