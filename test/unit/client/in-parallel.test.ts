import { inParallel } from '../../../src/client/in-parallel';

const later = () => new Promise<void>((resolve) => setImmediate(resolve));

test('no more than the limit is under way at once, and all of it is done', async () => {
  let underWay = 0;
  let most = 0;
  const done: number[] = [];
  await inParallel([1, 2, 3, 4, 5, 6, 7], { limit: 3 }, async (item) => {
    underWay += 1;
    most = Math.max(most, underWay);
    await later();
    underWay -= 1;
    done.push(item);
  });
  expect(most).toBe(3);
  expect(done.sort()).toEqual([1, 2, 3, 4, 5, 6, 7]);
});

test('the first failure is thrown when all that had begun has ended, and nothing more begins', async () => {
  const begun: number[] = [];
  const ended: number[] = [];
  const work = inParallel([1, 2, 3, 4], { limit: 2 }, async (item, signal) => {
    begun.push(item);
    await later();
    if (item === 1) throw new Error('first');
    await later();
    ended.push(item);
    signal.throwIfAborted();
  });
  await expect(work).rejects.toThrow('first');
  expect(begun).toEqual([1, 2]);
  expect(ended).toEqual([2]);
});

test('an abort ends it with the reason of the abort', async () => {
  const left = new AbortController();
  const begun: number[] = [];
  const work = inParallel([1, 2, 3], { limit: 1, signal: left.signal }, async (item) => {
    begun.push(item);
    await later();
    left.abort(new Error('enough'));
  });
  await expect(work).rejects.toThrow('enough');
  expect(begun).toEqual([1]);
});

test('nothing to do is done at once', async () => {
  await expect(inParallel([], { limit: 4 }, () => Promise.reject(new Error('never')))).resolves.toBeUndefined();
});
