/**
 * Times of any year and of any time zone: names, deadlines and the pace of reads do not know of daylight saving, of the year
 * 2038 or of a host whose clock is set. And no clock but the workflow's own is read where the story is told.
 */
import fc from 'fast-check';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, deadlineOfTrainingJob, isSinceRunBegan } from '../../../src/domain/deadlines';
import { NAME_PATTERN, nameFromBase, nameFromWorkflow } from '../../../src/domain/names';
import { intervalMs, scheduleReads, type Pace, type WatchState } from '../../../src/domain/pacing';
import type { TrainingPlan } from '../../../src/domain/plan';
import { startTypeScript } from '../../support/processes';
import type { TimesInZone } from '../../support/times-by-zone';

const SOURCES = join(__dirname, '../../../src');
/** Where clocks are set back or forward, at other times, by half an hour, or not at all; the last has skipped a day. */
const ZONES = ['UTC', 'America/New_York', 'Europe/Berlin', 'Australia/Lord_Howe', 'Asia/Kathmandu', 'Pacific/Apia'];
const END_OF_32_BITS_MS = 2 ** 31 * 1_000;
const YEAR_10000_MS = Date.UTC(10_000, 0);

/** Around each time at which clocks have gone wrong before, and anywhere. */
const timeMs = fc.oneof(
  fc.integer({ min: 0, max: YEAR_10000_MS - 1 }),
  fc.integer({ min: -3_600_000, max: 3_600_000 }).map((ms) => END_OF_32_BITS_MS + ms),
  ...['2026-03-08T07:00Z', '2026-10-25T01:00Z', '2026-04-04T15:00Z', '2011-12-30T10:00Z', '2028-02-29T23:59Z'].map(
    (at) => fc.integer({ min: -7_200_000, max: 7_200_000 }).map((ms) => Date.parse(at) + ms),
  ),
);

it('names and deadlines are told in UTC, whatever the host’s time zone does', async () => {
  const times = fc.sample(timeMs, 200);
  const { stdout } = await startTypeScript(join(__dirname, '../../support/times-by-zone.ts'), [
    JSON.stringify(times),
    ...ZONES,
  ]).ended;
  const told = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as TimesInZone);
  expect(told.map(({ zone }) => zone)).toEqual(ZONES);
  expect(new Set(told.map(({ offsetsMinutes }) => offsetsMinutes.join())).size).toBe(ZONES.length);
  const names = times.map(
    (ms) =>
      `iris-${new Date(ms)
        .toISOString()
        .replaceAll(/[^0-9]/g, '-')
        .slice(0, -1)}-k3v9x0qz`,
  );
  for (const zone of told) {
    expect(zone.names).toEqual(names);
    expect(zone.deadlines).toEqual(times.map((ms) => new Date(ms + 86_400_000).toISOString()));
  }
});

it('a name of any time is one that SageMaker takes', () => {
  fc.assert(
    fc.property(timeMs, (ms) => {
      expect(nameFromBase('iris', new Date(ms), 'k3v9x0qz')).toMatch(NAME_PATTERN);
    }),
  );
});

it('names of one base sort as their times do, over every change of the clocks', () => {
  fc.assert(
    fc.property(timeMs, timeMs, (one, other) => {
      const [earlier, later] = [one, other]
        .sort((a, b) => a - b)
        .map((ms) => nameFromBase('iris', new Date(ms), 'same0000'));
      expect(earlier! <= later!).toBe(true);
    }),
  );
});

it('two runs of a schedule have names of their own, also in the hour that comes twice', () => {
  fc.assert(
    fc.property(timeMs, fc.integer({ min: 1, max: 7_200 }), (ms, seconds) => {
      const idAt = (at: number) => `nightly-${new Date(at).toISOString().replace(/\.\d{3}Z$/, 'Z')}`;
      const names = [ms, ms + seconds * 1_000].map((at) => nameFromWorkflow(idAt(at), '0123456789abcdef'));
      expect(names[0]).not.toBe(names[1]);
      for (const name of names) expect(name).toMatch(NAME_PATTERN);
    }),
  );
});

const PLAN = { pendingTimeoutSeconds: 86_400, maxRunSeconds: 28 * 86_400, overrunSeconds: 1_800 } as TrainingPlan;

