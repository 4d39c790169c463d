/** IAM's policy language, as the emulator enforces it: what is allowed, what is denied, and what is no policy at all. */
import fc from 'fast-check';
import { neededPermissions } from '../../../src/emulator/identity/needed-permissions';
import { fitsPattern } from '../../../src/emulator/identity/pattern';
import {
  judgePermission,
  problemsOfPolicy,
  type PolicyDocument,
  type PolicyStatement,
} from '../../../src/emulator/identity/policy';
import type { World } from '../../../src/emulator/world';

describe('what a copy needs', () => {
  const place = { region: 'us-east-1', account: '123456789012', records: {} as World['records'] };
  const needed = (CopySource: string) =>
    neededPermissions(
      place,
      { service: 's3', operation: 'CopyObject', input: { Bucket: 'to', Key: 'k', CopySource } },
      String,
    ).map(({ action, resource }) => `${action} ${resource}`);

  it.each([
    ['from/a%20b', 'arn:aws:s3:::from/a b'],
    ['/from/why%3Fnot?versionId=null', 'arn:aws:s3:::from/why?not'],
  ])('reading %s', (source, resource) => {
    expect(needed(source)).toEqual(['s3:PutObject arn:aws:s3:::to/k', `s3:GetObject ${resource}`]);
  });

  it.each(['from/%zz', 'nonsense'])('is not known of %s, which is refused as by S3', (source) => {
    expect(() => needed(source)).toThrow(expect.objectContaining({ code: 'InvalidArgument' }) as Error);
  });
});

const JOB = 'arn:aws:sagemaker:us-east-1:123456789012:training-job/iris';
const allow = (further: Partial<PolicyStatement>): PolicyDocument => ({
  Statement: [{ Effect: 'Allow', Action: 'sagemaker:StopTrainingJob', Resource: '*', ...further }],
});
const judge = (policy: PolicyDocument, context = {}, resource = JOB, action = 'sagemaker:StopTrainingJob') =>
  judgePermission(policy, { action, resource, context });

it.each<[string, PolicyDocument, string]>([
  ['the action itself', allow({}), 'allowed'],
  ['an action in other letters', allow({ Action: 'SageMaker:stoptrainingjob' }), 'allowed'],
  ['a pattern of actions', allow({ Action: ['s3:*', 'sagemaker:Stop*'] }), 'allowed'],
  ['another action', allow({ Action: 'sagemaker:CreateTrainingJob' }), 'not allowed'],
  ['a pattern of resources', allow({ Resource: 'arn:aws:sagemaker:*:123456789012:training-job/*' }), 'allowed'],
  ['a resource in other letters', allow({ Resource: JOB.replace('iris', 'IRIS') }), 'not allowed'],
  ['another resource', allow({ Resource: 'arn:aws:sagemaker:*:*:endpoint/*' }), 'not allowed'],
  ['all resources but this', allow({ Resource: undefined, NotResource: JOB }), 'not allowed'],
  ['all actions but another', allow({ Action: undefined, NotAction: 's3:*' }), 'allowed'],
  ['nothing', { Statement: [] }, 'not allowed'],
  ['a statement that stands alone', { Statement: { Effect: 'Allow', Action: '*', Resource: '*' } }, 'allowed'],
])('%s', (_what, policy, verdict) => {
  expect(judge(policy)).toBe(verdict);
});

it('a denial wins over every permission', () => {
  const policy = {
    Statement: [{ Effect: 'Deny', Action: '*', Resource: JOB } as const, ...[allow({}).Statement].flat()],
  };
  expect(judge(policy)).toBe('explicitly denied');
  expect(judge(policy, {}, `${JOB}-2`)).toBe('allowed');
});

const TAG = 'aws:ResourceTag/temporal-sagemaker:run';
it.each<[string, PolicyStatement['Condition'], object, boolean]>([
  [
    'an equal value',
    { StringEquals: { 'iam:PassedToService': 'sagemaker.amazonaws.com' } },
    { 'iam:PassedToService': 'sagemaker.amazonaws.com' },
    true,
  ],
  ['a value that is missing', { StringEquals: { 'iam:PassedToService': 'x' } }, {}, false],
  ['a value that is missing, if it exists', { StringEqualsIfExists: { 'iam:PassedToService': 'x' } }, {}, true],
  ['not another value, which is missing', { StringNotEquals: { [TAG]: 'x' } }, {}, true],
  ['a pattern', { StringLike: { [TAG]: 'fit-*' } }, { [TAG]: 'fit-1' }, true],
  ['one of several', { StringEquals: { [TAG]: ['a', 'b'] } }, { [TAG]: 'b' }, true],
  ['a key that is there', { Null: { [TAG]: 'false' } }, { [TAG]: 'b' }, true],
  ['a key that is not there', { Null: { [TAG]: 'false' } }, {}, false],
  [
    'all of several values',
    { 'ForAllValues:StringEquals': { 'aws:TagKeys': ['a', 'b'] } },
    { 'aws:TagKeys': ['a', 'c'] },
    false,
  ],
  [
    'any of several values',
    { 'ForAnyValue:StringEquals': { 'aws:TagKeys': ['a', 'b'] } },
    { 'aws:TagKeys': ['a', 'c'] },
    true,
  ],
  ['two keys, of which one fails', { StringEquals: { a: '1', b: '2' } }, { a: '1', b: '3' }, false],
  ['a key in other letters', { StringEquals: { 'AWS:requesttag/x': '1' } }, { 'aws:RequestTag/x': '1' }, true],
])('a condition on %s', (_what, Condition, context, holds) => {
  expect(judge(allow({ Condition }), context)).toBe(holds ? 'allowed' : 'not allowed');
});

it('what is no policy is refused with all that is wrong', () => {
  expect(problemsOfPolicy({})).toEqual(['policy.Statement must be given']);
  expect(
    problemsOfPolicy({
      Statement: [
        { Effect: 'allow', Action: [], Resource: '*', NotResource: '*', Principal: '*' },
        { Effect: 'Allow', Action: 's3:*', Resource: '*', Condition: { NumericEquals: { x: '1' } } },
      ],
    }),
  ).toEqual([
    'policy.Statement[0].Principal is not known',
    'policy.Statement[0].Effect must be Allow or Deny',
    'policy.Statement[0].Action must be a text or a list of texts',
    'policy.Statement[0] must have one of Resource and NotResource',
    'policy.Statement[1].Condition.NumericEquals is no operator that is known',
  ]);
});

it('a pattern without wildcards fits itself alone, and a star fits everything', () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), (text, other) => {
      const plain = text.replace(/[*?]/g, '');
      expect(fitsPattern(plain, plain)).toBe(true);
      expect(fitsPattern(other, '*')).toBe(true);
      if (plain !== other) expect(fitsPattern(other, plain)).toBe(false);
    }),
  );
});
