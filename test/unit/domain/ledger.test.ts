import type { LedgerEntry, Progress } from '../../../src/contract';
import { describeProgress } from '../../../src/domain/details';
import { closeWithoutResult, findEntry, forget, isOwnWork, record } from '../../../src/domain/ledger';
import { mergeSamples, SAMPLES_PER_METRIC_MAX } from '../../../src/domain/metrics';

describe('the ledger', () => {
  const intended: LedgerEntry = { kind: 'model', name: 'iris', state: 'intended' };

  it('holds one entry for one resource, in the order of intent', () => {
    const ledger = [intended, { ...intended, name: 'b' }, { ...intended, state: 'made' as const, arn: 'arn' }].reduce(
      record,
      [],
    );
    expect(ledger).toEqual([
      { kind: 'model', name: 'iris', state: 'made', arn: 'arn' },
      { kind: 'model', name: 'b', state: 'intended' },
    ]);
  });

  it('drops a reason that no longer holds', () => {
    const left = record([], { ...intended, state: 'left', reason: 'its delete failed' });
    expect(record(left, { ...intended, state: 'deleted' })).toEqual([{ ...intended, state: 'deleted' }]);
  });

  it('forgets what turned out never to have been made', () => {
    expect(forget([intended], 'model', 'iris')).toEqual([]);
    expect(findEntry([intended], 'endpoint', 'iris')).toBeUndefined();
  });

  it('counts as own work only what the run made or may have made', () => {
    const states: LedgerEntry['state'][] = ['intended', 'made', 'adopted', 'deleted', 'left'];
    expect(states.filter((state) => isOwnWork({ ...intended, state }))).toEqual(['intended', 'made']);
  });

  it('leaves nothing unnamed at an end without result', () => {
    const closed = closeWithoutResult([
      intended,
      { kind: 'bucket', name: 'b', state: 'made' },
      { kind: 'endpoint', name: 'e', state: 'adopted' },
      { kind: 'model', name: 'm', state: 'deleted' },
    ]);
    expect(closed.map(({ state }) => state)).toEqual(['left', 'left', 'adopted', 'deleted']);
    expect(closed.filter(({ state }) => state === 'left').every(({ reason }) => reason !== undefined)).toBe(true);
  });
});

describe('metric samples', () => {
  const sample = (i: number, name = 'loss') => ({ name, value: i, time: new Date(i * 1000).toISOString() });

  it('are joined each once and in order of time', () => {
    expect(mergeSamples([sample(1), sample(3)], [sample(2), sample(3)]).map(({ value }) => value)).toEqual([1, 2, 3]);
  });

  it('are thinned evenly for each metric, first and last kept', () => {
    const series = Array.from({ length: 1000 }, (_, i) => [sample(i), sample(i, 'accuracy')]).flat();
    const thinned = mergeSamples([], series);
    const losses = thinned.filter(({ name }) => name === 'loss').map(({ value }) => value);
    expect(losses).toHaveLength(SAMPLES_PER_METRIC_MAX);
    expect([losses[0], losses.at(-1)]).toEqual([0, 999]);
    expect(thinned).toHaveLength(2 * SAMPLES_PER_METRIC_MAX);
  });
});

describe('the current details', () => {
  const progress: Progress = {
    stage: 'Training',
    trainingJob: {
      name: 'iris',
      secondaryStatus: 'Training',
      since: '2026-01-01T00:00:00.000Z',
      transitions: [],
      metrics: [{ name: 'loss', value: 0.5, time: 't' }],
    },
    ledger: [{ kind: 'training job', name: 'iris', state: 'made' }],
    attempts: {},
    links: { trainingJob: 'https://console/jobs/iris' },
    warnings: [],
  };

  it('say stage, statuses, metrics and ledger', () => {
    const text = describeProgress(progress);
    for (const part of [
      '**Training**',
      '`iris`',
      '2026-01-01',
      'loss: 0.5',
      '| training job | `iris` | made |',
      '(https://console/jobs/iris)',
    ]) {
      expect(text).toContain(part);
    }
  });

  it('let no text of others draw in the page', () => {
    const text = describeProgress({
      ...progress,
      warnings: ['<img src=x onerror=alert(1)> [a](javascript:b) `c`\n# d'],
    });
    expect(text).not.toContain('<img');
    expect(text).not.toMatch(/[^\\]\[a\]/);
    expect(text).not.toMatch(/\n# d/);
  });

  it('stay within what the page can take', () => {
    const warnings = Array.from({ length: 1000 }, (_, i) => `warning ${String(i)} ${'😀'.repeat(20)}`);
    expect(describeProgress({ ...progress, warnings }).length).toBeLessThanOrEqual(16_000);
  });
});
