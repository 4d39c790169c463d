/** Names that nobody has chosen: SageMaker takes each, whatever the image or Workflow Id, and no two are alike. */
import fc from 'fast-check';
import { nameTrainingJob } from '../../../src/client/name-run';
import {
  baseNameFromImage,
  NAME_PATTERN,
  nameFromBase,
  nameFromContent,
  nameFromWorkflow,
  sanitizeName,
} from '../../../src/domain/names';
import { findViolations } from '../../../src/service-model';

const ARGUMENTS = { role: 'Trainer', trainInstanceCount: 1, trainInstanceType: 'ml.m5.large' };

/** As registries and people write them: ports, paths, tags, digests, capitals, underscores, any script, 200 characters. */
const segment = fc.stringMatching(/^[a-zA-Z0-9_.-]{1,40}$/);
const imageName = fc.oneof(
  fc
    .record({
      registry: fc.option(fc.oneof(segment, fc.constantFrom('localhost:5000', '[::1]:443')), { nil: undefined }),
      path: fc.array(segment, { minLength: 1, maxLength: 5 }),
      tag: fc.option(segment, { nil: undefined }),
      digest: fc.option(fc.stringMatching(/^[0-9a-f]{64}$/), { nil: undefined }),
    })
    .map(({ registry, path, tag, digest }) =>
      [
        ...(registry === undefined ? [] : [`${registry}/`]),
        path.join('/'),
        ...(tag === undefined ? [] : [`:${tag}`]),
        ...(digest === undefined ? [] : [`@sha256:${digest}`]),
      ].join(''),
    ),
  fc.string({ minLength: 1, maxLength: 200, unit: 'binary' }),
  fc.string({ minLength: 200, maxLength: 255 }),
);
const hash = fc.stringMatching(/^[0-9a-f]{64}$/);
const random = fc.stringMatching(/^[0-9a-z]{8}$/);
const time = fc.date({ min: new Date('2020-01-01'), max: new Date('9999-01-01'), noInvalidDate: true });

test('SageMaker takes the name that is made of any image', () => {
  fc.assert(
    fc.property(imageName, (image) => {
      const TrainingJobName = nameTrainingJob({ ...ARGUMENTS, imageName: image });
      expect(TrainingJobName).toMatch(NAME_PATTERN);
      expect(TrainingJobName.length).toBeLessThanOrEqual(63);
      expect(findViolations('DescribeTrainingJob', { TrainingJobName })).toEqual([]);
    }),
    { numRuns: 500 },
  );
  expect(findViolations('DescribeTrainingJob', { TrainingJobName: 'a_b' })).not.toEqual([]);
});

test('SageMaker takes whatever is made of any text', () => {
  const text = fc.oneof(imageName, fc.string({ unit: 'grapheme', maxLength: 300 }));
  fc.assert(
    fc.property(text, time, random, hash, (base, at, letters, content) => {
      for (const name of [
        sanitizeName(base),
        baseNameFromImage(base),
        nameFromBase(base, at, letters),
        nameFromWorkflow(base, content),
        nameFromWorkflow(`${base}-2026-01-02T03:04:05Z`, content),
        nameFromContent(base, content),
      ]) {
        expect(name).toMatch(NAME_PATTERN);
      }
    }),
  );
});

test('time and random text stay whole, however long the base: they are what makes a name its own', () => {
  fc.assert(
    fc.property(fc.string({ minLength: 30, maxLength: 300 }), time, random, (base, at, letters) => {
      const stamp = at.toISOString().slice(0, 23).replace(/\D/g, '-');
      expect(nameFromBase(base, at, letters)).toMatch(new RegExp(`-${stamp}-${letters}$`));
    }),
  );
});

test('a registry, its port, a tag and a digest are no part of the name', () => {
  const word = fc.stringMatching(/^[a-z][a-z0-9]{0,20}$/);
  fc.assert(
    fc.property(word, word, word, hash, (registry, name, tag, digest) => {
      for (const image of [
        name,
        `${registry}:5000/${name}`,
        `${registry}.io/team/${name}:${tag}`,
        `${name}@sha256:${digest}`,
      ]) {
        expect(baseNameFromImage(image)).toBe(name);
      }
    }),
  );
});

describe('of 10,000 starts in one millisecond', () => {
  beforeEach(() => jest.useFakeTimers({ now: new Date('2026-01-02T03:04:05.006Z') }));
  afterEach(() => jest.useRealTimers());

  test.each([
    ['a short image', 'digits:1'],
    ['an image of 200 characters', `registry.example:5000/${'very_long/'.repeat(17)}Algorithm`],
  ])('no two have one name: %s', (_which, image) => {
    const names = Array.from({ length: 10_000 }, () => nameTrainingJob({ ...ARGUMENTS, imageName: image }));
    expect(new Set(names).size).toBe(10_000);
    expect(names.every((name) => name.includes('-2026-01-02-03-04-05-006-'))).toBe(true);
    // Names that differ in their case alone are one name where a bucket's or a host's is made of them.
    expect(new Set(names.map((name) => name.toLowerCase())).size).toBe(10_000);
  });
});
