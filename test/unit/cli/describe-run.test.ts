/** Results in words, of our own workflows and of other people's. */
import { describeResult, describeUse, resultFields } from '../../../src/cli/describe-run';

test('a training is worth its model, a deploy its endpoint', () => {
  expect(describeResult('fit', { modelData: 's3://b/m.tar.gz' })).toBe('s3://b/m.tar.gz');
  expect(describeResult('fitThenDeploy', { modelData: 's3://b/m.tar.gz', endpointName: 'digits' })).toBe('digits');
  expect(resultFields('fit', { modelData: 's3://b/m.tar.gz' })).toEqual({
    workflowType: 'fit',
    modelData: 's3://b/m.tar.gz',
  });
});

test('what a workflow of somebody else returns is told as it is, nothing included', () => {
  expect(describeResult('theirs', { endpointName: 'x' })).toBe('{"endpointName":"x"}');
  expect(describeResult('fitness', { modelData: 'x' })).toBe('{"modelData":"x"}');
  expect(describeResult('theirs', undefined)).toBe('null');
  expect(resultFields('theirs', undefined)).toEqual({ workflowType: 'theirs', result: null });
  expect(describeUse(undefined)).toEqual([]);
});

test('a job that was stopped is not told as completed', () => {
  const outcome = {
    resource: 'training job',
    kind: 'stopped',
    by: 'max-runtime',
    secondaryStatus: 'MaxRuntimeExceeded',
  };
  expect(describeUse({ outcome, trainingTimeSeconds: 60, billableTimeSeconds: 50 })).toEqual([
    'Not completed: the job was stopped (max-runtime, MaxRuntimeExceeded); the model is what it had left',
    'Training seconds: 60',
    'Billable seconds: 50',
  ]);
  expect(describeUse({ outcome: { ...outcome, kind: 'completed' } })).toEqual([]);
  expect(describeUse({ outcome: { kind: 'stopped', by: {} } })).toEqual([]);
});
