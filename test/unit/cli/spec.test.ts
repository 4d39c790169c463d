/** Reading a spec: JSON or YAML, from a file or standard input, refused whole with every problem. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { describeFailure } from '../../../src/cli/command-failure';
import { readSpec } from '../../../src/cli/spec';

const spec = {
  estimator: { imageName: 'digits', role: 'trainer', trainInstanceCount: 1, trainInstanceType: 'ml.m5.large' },
  fit: { inputs: 's3://bucket/data' },
  deploy: { initialInstanceCount: 1, instanceType: 'ml.m5.large' },
};

const fromStdin = (text: string) => ({ file: '-', stdin: Readable.from([Buffer.from(text)]) });

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'spec-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

test('JSON from standard input is read', async () => {
  await expect(readSpec('fitThenDeploy', fromStdin(JSON.stringify(spec)))).resolves.toEqual(spec);
});

test('YAML from a file is read', async () => {
  const file = path.join(folder, 'spec.yaml');
  writeFileSync(
    file,
    [
      'estimator: { imageName: digits, role: trainer, trainInstanceCount: 1, trainInstanceType: ml.m5.large }',
      'fit:',
      '  inputs: s3://bucket/data',
      'deploy: { initialInstanceCount: 1, instanceType: ml.m5.large }',
    ].join('\n'),
  );
  await expect(readSpec('fitThenDeploy', { file, stdin: Readable.from([]) })).resolves.toEqual(spec);
});

test('a file without an end, which tells no size, is read no further than the limit', async () => {
  const failure = describeFailure(
    await readSpec('fit', { file: '/dev/zero', stdin: Readable.from([]) }).catch((e: unknown) => e),
  );
  expect(failure).toMatchObject({ code: 'InvalidInput', message: expect.stringContaining('larger than') as string });
});

test('five mistakes are five problems, and exit code 2', async () => {
  const wrong = {
    estimator: { ...spec.estimator, imageName: '', trainInstanceCount: 0, trainInstanceType: 'm5' },
    fit: { inputs: 'bucket/data', jobNam: 'x' },
    deploy: spec.deploy,
  };
  const failure = describeFailure(
    await readSpec('fitThenDeploy', fromStdin(JSON.stringify(wrong))).catch((e: unknown) => e),
  );
  expect(failure.code).toBe('InvalidInput');
  expect(failure.exitCode).toBe(2);
  expect(failure.problems).toHaveLength(5);
});

const SEEDED = JSON.stringify({ ...spec, estimator: { ...spec.estimator, hyperparameters: { seeds: [8, 'SEED'] } } });

test.each([
  ['JSON', SEEDED],
  [
    'YAML',
    `# With a comment, and one thing twice\nregion: &region eu-central-1\n${SEEDED.slice(1, -1)
      .replaceAll(/"(estimator|fit|deploy)":/g, '\n$1: ')
      .replaceAll(/,\n/g, '\n')}`,
  ],
])('a whole number that JavaScript has not is refused in %s, by its field', async (_format, seeded) => {
  const refusal = async (seed: string) =>
    describeFailure(
      await readSpec('fitThenDeploy', fromStdin(seeded.replace('"SEED"', seed))).catch((e: unknown) => e),
    );
  for (const seed of ['1234567890123456789', '-9007199254740993', `1${'0'.repeat(30)}`]) {
    expect((await refusal(seed)).problems).toEqual([
      'estimator.hyperparameters.seeds[1] is a whole number beyond 9007199254740991 and would become another one: where ' +
        'a text will do, as for a hyperparameter, write it in quotes',
    ]);
  }
  for (const seed of ['9007199254740991', '"1234567890123456789"', '1.2345678901234567e+30', '12345678901234567.5'])
    await expect(readSpec('fitThenDeploy', fromStdin(seeded.replace('"SEED"', seed)))).resolves.toHaveProperty(
      'estimator',
    );
});

test('JSON that is nested too deeply to be looked through is refused for that', async () => {
  const text = `{"seed":1234567890123456789,"a":${'['.repeat(5_000)}${']'.repeat(5_000)}}`;
  const failure = describeFailure(await readSpec('fit', fromStdin(text)).catch((e: unknown) => e));
  expect(failure.problems).toContainEqual(expect.stringContaining('nested too deeply'));
});

test('text that is neither JSON nor YAML is refused without being repeated', async () => {
  const json = describeFailure(await readSpec('fit', fromStdin('{ "estimator": ')).catch((e: unknown) => e));
  expect(json).toMatchObject({ code: 'InvalidInput', exitCode: 2 });
  const yaml = describeFailure(await readSpec('fit', fromStdin('a: [1\nsecret: "x')).catch((e: unknown) => e));
  expect(yaml).toMatchObject({ code: 'InvalidInput', exitCode: 2 });
  expect(yaml.message).not.toContain('secret');
});

test.each([
  ['JSON', '{\n  "fit": {\n    "inputs" "s3://b"\n  }\n}', 'JSON', /at line 3, column \d+ \[spec=-\]$/],
  ['YAML', 'fit:\n  inputs: s3://b\n   jobName: x\n', 'YAML', /at line \d, column \d+ \[spec=-\]$/],
  ['a name that comes twice', 'fit: {}\nregion: a\nfit: {}\n', 'YAML', /unique at line 3, column 1 /],
  ['a tag that nobody knows', 'region: !secret x\n', 'YAML', /Unresolved tag: !secret at line 1, column 9 /],
  ['an alias of nothing', 'region: *nobody\n', 'YAML', /nobody/],
  ['two documents', 'fit: {}\n---\nfit: {}\n', 'YAML', /multiple documents/],
  ['a tab in the place of blanks', 'fit:\n\tinputs: x\n', 'YAML', /at line 2, column 1 /],
])('a mistake in the text is told with its line: %s', async (_what, text, format, place) => {
  const failure = describeFailure(await readSpec('fit', fromStdin(text)).catch((e: unknown) => e));
  expect(failure).toMatchObject({ code: 'InvalidInput', exitCode: 2 });
  expect(failure.message).toContain(`the spec is not ${format}: `);
  expect(failure.message).toMatch(place);
  expect(failure.message).not.toContain('\n');
});

test('names that YAML repeats without end are refused', async () => {
  const levels = Array.from({ length: 9 }, (_, level) => {
    const before = level === 0 ? 'x' : `*l${String(level - 1)}`;
    return `l${String(level)}: &l${String(level)} [${Array(9).fill(before).join(', ')}]`;
  });
  const failure = describeFailure(await readSpec('fit', fromStdin(levels.join('\n'))).catch((e: unknown) => e));
  expect(failure).toMatchObject({ code: 'InvalidInput', exitCode: 2 });
  expect(failure.message).toContain('alias');
});

test('JSON with a comma too many is YAML, and a byte order mark is no text', async () => {
  const text = JSON.stringify(spec).replace(/\}$/, ',}');
  await expect(readSpec('fitThenDeploy', fromStdin(text))).resolves.toEqual(spec);
  await expect(readSpec('fitThenDeploy', fromStdin(`\ufeff${JSON.stringify(spec)}`))).resolves.toEqual(spec);
});

test.each(['', 'just words', '- a\n- list\n', 'null', '42'])('what is no object is refused: %j', async (text) => {
  const failure = describeFailure(await readSpec('fit', fromStdin(text)).catch((e: unknown) => e));
  expect(failure.problems).toEqual([expect.stringContaining('the input of fit must be one object, not ')]);
});

test.each([
  ['fit:\n  inputs: s3://bucket\n  jobNam: x\n', 'fit.jobNam is not a known argument'],
  ['__proto__: { a: 1 }\n', '__proto__ is a name that cannot be used'],
  [
    'estimator: { hyperparameters: { constructor: 1 } }\n',
    'estimator.hyperparameters.constructor is a name that cannot be used',
  ],
])('a name in YAML that is not known or not allowed is told: %j', async (text, problem) => {
  const failure = describeFailure(await readSpec('fit', fromStdin(text)).catch((e: unknown) => e));
  expect(failure.problems).toContain(problem);
  expect(({} as { a?: unknown }).a).toBeUndefined();
});

test('a file that is not there is a mistake of usage', async () => {
  const file = path.join(folder, 'none.json');
  const failure = describeFailure(await readSpec('fit', { file, stdin: Readable.from([]) }).catch((e: unknown) => e));
  expect(failure).toMatchObject({ code: 'InvalidInput', exitCode: 2 });
  expect(failure.message).toContain('ENOENT');
});

test('more than a megabyte is not read', async () => {
  const failure = describeFailure(await readSpec('fit', fromStdin('x'.repeat(1_100_000))).catch((e: unknown) => e));
  expect(failure.message).toContain('larger than');
});

test('a name that would reach into prototypes is refused', async () => {
  const text = JSON.stringify(spec).replace('"fit"', '"__proto__": {"a": 1}, "fit"');
  const failure = describeFailure(await readSpec('fitThenDeploy', fromStdin(text)).catch((e: unknown) => e));
  expect(failure.problems).toContain('__proto__ is a name that cannot be used');
});
