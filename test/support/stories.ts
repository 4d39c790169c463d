/**
 * Tests that take their time side by side: each is a story that asserts for itself, all are begun at once, some at a time,
 * and a test waits for each. So a table costs what its longest row costs, and a failure is told where it belongs.
 */

/** Runs tasks by name, some at a time; whoever asks for one waits for it, and it is run once. */
export function runSideBySide<T>(tasks: Record<string, () => Promise<T>>, width: number): (name: string) => Promise<T> {
  const results = new Map<string, Promise<T>>();
  let free = Promise.resolve();
  const running = new Set<Promise<unknown>>();
  for (const [name, task] of Object.entries(tasks)) {
    const result = (free = free.then(async () => {
      while (running.size >= width) await Promise.race(running);
    })).then(() => {
      const begun = task();
      const settled = begun.then(
        () => undefined,
        () => undefined,
      );
      running.add(settled);
      void settled.then(() => running.delete(settled));
      return begun;
    });
    // Told by the test that asks for it.
    result.catch(() => undefined);
    results.set(name, result);
  }
  return (name) => results.get(name) ?? Promise.reject(new Error(`there is no task ${name}`));
}

export interface Stories {
  /** A test of this name, which waits for the story. */
  tell(sentence: string, story: () => Promise<void>): void;
  /** Begins all stories: in `beforeAll`, when what they need is there. */
  begin(): void;
}

export function openStories(width: number): Stories {
  const stories: Record<string, () => Promise<void>> = {};
  let told: (key: string) => Promise<void> = () => Promise.reject(new Error('no story was begun'));
  return {
    tell(sentence, story) {
      const key = `${String(Object.keys(stories).length)} ${sentence}`;
      stories[key] = story;
      it(sentence, () => told(key));
    },
    begin() {
      told = runSideBySide(stories, width);
    },
  };
}
