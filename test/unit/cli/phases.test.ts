/** Where the time went: phases add up to the whole. */
import { describePhases, measurePhases } from '../../../src/cli/quickstart/phases';

const begun = Date.parse('2026-11-22T10:00:00.000Z');
const after = (seconds: number) => begun + seconds * 1000;
const isoAfter = (seconds: number) => new Date(after(seconds)).toISOString();

const moments = {
  begun,
  stackReady: after(3),
  uploaded: after(4),
  runEnded: after(12),
  predicted: after(13),
  removed: after(14),
  stopped: after(16),
};
const transitions = [
  { status: 'Starting', startTime: isoAfter(4.5), endTime: isoAfter(5.5) },
  { status: 'Training', startTime: isoAfter(5.5), endTime: isoAfter(9) },
  { status: 'Completed', startTime: isoAfter(9), endTime: isoAfter(9) },
];

test('SageMaker times its own phases, and what lies between them is told too', () => {
  const phases = measurePhases(moments, transitions, isoAfter(11));
  expect(Object.fromEntries(phases.map(({ key, seconds }) => [key, seconds]))).toEqual({
    ...{ start: 3, upload: 1, Starting: 1, Training: 3.5, Creating: 2, between: 1.5 },
    ...{ predictions: 1, removal: 1, stop: 2, total: 16 },
  });
});

test('all but the total add up to the total', () => {
  const phases = measurePhases(moments, transitions, isoAfter(11));
  const sum = phases.filter(({ key }) => key !== 'total').reduce((seconds, phase) => seconds + phase.seconds, 0);
  expect(sum).toBeCloseTo(16, 1);
});

test('without anything from SageMaker all of the run lies between', () => {
  const phases = measurePhases(moments, [], undefined);
  expect(phases).toContainEqual({ key: 'between', name: 'between them', seconds: 8 });
});

test('bars are in proportion', () => {
  const lines = describePhases(measurePhases(moments, transitions, isoAfter(11)));
  expect(lines[0]).toBe('  start of the stack          3.0 s  ██████');
  expect(lines.at(-1)).toBe('  total                      16.0 s');
});
