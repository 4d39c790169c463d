/**
 * Work of a whole table that is begun at once, and awaited by one test each: a rejection belongs to the test that awaits
 * it, and to no other.
 */

export interface Begun {
  begin(key: string, work: Promise<unknown>): void;
  /** What the work of that key came to. */
  ended<T>(key: string): Promise<T>;
  count(): number;
}

export function openBegun(): Begun {
  const works = new Map<string, Promise<unknown>>();
  return {
    begin(key, work) {
      work.catch(() => undefined);
      works.set(key, work);
    },
    async ended<T>(key: string) {
      const work = works.get(key);
      if (!work) throw new Error(`nobody has begun ${key}`);
      return (await work) as T;
    },
    count: () => works.size,
  };
}
