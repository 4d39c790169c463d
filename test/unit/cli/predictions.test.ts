/** Judging the endpoint: batches, one label a digit, and the digits worth looking at. */
import { describeFailure } from '../../../src/cli/command-failure';
import type { Digit } from '../../../src/cli/quickstart/dataset';
import { accuracyOf, chooseExamples, predictDigits } from '../../../src/cli/quickstart/predictions';
import { describeExamples } from '../../../src/cli/quickstart/sights';

const digits: Digit[] = Array.from({ length: 130 }, (_, index) => ({
  pixels: Array.from({ length: 64 }, () => index % 17),
  label: index % 10,
}));

const labelled = (labels: number[]) => ({ predictions: labels.map((label) => ({ label })) });

test('every digit is asked for once, in batches, and the accuracy counts the right ones', async () => {
  const batches: number[] = [];
  let asked = 0;
  const judged = await predictDigits((rows) => {
    batches.push(rows.length);
    // Right about all but the threes.
    return Promise.resolve(labelled(rows.map(() => (asked++ % 10 === 3 ? 8 : (asked - 1) % 10))));
  }, digits);
  expect(batches).toEqual([60, 60, 10]);
  expect(judged).toHaveLength(130);
  expect(accuracyOf(judged)).toBeCloseTo(0.9);
});

test.each([
  ['too few labels', labelled([1])],
  ['no labels', { labels: [1] }],
  ['nothing', null],
])('an answer with %s is a failure of the model', async (_what, answer) => {
  const asking = predictDigits(() => Promise.resolve(answer), digits);
  const failure = describeFailure(await asking.catch((error: unknown) => error));
  expect(failure).toMatchObject({ code: 'ModelError', exitCode: 5 });
});

test('among the digits that are shown is one that was mistaken, where there is one', () => {
  const judged = digits.slice(0, 9).map((digit) => ({ digit, answer: digit.label === 5 ? 6 : digit.label }));
  const examples = chooseExamples(judged, 4);
  expect(examples.map(({ digit }) => digit.label)).toEqual([0, 1, 2, 5]);
  const lines = describeExamples(examples, 100);
  expect(lines).toHaveLength(9);
  expect(lines.at(-1)).toMatch(/model: 0 +model: 1 +model: 2 +model: 6 \(it is 5\)/);
});

test('no more digits are drawn than the terminal is wide', () => {
  const judged = digits.slice(0, 4).map((digit) => ({ digit, answer: digit.label }));
  for (const line of describeExamples(judged, 45)) expect(line.length).toBeLessThan(45);
});
