/** Bounds how many cases of a table compute at once, so that none is starved into a time-out. */

/** Does a piece of work when there is room for it, and answers what it answers. */
export interface Lane {
  <T>(work: () => Promise<T>): Promise<T>;
}

/** Lets so many work at once; the others wait in line. */
export function openLane(places: number): Lane {
  const waiting: (() => void)[] = [];
  let free = places;
  return async (work) => {
    if (free > 0) free -= 1;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next) next();
      else free += 1;
    }
  };
}
