/** What counts as a test that shows something: one that is there under its title, and is run. */
import { findTitles } from './test-titles';

test.each([
  ["it('is so', () => {});"],
  ["test(\n  'is so',\n  () => {},\n);"],
  ["tell('is so', async () => {});"],
  ["it.each([1, 2])('is so', () => {});"],
  ["it.each([\n  [1, 2],\n] as const)(\n  'is so',\n  () => {},\n);"],
  ["describe('a thing', () => {\n  it(`is so`, () => {});\n});"],
])('a title counts in %s', (source) => {
  expect(findTitles(source)).toContain('is so');
});

test('a title that is made of others counts as it is written', () => {
  expect(findTitles('it(`${name}: is so`, () => {});')).toContain('${name}: is so');
});

test.each([
  ["// it('is so', () => {});"],
  ["/** Once: it('is so', … */"],
  ["it.skip('is so', () => {});"],
  ["it.skip.each([1])('is so', () => {});"],
  ["test.todo('is so');"],
  ["describe.skip('a thing', () => {\n  it('is so', () => {});\n});"],
  ["describe('is so', () => {});"],
  ["expect(told).toContain('is so');"],
])('a title does not count in %s', (source) => {
  expect(findTitles(source)).not.toContain('is so');
});
