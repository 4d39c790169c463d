import {
  baseNameFromImage,
  contentBaseIn,
  contentBaseOf,
  defaultBucketName,
  modelDataUri,
  NAME_PATTERN,
  nameFromBase,
  nameFromContent,
  nameFromWorkflow,
  parseRunTag,
  parseS3Uri,
  runTagValue,
  sanitizeName,
} from '../../../src/domain/names';

const TIME = new Date('2026-01-02T03:04:05.006Z');
const HOSTILE = [
  'my_algo',
  '___',
  '',
  '-',
  'x'.repeat(200),
  '../../etc',
  'a b',
  '日本',
  'a\r\nb',
  '-a-',
  'a--b',
  '\u202eabc',
];

describe('names that SageMaker takes', () => {
  it.each(HOSTILE)('are made of any text: %j', (text) => {
    for (const name of [
      sanitizeName(text),
      nameFromBase(text, TIME, 'abcdefgh'),
      nameFromWorkflow(text, '0123456789abcdef'),
      nameFromContent(text, '0123456789abcdef'),
    ]) {
      expect(name).toMatch(NAME_PATTERN);
    }
  });

  it('keep base, time and random text, the base giving way to the others', () => {
    expect(nameFromBase('iris', TIME, 'k3v9x0qz')).toBe('iris-2026-01-02-03-04-05-006-k3v9x0qz');
    expect(nameFromBase('x'.repeat(80), TIME, 'k3v9x0qz')).toHaveLength(63);
    expect(nameFromBase('x'.repeat(80), TIME, 'k3v9x0qz')).toMatch(/-2026-01-02-03-04-05-006-k3v9x0qz$/);
  });
});

describe('the name of a run whose starter gave none', () => {
  const HASH = '0123456789abcdef';

  it('is its Workflow Id and a hash', () => {
    expect(nameFromWorkflow('train/iris 7', HASH)).toBe('train-iris-7-0123456789');
    expect(nameFromWorkflow('x'.repeat(80), HASH)).toBe(`${'x'.repeat(52)}-0123456789`);
  });

  it('keeps the time that a schedule put into the Workflow Id, however long that is', () => {
    expect(nameFromWorkflow('nightly-2026-01-02T03:04:05Z', HASH)).toBe('nightly-2026-01-02T03-04-05Z-0123456789');
    const name = nameFromWorkflow(`${'x'.repeat(80)}-2026-01-02T03:04:05Z`, HASH);
    expect(name).toBe(`${'x'.repeat(31)}-2026-01-02T03-04-05Z-0123456789`);
    expect(name).toHaveLength(63);
    expect(name).toMatch(NAME_PATTERN);
  });
});

describe('the name of an image', () => {
  it.each([
    ['123456789012.dkr.ecr.eu-central-1.amazonaws.com/my_algo:1', 'my-algo'],
    ['localhost:5000/team/algo', 'algo'],
    ['algo@sha256:0f1e', 'algo'],
    ['algo:1@sha256:0f1e', 'algo'],
    ['digits', 'digits'],
    ['/', 'job'],
  ])('of %s is %s', (image, name) => {
    expect(baseNameFromImage(image)).toBe(name);
  });
});

describe('addresses', () => {
  it('of the default bucket and of the model data are SageMaker’s', () => {
    expect(defaultBucketName('eu-central-1', '123456789012')).toBe('sagemaker-eu-central-1-123456789012');
    expect(modelDataUri('s3://bucket/', 'iris')).toBe('s3://bucket/iris/output/model.tar.gz');
    expect(modelDataUri('s3://bucket/a/b', 'iris')).toBe('s3://bucket/a/b/iris/output/model.tar.gz');
  });

  it.each([
    ['s3://bucket/key/with//slashes', { bucket: 'bucket', key: 'key/with//slashes' }],
    ['s3://bucket', { bucket: 'bucket', key: '' }],
    ['s3://bucket/', { bucket: 'bucket', key: '' }],
    ['s3://Bucket/key', undefined],
    ['s3:///key', undefined],
    ['file:///etc/passwd', undefined],
    ['http://169.254.169.254/', undefined],
    [' s3://bucket/key', undefined],
  ])('of S3 are read or refused: %s', (uri, expected) => {
    expect(parseS3Uri(uri)).toEqual(expected);
  });
});

describe('the run tag', () => {
  const RUN = '01234567-89ab-cdef-0123-456789abcdef';

  it('names Workflow Id and first run', () => {
    expect(runTagValue('iris/7', RUN)).toBe(`iris/7/${RUN}`);
  });

  it.each(['x'.repeat(1000), 'a|b;c"d', '😀', 'a\nb'])('fits AWS’s rules for any Workflow Id: %j', (id) => {
    const value = runTagValue(id, RUN);
    expect(value.length).toBeLessThanOrEqual(256);
    expect(value).toMatch(/^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u);
    expect(value).toContain(RUN);
  });

  it.each(['iris', 'a/b/c', 'nightly-2026-03-01T12:00:00Z'])('tells its run again: %j', (id) => {
    expect(parseRunTag(runTagValue(id, RUN))).toEqual({ workflowId: id, firstRunId: RUN });
  });

  it.each(['x'.repeat(1000), 'a|b'])('tells the run id of any Workflow Id: %j', (id) => {
    expect(parseRunTag(runTagValue(id, RUN))?.firstRunId).toBe(RUN);
  });

  it.each(['', 'nonsense', RUN, `/${RUN}`, `iris/${RUN}x`, `iris/${RUN.slice(1)}`, `iris/${RUN.toUpperCase()}`])(
    'that names none tells none: %j',
    (value) => {
      expect(parseRunTag(value)).toBeUndefined();
    },
  );
});

describe('the names of a model and a config', () => {
  it.each(['iris', 'a'.repeat(63), `a--${'b'.repeat(50)}-c`])(
    'tell the endpoint that they are of: %s',
    (endpointName) => {
      const name = nameFromContent(endpointName, '0123456789abcdef');
      expect(contentBaseIn(name)).toBe(contentBaseOf(endpointName));
    },
  );

  it('of others tell none', () => {
    expect(['iris', 'iris-2026', 'iris-0123456789x', '-0123456789'].map(contentBaseIn)).toEqual(
      Array(4).fill(undefined),
    );
  });
});
