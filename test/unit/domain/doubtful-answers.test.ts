/**
 * Answers of AWS that are late, incomplete or new to this version: what counts as news, what a run shows, what it warns
 * of. Random sequences of stale, incomplete and fresh answers never turn a job's progress back, nor hide its end.
 */
import fc from 'fast-check';
import { findOddEndpointAnswer, findOddJobAnswer, isEarlierJobStatus } from '../../../src/domain/known-statuses';
import { deadlineOfTrainingJob } from '../../../src/domain/deadlines';
import type { TrainingPlan } from '../../../src/domain/plan';
import {
  changeOfEndpoint,
  completeEndpoint,
  isNewForEndpoint,
  judgeEndpoint,
  observeEndpoint,
} from '../../../src/domain/endpoint-status';
import {
  changeOfTrainingJob,
  completeTrainingJob,
  isNewForTrainingJob,
  judgeTrainingJob,
  mergeTransitions,
  observeTrainingJob,
  type TrainingJobCursor,
} from '../../../src/domain/training-status';

const at = (seconds: number) => new Date(Date.UTC(2026, 0, 1) + seconds * 1000);

/** The answers of one job's life, in their order. */
const LIFE = ['Starting', 'Downloading', 'Training', 'Uploading', 'Completed'].map((secondary, index, all) => ({
  TrainingJobName: 'iris',
  TrainingJobArn: 'arn',
  TrainingJobStatus: secondary === 'Completed' ? 'Completed' : 'InProgress',
  SecondaryStatus: secondary,
  SecondaryStatusTransitions: all.slice(0, index + 1).map((Status, i) => ({
    Status,
    StartTime: at(i),
    ...(i < index && { EndTime: at(i + 1) }),
  })),
  CreationTime: at(0),
  LastModifiedTime: at(index),
  ...(index >= 2 && { TrainingStartTime: at(2) }),
}));
const MEMBERS = Object.keys(LIFE[2]!);

const observe = (answer: object, leftOut: string[] = []) =>
  observeTrainingJob(
    Object.fromEntries(Object.entries(answer).filter(([member]) => !leftOut.includes(member))) as never,
    'iris',
  );

/** Reads answers as a wait does; tells what became of each. */
function follow(answers: ReturnType<typeof observe>[]): { secondary: string; verdict: string; reads: number }[] {
  let seen: TrainingJobCursor | undefined;
  const changes: { secondary: string; verdict: string; reads: number }[] = [];
  for (const [index, answer] of answers.entries()) {
    const job = completeTrainingJob(answer, seen);
    if (!isNewForTrainingJob(job, seen)) continue;
    const change = changeOfTrainingJob(job, seen, []);
    ({ seen } = change);
    changes.push({ secondary: job.secondaryStatus, verdict: judgeTrainingJob(job), reads: index });
    if (judgeTrainingJob(job) !== 'running') break;
  }
  return changes;
}

