import { checkInput } from '../../src/schemas';
import type { FitThenDeployInput } from '../../src/contract';

const GOOD: FitThenDeployInput = {
  estimator: { imageName: 'digits', role: 'Trainer', trainInstanceCount: 1, trainInstanceType: 'ml.m5.large' },
  fit: { inputs: 's3://data/iris' },
  deploy: { initialInstanceCount: 1, instanceType: 'ml.m5.large' },
};

function problemsWith(change: (input: Record<string, Record<string, unknown>>) => void): string[] {
  const input = structuredClone(GOOD) as unknown as Record<string, Record<string, unknown>>;
  change(input);
  const checked = checkInput('fitThenDeploy', input);
  return 'problems' in checked ? checked.problems : [];
}

describe('an input', () => {
  it('is taken where it is right', () => {
    expect(checkInput('fitThenDeploy', GOOD)).toEqual({ input: GOOD });
    expect(checkInput('deleteEndpoint', { endpointName: 'iris', region: 'eu-central-1' })).toHaveProperty('input');
  });

  it('is refused with all its problems at once', () => {
    const problems = problemsWith(({ estimator, fit, deploy }) => {
      Object.assign(estimator!, { trainInstanceCount: 0, trainInstanceType: 'm5', trainMaxRun: 1.5 });
      fit!.inputs = 'file:///etc/passwd';
      deploy!.endpointName = 'a_b';
    });
    expect(problems).toEqual([
      'estimator.trainInstanceCount must be 1 or more',
      'estimator.trainInstanceType must be an instance type such as ml.m5.large',
      'estimator.trainMaxRun must be a whole number, not a fraction',
      'fit.inputs must be an S3 URI such as s3://bucket/prefix',
      'deploy.endpointName must be 1 to 63 letters, digits and hyphens, beginning and ending with a letter or digit',
    ]);
  });

  it.each([null, undefined, [], 3, 'text', true])('that is %j is refused in a sentence', (value) => {
    expect(checkInput('fit', value)).toEqual({ problems: [expect.stringContaining('must be one object, not')] });
  });

  it('with an unknown field is refused: a limit that is silently ignored would be worse', () => {
    expect(problemsWith(({ estimator }) => (estimator!.trainMaxrun = 5))).toEqual([
      'estimator.trainMaxrun is not a known argument',
    ]);
  });

  it('that aims at an object’s prototype is refused, not dropped', () => {
    const hyperparameters = JSON.parse('{"__proto__": "x", "a": {"constructor": 1}}') as unknown;
    expect(problemsWith(({ estimator }) => (estimator!.hyperparameters = hyperparameters))).toEqual([
      'estimator.hyperparameters.__proto__ is a name that cannot be used',
      'estimator.hyperparameters.a.constructor is a name that cannot be used',
    ]);
  });

  it.each([
    ['a list', (inner: unknown) => [inner]],
    ['an object', (inner: unknown) => ({ inner })],
  ])('that is nested too deeply in %s is refused, however deep', (_kind, nest) => {
    const nested = (levels: number) =>
      Array.from({ length: levels }).reduce<unknown>((inner) => nest(inner), 'deepest value');
    const problemsOf = (levels: number) =>
      problemsWith(({ estimator }) => (estimator!.hyperparameters = { layers: nested(levels) }));
    expect(problemsOf(98)).toEqual([]);
    expect(problemsOf(99)).toEqual([
      'estimator.hyperparameters.layers is nested too deeply: an input has at most 100 levels',
    ]);
    const deep = nested(20_000);
    const input = { ...GOOD, estimator: { ...GOOD.estimator, hyperparameters: { layers: deep } } };
    expect(checkInput('fitThenDeploy', input)).toEqual({ problems: problemsOf(99) });
  });

  it('that refers to itself is refused', () => {
    const layers: Record<string, unknown> = {};
    Object.assign(layers, { one: layers, other: layers });
    expect(problemsWith(({ estimator }) => (estimator!.hyperparameters = { layers }))).toEqual([
      'estimator.hyperparameters.layers is nested too deeply: an input has at most 100 levels',
    ]);
  });

  const JSON_WORDS = 'must be a text, a finite number, true, false, null, or a list or plain object of these';

  it.each([
    [new Date(0), 'an object of the class Date'],
    [new Map(), 'an object of the class Map'],
    [Number.NaN, 'NaN'],
    [Number.POSITIVE_INFINITY, 'Infinity'],
    [1n, 'a bigint'],
    [() => 1, 'a function'],
  ])('has hyperparameters of JSON alone: not %p', (value, kind) => {
    const problemsOf = (hyperparameters: unknown) => {
      const checked = checkInput('fit', { estimator: { ...GOOD.estimator, hyperparameters }, fit: GOOD.fit });
      return 'problems' in checked ? checked.problems : [];
    };
    expect(problemsOf({ a: value })).toEqual([`estimator.hyperparameters.a ${JSON_WORDS}, not ${kind}`]);
    expect(problemsOf({ a: [1, { b: value }] })).toEqual([
      `estimator.hyperparameters.a[1].b ${JSON_WORDS}, not ${kind}`,
    ]);
  });

  it('tells the channel that is wrong', () => {
    expect(problemsWith(({ fit }) => (fit!.inputs = { train: 's3://data/a', test: { s3Data: 'x' } }))).toEqual([
      'fit.inputs.test.s3Data must be an S3 URI such as s3://bucket/prefix',
    ]);
    expect(problemsWith(({ fit }) => (fit!.inputs = {}))).toEqual(['fit.inputs must have 1 to 20 channels']);
  });

  it('has a channel that is called like a field of one input refused, since it would be lost', () => {
    const lost = (sign: string) =>
      `fit.inputs.train is not a known argument: with ${sign}, fit.inputs is one input; where both are channels, ` +
      `call the other by a name that is not ${sign}`;
    expect(problemsWith(({ fit }) => (fit!.inputs = { s3Data: 's3://data/a', train: 's3://data/b' }))).toEqual([
      lost('s3Data'),
    ]);
    const files = { fileSystemId: 'fs-01234567', fileSystemType: 'EFS', directoryPath: '/' };
    expect(problemsWith(({ fit }) => (fit!.inputs = { ...files, train: files }))).toEqual([lost('fileSystemId')]);
    expect(problemsWith(({ fit }) => (fit!.inputs = { s3Data: { s3Data: 's3://data/a' } }))).toEqual([
      'fit.inputs.s3Data must be a text, not an object',
    ]);
  });

  it.each([
    ['distribution', 'Sharded', 'must be one of FullyReplicated, ShardedByS3Key'],
    ['s3DataType', 'Prefix', 'must be one of S3Prefix, ManifestFile, AugmentedManifestFile'],
    ['compression', 'gzip', 'must be one of None, Gzip'],
    ['inputMode', 'file', 'must be one of File, Pipe, FastFile'],
    ['attributeNames', 'label', 'must be a list, not a text'],
    ['recordWrapping', 's3://data/b', 'must be one of None, RecordIO'],
  ])('is told what is wrong with the field %s of one input', (field, value, problem) => {
    expect(problemsWith(({ fit }) => (fit!.inputs = { s3Data: 's3://data/a', [field]: value }))).toEqual([
      `fit.inputs.${field} ${problem}`,
    ]);
  });

  it('may go on from a model alone', () => {
    const problems = problemsWith(({ estimator, fit }) => {
      estimator!.modelUri = 's3://models/m.tar.gz';
      fit!.inputs = {};
    });
    expect(problems).toEqual([]);
  });

  it('never has its values echoed, since any may be secret', () => {
    const problems = problemsWith(({ estimator }) => {
      estimator!.hyperparameters = { ['k'.repeat(300)]: 's3cret' };
      estimator!.role = 's3cret s3cret';
    });
    expect(problems.length).toBe(2);
    expect(problems.join()).not.toContain('s3cret');
  });

  it('with a thousand problems is answered with fifty and a count', () => {
    const unknown = Object.fromEntries(Array.from({ length: 1000 }, (_, i) => [`argument${String(i)}`, 1]));
    const problems = problemsWith(({ estimator }) => Object.assign(estimator!, unknown));
    expect(problems).toHaveLength(51);
    expect(problems.at(-1)).toMatch(/^and \d+ more$/);
  });
});

describe('an input of deploy', () => {
  const deploy = { initialInstanceCount: 1, instanceType: 'ml.m5.large' };

  it('names a training job or model data, not both and not neither', () => {
    expect(checkInput('deploy', { trainingJobName: 'iris', deploy })).toHaveProperty('input');
    for (const source of [{}, { trainingJobName: 'iris', modelData: 's3://b-b/m.tar.gz' }]) {
      expect(checkInput('deploy', { ...source, deploy })).toHaveProperty('problems');
    }
  });

  it('without any source is told that, and nothing about model data', () => {
    expect(checkInput('deploy', { deploy })).toEqual({
      problems: ['trainingJobName or modelData must be given, and only one of them'],
    });
  });

  it('from model data alone needs endpoint name, image and role', () => {
    expect(checkInput('deploy', { modelData: 's3://bucket/model.tar.gz', deploy })).toEqual({
      problems: [
        'deploy.endpointName is needed where modelData is given',
        'deploy.image is needed where modelData is given without an estimator',
        'deploy.role is needed where modelData is given without an estimator',
      ],
    });
  });
});
