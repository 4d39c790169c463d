import {
  BOTOCORE_VERSION,
  describeViolations,
  findOutputViolations,
  findViolations,
  isModelled,
  MODELLED_OPERATIONS,
} from '../../../src/service-model';
import { compilePattern } from '../../../src/service-model/constraint-violations';
import { findOperation } from '../../../src/service-model/model';

const trainingJob = {
  TrainingJobName: 'digits-1',
  RoleArn: 'arn:aws:iam::123456789012:role/training',
  OutputDataConfig: { S3OutputPath: 's3://bucket/output' },
};

const kindsOf = (input: unknown) =>
  findViolations('CreateTrainingJob', input).map(({ kind, path }) => `${kind} ${path}`);

describe('the constraints that AWS publishes', () => {
  it('cover every operation in use, by a pinned version of botocore', () => {
    expect(BOTOCORE_VERSION).toBe('1.44.5');
    expect(MODELLED_OPERATIONS).toHaveLength(31);
    expect(isModelled('CreateTrainingJob')).toBe(true);
    expect(isModelled('CreateTransformJob')).toBe(false);
    expect(() => findViolations('CreateTransformJob', {})).toThrow('is not in the service model');
  });

  it('let a valid request pass', () => {
    expect(findViolations('CreateTrainingJob', trainingJob)).toEqual([]);
  });

  it('name every violation of a request at once, in words like those of AWS', () => {
    const violations = findViolations('CreateTrainingJob', {
      TrainingJobName: 'digits_1',
      AlgorithmSpecification: { TrainingImage: 'x'.repeat(256), TrainingInputMode: 'Tape' },
      InputDataConfig: [{ ChannelName: 'training', DataSource: {} }, { ChannelName: 'a b' }],
      ResourceConfig: { VolumeSizeInGB: -1 },
    });
    expect(new Set(violations.map(({ message }) => message))).toEqual(
      new Set([
        "Value null at 'roleArn' failed to satisfy constraint: Member must not be null",
        "Value null at 'outputDataConfig' failed to satisfy constraint: Member must not be null",
        "Value 'digits_1' at 'trainingJobName' failed to satisfy constraint: Member must satisfy regular expression pattern: [a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}",
        `Value '${'x'.repeat(256)}' at 'algorithmSpecification.trainingImage' failed to satisfy constraint: Member must have length less than or equal to 255`,
        "Value 'Tape' at 'algorithmSpecification.trainingInputMode' failed to satisfy constraint: Member must satisfy enum value set: [Pipe, File, FastFile]",
        "Value null at 'inputDataConfig.2.member.dataSource' failed to satisfy constraint: Member must not be null",
        "Value 'a b' at 'inputDataConfig.2.member.channelName' failed to satisfy constraint: Member must satisfy regular expression pattern: [A-Za-z0-9\\.\\-_]+",
        "Value '-1' at 'resourceConfig.volumeSizeInGB' failed to satisfy constraint: Member must have value greater than or equal to 0",
      ]),
    );
    expect(describeViolations(violations)).toMatch(/^8 validation errors detected: Value .*; Value /);
    expect(describeViolations(violations.slice(0, 1))).toMatch(/^1 validation error detected: /);
  });

  it('match the whole of a value, not a part of it', () => {
    expect(kindsOf({ ...trainingJob, TrainingJobName: 'digits/../1' })).toEqual(['pattern trainingJobName']);
    expect(kindsOf({ ...trainingJob, TrainingJobName: 'digits-1\n' })).toEqual(['pattern trainingJobName']);
  });

  it('read the expressions that only Java writes so', () => {
    const pathsOf = (InferenceId: string) =>
      findViolations('InvokeEndpoint', { EndpointName: 'e', Body: '', InferenceId }).map(({ path }) => path);
    expect(pathsOf('an id of 1')).toEqual([]);
    expect(pathsOf('aé')).toEqual(['inferenceId']);
    const withProvider = (arn: string) => ({
      ...trainingJob,
      AlgorithmSpecification: {
        TrainingInputMode: 'File',
        TrainingImageConfig: {
          TrainingRepositoryAccessMode: 'Vpc',
          TrainingRepositoryAuthConfig: { TrainingRepositoryCredentialsProviderArn: arn },
        },
      },
    });
    const provider = 'arn:aws:lambda:eu-central-1:123456789012:function:keys';
    expect(kindsOf({ ...trainingJob, ...withProvider(provider) })).toEqual([]);
    expect(kindsOf({ ...trainingJob, ...withProvider(provider.replace('aws', 'a_s')) })).toHaveLength(1);
  });

  it('can all be matched', () => {
    const shapes = MODELLED_OPERATIONS.flatMap((name) => Object.values(findOperation(name)?.shapes ?? {}));
    const patterns = new Set(shapes.flatMap(({ pattern }) => pattern ?? []));
    expect(patterns.size).toBeGreaterThan(60);
    for (const pattern of patterns) expect(() => compilePattern(pattern)).not.toThrow();
  });

  it('report a map and a list of plain values as a whole', () => {
    expect(kindsOf({ ...trainingJob, HyperParameters: { epochs: 'x'.repeat(2501) } })).toEqual(['map hyperParameters']);
    expect(kindsOf({ ...trainingJob, HyperParameters: { ['x'.repeat(257)]: '1' } })).toEqual(['map hyperParameters']);
    expect(
      kindsOf({ ...trainingJob, VpcConfig: { SecurityGroupIds: ['sg-1', 'sg/2'], Subnets: ['subnet-1'] } }),
    ).toEqual(['list vpcConfig.securityGroupIds']);
    const tooMany = Object.fromEntries(Array.from({ length: 101 }, (_, at) => [`k${String(at)}`, 'v']));
    expect(kindsOf({ ...trainingJob, HyperParameters: tooMany })).toEqual(['length hyperParameters']);
  });

  it('never repeat the values of hyperparameters, environments and what the model calls sensitive', () => {
    const secret = 'canary-4711\n';
    const messages = [
      ...findViolations('CreateTrainingJob', { ...trainingJob, HyperParameters: { token: secret } }),
      ...findViolations('CreateTrainingJob', { ...trainingJob, Environment: { TOKEN: secret.repeat(60) } }),
      ...findViolations('InvokeEndpoint', { EndpointName: 'e', Body: 'Ym9keQ==', CustomAttributes: 'canary-4711 é' }),
    ];
    expect(messages).toHaveLength(3);
    expect(JSON.stringify(messages)).not.toContain('canary');
    expect(messages[0]?.message).toContain("Value '{token=***}' at 'hyperParameters'");
    expect(messages[2]?.message).toMatch(/^Value at 'customAttributes' failed/);
  });

  it('say first and alone that a type is wrong', () => {
    expect(findViolations('CreateTrainingJob', { TrainingJobName: 3 }).map(({ message }) => message)).toEqual([
      'NUMBER_VALUE can not be converted to a String',
    ]);
    expect(kindsOf({ ResourceConfig: { InstanceCount: '1', VolumeSizeInGB: 1.5 }, InputDataConfig: {} })).toEqual([
      'type inputDataConfig',
      'type resourceConfig.instanceCount',
      'type resourceConfig.volumeSizeInGB',
    ]);
    expect(kindsOf([])).toEqual(['type ']);
    expect(kindsOf('text')).toEqual(['type ']);
  });

  it('take null for absent and ignore what the model does not know', () => {
    expect(findViolations('CreateTrainingJob', { ...trainingJob, VpcConfig: null, Tomorrow: { Field: 1 } })).toEqual(
      [],
    );
    expect(kindsOf({ ...trainingJob, RoleArn: null })).toEqual(['required roleArn']);
    expect(kindsOf({ ...trainingJob, InputDataConfig: [null] })).toEqual(['required inputDataConfig.1.member']);
  });

  it('know an own member from an inherited one', () => {
    expect(
      kindsOf({ ...trainingJob, HyperParameters: JSON.parse('{"__proto__": "x", "constructor": "y"}') as unknown }),
    ).toEqual([]);
    expect(kindsOf(Object.create(trainingJob))).toContain('required roleArn');
  });

  it('take times as dates or epoch seconds, and blobs as bytes or base64', () => {
    expect(findViolations('ListTrainingJobs', { CreationTimeAfter: new Date(0) })).toEqual([]);
    expect(findViolations('ListTrainingJobs', { CreationTimeAfter: 1_700_000_000.5 })).toEqual([]);
    expect(findViolations('ListTrainingJobs', { CreationTimeAfter: '2026-01-01' })[0]?.kind).toBe('type');
    const [violation] = findViolations('InvokeEndpoint', { EndpointName: 'e', Body: new Uint8Array(6_291_457) });
    expect(violation).toMatchObject({ kind: 'length', path: 'body' });
  });

  it('stay quick with a long value that is wrong', () => {
    const violations = findViolations('CreateTrainingJob', { ...trainingJob, TrainingJobName: 'a-'.repeat(1_000_000) });
    expect(violations.map(({ kind }) => kind)).toEqual(['length']);
    expect(describeViolations(violations).length).toBeLessThan(2000);
  });

  it('hold for answers too', () => {
    expect(findOutputViolations('CreateTrainingJob', { TrainingJobArn: 'x' })[0]?.kind).toBe('pattern');
    expect(findOutputViolations('DeleteEndpoint', {})).toEqual([]);
  });
});
