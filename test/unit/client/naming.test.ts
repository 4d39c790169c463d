import type { EstimatorArguments } from '../../../src/contract';
import { NAME_PATTERN } from '../../../src/domain/names';
import { nameRun, nameTrainingJob } from '../../../src/client/name-run';
import { summarize } from '../../../src/client/summary';

const estimator: EstimatorArguments = {
  imageName: '123456789012.dkr.ecr.eu-central-1.amazonaws.com/team/my_algo:1',
  role: 'SageMakerRole',
  trainInstanceCount: 2,
  trainInstanceType: 'ml.m5.large',
};
const deploy = { initialInstanceCount: 1, instanceType: 'ml.c5.xlarge' };
const inputs = 's3://bucket/data';

test('training jobs are named after their image, and never alike', () => {
  const names = Array.from({ length: 200 }, () => nameTrainingJob(estimator));
  expect(new Set(names).size).toBe(200);
  for (const name of names) expect(name).toMatch(NAME_PATTERN);
  expect(names[0]).toMatch(/^my-algo-\d{4}-\d\d-\d\d-\d\d-\d\d-\d\d-\d{3}-[0-9a-z]{8}$/);
  expect(nameTrainingJob({ ...estimator, baseJobName: 'digits' })).toMatch(/^digits-\d{4}-/);
});

test('the Workflow Id of a training is the job name, made where there is none', () => {
  const named = nameRun('fit', { estimator, fit: { inputs } });
  expect(named.input.fit.jobName).toBe(named.workflowId);
  expect(nameRun('fitThenDeploy', { estimator, fit: { inputs, jobName: 'mine' }, deploy })).toEqual({
    workflowId: 'mine',
    input: { estimator, fit: { inputs, jobName: 'mine' }, deploy },
  });
});

test('the Workflow Id of a deploy and a deletion is made of the endpoint name', () => {
  expect(nameRun('deploy', { trainingJobName: 'job', deploy }).workflowId).toBe('deploy-job');
  const named = { trainingJobName: 'job', deploy: { ...deploy, endpointName: 'digits' } };
  expect(nameRun('deploy', named).workflowId).toBe('deploy-digits');
  expect(nameRun('deleteEndpoint', { endpointName: 'digits' }).workflowId).toBe('delete-digits');
});

test('the Workflow Id of a sweep is made of the region, or of the task queue that stands for one', () => {
  const place = { taskQueue: 'nightly', region: 'eu-west-1' };
  expect(nameRun('sweep', { region: 'eu-central-1' }, place).workflowId).toBe('sweep-eu-central-1');
  expect(nameRun('sweep', { apply: true }, place).workflowId).toBe('sweep-eu-west-1');
  expect(nameRun('sweep', {}, { taskQueue: 'nightly' }).workflowId).toBe('sweep-nightly');
});

test('the summary tells names and sizes', () => {
  expect(summarize('fit', { estimator, fit: { inputs, jobName: 'job' } }, 'job').staticSummary).toBe(
    'fit job (ml.m5.large x2)',
  );
  expect(summarize('fitThenDeploy', { estimator, fit: { inputs }, deploy }, 'w').staticSummary).toBe(
    'fit then deploy w (ml.m5.large x2; ml.c5.xlarge x1)',
  );
  expect(summarize('deploy', { trainingJobName: 'job', deploy }, 'w').staticSummary).toBe(
    'deploy job (ml.c5.xlarge x1)',
  );
  expect(summarize('deleteEndpoint', { endpointName: 'digits' }, 'w').staticSummary).toBe('delete endpoint digits');
  expect(summarize('sweep', {}, 'w').staticSummary).toBe('sweep: tell what ended runs left');
  expect(summarize('sweep', { apply: true }, 'w').staticSummary).toBe('sweep: remove what ended runs left');
});

test('a summary is cut to 200 bytes, at a character', () => {
  const { staticSummary, staticDetails } = summarize('deleteEndpoint', { endpointName: 'ä'.repeat(300) }, 'w');
  for (const text of [staticSummary, staticDetails]) {
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(200);
    expect(text).toMatch(/ä…$/);
  }
});
