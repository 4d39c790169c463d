import {
  ActivityFailure,
  ApplicationFailure,
  CancelledFailure,
  ChildWorkflowFailure,
  TerminatedFailure,
  TimeoutFailure,
  WorkflowFailedError,
} from '@temporalio/client';
import { RetryState, TimeoutType } from '@temporalio/common';
import type { FailureDetails, RunMemo } from '../../../src/contract';
import { fromWorkflowFailure } from '../../../src/client/workflow-failure';

const memo: RunMemo = {
  stage: 'Cancelled',
  trainingJobName: 'digits-1',
  ledger: [{ kind: 'training job', name: 'digits-1', state: 'made' }],
  warnings: [],
};

function convert(cause: Error, withMemo?: RunMemo) {
  const failed = new WorkflowFailedError('Workflow execution failed', cause, RetryState.NON_RETRYABLE_FAILURE);
  return fromWorkflowFailure(failed, {
    workflowId: 'digits-1',
    runId: 'run-1',
    ...(withMemo && { memo: withMemo }),
  });
}

const details: FailureDetails = {
  reason: 'AlgorithmError: exit code 1',
  requestId: 'request-1',
  fix: 'Mend line 3.',
  logTail: ['Traceback', 'ValueError'],
  trainingJobName: 'digits-1',
  ledger: [],
};
const thrown = () =>
  ApplicationFailure.create({
    type: 'TrainingJobFailed',
    message: 'The training job failed [job=digits-1]',
    details: [details],
  });
const inActivity = (cause: Error) =>
  new ActivityFailure(
    'Activity task failed',
    'awaitTrainingJobChange',
    '1',
    RetryState.NON_RETRYABLE_FAILURE,
    'me',
    cause,
  );
const inChild = (cause: Error) =>
  new ChildWorkflowFailure('default', { workflowId: 'w', runId: 'r' }, 'fit', RetryState.NON_RETRYABLE_FAILURE, cause);

test.each([
  ['by the workflow', thrown()],
  ['by an activity', inActivity(thrown())],
  ['by a child workflow', inChild(inActivity(thrown()))],
  [
    'and rethrown under a name of somebody else',
    ApplicationFailure.create({ type: 'Mine', cause: inActivity(thrown()) }),
  ],
])('a failure thrown %s keeps its code and all that was known', (_by, cause) => {
  expect(convert(cause)).toMatchObject({
    ...details,
    code: 'TrainingJobFailed',
    why: 'The training job failed [job=digits-1]',
    workflowId: 'digits-1',
    runId: 'run-1',
    exitCode: 5,
  });
});

test('what the failure does not tell is taken from the memo', () => {
  const failure = ApplicationFailure.create({ type: 'EndpointFailed', message: 'x', details: [{ endpointName: 'e' }] });
  const modelData = 's3://bucket/digits-1/output/model.tar.gz';
  expect(convert(failure, { ...memo, modelData })).toMatchObject({
    code: 'EndpointFailed',
    endpointName: 'e',
    trainingJobName: 'digits-1',
    modelData,
    ledger: memo.ledger,
  });
});

test('a cancelled run tells its ledger and what is left', () => {
  expect(convert(new CancelledFailure('Workflow canceled'), memo)).toMatchObject({
    code: 'Cancelled',
    why: 'The run was cancelled; nothing that it made is left.',
    ledger: memo.ledger,
  });
  const left = { kind: 'endpoint', name: 'digits', state: 'left', reason: 'Creating' } as const;
  expect(convert(inActivity(new CancelledFailure('x')), { ...memo, ledger: [left] }).why).toBe(
    'The run was cancelled; left: endpoint digits (Creating).',
  );
  expect(convert(new CancelledFailure('x')).why).toBe('The run was cancelled.');
});

test.each([
  ['terminated', new TerminatedFailure('by hand') as Error],
  ['timed out by Temporal', new TimeoutFailure('x', undefined, TimeoutType.START_TO_CLOSE)],
])('a run that was %s was ended from outside', (_how, cause) => {
  expect(convert(cause, memo)).toMatchObject({ code: 'RunTerminated', ledger: memo.ledger });
});

test('a time-out of an activity is not one of the run', () => {
  const timeout = new TimeoutFailure('activity StartToClose timeout', undefined, TimeoutType.START_TO_CLOSE);
  const error = convert(inActivity(timeout));
  expect(error.code).toBe('Internal');
  expect(error.why).toContain('activity StartToClose timeout');
});

test('an unknown failure is Internal and keeps its words', () => {
  const error = convert(ApplicationFailure.create({ type: 'TypeError', message: 'x is undefined' }));
  expect(error.code).toBe('Internal');
  expect(error.why).toBe('The run failed: x is undefined (TypeError)');
});

test('details that are none of ours are left alone', () => {
  const error = convert(ApplicationFailure.create({ type: 'Internal', message: 'x', details: [['a', 'b']] }));
  expect(error.logTail).toEqual([]);
});
