import { findDifferences } from '../../../src/domain/compare';

const textsOf = (sent: object, found: object) => findDifferences(sent, found).map(({ text }) => text);

const sent = {
  TrainingJobName: 'iris',
  RoleArn: 'arn:role',
  HyperParameters: { epochs: '10', secret: 's3cret' },
  ResourceConfig: { InstanceCount: 1, InstanceType: 'ml.m5.large' },
  InputDataConfig: [{ ChannelName: 'training', DataSource: { S3DataSource: { S3Uri: 's3://a/b' } } }],
  Tags: [{ Key: 'a', Value: 'b' }],
};

describe('what stands under a name', () => {
  it('is equal where AWS adds what was not sent', () => {
    const found = {
      ...sent,
      Tags: undefined,
      TrainingJobStatus: 'InProgress',
      CreationTime: new Date(),
      ResourceConfig: { ...sent.ResourceConfig, VolumeSizeInGB: 30, KeepAlivePeriodInSeconds: 0 },
      InputDataConfig: [{ ...sent.InputDataConfig[0], CompressionType: 'None', RecordWrapperType: 'None' }],
    };
    expect(textsOf(sent, found)).toEqual([]);
  });

  it('is equal where what was sent is empty, false or the default and AWS answers nothing', () => {
    expect(textsOf({ A: {}, B: [], C: false, D: '', CompressionType: 'None' }, {})).toEqual([]);
  });

  it('differs field by field, each with its path', () => {
    const found = {
      ...sent,
      RoleArn: 'arn:other',
      ResourceConfig: { InstanceCount: 2, InstanceType: 'ml.m5.large' },
      InputDataConfig: [{ ChannelName: 'training', DataSource: { S3DataSource: { S3Uri: 's3://x/y' } } }],
    };
    expect(textsOf(sent, found)).toEqual([
      'RoleArn: asked for "arn:role", found "arn:other"',
      'ResourceConfig.InstanceCount: asked for 1, found 2',
      'InputDataConfig[0].DataSource.S3DataSource.S3Uri: asked for "s3://a/b", found "s3://x/y"',
    ]);
  });

  it('differs where a list is longer or a field is missing', () => {
    expect(textsOf({ A: [1] }, { A: [1, 2] })).toHaveLength(1);
    expect(textsOf({ A: 'x' }, {})).toEqual(['A: asked for "x", found nothing']);
  });

  it('never shows hyperparameters or environment, only which keys differ', () => {
    const differences = textsOf(
      { HyperParameters: { epochs: '10', secret: 's3cret' }, PrimaryContainer: { Environment: { TOKEN: 't0ken' } } },
      {
        HyperParameters: { epochs: '11', secret: 's3cret', other: 'h1dden' },
        PrimaryContainer: { Environment: { TOKEN: 'n3w' } },
      },
    );
    expect(differences).toEqual([
      'HyperParameters.epochs: values differ',
      'HyperParameters.other: values differ',
      'PrimaryContainer.Environment.TOKEN: values differ',
    ]);
  });

  it('differs in a field that AWS does not tell otherwise than in one that it tells', () => {
    const found = { RoleArn: 'arn:other', PrimaryContainer: {}, HyperParameters: { a: '2' } };
    const asked = {
      RoleArn: 'arn:role',
      VpcConfig: { Subnets: ['a'] },
      PrimaryContainer: { Image: 'x', Environment: { A: '1' } },
    };
    const told = findDifferences({ ...asked, HyperParameters: { a: '1' } }, found);
    expect(told.map(({ path, isUntold }) => `${path} ${isUntold ? 'untold' : 'told'}`)).toEqual([
      'RoleArn told',
      'VpcConfig untold',
      'PrimaryContainer.Image untold',
      'PrimaryContainer.Environment.A untold',
      'HyperParameters.a told',
    ]);
  });
});
