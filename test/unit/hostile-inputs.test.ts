/**
 * Inputs that nobody means: names, counts and values of every kind, through the checks that the client and the first step of
 * every workflow share. Each is refused with its field, or arrives whole: nothing is dropped, and nothing is repeated that
 * may be secret.
 */
import fc from 'fast-check';
import { inspect, isDeepStrictEqual } from 'node:util';
import { planRun, SageMakerError } from '../../src/client';
import type { FitThenDeployInput, JsonValue, WorkflowType } from '../../src/contract';
import { encodeHyperparameters } from '../../src/domain/hyperparameters';
import { NAME_PATTERN } from '../../src/domain/names';
import { checkInput, INPUT_SCHEMAS } from '../../src/schemas';
import { z } from 'zod';

const GOOD: FitThenDeployInput = {
  estimator: {
    imageName: 'digits',
    role: 'arn:aws:iam::123456789012:role/Trainer',
    trainInstanceCount: 1,
    trainInstanceType: 'ml.m5.large',
    outputPath: 's3://bucket/out',
  },
  fit: { inputs: 's3://data/iris', jobName: 'iris-1' },
  deploy: { initialInstanceCount: 1, instanceType: 'ml.m5.large' },
};

/** The good input with one field set, by its path. */
function withField(path: readonly string[], value: unknown, input: unknown = GOOD): unknown {
  const [field = '', ...rest] = path;
  const given = (input ?? {}) as Record<string, unknown>;
  return { ...given, [field]: rest.length === 0 ? value : withField(rest, value, given[field] ?? {}) };
}

function problemsOf(value: unknown, type: WorkflowType = 'fitThenDeploy'): string[] {
  const checked = checkInput(type, value);
  return 'problems' in checked ? checked.problems : [];
}

/** All fields of the input that have a kind, found in the published schema. */
function fieldsWhere(isWanted: (schema: Record<string, unknown>) => boolean): string[][] {
  const document = z.toJSONSchema(INPUT_SCHEMAS.fitThenDeploy, { io: 'input', unrepresentable: 'any' }) as Schema;
  return findFields(document, document, isWanted, []);
}

interface Schema {
  [keyword: string]: unknown;
  $ref?: string;
  $defs?: Record<string, Schema>;
  properties?: Record<string, Schema>;
  allOf?: Schema[];
}

function findFields(
  schema: Schema,
  document: Schema,
  isWanted: (schema: Record<string, unknown>) => boolean,
  path: string[],
): string[][] {
  const referred = schema.$ref?.split('/').at(-1);
  const whole = referred === undefined ? schema : { ...document.$defs?.[referred], ...schema };
  if (path.length > 0 && isWanted({ ...whole, id: referred })) return [path];
  return [whole, ...(whole.allOf ?? [])].flatMap((part) =>
    Object.entries(part.properties ?? {}).flatMap(([name, inner]) =>
      findFields(inner, document, isWanted, [...path, name]),
    ),
  );
}

describe('names', () => {
  const HOSTILE = {
    'of blanks': 'a b',
    'with an underscore': 'a_b',
    'with an emoji': 'iris-🌸',
    'of 64 characters': 'a'.repeat(64),
    'that begin with a hyphen': '-rf',
    'that end with one': 'iris-',
    'that climb': '../iris',
    'with a line end': 'iris\r\nSet-Cookie: a=b',
    'with a NUL': 'iris\0',
    'with marks that turn the direction': '\u202esiri',
    'that are empty': '',
    'with an escape sequence': '\u001b[2Jiris',
    'with markup': '<img/src=x>',
    'with a quote': `iris'; DROP TABLE runs`,
    'that look like Latin letters': 'іris',
  };
  const fields = fieldsWhere(({ id }) => id === 'ResourceName');

  test('are in these fields', () => {
    expect(fields.map((path) => path.join('.'))).toEqual(['fit.jobName', 'deploy.endpointName', 'deploy.modelName']);
  });

  test.each(
    fields.flatMap((path) =>
      Object.entries(HOSTILE).map(([kind, name]) => ({ field: path.join('.'), kind, path, name })),
    ),
  )('$field $kind are refused with the rule', ({ path, name, field }) => {
    const problems = problemsOf(withField(path, name));
    expect(problems.length).toBeGreaterThan(0);
    expect(problems[0]).toMatch(
      new RegExp(
        `^${field.replace('.', '\\.')} must (be 1 to 63 letters, digits and hyphens|be at most 63 characters)`,
      ),
    );
    if (name !== '') expect(problems.join()).not.toContain(name);
  });

  test('of endpoints to delete are held to the same rule', () => {
    for (const name of Object.values(HOSTILE)) {
      expect(problemsOf({ endpointName: name }, 'deleteEndpoint')[0]).toMatch(/^endpointName must be /);
    }
  });

  test('that are made of any text are names, whatever the text', () => {
    const base = fc.oneof(
      fc.string({ unit: 'binary', minLength: 1, maxLength: 255 }),
      fc.constantFrom(...Object.values(HOSTILE)),
    );
    fc.assert(
      fc.property(
        base.filter((text) => text !== ''),
        (baseJobName) => {
          const { fit, ...rest } = GOOD;
          const input = { ...rest, fit: { inputs: fit.inputs }, estimator: { ...rest.estimator, baseJobName } };
          const planned = planRun('fitThenDeploy', input, { region: 'eu-central-1', account: '123456789012' });
          expect(planned.CreateTrainingJob?.TrainingJobName).toMatch(NAME_PATTERN);
          expect(planned.CreateEndpoint?.EndpointName).toMatch(NAME_PATTERN);
          expect(planned.CreateModel?.ModelName).toMatch(NAME_PATTERN);
        },
      ),
    );
  });
});