describe('a training job’s answers', () => {
  it('whatever comes late or lacks a member, never turn back and never hide the end', () => {
    const read = fc.record({
      back: fc.integer({ min: 0, max: 4 }),
      leftOut: fc.subarray(MEMBERS.filter((member) => member !== 'LastModifiedTime')),
    });
    fc.assert(
      fc.property(fc.array(fc.tuple(read, read, read), { minLength: 5, maxLength: 5 }), (reads) => {
        const answers = reads.flatMap((three, now) =>
          three.map(({ back, leftOut }) => observe(LIFE[Math.max(0, now - back)]!, leftOut)),
        );
        const changes = follow([...answers, observe(LIFE[4]!)]);
        const order = ['Unknown', ...LIFE.map(({ SecondaryStatus }) => SecondaryStatus)];
        const shown = changes.map(({ secondary }) => order.indexOf(secondary));
        expect(shown).toEqual([...shown].sort((a, b) => a - b));
        expect(changes.at(-1)?.verdict).toBe('completed');
      }),
      { numRuns: 500 },
    );
  });

  it('cannot come back from the end, even without times', () => {
    const seen = changeOfTrainingJob(observe(LIFE[4]!, ['LastModifiedTime']), undefined, []).seen;
    expect(isNewForTrainingJob(observe(LIFE[2]!, ['LastModifiedTime']), seen)).toBe(false);
    expect(isEarlierJobStatus('InProgress', 'Stopping')).toBe(true);
    expect(isEarlierJobStatus('Stopped', 'Completed')).toBe(false);
    expect(isEarlierJobStatus('InProgress', 'Dreaming')).toBe(false);
  });

  it('without the secondary status tell it by the last transition, else it is what was seen', () => {
    expect(observe(LIFE[2]!, ['SecondaryStatus']).secondaryStatus).toBe('Training');
    const { seen } = changeOfTrainingJob(observe(LIFE[2]!), undefined, []);
    const bare = observe(LIFE[3]!, ['SecondaryStatus', 'SecondaryStatusTransitions', 'TrainingJobStatus']);
    expect(completeTrainingJob(bare, seen)).toMatchObject({ status: 'InProgress', secondaryStatus: 'Training' });
    expect(judgeTrainingJob(completeTrainingJob(bare, undefined))).toBe('running');
  });

  it('are news once for each member that they lack, and no more', () => {
    const lacking = observe(LIFE[2]!, ['TrainingJobStatus']);
    const { seen } = changeOfTrainingJob(observe(LIFE[2]!), undefined, []);
    expect(isNewForTrainingJob(completeTrainingJob(lacking, seen), seen)).toBe(true);
    const after = changeOfTrainingJob(completeTrainingJob(lacking, seen), seen, []).seen;
    expect(isNewForTrainingJob(completeTrainingJob(lacking, after), after)).toBe(false);
    expect(isNewForTrainingJob(observe(LIFE[2]!), after)).toBe(false);
  });

  it('without the start of the training leave the deadline to the transition', () => {
    const { transitions, trainingStartTime } = observe(LIFE[3]!, ['TrainingStartTime']);
    expect(trainingStartTime).toBeUndefined();
    const plan = { pendingTimeoutSeconds: 10, maxRunSeconds: 1_000, overrunSeconds: 100 } as TrainingPlan;
    expect(deadlineOfTrainingJob(plan, {}, 0, transitions)).toEqual({ deadline: at(1_102).toISOString() });
    expect(deadlineOfTrainingJob(plan, {}, 0)).toEqual({ withinMs: 10_000 });
  });

  it('of several waits make one list of transitions', () => {
    const [one, two] = [observe(LIFE[1]!).transitions, observe(LIFE[3]!).transitions];
    expect(mergeTransitions(two, one)).toEqual(two);
    expect(mergeTransitions(one, two)).toEqual(two);
    expect(mergeTransitions([], two)).toEqual(two);
  });
});

describe('an endpoint’s answers', () => {
  const answer = {
    EndpointName: 'iris',
    EndpointArn: 'arn',
    EndpointStatus: 'InService',
    EndpointConfigName: 'new',
    LastModifiedTime: at(5),
  };
  const old = observeEndpoint({ ...answer, EndpointConfigName: 'old', LastModifiedTime: at(0) } as never);
  const without = (member: string) => observeEndpoint({ ...answer, [member]: undefined } as never, 'iris');

  it('without the config prove nothing, and are no failure', () => {
    expect(judgeEndpoint(without('EndpointConfigName'), 'new', old, true)).toBe('settling');
    expect(judgeEndpoint(without('EndpointConfigName'), 'new', undefined, false)).toBe('settling');
  });

  it('without the status leave it as it was seen', () => {
    const { seen } = changeOfEndpoint(old);
    expect(completeEndpoint(without('EndpointStatus'), seen).status).toBe('InService');
    expect(judgeEndpoint(completeEndpoint(without('EndpointStatus'), undefined), 'new', undefined, false)).toBe(
      'settling',
    );
  });

  it('are news once for each member that they lack, and once it is told again where it differs', () => {
    const { seen } = changeOfEndpoint(old);
    const lacking = without('EndpointConfigName');
    expect(isNewForEndpoint(lacking, seen)).toBe(true);
    const after = changeOfEndpoint(lacking, seen).seen;
    expect(isNewForEndpoint(lacking, after)).toBe(false);
    expect(isNewForEndpoint(observeEndpoint(answer as never), after)).toBe(true);
  });
});

describe('a warning', () => {
  it('names the status that is unknown and the member that is missing', () => {
    expect(findOddJobAnswer('iris', { status: 'Resting', secondaryStatus: 'Dreaming', lacks: ['X'] })).toEqual([
      'the training job iris has the status Resting, which this version does not know: it counts as still under way',
      'the training job iris has the status Dreaming, which this version does not know: it counts as still under way',
      'AWS told of the training job iris without X: what was known before counts',
    ]);
    expect(findOddEndpointAnswer('iris', 'Napping', ['EndpointConfigName'])).toHaveLength(2);
  });

  it('comes of nothing that is known, nor of what was never told', () => {
    for (const { TrainingJobStatus: status, SecondaryStatus: secondaryStatus } of LIFE) {
      expect(findOddJobAnswer('iris', { status, secondaryStatus })).toEqual([]);
    }
    expect(findOddJobAnswer('iris', { status: 'Unknown', secondaryStatus: 'Unknown' })).toEqual([]);
    expect(findOddEndpointAnswer('iris', 'SystemUpdating')).toEqual([]);
  });
});
