/** Values of options: read, or refused with what would do. */
import { readCount, readSince } from '../../../src/cli/option-values';

test.each([
  ['90s', 90_000],
  ['15m', 900_000],
  ['2h', 7_200_000],
  ['7d', 604_800_000],
])('%s is a time back from now', (value, backMs) => {
  jest.useFakeTimers({ now: Date.parse('2026-03-08T12:00:00Z') });
  expect(readSince(value).getTime()).toBe(Date.now() - backMs);
  jest.useRealTimers();
});

test('a time may be written whole', () => {
  expect(readSince('2026-03-01T12:00:00Z').toISOString()).toBe('2026-03-01T12:00:00.000Z');
  expect(readSince('2026-03-01').toISOString()).toBe('2026-03-01T00:00:00.000Z');
});

test.each(['yesterday', '5', '-1h', '1.5h', '5w', '2026-13-45', '', '12'])('%j is no time', (value) => {
  expect(() => readSince(value)).toThrow('a time is 90s, 15m, 2h, 7d or 2026-03-01T12:00:00Z.');
});

test('a count is a whole number', () => {
  expect(readCount('0')).toBe(0);
  expect(readCount('250')).toBe(250);
  for (const value of ['-1', '1.5', 'ten', '', '9'.repeat(20)]) expect(() => readCount(value)).toThrow('whole number');
});
