/** What AWS's model refuses, told by the argument that is behind it; and what is newer than the model, which is let pass. */
import { checkInput, findRequestWarnings, findUnknownParts } from '../../src/schemas';

const ESTIMATOR = { imageName: 'digits', role: 'Trainer', trainInstanceCount: 1, trainInstanceType: 'ml.m5.large' };
const DEPLOY = { initialInstanceCount: 1, instanceType: 'ml.m5.large' };

function problemsOf(estimator: object, fit: object = {}, deploy?: object): string[] {
  const input = {
    estimator: { ...ESTIMATOR, ...estimator },
    fit: { inputs: 's3://data/train', ...fit },
    ...(deploy && { deploy: { ...DEPLOY, ...deploy } }),
  };
  const checked = checkInput(deploy ? 'fitThenDeploy' : 'fit', input);
  return 'problems' in checked ? checked.problems : [];
}

describe('what AWS’s model refuses', () => {
  it('is told by the argument, with its entry where it has some', () => {
    expect(problemsOf({ hyperparameters: { short: 'x', long: 'x'.repeat(2_501) } })).toEqual([
      'estimator.hyperparameters has an entry that AWS refuses: each value must be at most 2500 characters long',
    ]);
    expect(problemsOf({ hyperparameters: { text: 'a\nb' } })).toEqual([
      'estimator.hyperparameters.text has an entry that AWS refuses: each value must be in one line',
    ]);
    expect(problemsOf({ hyperparameters: { short: '', text: `a\n${'b'.repeat(2_500)}` } })).toEqual([
      'estimator.hyperparameters has an entry that AWS refuses: each value must be at most 2500 characters long, and must be in one line',
    ]);
    expect(problemsOf({ hyperparameters: { 'a\nb': '' } })).toEqual([
      'estimator.hyperparameters.a\nb has an entry that AWS refuses: each name must be in one line',
    ]);
    expect(
      problemsOf({
        tags: [
          { key: 'team', value: 'a' },
          { key: 'what?', value: 'b' },
        ],
      }),
    ).toEqual(['estimator.tags[1].key must match ([\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]*)']);
    expect(problemsOf({ instanceGroups: [] })).toContain('estimator.instanceGroups must not be empty');
  });

  it('is told all at once, beside what the arguments are refused for by themselves', () => {
    const problems = problemsOf(
      { trainInstanceCount: 0, metricDefinitions: [{ name: 'loss', regex: 'a\nb' }] },
      { inputs: { train: { s3Data: 's3://data/train', contentType: 'text\ncsv' } } },
    );
    expect(problems).toEqual([
      'estimator.trainInstanceCount must be 1 or more',
      'estimator.metricDefinitions[0].regex must be in one line',
      'fit.inputs.train.contentType must be in one line',
    ]);
  });

  it('is told once: not again of an argument that is refused already', () => {
    expect(problemsOf({ trainInstanceCount: '3', trainMaxRun: -1 })).toEqual([
      'estimator.trainInstanceCount must be a number, not a text',
      'estimator.trainMaxRun must be 1 or more',
    ]);
  });

  it('is found in what the overrides put into a request', () => {
    const overrides = { createTrainingJob: { RetryStrategy: { MaximumRetryAttempts: 31 } } };
    expect(problemsOf({ overrides })).toEqual([
      'estimator.overrides.createTrainingJob.RetryStrategy.MaximumRetryAttempts must be 30 or less',
    ]);
    expect(problemsOf({ overrides: { createTrainingJob: { RetryStrategy: 'often' } } })).toEqual([
      'estimator.overrides.createTrainingJob.RetryStrategy must be a Structure',
    ]);
  });

  it('is found for what deploys', () => {
    expect(problemsOf({}, {}, { env: { A: 'a\u0000' }, tags: [{ key: '*', value: '' }] })).toEqual([
      'deploy.tags[0].key must match ([\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]*)',
    ]);
  });
});

describe('what AWS’s model does not know', () => {
  it('is let pass where it is a machine, and told', () => {
    expect(problemsOf({ trainInstanceType: 'ml.x99.large' }, {}, { instanceType: 'ml.x99.large' })).toEqual([]);
    const request = { ResourceConfig: { InstanceType: 'ml.x99.large', InstanceCount: 1 } };
    expect(findUnknownParts('CreateTrainingJob', { ...request, TrainingJobName: 'a' })).toEqual([
      expect.stringMatching(/^the instance type ml\.x99\.large is sent although /),
    ]);
  });

  it('is let pass where it is an image of machines, and told', () => {
    const image = 'al2023-ami-sagemaker-inference-gpu-9';
    expect(problemsOf({}, {}, { inferenceAmiVersion: image })).toEqual([]);
    const variant = { VariantName: 'AllTraffic', ModelName: 'a', InferenceAmiVersion: image };
    const request = { EndpointConfigName: 'a', ProductionVariants: [variant] };
    expect(findUnknownParts('CreateEndpointConfig', request)).toEqual([
      expect.stringMatching(new RegExp(`^the machine image ${image} is sent although `)),
    ]);
  });

  it('is told beside what is legal and seldom meant', () => {
    const request = { EnableManagedSpotTraining: true, Tomorrow: 1 };
    const warnings = findRequestWarnings({ CreateTrainingJob: request });
    expect(warnings[0]).toMatch(/^trainUseSpotInstances without checkpointS3Uri: /);
    expect(warnings[1]).toMatch(/^the field Tomorrow /);
    const saved = { ...request, CheckpointConfig: { S3Uri: 's3://checkpoints/a' } };
    expect(findRequestWarnings({ CreateTrainingJob: saved })).toHaveLength(1);
  });

  it('is let pass where it is a region, and told', () => {
    expect(findRequestWarnings({}, 'us-east-7')).toEqual([
      expect.stringMatching(/^the region us-east-7 is asked although /),
    ]);
    for (const known of ['eu-central-1', 'cn-north-1', undefined]) expect(findRequestWarnings({}, known)).toEqual([]);
  });

  it('is let pass where it is a field, and told', () => {
    expect(problemsOf({ overrides: { createTrainingJob: { Tomorrow: { A: 1 } } } })).toEqual([]);
    const request = { Tomorrow: { A: 1 }, StoppingCondition: { MaxRuntimeInSeconds: 1, Later: 2 } };
    const told = findUnknownParts('CreateTrainingJob', request);
    expect(told.map((sentence) => sentence.split(' ')[2])).toEqual(['Tomorrow', 'StoppingCondition.Later']);
  });
});
