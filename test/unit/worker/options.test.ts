/** The worker's options: defaults, and everything that is wrong told at once, by option or by variable. */
import { SageMakerPlugin, WorkerError, workerOptionsFromEnvironment } from '../../../src/worker';
import { region as regionOfInput } from '../../../src/schemas/fields';
import { resolveOptions } from '../../../src/worker/options';

function refusalOf(make: () => unknown): WorkerError {
  try {
    make();
  } catch (error) {
    if (error instanceof WorkerError) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}

describe('options', () => {
  it('have defaults, and a slowest pace that the quickest one gives way to', () => {
    expect(resolveOptions({})).toMatchObject({
      taskQueue: 'sagemaker',
      pace: { minIntervalMs: 5_000, maxIntervalMs: 30_000, readsPerSecond: 10 },
      heartbeatTimeoutMs: 60_000,
      callTimeoutMs: 30_000,
    });
    expect(resolveOptions({ pollMaxIntervalMs: 1_000 }).pace).toMatchObject({ minIntervalMs: 1_000 });
  });

  it.each<[string, unknown, string]>([
    ['pollMinIntervalMs', 0, 'a positive whole number, got 0'],
    ['pollMaxIntervalMs', 1.5, 'a positive whole number, got 1.5'],
    ['pollMaxIntervalMs', 2 ** 31, 'a positive whole number, got 2147483648'],
    ['readsPerSecond', -1, 'a positive number, got -1'],
    ['readsPerSecond', NaN, 'a positive number, got null'],
    ['requestTimeoutMs', '10 seconds', 'a positive whole number, got "10 seconds"'],
    ['maxConcurrentWaits', null, 'a positive whole number, got null'],
    ['shutdownGraceTimeMs', -1, 'a whole number of 0 or more, got -1'],
    ['region', ['eu-central-1'], 'an AWS region such as eu-central-1, got ["eu-central-1"]'],
    ['region', 'Frankfurt', 'an AWS region such as eu-central-1, got "Frankfurt"'],
    ['taskQueue', '', 'the name of a task queue, got ""'],
  ])('%s is not %j', (name, value, wanted) => {
    const { code, problems } = refusalOf(() => resolveOptions({ [name]: value }));
    expect({ code, problems }).toEqual({ code: 'InvalidInput', problems: [`${name} must be ${wanted}`] });
  });

  it.each(['us-east-1', 'us-gov-west-1', 'cn-north-1', 'us-isob-east-1', 'ap-southeast-7', 'eusc-de-east-1'])(
    'take the region %s, as an input does',
    (region) => {
      expect(resolveOptions({ region }).region).toBe(region);
      expect(regionOfInput.parse(region)).toBe(region);
    },
  );

  it('that contradict each other are refused', () => {
    const { problems } = refusalOf(() => resolveOptions({ pollMinIntervalMs: 40_000 }));
    expect(problems).toEqual(['pollMinIntervalMs must be at most pollMaxIntervalMs, got 40000 and 30000']);
  });

  it('are refused with every problem, and with what to do, by the plugin as by the worker', () => {
    const error = refusalOf(() => new SageMakerPlugin({ region: 'x', requestTimeoutMs: 0 }));
    expect(error.problems).toHaveLength(2);
    expect(error.message.split('\n')).toEqual([
      "InvalidInput: the worker's options have 2 problems",
      '  - requestTimeoutMs must be a positive whole number, got 0',
      '  - region must be an AWS region such as eu-central-1, got "x"',
      'fix: Mend the options that are named.',
    ]);
  });
});

describe('variables', () => {
  it('set options; empty ones set none', () => {
    const env = {
      TEMPORAL_SAGEMAKER_TASK_QUEUE: 'own',
      TEMPORAL_SAGEMAKER_POLL_MAX_MS: '1000',
      TEMPORAL_SAGEMAKER_POLL_MIN_MS: '',
    };
    expect(workerOptionsFromEnvironment(env)).toEqual({ taskQueue: 'own', pollMaxIntervalMs: 1_000 });
    expect(workerOptionsFromEnvironment({})).toEqual({});
  });

  it('are refused all at once', () => {
    const env = { TEMPORAL_SAGEMAKER_POLL_MIN_MS: 'often', TEMPORAL_SAGEMAKER_MAX_WAITS: '-3' };
    const { code, problems, fix } = refusalOf(() => workerOptionsFromEnvironment(env));
    expect(code).toBe('InvalidInput');
    expect(problems).toEqual([
      'TEMPORAL_SAGEMAKER_POLL_MIN_MS must be a positive whole number, got "often"',
      'TEMPORAL_SAGEMAKER_MAX_WAITS must be a positive whole number, got "-3"',
    ]);
    expect(fix).toBe('Mend the environment variables that are named.');
  });
});
