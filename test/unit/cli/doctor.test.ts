/** Verdicts of `doctor`, without a server: what was read goes in, what is told comes out. */
import {
  describeCheck,
  exitCodeOf,
  failed,
  notChecked,
  ok,
  summarize,
  toResult,
  warning,
} from '../../../src/cli/doctor/finding';
import {
  judgeBucket,
  judgeClock,
  judgeEndpoint,
  judgeEndpointUrl,
  judgeTrouble,
} from '../../../src/cli/doctor/judge-aws';
import { judgeConfiguration, judgeNode, type Surroundings } from '../../../src/cli/doctor/judge-local';
import { judgeRole } from '../../../src/cli/doctor/judge-role';
import { judgePollers, judgeSearchAttributes } from '../../../src/cli/doctor/judge-temporal';
import type { AwsTrouble } from '../../../src/domain/aws-errors';

const text = (part: string) => expect.stringContaining(part) as string;

describe('node', () => {
  const here: Surroundings = {
    nodeVersion: 'v20.20.2',
    nodeWanted: '>=20.19',
    packageVersion: '1.2.3',
    platform: 'linux',
    arch: 'x64',
    glibcVersion: '2.36',
  };

  it('tells the versions that a report of a bug needs', () => {
    expect(judgeNode(here)).toEqual(ok('temporal-sagemaker 1.2.3 on Node v20.20.2, linux x64, glibc 2.36'));
  });

  it.each(['v20.19.0', 'v20.19', 'v22.1.0', 'v100.0.0'])('takes %s where 20.19 is wanted', (nodeVersion) => {
    expect(judgeNode({ ...here, nodeVersion }).state).toBe('ok');
  });

  it.each(['v20.18.9', 'v18.20.0', 'v2.99.0'])('refuses %s', (nodeVersion) => {
    expect(judgeNode({ ...here, nodeVersion })).toMatchObject({
      state: 'failed',
      cause: 'local',
      fix: 'Install Node >=20.19.',
    });
  });

  it('warns of a Linux without glibc, on which no worker runs, and of no other system', () => {
    expect(judgeNode({ ...here, glibcVersion: undefined }).state).toBe('warning');
    expect(judgeNode({ ...here, platform: 'darwin', glibcVersion: undefined }).state).toBe('ok');
  });
});

test('the configuration is ok with a region and readable variables', () => {
  expect(judgeConfiguration({ taskQueue: 'sagemaker', region: 'eu-central-1' }).state).toBe('ok');
  expect(judgeConfiguration({ taskQueue: 'sagemaker', region: undefined })).toMatchObject({
    state: 'failed',
    cause: 'local',
    fix: text('AWS_REGION'),
  });
  expect(judgeConfiguration({ problem: 'X must be a number' })).toMatchObject({ state: 'failed', cause: 'local' });
});

describe('search attributes', () => {
  const place = { address: 'temporal:7233', namespace: 'ml' };
  const all = { TrainingJobName: 'Keyword', EndpointName: 'Keyword', SageMakerStage: 'Keyword' };

  it('are ok where all are there, whatever else there is', () => {
    expect(judgeSearchAttributes({ ...all, Other: 'Int' }, place).state).toBe('ok');
  });

  it('that are missing come with the command that registers them and no others', () => {
    expect(judgeSearchAttributes({ EndpointName: 'Keyword' }, place)).toEqual(
      warning(
        'TrainingJobName, SageMakerStage not registered; runs cannot be found by it',
        'temporal operator search-attribute create --address temporal:7233 --namespace ml ' +
          '--name TrainingJobName --type Keyword --name SageMakerStage --type Keyword',
      ),
    );
  });

  it('of another type cannot be used', () => {
    expect(judgeSearchAttributes({ ...all, EndpointName: 'Text' }, place)).toMatchObject({
      state: 'warning',
      what: text('EndpointName is of type Text'),
    });
  });
});

