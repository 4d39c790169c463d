import { FAILURE_CODES } from '../../../src/contract';
import { isSageMakerError, SageMakerError } from '../../../src/client';

test('an error tells what happened, why, what to do and where, in this order', () => {
  const error = new SageMakerError('TrainingJobFailed', 'AlgorithmError: exit code 1 [job=digits-1]', {
    workflowId: 'digits-1',
    runId: 'run-1',
    trainingJobName: 'digits-1',
    requestId: 'request-1',
    logTail: ['1', '2', '3', '4', '5', 'KeyError: label'],
  });
  expect(error.message).toBe(
    [
      'TrainingJobFailed: AlgorithmError: exit code 1 [job=digits-1]',
      'last log lines:',
      '  | 2',
      '  | 3',
      '  | 4',
      '  | 5',
      '  | KeyError: label',
      "fix: Read AWS's reason and the last log lines, mend the algorithm or its input, and start again under a new name.",
      '[workflow=digits-1, run=run-1, job=digits-1, requestId=request-1]',
    ].join('\n'),
  );
  expect(error.what).toBe('The training job failed.');
  expect(error.exitCode).toBe(5);
  expect(String(error)).toMatch(/^SageMakerError: TrainingJobFailed: /);
});

test('every problem of an input has a line of its own', () => {
  const problems = ['estimator.role is missing', 'fit.inputs is missing'];
  const error = new SageMakerError('InvalidInput', 'The input of fit was refused:', { problems });
  expect(error.message.split('\n').slice(1, 3)).toEqual(['  - estimator.role is missing', '  - fit.inputs is missing']);
  expect(error.problems).toEqual(problems);
});

test('problems that the reason has already told are not told twice', () => {
  const error = new SageMakerError('InvalidInput', 'refused: fit.inputs is missing', {
    problems: ['fit.inputs is missing'],
  });
  expect(error.message.match(/fit\.inputs is missing/g)).toHaveLength(1);
});

test('lists are lists where nothing is known', () => {
  const { logTail, problems, differences, ledger, reason } = new SageMakerError('Internal', 'odd');
  expect({ logTail, problems, differences, ledger, reason }).toEqual({
    logTail: [],
    problems: [],
    differences: [],
    ledger: [],
    reason: undefined,
  });
});

test('the cause is kept, and only where there is one', () => {
  const cause = new Error('below');
  expect(new SageMakerError('Internal', 'odd', { cause }).cause).toBe(cause);
  expect('cause' in new SageMakerError('Internal', 'odd')).toBe(false);
});

test.each(FAILURE_CODES)('%s has an exit code and a fix', (code) => {
  const error = new SageMakerError(code, 'why');
  expect(error.exitCode).toBeGreaterThan(0);
  expect(error.fix).not.toBe('');
  expect(isSageMakerError(error)).toBe(true);
});

test('other errors are none of ours', () => {
  expect(isSageMakerError(new Error('x'))).toBe(false);
  expect(isSageMakerError(undefined)).toBe(false);
});
