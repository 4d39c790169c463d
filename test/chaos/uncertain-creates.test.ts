/**
 * Creates of which nobody heard whether they took effect, where what stands there bears no tag or appears late; stops that
 * come to nothing; and workers that cannot read what they are to do. Activities stand in for ours: with AWS as it mostly is,
 * none of this would come about.
 */
import { ApplicationFailure } from '@temporalio/common';
import type { LedgerEntry } from '../../src/contract';
import type { TrainingJobObservation } from '../../src/domain/training-status';
import { failureOfRun } from '../support/failures';
import { STAND_IN_RUN, STAND_IN_TRAINING, standInHosting, withStandIns } from '../support/stand-in-activities';

jest.setTimeout(180_000);

const planned = () => Promise.resolve({ run: STAND_IN_RUN, training: STAND_IN_TRAINING });
const ARN = 'arn:aws:sagemaker:eu-central-1:123456789012:training-job/iris';
const made = { arn: ARN, adopted: false, isOwnWork: true, warnings: [] };
const denied = () => Promise.reject(ApplicationFailure.nonRetryable('no', 'AccessDenied', { isEffectUnknown: true }));
const states = (ledger: LedgerEntry[] = []) => ledger.map(({ kind, state, reason }) => [kind, state, reason ?? '']);

const JOB: Omit<TrainingJobObservation, 'transitions' | 'metrics'> = {
  name: 'iris',
  arn: ARN,
  status: 'Completed',
  secondaryStatus: 'Completed',
};

it('a job without a tag, under the name of a create that nobody heard of, is left alone and named', async () => {
  await withStandIns(
    {
      prepare: planned,
      createTrainingJob: denied,
      stopTrainingJob: () => Promise.resolve({ found: false, isUntagged: true }),
    },
    async (start) => {
      const { code, details } = await failureOfRun(await start('fit', {}));
      expect(code).toBe('AccessDenied');
      expect(states(details.ledger)).toEqual([
        ['training job', 'left', 'it bears no run tag: it may be this run’s, and may cost money'],
      ]);
    },
  );
});

it('a model of a create that nobody heard of is looked for until it appears, and then deleted', async () => {
  let looks = 0;
  await withStandIns(
    {
      prepare: () => Promise.resolve({ run: STAND_IN_RUN, hosting: standInHosting('iris') }),
      checkModelData: () => Promise.resolve(),
      createModel: denied,
      describeHosting: () => Promise.resolve(null),
      deleteModel: (_name, _region, ifTaggedBy) => {
        expect(ifTaggedBy).toBe(STAND_IN_RUN.runTag);
        looks += 1;
        return Promise.resolve({ wasThere: looks === 2 });
      },
    },
    async (start) => {
      const { details } = await failureOfRun(await start('deploy', {}));
      expect(states(details.ledger)).toEqual([['model', 'deleted', '']]);
    },
  );
});

describe('a job that our own deadline is to stop', () => {
  const overdue = {
    prepare: planned,
    createTrainingJob: () => Promise.resolve(made),
    readLogTail: () => Promise.resolve([]),
  };

  it('and that someone has deleted is told as deleted', async () => {
    let waits = 0;
    await withStandIns(
      {
        ...overdue,
        awaitTrainingJobChange: () => {
          waits += 1;
          return Promise.resolve(waits === 1 ? { deadlinePassed: true as const } : { absent: true as const });
        },
        stopTrainingJob: () => Promise.resolve({ found: true }),
      },
      async (start) => {
        const { code, message, details } = await failureOfRun(await start('fit', {}));
        expect(code).toBe('TrainingJobTimedOut');
        expect(details.outcome).toMatchObject({ resource: 'training job', kind: 'deleted' });
        expect(message).toContain('was deleted by someone');
      },
    );
  });

  it('and whose stop is refused is told as not stopped', async () => {
    const refusal = 'StopTrainingJob: AccessDeniedException: no';
    await withStandIns(
      {
        ...overdue,
        awaitTrainingJobChange: () => Promise.resolve({ deadlinePassed: true }),
        stopTrainingJob: () => Promise.reject(ApplicationFailure.nonRetryable(refusal, 'AccessDenied')),
      },
      async (start) => {
        const { message, details } = await failureOfRun(await start('fit', {}));
        expect(details.outcome).toMatchObject({ kind: 'unfinished' });
        expect(message).toContain(`could not be stopped by this run, and may still cost money (${refusal})`);
      },
    );
  });
});

it('a create that only workers without the key took up is asked again, and not failed', async () => {
  let tries = 0;
  await withStandIns(
    {
      prepare: planned,
      createTrainingJob: () => {
        tries += 1;
        // As the data converter of such a worker does, before the activity begins.
        if (tries <= 3)
          return Promise.reject(
            ApplicationFailure.create({ type: 'PayloadError', message: 'no key', nonRetryable: true }),
          );
        return Promise.resolve(made);
      },
      awaitTrainingJobChange: () =>
        Promise.resolve({
          change: {
            job: JOB,
            transitions: [],
            metrics: [],
            seen: { status: 'Completed', secondaryStatus: 'Completed', transitions: 0, trainingStarted: true },
          },
        }),
    },
    async (start) => {
      expect(await (await start('fit', {})).result()).toMatchObject({ trainingJobName: 'iris' });
      expect(tries).toBe(4);
    },
  );
});