describe('counts and limits', () => {
  /** Those of nested arguments need their neighbours. */
  const fields = fieldsWhere(({ type }) => type === 'integer').filter((path) => path.length === 2);
  const HOSTILE = [0, -1, 1.5, 1e9, 2 ** 53, Number.NaN, Number.POSITIVE_INFINITY, '1', '', null, true, [1], {}, 1n];

  test('are in these fields', () => {
    expect(fields.map((path) => path.join('.'))).toEqual([
      'estimator.trainInstanceCount',
      'estimator.trainVolumeSize',
      'estimator.trainMaxRun',
      'estimator.trainMaxWait',
      'estimator.maxRetryAttempts',
      'estimator.keepAlivePeriodInSeconds',
      'estimator.maxPendingTimeInSeconds',
      'fit.pendingTimeoutSeconds',
      'fit.overrunSeconds',
      'deploy.initialInstanceCount',
      'deploy.variantInstanceProvisionTimeoutInSeconds',
      'deploy.volumeSize',
      'deploy.modelDataDownloadTimeout',
      'deploy.containerStartupHealthCheckTimeout',
      'deploy.endpointTimeoutSeconds',
    ]);
  });

  const isAllowed = ({ field, value }: { field: string; value: unknown }) =>
    field === 'estimator.keepAlivePeriodInSeconds' && value === 0;
  const wrong = fields.flatMap((path) => HOSTILE.map((value) => ({ field: path.join('.'), path, value })));
  test.each(wrong.filter((one) => !isAllowed(one)))('$field is not $value', ({ path, value, field }) => {
    const problems = problemsOf(withField(path, value));
    expect(problems.length).toBeGreaterThan(0);
    for (const problem of problems)
      expect(problem).toMatch(new RegExp(`^${field.replace('.', '\\.')} (must be|is for) .*[a-z]`));
  });

  test('are all told at once, before anything is asked', () => {
    const input = fields.reduce<unknown>((before, path) => withField(path, -1, before), GOOD);
    const refused = (): unknown => planRun('fitThenDeploy', input as never);
    expect(refused).toThrow(SageMakerError);
    const told = new Set(problemsOf(input).map((problem) => problem.split(' ')[0]));
    expect(told).toEqual(new Set(fields.map((path) => path.join('.'))));
  });
});

/** Anything that JavaScript has, JSON or not. */
const anything: fc.Arbitrary<unknown> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.anything({
      withBigInt: true,
      withDate: true,
      withMap: true,
      withSet: true,
      withBoxedValues: true,
      withNullPrototype: true,
      withObjectString: true,
      withSparseArray: true,
      withTypedArray: true,
      maxDepth: 3,
    }),
  },
  fc
    .constantFrom<() => unknown>(
      () => Symbol('value'),
      () => () => 'function',
      () => ({ [Symbol('key')]: 1 }),
      () => ({ toJSON: () => 'other' }),
      () => Object.create({ inherited: 1 }) as unknown,
      () => Object.defineProperty({}, 'hidden', { value: 1, enumerable: false }),
      () => Object.assign([1], { beside: 2 }),
      () => Object.assign([1], { [Symbol('beside')]: 2 }),
      () => Object.defineProperty({}, 'thrower', { get: () => 1, enumerable: true }),
      () => JSON.parse('{"__proto__": {"polluted": true}}') as unknown,
      () => JSON.parse('{"constructor": {"prototype": {"polluted": true}}}') as unknown,
      () => new Proxy({}, {}),
      () =>
        new (class Own {
          a = 1;
        })(),
      () => new Error('e'),
      () => /expression/,
      () => Promise.resolve(1),
      () => new WeakMap(),
      () => undefined,
      () => [undefined],
      // eslint-disable-next-line no-sparse-arrays -- that is what it is about
      () => [1, , 3],
      () => {
        const round: Record<string, unknown> = {};
        round.self = round;
        return round;
      },
    )
    .map((make) => make()),
);

