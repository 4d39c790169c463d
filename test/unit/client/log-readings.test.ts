/** When the reading of a log is given up, told by a clock of the test's own. */
import { followLogGroup } from '../../../src/client/log-readings';
import type { LogGroupReader } from '../../../src/client/log-streams';

const throttled = (): Error => Object.assign(new Error('Rate exceeded'), { name: 'ThrottlingException' });

/** Follows a log whose job has ended; every pause passes at once. */
async function followToTheEnd(reader: LogGroupReader) {
  const told: string[] = [];
  let nowMs = 0;
  await followLogGroup(reader, {
    intervalMs: 2_000,
    hasAllHosts: () => false,
    ended: () => true,
    onEvent: ({ message }) => told.push(message),
    pauseFor(ms) {
      nowMs += ms;
      return Promise.resolve();
    },
    isAborted: () => false,
    nowMs: () => nowMs,
    tell: (trouble) => told.push(trouble),
  });
  return { told, tookMs: nowMs };
}

test('pages without a line are not waited for without end', async () => {
  let pageCount = 0;
  const { told, tookMs } = await followToTheEnd({
    get pageCount() {
      return pageCount;
    },
    findStreams: () => Promise.resolve(['job/algo-1-1']),
    read() {
      pageCount += 1;
      return Promise.reject(throttled());
    },
  });
  expect(told.at(-1)).toBe('the end of the log may be missing');
  expect(tookMs).toBeLessThanOrEqual(6 * 60_000);
});

test('as long as lines come, a reading that is interrupted goes on', async () => {
  let pageCount = 0;
  const { told, tookMs } = await followToTheEnd({
    get pageCount() {
      return pageCount;
    },
    findStreams: () => Promise.resolve(['job/algo-1-1']),
    read(onEvent) {
      pageCount += 1;
      if (pageCount > 400) return Promise.resolve({ lineCount: 0, isAtEnd: true });
      onEvent({ stream: 'job/algo-1-1', timestamp: pageCount, message: `line ${String(pageCount)}` });
      return Promise.reject(throttled());
    },
  });
  expect(told.filter((text) => text.startsWith('line'))).toHaveLength(400);
  expect(told).not.toContain('the end of the log may be missing');
  expect(tookMs).toBeGreaterThan(6 * 60_000);
});