describe('the pollers of a task queue', () => {
  const poller = { identity: '12@host', buildId: 'b1', ageSeconds: 3.4 };

  it('are told once for each process, with build and last poll', () => {
    const finding = judgePollers('sagemaker', { workflow: [poller], activity: [{ ...poller, ageSeconds: 1 }] });
    expect(finding).toEqual(ok('sagemaker: 12@host (build b1, last poll 1 s ago)'));
  });

  it('are counted where there are many', () => {
    const many = Array.from({ length: 7 }, (_, index) => ({ ...poller, identity: `${String(index)}@host` }));
    expect(judgePollers('sagemaker', { activity: many }).what).toMatch(/; and 2 more$/);
  });

  it('are missed where there are none, or none for one kind of work', () => {
    expect(judgePollers('sagemaker-waits', { activity: [] })).toMatchObject({
      state: 'warning',
      fix: text('TEMPORAL_SAGEMAKER_TASK_QUEUE=sagemaker npx temporal-sagemaker worker'),
    });
    expect(judgePollers('sagemaker', { workflow: [], activity: [poller] }).what).toContain('for workflow');
  });

  it('are gone where the last poll is older than a poll can last', () => {
    const gone = { ...poller, ageSeconds: 200 };
    expect(judgePollers('sagemaker', { activity: [gone] })).toMatchObject({
      state: 'warning',
      what: text('200 s ago'),
    });
    expect(judgePollers('sagemaker', { activity: [gone, poller] }).state).toBe('ok');
  });
});

const trouble = (fields: Partial<AwsTrouble>): AwsTrouble => ({
  status: 400,
  code: 'X',
  message: 'x',
  meaning: 'invalid',
  requestId: undefined,
  ...fields,
});

describe('a refusal of AWS', () => {
  it.each([
    ['denied', 'permission'],
    ['expired credentials', 'permission'],
    ['unavailable', 'unreachable'],
    ['throttled', 'unreachable'],
  ] as const)('that means %s is about %s', (meaning, cause) => {
    expect(judgeTrouble('GetCallerIdentity', trouble({ meaning }))).toMatchObject({ state: 'failed', cause });
  });

  it('for want of credentials says which variables to set', () => {
    const none = trouble({ status: undefined, code: 'CredentialsProviderError', meaning: 'denied' });
    expect(judgeTrouble('GetCallerIdentity', none)).toMatchObject({
      what: text('no AWS credentials'),
      fix: text('AWS_PROFILE'),
    });
  });
});

test.each([
  [0.4, 'ok', 'agrees'],
  [-20, 'ok', '20 s ahead of'],
  [61, 'warning', '61 s behind'],
  [-300, 'warning', '300 s ahead of'],
  [301, 'failed', '301 s behind'],
])('a clock of AWS %d s ahead is %s', (skewSeconds, state, part) => {
  expect(judgeClock(skewSeconds)).toMatchObject({ state, what: text(part) });
});

describe('the default bucket', () => {
  const place = { bucket: 'sagemaker-eu-central-1-1', region: 'eu-central-1', account: '1' };

  it('is ok where it is ours, or not made yet', () => {
    expect(judgeBucket(place, { region: 'eu-central-1' }).state).toBe('ok');
    expect(judgeBucket(place, { region: undefined }).state).toBe('ok');
    expect(judgeBucket(place, { trouble: trouble({ status: 404, meaning: 'absent' }) })).toEqual(
      ok('sagemaker-eu-central-1-1 is not there yet; the first fit without outputPath makes it'),
    );
  });

  it('is not where it is in another region, another account, or out of reach', () => {
    expect(judgeBucket(place, { region: 'us-east-1' })).toMatchObject({ state: 'failed', cause: 'permission' });
    expect(judgeBucket(place, { trouble: trouble({ status: 403, meaning: 'denied' }) })).toMatchObject({
      state: 'failed',
      cause: 'permission',
      what: text('another account'),
    });
    expect(judgeBucket(place, { trouble: trouble({ status: 503, meaning: 'unavailable' }) })).toMatchObject({
      cause: 'unreachable',
    });
  });
});

describe('AWS_ENDPOINT_URL', () => {
  it('that is not set leads to AWS itself', () => {
    expect(judgeEndpointUrl(undefined)?.what).toContain('calls go to AWS');
    expect(judgeEndpointUrl('')?.state).toBe('ok');
  });

  it.each(['http://127.0.0.1:4566', 'http://localhost:4566', 'http://[::1]:4566', 'http://127.9.9.9/'])(
    '%s is on loopback, where somebody may be asked',
    (url) => {
      expect(judgeEndpointUrl(url)).toBeUndefined();
    },
  );

  it.each([
    ['http://10.0.0.7:4566', 'failed'],
    ['http://127.0.0.1.example.com', 'failed'],
    ['https://vpce-1.example.com', 'warning'],
    ['4566', 'failed'],
  ])('%s is not: %s', (url, state) => {
    expect(judgeEndpointUrl(url)?.state).toBe(state);
  });

  it('never shows the credentials that may stand in it', () => {
    const findings = [
      judgeEndpointUrl('http://user:s3cret@10.0.0.7'),
      judgeEndpoint('http://user:s3cret@127.0.0.1', 'emulator'),
      judgeEndpoint('http://user:s3cret@127.0.0.1', 'something else'),
    ];
    expect(JSON.stringify(findings)).not.toContain('s3cret');
  });

  it('that nobody answers at is out of reach', () => {
    expect(judgeEndpoint('http://127.0.0.1:1', { silence: 'connect ECONNREFUSED' })).toMatchObject({
      state: 'failed',
      cause: 'unreachable',
    });
  });
});

