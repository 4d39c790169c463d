import {
  changeOfTrainingJob,
  isNewForTrainingJob,
  judgeTrainingJob,
  observeTrainingJob,
  type TrainingJobObservation,
} from '../../../src/domain/training-status';
import {
  isNewForEndpoint,
  isSettled,
  judgeEndpoint,
  type EndpointObservation,
} from '../../../src/domain/endpoint-status';
import { deadlineOfTrainingJob } from '../../../src/domain/deadlines';
import type { TrainingPlan } from '../../../src/domain/plan';

const at = (seconds: number) => new Date(Date.UTC(2026, 0, 1) + seconds * 1000);

function observe(
  status: string,
  secondary: string,
  transitions: string[] = [secondary],
  modified = 0,
): TrainingJobObservation {
  return observeTrainingJob({
    $metadata: {},
    TrainingJobName: 'iris',
    TrainingJobArn: 'arn',
    TrainingJobStatus: status as never,
    SecondaryStatus: secondary as never,
    SecondaryStatusTransitions: transitions.map((Status, i) => ({ Status: Status as never, StartTime: at(i) })),
    LastModifiedTime: at(modified),
    ModelArtifacts: undefined,
  } as never);
}

describe('a training job', () => {
  it.each([
    ['Completed', 'Completed', 'completed'],
    ['Failed', 'Failed', 'failed'],
    ['Stopped', 'Stopped', 'stopped'],
    ['Stopped', 'MaxRuntimeExceeded', 'ran out of time'],
    ['Stopped', 'MaxWaitTimeExceeded', 'ran out of time'],
    ['Stopping', 'Stopping', 'running'],
    ['InProgress', 'Interrupted', 'running'],
    ['InProgress', 'SomethingOfTomorrow', 'running'],
    ['SomethingOfTomorrow', 'Starting', 'running'],
  ])('that is %s (%s) is %s', (status, secondaryStatus, verdict) => {
    expect(judgeTrainingJob({ status, secondaryStatus })).toBe(verdict);
  });

  it('is new once, then only with another status or transition', () => {
    const starting = observe('InProgress', 'Starting');
    expect(isNewForTrainingJob(starting, undefined)).toBe(true);
    const { seen } = changeOfTrainingJob(starting, undefined, []);
    expect(isNewForTrainingJob(starting, seen)).toBe(false);
    expect(isNewForTrainingJob(observe('InProgress', 'Downloading', ['Starting', 'Downloading'], 1), seen)).toBe(true);
  });

  it('does not go back in time', () => {
    const { seen } = changeOfTrainingJob(
      observe('InProgress', 'Training', ['Starting', 'Training'], 10),
      undefined,
      [],
    );
    expect(isNewForTrainingJob(observe('InProgress', 'Starting', ['Starting'], 5), seen)).toBe(false);
  });

  it('tells only what is new, from the last seen transition on', () => {
    const { seen } = changeOfTrainingJob(
      observe('InProgress', 'Downloading', ['Starting', 'Downloading']),
      undefined,
      [],
    );
    const later = observe('InProgress', 'Training', ['Starting', 'Downloading', 'Training'], 3);
    expect(changeOfTrainingJob(later, seen, []).transitions.map(({ status }) => status)).toEqual([
      'Downloading',
      'Training',
    ]);
  });

  it('does not mistake a metric for a change', () => {
    const before = observe('InProgress', 'Training');
    const { seen } = changeOfTrainingJob(before, undefined, []);
    expect(isNewForTrainingJob({ ...before, metrics: [{ name: 'loss', value: 1, time: '2026' }] }, seen)).toBe(false);
  });
});

describe('our deadline for a training job', () => {
  const plan = { pendingTimeoutSeconds: 100, maxRunSeconds: 1000, overrunSeconds: 10 } as TrainingPlan;

  it('counts pending time from the creation, then max-run from the job’s own start', () => {
    expect(deadlineOfTrainingJob(plan, undefined, 30_000)).toEqual({ withinMs: 70_000 });
    const created = { creationTime: at(5).toISOString() };
    expect(deadlineOfTrainingJob(plan, created, 30_000)).toEqual({ deadline: at(105).toISOString() });
    const started = { creationTime: at(5).toISOString(), trainingStartTime: at(50).toISOString() };
    expect(deadlineOfTrainingJob(plan, started, 30_000)).toEqual({ deadline: at(1060).toISOString() });
  });
});

describe('an endpoint', () => {
  const endpoint = (status: string, config: string, modified = 0): EndpointObservation => ({
    name: 'iris',
    arn: 'arn',
    status,
    endpointConfigName: config,
    lastModifiedTime: at(modified).toISOString(),
  });
  const old = endpoint('InService', 'old');

  it.each([
    ['Creating', 'new', 'settling'],
    ['InService', 'new', 'serves'],
    ['Failed', 'new', 'failed'],
    ['OutOfService', 'new', 'out of service'],
    ['SystemUpdating', 'new', 'settling'],
    ['SomethingOfTomorrow', 'new', 'settling'],
  ])('on its first creation, %s is %s', (status, config, verdict) => {
    expect(judgeEndpoint(endpoint(status, config), 'new', undefined, false)).toBe(verdict);
  });

  it('serves only with our config: the same status on the old one may be a read from before the update', () => {
    expect(judgeEndpoint(old, 'new', old, false)).toBe('settling');
    expect(judgeEndpoint(endpoint('InService', 'new', 9), 'new', old, true)).toBe('serves');
  });

  it('was rolled back where it serves the old config after an update was seen under way, or was touched since', () => {
    expect(judgeEndpoint(old, 'new', old, true)).toBe('rolled back');
    expect(judgeEndpoint(endpoint('InService', 'old', 9), 'new', old, false)).toBe('rolled back');
  });

  it('that serves a third config was deployed to by others since', () => {
    expect(judgeEndpoint(endpoint('InService', 'third', 9), 'new', old, true)).toBe('superseded');
    expect(judgeEndpoint(endpoint('InService', 'third', 9), 'new', undefined, false)).toBe('superseded');
  });

  it('whose rollback failed too has failed', () => {
    expect(judgeEndpoint(endpoint('UpdateRollbackFailed', 'old', 9), 'new', old, true)).toBe('failed');
  });

  it('is settled only in statuses that take an update or a delete', () => {
    expect(['InService', 'Failed', 'OutOfService', 'UpdateRollbackFailed'].every(isSettled)).toBe(true);
    expect(['Creating', 'Updating', 'RollingBack', 'SystemUpdating', 'Deleting', 'Tomorrow'].some(isSettled)).toBe(
      false,
    );
  });

  it('is new when an update has come and gone between two reads', () => {
    const seen = { status: 'InService', endpointConfigName: 'old', lastModifiedTime: at(0).toISOString() };
    expect(isNewForEndpoint(endpoint('InService', 'old', 9), seen)).toBe(true);
    expect(isNewForEndpoint(endpoint('InService', 'old', 0), seen)).toBe(false);
  });
});
