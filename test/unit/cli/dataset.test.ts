/** The quickstart's digits: reading, splitting, writing, drawing. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { drawDigit, parseDigits, readDigits, splitDigits, toCsv } from '../../../src/cli/quickstart/dataset';
import { makeScratchFolder, removeScratchFolders } from '../../support/scratch';

const FILE = join(__dirname, '../../../examples/digits/digits.csv.gz');
const ONE_LINE = `${'0,'.repeat(64)}7\n`;
const digits = readDigits(FILE);

afterEach(removeScratchFolders);

it('reads the digits that come with the project, all ten kinds about equally often', () => {
  expect(digits).toHaveLength(1797);
  const counts = new Map<number, number>();
  for (const { label } of digits) counts.set(label, (counts.get(label) ?? 0) + 1);
  expect([...counts.keys()].sort()).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  expect(Math.min(...counts.values())).toBeGreaterThan(170);
});

it('writes what it has read', () => {
  expect(parseDigits(toCsv(digits))).toEqual(digits);
  expect(toCsv(digits.slice(0, 1), { labels: false }).trim().split(',')).toHaveLength(64);
  expect(toCsv([])).toBe('');
});

it('reads plain files as well, with either line end and empty lines at the end', () => {
  const file = join(makeScratchFolder({ 'digits.csv': `${ONE_LINE.trim()}\r\n${ONE_LINE}\n\n` }), 'digits.csv');
  expect(readDigits(file).map(({ label }) => label)).toEqual([7, 7]);
});

it.each([
  ['', 'there are no lines'],
  ['\n\n', 'there are no lines'],
  [`${ONE_LINE}1,2,3`, 'line 2 holds 3 values'],
  [`${ONE_LINE}\n${ONE_LINE}`, 'line 2 holds nothing'],
  [`${ONE_LINE}${'0,'.repeat(63)}17,1`, 'line 2: pixel 64 is "17", not an integer from 0 to 16'],
  [`${'0,'.repeat(64)}10`, 'line 1: the label is "10", not an integer from 0 to 9'],
  [`-1,${'0,'.repeat(63)}1`, 'line 1: pixel 1 is "-1"'],
  [`0.5,${'0,'.repeat(63)}1`, 'line 1: pixel 1 is "0.5"'],
  [`,${'0,'.repeat(63)}1`, 'line 1: pixel 1 is ""'],
  [`pixel_0,${'0,'.repeat(63)}1`, 'line 1: pixel 1 is "pixel_0"'],
])('refuses nonsense and tells where it stands (%#)', (csv, complaint) => {
  expect(() => parseDigits(csv)).toThrow(complaint);
});

it('names the file that is missing, broken or wrong', () => {
  const folder = makeScratchFolder({ 'wrong.csv': 'a,b' });
  const torn = join(folder, 'torn.csv.gz');
  writeFileSync(torn, gzipSync(ONE_LINE).subarray(0, 20));
  for (const path of [join(folder, 'missing.csv'), torn, join(folder, 'wrong.csv')]) {
    expect(() => readDigits(path)).toThrow(`The digits in ${path} cannot be used: `);
  }
});

it('holds out a fifth, mixed, the same for the same seed', () => {
  const { training, heldOut } = splitDigits(digits, { seed: 7 });
  expect([training.length, heldOut.length]).toEqual([1438, 359]);
  expect(new Set([...training, ...heldOut])).toEqual(new Set(digits));
  expect(splitDigits(digits, { seed: 7 })).toEqual({ training, heldOut });
  expect(splitDigits(digits, { seed: 8 }).heldOut).not.toEqual(heldOut);
  // Mixed: the held-out digits come from all over the file, and each kind is among them.
  const places = heldOut.map((digit) => digits.indexOf(digit));
  const mean = places.reduce((sum, place) => sum + place, 0) / places.length;
  expect(Math.abs(mean - digits.length / 2)).toBeLessThan(100);
  expect(new Set(heldOut.map(({ label }) => label)).size).toBe(10);
});

it.each([0, 1, -0.5, Number.NaN])('refuses to hold out a share of %d', (heldOutShare) => {
  expect(() => splitDigits(digits, { seed: 1, heldOutShare })).toThrow('held-out share');
});

it('draws eight lines of sixteen columns, in blocks or in ASCII', () => {
  const pixels = digits[0]!.pixels;
  expect(drawDigit(pixels)).toEqual([
    '    ░░▓▓▒▒      ',
    '    ▓▓██▓▓██░░  ',
    '  ░░██░░  ▓▓▒▒  ',
    '  ░░▓▓    ▒▒▒▒  ',
    '  ░░▒▒    ▒▒▒▒  ',
    '  ░░▓▓    ▓▓▒▒  ',
    '  ░░██░░▓▓▓▓    ',
    '    ▒▒▓▓▓▓      ',
  ]);
  const ascii = drawDigit(pixels, { ascii: true });
  expect(ascii).toHaveLength(8);
  for (const line of ascii) expect(line).toMatch(/^[ .+#@]{16}$/);
  expect(ascii.map((line) => line.trimEnd().length)).toEqual(drawDigit(pixels).map((line) => line.trimEnd().length));
});

it.each([[[]], [Array<number>(63).fill(0)], [Array<number>(64).fill(17)], [Array<number>(64).fill(Number.NaN)]])(
  'draws nothing but digits (%#)',
  (pixels) => {
    expect(() => drawDigit(pixels)).toThrow('64 pixels from 0 to 16');
  },
);
