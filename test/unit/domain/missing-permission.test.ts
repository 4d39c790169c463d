import { adviseOnDenial, readMissingPermission } from '../../../src/domain/missing-permission';

const USER = 'arn:aws:sts::123456789012:assumed-role/Worker/i-1';
const denied = (
  action: string,
  resource: string,
  why = `because no identity-based policy allows the ${action} action`,
) => `User: ${USER} is not authorized to perform: ${action} on resource: ${resource} ${why}`;

const SAGEMAKER = 'arn:aws:sagemaker:eu-central-1:123456789012:';

it.each([
  ['sagemaker:CreateTrainingJob', `${SAGEMAKER}training-job/iris-1`, `${SAGEMAKER}training-job/*`],
  ['sagemaker:DeleteEndpointConfig', `${SAGEMAKER}endpoint-config/iris-1`, `${SAGEMAKER}endpoint-config/*`],
  ['sagemaker:ListModels', '*', '*'],
  ['s3:GetObject', '"arn:aws:s3:::models/iris/model.tar.gz"', 'arn:aws:s3:::models/*'],
  ['s3:ListBucket', '"arn:aws:s3:::models"', 'arn:aws:s3:::models'],
  [
    'logs:GetLogEvents',
    'arn:aws:logs:eu-central-1:123456789012:log-group:/aws/sagemaker/TrainingJobs:log-stream:iris-1/algo-1',
    'arn:aws:logs:eu-central-1:123456789012:log-group:/aws/sagemaker/TrainingJobs:*',
  ],
  [
    'logs:DescribeLogStreams',
    'arn:aws:logs:eu-central-1:123456789012:log-group:/aws/sagemaker/Endpoints/iris:log-stream:',
    'arn:aws:logs:eu-central-1:123456789012:log-group:/aws/sagemaker/Endpoints/*',
  ],
  ['iam:GetRole', 'arn:aws:iam::123456789012:role/Trainer', 'arn:aws:iam::123456789012:role/Trainer'],
])('what to add for %s on %s', (action, resource, wanted) => {
  const advice = adviseOnDenial(denied(action, resource)) ?? '';
  expect(advice).toContain(`Add to the policy of ${USER}: `);
  expect(JSON.parse(advice.slice(advice.indexOf('{')))).toEqual({ Effect: 'Allow', Action: action, Resource: wanted });
});

it('passing a role is allowed for SageMaker alone', () => {
  const advice = adviseOnDenial(denied('iam:PassRole', 'arn:aws:iam::123456789012:role/Trainer')) ?? '';
  expect(JSON.parse(advice.slice(advice.indexOf('{')))).toEqual({
    Effect: 'Allow',
    Action: 'iam:PassRole',
    Resource: 'arn:aws:iam::123456789012:role/Trainer',
    Condition: { StringEquals: { 'iam:PassedToService': 'sagemaker.amazonaws.com' } },
  });
});

it('another kind of policy is named, as the statement belongs there', () => {
  const why = 'because no permissions boundary policy allows the sagemaker:CreateModel action';
  expect(adviseOnDenial(denied('sagemaker:CreateModel', '*', why))).toMatch(
    /^Add to the permissions boundary policy: /,
  );
});

it('what is denied on purpose no statement can allow', () => {
  const why = 'with an explicit deny in a service control policy';
  const message = denied('sagemaker:CreateModel', `${SAGEMAKER}model/iris`, why);
  expect(adviseOnDenial(message)).toBe(
    `A service control policy denies sagemaker:CreateModel on ${SAGEMAKER}model/iris to ${USER}, whatever else allows ` +
      'it: take that denial away.',
  );
});

it.each(['UnknownError', 'Access Denied', 'not authorized: iam:GetRole', ''])('%j names nothing', (message) => {
  expect(readMissingPermission(message)).toBeUndefined();
  expect(adviseOnDenial(message)).toBeUndefined();
});