describe('a role', () => {
  const arn = 'arn:aws:iam::123456789012:role/service/Trainer';
  const trust = (...statements: object[]) =>
    encodeURIComponent(JSON.stringify({ Version: '2012-10-17', Statement: statements }));
  const allow = {
    Effect: 'Allow',
    Principal: { Service: 'sagemaker.amazonaws.com' },
    Action: 'sts:AssumeRole',
  };
  const judge = (...statements: object[]) => judgeRole('Trainer', { arn, trustPolicy: trust(...statements) });

  it('that SageMaker may assume is ok, however the policy says it', () => {
    expect(judge(allow)).toEqual(ok(`${arn} lets SageMaker assume it`));
    expect(judge({ ...allow, Principal: { Service: ['ec2.amazonaws.com', 'sagemaker.amazonaws.com'] } }).state).toBe(
      'ok',
    );
    expect(judge({ ...allow, Action: ['sts:TagSession', 'sts:Assume*'] }).state).toBe('ok');
    expect(judgeRole(arn, { arn, trustPolicy: trust(allow) }).state).toBe('ok');
    const single = encodeURIComponent(JSON.stringify({ Statement: allow }));
    expect(judgeRole('Trainer', { arn, trustPolicy: single }).state).toBe('ok');
  });

  it.each([
    ['another service', [{ ...allow, Principal: { Service: 'ec2.amazonaws.com' } }]],
    ['an account alone', [{ ...allow, Principal: { AWS: 'arn:aws:iam::123456789012:root' } }]],
    ['another action', [{ ...allow, Action: 'sts:AssumeRoleWithSAML' }]],
    ['nobody', []],
    ['SageMaker, and denies it', [allow, { ...allow, Effect: 'Deny' }]],
  ])('that trusts %s cannot be used', (_whom, statements) => {
    expect(judge(...statements)).toMatchObject({ state: 'failed', cause: 'permission', fix: text('trust policy') });
  });

  it('that trusts under conditions is left to the reader', () => {
    const condition = { StringEquals: { 'aws:SourceAccount': '123456789012' } };
    expect(judge({ ...allow, Condition: condition }).state).toBe('warning');
    expect(judge(allow, { ...allow, Effect: 'Deny', Condition: condition }).state).toBe('warning');
    expect(judge(allow, { ...allow, Condition: condition }).state).toBe('ok');
  });

  it('of another account, or with a policy that is none, is told as such', () => {
    const other = 'arn:aws:iam::999999999999:role/Trainer';
    expect(judgeRole(other, { arn, trustPolicy: trust(allow) })).toMatchObject({ state: 'failed', fix: `Use ${arn}.` });
    expect(judgeRole('Trainer', { arn, trustPolicy: '%' })).toMatchObject({ what: text('cannot be read') });
  });
});

describe('all findings together', () => {
  const local = failed('local', 'a', 'b');
  const unreachable = failed('unreachable', 'a', 'b');
  const permission = failed('permission', 'a', 'b');

  it('end with the exit code of the most severe', () => {
    expect(exitCodeOf([ok('a'), warning('a', 'b'), notChecked('a', 'temporal')])).toBe(0);
    expect(exitCodeOf([permission, ok('a')])).toBe(4);
    expect(exitCodeOf([permission, unreachable])).toBe(8);
    expect(exitCodeOf([permission, unreachable, local])).toBe(1);
  });

  it('are one or two lines each, and a last one', () => {
    expect(describeCheck('clock', ok('it agrees'))).toBe('✓ clock              it agrees');
    expect(describeCheck('role', local)).toBe('✗ role               a\n                     fix: b');
    expect(summarize([ok('a'), ok('a')])).toBe('all 2 checks are ok');
    expect(summarize([ok('a'), local, warning('a', 'b')])).toBe('1 failed, 1 warning of 3 checks');
  });

  it('are for programs without what only we need', () => {
    expect(toResult('role', local)).toEqual({ name: 'role', state: 'failed', what: 'a', fix: 'b' });
    expect(toResult('role', ok('a'))).toEqual({ name: 'role', state: 'ok', what: 'a' });
  });
});
