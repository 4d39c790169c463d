/**
 * docs/faults.md has every fault of the matrix, what comes of it, and the test that shows it, under the title that it
 * has; or the reason why none does.
 */
import { hasTest, namedTests, readRows } from './test-titles';

const FAULTS = 72;
const NOT_SHOWN = /^not shown: .{20,}/;

const rows = readRows('docs/faults.md');

test('every fault has its row, once and in order', () => {
  expect(rows.map(([number]) => number)).toEqual(Array.from({ length: FAULTS }, (_, index) => String(index + 1)));
  expect(rows.filter((cells) => cells.length !== 4 || cells.some((cell) => cell === ''))).toEqual([]);
});

test.each(rows.map(([number = '', fault = '', , shownBy = '']) => [number, fault, shownBy] as const))(
  'what shows %s exists: %s',
  (_number, _fault, shownBy) => {
    const tests = namedTests(shownBy);
    expect(tests.length > 0 || NOT_SHOWN.test(shownBy)).toBe(true);
    expect(tests.filter((named) => !hasTest(named))).toEqual([]);
  },
);