describe('hyperparameters', () => {
  test('arrive whole or are refused, whatever they are: nothing is dropped', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string({ minLength: 1 }), anything, { maxKeys: 4 }), (hyperparameters) => {
        const checked = checkInput('fitThenDeploy', withField(['estimator', 'hyperparameters'], hyperparameters));
        if ('problems' in checked) {
          expect(checked.problems.join()).toMatch(/^(estimator\.hyperparameters|the input)/);
          return;
        }
        const sent = JSON.parse(JSON.stringify(hyperparameters)) as Record<string, JsonValue>;
        if (!isSame(hyperparameters, sent)) throw new Error(`taken, and sent as ${inspect(sent)}`);
        const names = Object.keys(sent).filter((name) => sent[name] !== null);
        expect(Object.keys(encodeHyperparameters(sent))).toEqual(names);
      }),
      { numRuns: 3_000 },
    );
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });

  test('of more than a hundred names are refused with the number, and a hundred are taken', () => {
    const of = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, i) => [`h${String(i)}`, i]));
    expect(problemsOf(withField(['estimator', 'hyperparameters'], of(100)))).toEqual([]);
    expect(problemsOf(withField(['estimator', 'hyperparameters'], of(101)))).toEqual([
      'estimator.hyperparameters must have at most 100 entries',
    ]);
  });

  test('with names that are too long or empty are refused', () => {
    for (const name of ['', 'x'.repeat(257)]) {
      expect(problemsOf(withField(['estimator', 'hyperparameters'], { [name]: 1 }))).toHaveLength(1);
    }
  });
});

/** As deep equality of what JSON can say, and with every own key counted. */
function isSame(given: unknown, sent: unknown): boolean {
  if (typeof given !== 'object' || given === null) return Object.is(given, sent) || (given === 0 && sent === 0);
  if (typeof sent !== 'object' || sent === null || Array.isArray(given) !== Array.isArray(sent)) return false;
  if (!isDeepStrictEqual(new Set(Reflect.ownKeys(given)), new Set(Reflect.ownKeys(sent)))) return false;
  return Object.keys(sent).every((key) => isSame(Reflect.get(given, key), Reflect.get(sent, key)));
}

test('any value in the place of the input is answered in sentences, and echoed in none', () => {
  const secret = 'hunter2-canary';
  const value = fc.oneof(anything, fc.constant(secret));
  const place = fc.constantFrom(
    ...fieldsWhere(() => true),
    ['estimator'],
    ['fit'],
    ['deploy'],
    ['unknown'],
    ['estimator', 'unknown'],
  );
  fc.assert(
    fc.property(place, value, (path, given) => {
      const problems = problemsOf(withField(path, given));
      expect(problems.every((problem) => typeof problem === 'string' && problem.length < 400)).toBe(true);
      expect(problems.join()).not.toContain(secret);
    }),
    { numRuns: 1_000 },
  );
});

describe('addresses that lead elsewhere', () => {
  const ELSEWHERE = [
    'http://169.254.169.254/latest/meta-data/iam/security-credentials/',
    'https://169.254.169.254/',
    'http://127.0.0.1:8080/',
    'http://[::1]/',
    'file:///etc/passwd',
    'ftp://bucket/key',
    'gopher://bucket/',
    '/etc/passwd',
    '../../etc/passwd',
    's3:/bucket/key',
    'S3://bucket/key',
    's3://',
    's3://169.254.169.254@bucket/key',
    's3://bucket:80/key',
    's3://BUCKET/key',
    's3://bu\u0000cket/key',
    's3a://bucket/key',
    'javascript:alert(1)',
    'data:text/plain,x',
  ];
  const fields = [...fieldsWhere(({ id }) => id === 'S3Uri'), ['fit', 'inputs']];

  test.each(fields.flatMap((path) => ELSEWHERE.map((uri) => ({ field: path.join('.'), path, uri }))))(
    '$field is not $uri',
    ({ path, uri, field }) => {
      expect(problemsOf(withField(path, uri))).toEqual([`${field} must be an S3 URI such as s3://bucket/prefix`]);
    },
  );

  test.each(ELSEWHERE)('model data is not %s', (modelData) => {
    const deploy = { ...GOOD.deploy, endpointName: 'iris', image: 'digits', role: 'Trainer' };
    expect(problemsOf({ modelData, deploy }, 'deploy')).toEqual([
      'modelData must be an S3 URI such as s3://bucket/prefix',
    ]);
  });
});
