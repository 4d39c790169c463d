/** What an estimator knows of the run that trains, and what its deploy goes on from. */
import type { EstimatorArguments } from '../../../src/contract';
import { SageMakerError, type ErrorDetails, type FailureCode } from '../../../src/client';
import { trainingOfRun, type StartedWith, type TrainingRun } from '../../../src/client/training';

const MODEL_DATA = 's3://bucket/digits-1/output/model.tar.gz';
const STARTED = { arguments: undefined, trainingJobName: 'digits-1', endpointName: 'digits' };

function trainingWith(run: Partial<TrainingRun>, started: StartedWith = STARTED) {
  return trainingOfRun(
    {
      workflowType: 'fitThenDeploy',
      settledResult: undefined,
      result: () => Promise.reject(new Error('not asked for here')),
      status: () => Promise.resolve({}),
      progress: () => Promise.resolve({}),
      ...run,
    },
    started,
  );
}

const trainingThatEnded = (code: FailureCode, details: ErrorDetails, started?: StartedWith) =>
  trainingWith({ result: () => Promise.reject(new SageMakerError(code, 'it ended so', details)) }, started);

const TRAINED: ErrorDetails = { trainingJobName: 'digits-1', modelData: MODEL_DATA };

test.each<FailureCode>(['EndpointFailed', 'AccessDenied', 'Cancelled', 'RunTerminated', 'Internal'])(
  'a run that ended as %s after its training is gone on from',
  async (code) => {
    const training = trainingThatEnded(code, TRAINED);
    expect(await training.awaitEnd()).toEqual({ trainingJobName: 'digits-1' });
    expect(training.modelData).toBe(MODEL_DATA);
  },
);

test.each<[FailureCode, ErrorDetails]>([
  ['Cancelled', { trainingJobName: 'digits-1' }],
  ['TrainingJobFailed', { trainingJobName: 'digits-1' }],
  ['ArtefactMissing', TRAINED],
])('a run that ended as %s without a model is not', async (code, details) => {
  const training = trainingThatEnded(code, details);
  await expect(training.awaitEnd()).rejects.toMatchObject({ code });
  expect(training.modelData).toBeUndefined();
});

test('the job of a run that was terminated may have completed without it: its name is what counts', async () => {
  expect(await trainingThatEnded('RunTerminated', {}).awaitEnd()).toEqual({ trainingJobName: 'digits-1' });
  const nameless = { arguments: undefined, trainingJobName: undefined };
  const told = trainingThatEnded('RunTerminated', { trainingJobName: 'digits-2' }, nameless);
  expect(await told.awaitEnd()).toEqual({ trainingJobName: 'digits-2' });
  await expect(trainingThatEnded('RunTerminated', {}, nameless).awaitEnd()).rejects.toMatchObject({
    code: 'RunTerminated',
  });
});

describe('the endpoint of a run', () => {
  test('is the one that Temporal tells', async () => {
    const training = trainingWith({ status: () => Promise.resolve({ endpointName: 'told' }) });
    expect(await training.findEndpoint?.()).toBe('told');
  });

  test('is the one that its progress tells, in a namespace without our search attributes', async () => {
    const training = trainingWith({ progress: () => Promise.resolve({ endpoint: { name: 'planned' } }) });
    expect(await training.findEndpoint?.()).toBe('planned');
  });

  test('is the one that its input names, before there is a plan', async () => {
    expect(await trainingWith({}).findEndpoint?.()).toBe('digits');
  });

  test('is none of a run that makes none', () => {
    expect(trainingWith({ workflowType: 'fit' }).findEndpoint).toBeUndefined();
  });
});

test('arguments of a run whose input cannot be read are not made up', () => {
  const known = { imageName: 'digits:1', hyperparameters: { epochs: 1 } } as unknown as EstimatorArguments;
  expect(trainingWith({}, { ...STARTED, arguments: known }).trainImage()).toBe('digits:1');
  expect(() => trainingWith({}).trainImage()).toThrow(expect.objectContaining({ code: 'InvalidInput' }));
});