it('a deadline is so many seconds after its start, in any year', () => {
  fc.assert(
    fc.property(timeMs, fc.integer({ min: 0, max: 56 * 86_400 }), (ms, seconds) => {
      expect(Date.parse(after(ms, seconds)) - ms).toBe(seconds * 1_000);
    }),
  );
});

it('a job’s deadline counts from AWS’s times; while AWS has told none, it is so much time and no time of day', () => {
  fc.assert(
    fc.property(timeMs, fc.nat(100 * 86_400_000), (created, passedMs) => {
      const creationTime = new Date(created).toISOString();
      const trainingStartTime = after(created, 600);
      expect(deadlineOfTrainingJob(PLAN, { creationTime }, passedMs)).toEqual({ deadline: after(created, 86_400) });
      expect(deadlineOfTrainingJob(PLAN, { creationTime, trainingStartTime }, passedMs)).toEqual({
        deadline: after(created, 600 + 28 * 86_400 + 1_800),
      });
      const left = { withinMs: Math.max(0, 86_400_000 - passedMs) };
      expect(deadlineOfTrainingJob(PLAN, undefined, passedMs)).toEqual(left);
    }),
  );
});

it('what was made since the run began is told from what was there, in any year', () => {
  fc.assert(
    fc.property(timeMs, fc.integer({ min: 6_000, max: 1e9 }), (began, apartMs) => {
      const beganAt = new Date(began).toISOString();
      expect(isSinceRunBegan(began + apartMs, beganAt)).toBe(true);
      expect(isSinceRunBegan(began - apartMs, beganAt)).toBe(false);
    }),
  );
});

const PACE: Pace = { minIntervalMs: 5_000, maxIntervalMs: 30_000, readsPerSecond: 10 };

it('the pace of reads keeps its limits at whatever time it is asked, also before it began', () => {
  const status = fc.constantFrom(undefined, 'Starting', 'Training', 'Stopping', 'InService');
  const watch = fc.record({
    name: fc.constant('iris'),
    status,
    sinceMs: timeMs,
    lastReadMs: fc.option(timeMs, { nil: undefined }),
    hurriedMs: fc.option(timeMs, { nil: undefined }),
    failures: fc.nat({ max: 1_000 }),
    spread: fc.double({ min: 0, max: 1, noNaN: true }),
    isBeingRead: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array<WatchState>(watch, { maxLength: 30 }), timeMs, (watches, nowMs) => {
      for (const one of watches) {
        const interval = intervalMs(one, nowMs, PACE);
        expect(interval).toBeGreaterThanOrEqual(PACE.minIntervalMs);
        expect(interval).toBeLessThanOrEqual(2 * PACE.maxIntervalMs);
      }
      const { due, sleepMs } = scheduleReads(watches, nowMs, PACE);
      expect(due.length).toBeLessThanOrEqual(PACE.readsPerSecond);
      expect(sleepMs).toBeGreaterThanOrEqual(10);
      expect(sleepMs).toBeLessThanOrEqual(PACE.maxIntervalMs);
    }),
  );
});

describe('the clock that is read', () => {
  const textsOf = (room: string): [string, string][] =>
    readdirSync(join(SOURCES, room), { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith('.ts'))
      .map((path) => [`${room}/${path}`, readFileSync(join(SOURCES, room, path), 'utf8')]);
  const findIn = (room: string, reading: RegExp) =>
    textsOf(room)
      .filter(([, text]) => reading.test(text.replaceAll(/^\s*(\/?\*|\/\/).*$/gm, '')))
      .map(([path]) => path);

  it('is none in the domain: times are handed in', () => {
    expect(findIn('domain', /Date\.now\(|new Date\(\)|\bperformance\b|hrtime/)).toEqual([]);
  });

  it('is Temporal’s in workflows, which Date is there', () => {
    expect(findIn('workflows', /\bperformance\b|hrtime/)).toEqual([]);
  });

  it('is one that nobody sets where the worker measures how long something took', () => {
    // What is left: the plan's date, times within a call's own limit.
    expect(findIn('activities', /Date\.now\b/).sort()).toEqual([
      'activities/aws-clock.ts',
      'activities/search-attributes.ts',
      'activities/sweep/temporal-calls.ts',
    ]);
    expect(findIn('worker', /Date\.now\b/).sort()).toEqual(['worker/create-worker.ts']);
  });
});
