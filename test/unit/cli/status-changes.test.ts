/** From one progress to the next: each status is told once, those that came and went between two looks too. */
import type { Progress, TrainingJobProgress } from '../../../src/contract';
import { findChanges } from '../../../src/cli/status-changes';

const at = (second: number) => `2026-11-22T10:00:0${String(second)}.000Z`;

function progressWith(more: Partial<Progress>): Progress {
  return { stage: 'Training', ledger: [], attempts: {}, links: {}, warnings: [], ...more };
}

function jobIn(status: string, passed: string[]): TrainingJobProgress {
  return {
    name: 'job',
    status,
    secondaryStatus: passed.at(-1)!,
    transitions: passed.map((name, index) => ({ status: name, startTime: at(index), message: `${name} it` })),
    metrics: [],
  };
}

test('the statuses that were passed since the last look are told in order, with their times', () => {
  const before = progressWith({ trainingJob: jobIn('InProgress', ['Starting']) });
  const after = progressWith({ trainingJob: jobIn('InProgress', ['Starting', 'Downloading', 'Training']) });
  expect(findChanges(before, after)).toEqual([
    expect.objectContaining({ secondaryStatus: 'Downloading', status: 'InProgress', since: at(1) }),
    expect.objectContaining({
      secondaryStatus: 'Training',
      status: 'InProgress',
      since: at(2),
      message: 'Training it',
    }),
  ]);
});

test('the last of them has the status of the job itself', () => {
  const after = progressWith({ trainingJob: jobIn('Completed', ['Training', 'Completed']) });
  expect(findChanges(undefined, after)).toEqual([
    expect.objectContaining({ secondaryStatus: 'Training', status: 'InProgress' }),
    expect.objectContaining({ secondaryStatus: 'Completed', status: 'Completed' }),
  ]);
});

test('what has not changed is not told again', () => {
  const progress = progressWith({
    trainingJob: jobIn('InProgress', ['Starting']),
    endpoint: { name: 'e', status: 'Creating' },
    warnings: ['tags were refused'],
  });
  expect(findChanges(progress, structuredClone(progress))).toEqual([]);
});

test('a job whose passed statuses are not listed is told by its present one', () => {
  const job = { ...jobIn('InProgress', []), secondaryStatus: 'Starting' };
  expect(findChanges(undefined, progressWith({ trainingJob: job }))).toEqual([
    { type: 'status', subject: 'training job', name: 'job', status: 'InProgress', secondaryStatus: 'Starting' },
  ]);
});

test('endpoint and warnings are told when they are new', () => {
  const before = progressWith({ endpoint: { name: 'e' }, warnings: ['first'] });
  const after = progressWith({
    endpoint: { name: 'e', status: 'InService', since: at(5) },
    warnings: ['first', 'second'],
  });
  expect(findChanges(before, after)).toEqual([
    { type: 'status', subject: 'endpoint', name: 'e', status: 'InService', since: at(5) },
    { type: 'warning', message: 'second' },
  ]);
});
