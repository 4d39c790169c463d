import { findDifferences, hashInput } from '../../../src/client/input-comparison';

test('the order of fields and fields that are undefined do not change the hash', () => {
  expect(hashInput({ a: 1, b: { c: 2, d: undefined } })).toBe(hashInput({ b: { c: 2 }, a: 1 }));
  expect(hashInput({ a: 1 })).not.toBe(hashInput({ a: 2 }));
});

test('equal inputs have no differences', () => {
  expect(findDifferences({ a: { b: [1, 2] } }, { a: { b: [1, 2] } })).toEqual([]);
});

test('differences name the fields and never the values', () => {
  const present = {
    estimator: { role: 'secret-1', hyperparameters: { key: 'secret-2' } },
    fit: { inputs: ['a', 'b'] },
  };
  const wanted = {
    estimator: { role: 'secret-3', hyperparameters: { key: 'secret-4', more: 1 } },
    fit: { inputs: ['a', 'c'] },
    region: 'eu-central-1',
  };
  const differences = findDifferences(present, wanted);
  expect(differences).toEqual([
    'estimator.hyperparameters.key differs',
    'estimator.hyperparameters.more is not in the run that exists',
    'estimator.role differs',
    'fit.inputs[1] differs',
    'region is not in the run that exists',
  ]);
  expect(differences.join()).not.toContain('secret');
});

test('a field that only the run that exists has is told as such', () => {
  expect(findDifferences({ a: 1, b: 2 }, { a: 1 })).toEqual(['b is in the run that exists alone']);
});

test('a list and an object differ as a whole, and so do inputs of other kinds', () => {
  expect(findDifferences({ a: [1] }, { a: { 0: 1 } })).toEqual(['a differs']);
  expect(findDifferences('text', { a: 1 })).toEqual(['the input differs']);
});

test('a long list of differences is cut', () => {
  const wanted = Object.fromEntries(Array.from({ length: 80 }, (_, index) => [`field${String(index)}`, index]));
  const differences = findDifferences({}, wanted);
  expect(differences).toHaveLength(51);
  expect(differences.at(-1)).toBe('and 30 more');
});
