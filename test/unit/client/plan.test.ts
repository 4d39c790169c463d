import { Estimator, planRun, SageMakerError, type EstimatorArguments, type Session } from '../../../src/client';

const ROLE = 'arn:aws:iam::123456789012:role/SageMakerRole';
const estimator: EstimatorArguments = {
  imageName: '123456789012.dkr.ecr.eu-central-1.amazonaws.com/digits:1',
  role: ROLE,
  trainInstanceCount: 1,
  trainInstanceType: 'ml.m5.large',
  outputPath: 's3://bucket/out',
  hyperparameters: { epochs: 3 },
};
const fit = { inputs: 's3://bucket/data', jobName: 'digits-1' };
const deploy = { initialInstanceCount: 1, instanceType: 'ml.m5.large' };

test('a dry run of fit then deploy gives the four requests in the order of their sending', () => {
  const planned = planRun('fitThenDeploy', { estimator, fit, deploy });
  expect(Object.keys(planned)).toEqual(['CreateTrainingJob', 'CreateModel', 'CreateEndpointConfig', 'CreateEndpoint']);
  expect(planned.CreateTrainingJob).toMatchObject({
    TrainingJobName: 'digits-1',
    RoleArn: ROLE,
    HyperParameters: { epochs: '3' },
    OutputDataConfig: { S3OutputPath: 's3://bucket/out' },
    StoppingCondition: { MaxRuntimeInSeconds: 86_400 },
    Tags: [{ Key: 'temporal-sagemaker:run', Value: 'digits-1/<run>' }],
  });
  expect(planned.CreateModel?.PrimaryContainer?.ModelDataUrl).toBe('s3://bucket/out/digits-1/output/model.tar.gz');
  expect(planned.CreateModel?.ModelName).toMatch(/^digits-1-[0-9a-f]{10}$/);
  const [variant] = planned.CreateEndpointConfig?.ProductionVariants ?? [];
  expect(variant?.ModelName).toBe(planned.CreateModel?.ModelName);
  expect(planned.CreateEndpoint).toMatchObject({
    EndpointName: 'digits-1',
    EndpointConfigName: planned.CreateEndpointConfig?.EndpointConfigName,
  });
});

test('what only AWS knows stands there as a placeholder, and so do names that depend on it', () => {
  const { outputPath: _none, ...withoutOutput } = estimator;
  const planned = planRun('fitThenDeploy', { estimator: { ...withoutOutput, role: 'SageMakerRole' }, fit, deploy });
  expect(planned.CreateTrainingJob?.RoleArn).toBe('<role>');
  expect(planned.CreateTrainingJob?.OutputDataConfig?.S3OutputPath).toBe('s3://sagemaker-<region>-<account>/');
  expect(planned.CreateModel?.ModelName).toBe('digits-1-<hash>');
  expect(planned.CreateEndpointConfig?.EndpointConfigName).toBe('digits-1-<hash>');
});

test('account and region can be told', () => {
  const { outputPath: _none, ...withoutOutput } = estimator;
  const planned = planRun(
    'fit',
    { estimator: withoutOutput, fit },
    { account: '123456789012', region: 'eu-central-1' },
  );
  expect(planned.CreateTrainingJob?.OutputDataConfig?.S3OutputPath).toBe('s3://sagemaker-eu-central-1-123456789012/');
  expect(Object.keys(planned)).toEqual(['CreateTrainingJob']);
});

test('a job without a name gets one, as a start would give it', () => {
  const planned = planRun('fit', { estimator, fit: { inputs: fit.inputs } });
  expect(planned.CreateTrainingJob?.TrainingJobName).toMatch(/^digits-\d{4}-.*-[0-9a-z]{8}$/);
  const named = planRun('fit', { estimator, fit: { inputs: fit.inputs } }, { workflowId: 'nightly' });
  expect(named.CreateTrainingJob?.TrainingJobName).toBe('nightly-<hash>');
});

test('a deploy from a training job leaves open what the job decides', () => {
  const planned = planRun('deploy', { trainingJobName: 'digits-1', deploy });
  expect(Object.keys(planned)).toEqual(['CreateModel', 'CreateEndpointConfig', 'CreateEndpoint']);
  expect(planned.CreateModel).toMatchObject({
    ModelName: 'digits-1-<hash>',
    ExecutionRoleArn: '<role>',
    PrimaryContainer: { Image: '<image>', ModelDataUrl: '<model data of digits-1>' },
  });
});

test('a deploy from model data is known in full', () => {
  const planned = planRun('deploy', {
    modelData: 's3://bucket/model.tar.gz',
    deploy: { ...deploy, endpointName: 'digits', image: estimator.imageName, role: ROLE },
  });
  expect(JSON.stringify(planned)).not.toMatch(/<(?!run>)/);
});

test('a dry run refuses what a start would refuse', () => {
  const plan = () => planRun('fitThenDeploy', { estimator: { ...estimator, trainInstanceCount: 0 }, fit: {} } as never);
  expect(plan).toThrow(SageMakerError);
  expect(plan).toThrow(
    expect.objectContaining({
      code: 'InvalidInput',
      problems: ['estimator.trainInstanceCount must be 1 or more', 'deploy is missing'],
    }),
  );
});

describe('an estimator', () => {
  const { inputs, jobName } = fit;

  test('plans its fit, and with deploy all four requests', () => {
    const ours = new Estimator(estimator);
    expect(ours.plan(inputs, { jobName })).toEqual(planRun('fit', { estimator, fit }));
    expect(ours.plan(inputs, { jobName, deploy })).toEqual(planRun('fitThenDeploy', { estimator, fit, deploy }));
  });

  test('plans with what was set since, and in the region of its session', () => {
    const session = { region: 'eu-central-1' } as Session;
    const ours = new Estimator({ ...estimator, outputPath: undefined, session });
    ours.setHyperparameters({ epochs: 4 });
    expect(ours.plan(inputs, { jobName }).CreateTrainingJob).toMatchObject({
      HyperParameters: { epochs: '4' },
      OutputDataConfig: { S3OutputPath: 's3://sagemaker-eu-central-1-<account>/' },
    });
  });

  test('tells of a plan what is not wrong but may not be meant, and only who asks', () => {
    const notices: string[] = [];
    const onNotice = (notice: string): void => void notices.push(notice);
    const session = { region: 'eu-central-7' } as Session;
    const ours = new Estimator({ ...estimator, trainInstanceType: 'ml.x99.large', session });
    expect(ours.plan(inputs, { jobName, onNotice })).toEqual(ours.plan(inputs, { jobName }));
    expect(notices).toEqual([
      expect.stringMatching(/^the region eu-central-7 is asked although /),
      expect.stringMatching(/^the instance type ml\.x99\.large is sent although /),
    ]);
    planRun('fit', { estimator, fit }, { onNotice });
    expect(notices).toHaveLength(2);
  });

  test('tells every problem of a plan', () => {
    const plan = (): unknown => new Estimator({ ...estimator, role: '' }).plan('data', { jobName: '-' });
    expect(plan).toThrow(SageMakerError);
    expect(plan).toThrow(/estimator\.role[^]*fit\.inputs[^]*fit\.jobName/);
  });
});
