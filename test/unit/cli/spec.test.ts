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

test('text that is neither JSON nor YAML is refused without being repeated', async () => {
  const json = describeFailure(await readSpec('fit', fromStdin('{ "estimator": ')).catch((e: unknown) => e));
  expect(json).toMatchObject({ code: 'InvalidInput', exitCode: 2 });
  const yaml = describeFailure(await readSpec('fit', fromStdin('a: [1\nsecret: "x')).catch((e: unknown) => e));
  expect(yaml).toMatchObject({ code: 'InvalidInput', exitCode: 2 });
  expect(yaml.message).not.toContain('secret');
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
