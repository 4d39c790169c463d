import { keepCredentials } from '../../../src/worker/credentials-keeper';

/** A chain that finds these, one look after the other; the last for ever. */
function chainOf(...found: (string | Error)[]) {
  let looks = 0;
  let known = found[0];
  const provide = (options?: { forceRefresh?: boolean }) => {
    if (options?.forceRefresh) {
      looks += 1;
      known = found[Math.min(looks, found.length - 1)];
    }
    if (known instanceof Error || known === undefined) return Promise.reject(known ?? new Error('none'));
    return Promise.resolve({ accessKeyId: known });
  };
  return { provide, looks: () => looks };
}

it('finds others, and says so to all whose call was signed with those before', async () => {
  const { provide, looks } = chainOf('old', 'new');
  const keeper = keepCredentials(provide);
  const before = keeper.generation();
  expect(await Promise.all([keeper.renew(before), keeper.renew(before), keeper.renew(before)])).toEqual([
    true,
    true,
    true,
  ]);
  expect(await keeper.renew(before)).toBe(true);
  expect(looks()).toBe(1);
});

it('looks once in a while, however many calls are refused', async () => {
  let nowMs = 0;
  const { provide, looks } = chainOf('old', 'old', 'old', 'new');
  const keeper = keepCredentials(provide, () => nowMs);
  for (let i = 0; i < 100; i++) expect(await keeper.renew(keeper.generation())).toBe(false);
  expect(looks()).toBe(1);
  nowMs = 5_000;
  expect(await keeper.renew(keeper.generation())).toBe(false);
  nowMs = 10_000;
  expect(await keeper.renew(keeper.generation())).toBe(true);
});

it('tells why none were found, until some are', async () => {
  let nowMs = 0;
  const { provide } = chainOf('old', new Error('the program ended with 1'), 'new');
  const keeper = keepCredentials(provide, () => nowMs);
  expect(await keeper.renew(keeper.generation())).toBe(false);
  expect(keeper.problem()).toBe('the program ended with 1');
  nowMs = 5_000;
  expect(await keeper.renew(keeper.generation())).toBe(true);
  expect(keeper.problem()).toBeUndefined();
});
