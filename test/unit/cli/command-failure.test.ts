/** Whatever is thrown becomes one shape, and its exit code is that of its code. */
import { FAILURE_CODES } from '../../../src/contract';
import { SageMakerError } from '../../../src/client';
import { CommandFailure, describeFailure } from '../../../src/cli/command-failure';
import { Interruption, untilInterrupted } from '../../../src/cli/interruption';
import { EXIT_CODES } from '../../support/exit-codes';

test.each(FAILURE_CODES)('an error of the client with the code %s has its exit code', (code) => {
  const failure = describeFailure(new SageMakerError(code, 'it happened'));
  expect(failure).toEqual({
    code,
    message: 'it happened',
    fix: expect.stringMatching(/^[A-Z].*\.$/),
    exitCode: EXIT_CODES[code],
  });
});

test('the details of an error come along, empty ones do not', () => {
  const error = new SageMakerError('TrainingJobFailed', 'it failed', {
    reason: 'exit code 1',
    fix: 'mend it',
    logTail: ['last words'],
    trainingJobName: 'job',
    workflowId: 'run',
  });
  expect(describeFailure(error)).toEqual({
    code: 'TrainingJobFailed',
    message: 'it failed',
    reason: 'exit code 1',
    fix: 'mend it',
    logTail: ['last words'],
    trainingJobName: 'job',
    workflowId: 'run',
    exitCode: 5,
  });
});

test('a refusal of our own reads the same', () => {
  const failure = describeFailure(new CommandFailure('InvalidInput', 'no', { problems: ['a', 'b'] }));
  expect(failure).toMatchObject({ code: 'InvalidInput', message: 'no', problems: ['a', 'b'], exitCode: 2 });
});

test('what nobody foresaw is internal', () => {
  expect(describeFailure(new TypeError('x is not a function'))).toMatchObject({ code: 'Internal', exitCode: 1 });
  expect(describeFailure('thrown text')).toMatchObject({ code: 'Internal', message: 'thrown text', exitCode: 1 });
  expect(describeFailure(Object.assign(new Error('no file'), { code: 'ENOENT' }))).toMatchObject({ exitCode: 1 });
});

test.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
  ['EPIPE', 0],
] as const)('an interruption by %s ends with %i', (by, exitCode) => {
  expect(describeFailure(new Interruption(by))).toMatchObject({ code: 'Interrupted', exitCode });
});

test('an interruption wins over work that does not end', async () => {
  const interruption = new AbortController();
  const work = untilInterrupted(new Promise(() => undefined), interruption.signal);
  interruption.abort(new Interruption('SIGINT'));
  await expect(work).rejects.toThrow(Interruption);
  await expect(untilInterrupted(Promise.resolve(1), new AbortController().signal)).resolves.toBe(1);
});
