/** The execution role, by ARN or by name, as `prepare` puts it into the plan: in every partition, with any path. */
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { createPrepare } from '../../src/activities/prepare';
import type { FitInput } from '../../src/contract';
import type { Plan, RunPlan } from '../../src/domain/plan';
import { emulatorControl, startEmulator, type Emulator, type EmulatorOptions } from '../../src/emulator';
import { createAwsClients } from '../../src/worker/aws-clients';
import { resolveOptions } from '../../src/worker/options';
import { ESTIMATOR } from '../support/rig';

const TIMINGS = { heartbeatTimeoutMs: 5_000, callTimeoutMs: 5_000 };
const IDENTITY = { workflowId: 'iris', firstExecutionRunId: '01234567-89ab-cdef-0123-456789abcdef', ordinal: 0 };

let emulator: Emulator;
const running: Emulator[] = [];
beforeAll(async () => {
  await start();
});
afterAll(() => Promise.all(running.map((one) => one.close())));
afterEach(() => emulatorControl(emulator.url).clearFaults());

async function start(options: EmulatorOptions = {}): Promise<void> {
  emulator = await startEmulator({ simulated: true, ...options });
  running.push(emulator);
  Object.assign(process.env, {
    AWS_ENDPOINT_URL: emulator.url,
    AWS_ACCESS_KEY_ID: emulator.credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: emulator.credentials.secretAccessKey,
  });
}

/** The plan's role, as the whole worker's clients come to it. */
async function prepareWith(role: string): Promise<{ roleArn: string | undefined; run: RunPlan }> {
  const { aws } = await createAwsClients(resolveOptions({ region: emulator.region, requestTimeoutMs: 5_000 }));
  const { prepare } = createPrepare(aws, TIMINGS);
  const input: FitInput = { estimator: { ...ESTIMATOR, role }, fit: { inputs: 's3://data/iris', jobName: 'iris' } };
  try {
    const environment = new MockActivityEnvironment({}, { logger: new DefaultLogger('ERROR') });
    const plan = await environment.run<[], Plan, () => Promise<Plan>>(() => prepare('fit', input, IDENTITY));
    return { roleArn: plan.training?.request.RoleArn, run: plan.run };
  } finally {
    for (const client of [aws.sagemaker, aws.s3, aws.sts, aws.iam, aws.logs]) client.destroy();
  }
}

const rolesAsked = async () =>
  (await emulatorControl(emulator.url).calls({ operation: 'GetRole' })).map(({ resource }) => resource);
const countCalls = async () => (await emulatorControl(emulator.url).calls()).length;

test.each([
  'arn:aws:iam::123456789012:role/Trainer',
  'arn:aws-cn:iam::123456789012:role/team/ml/Trainer',
  'arn:aws-us-gov:iam::123456789012:role/service-role/AmazonSageMaker-ExecutionRole-20260101T000000',
  'arn:aws-iso-b:iam::210987654321:role/a+b=c,d.e@f_g-h/Trainer',
])('the ARN %s is taken as it is, and IAM is not asked', async (arn) => {
  expect((await prepareWith(arn)).roleArn).toBe(arn);
  expect(await rolesAsked()).toEqual([]);
});

test.each([
  'team/ml/Trainer',
  '/Trainer',
  'role/Trainer',
  'arn:aws:sts::123456789012:assumed-role/Trainer/session',
  'arn:aws:iam::123456789012:user/Trainer',
  'arn:aws:iam::1234:role/Trainer',
  'Trainer with blanks',
  'x'.repeat(65),
  '',
])('%j is neither name nor ARN: it is refused with what is wanted, and nobody is asked', async (role) => {
  const before = await countCalls();
  await expect(prepareWith(role)).rejects.toMatchObject({
    type: 'InvalidInput',
    message: expect.stringContaining('estimator.role must') as string,
  });
  expect(await countCalls()).toBe(before);
});

test('a path before a name is refused with the way to say it', async () => {
  await expect(prepareWith('team/ml/Trainer')).rejects.toMatchObject({
    details: [{ problems: ['estimator.role must be the ARN of an IAM role, or its name without a path'] }],
  });
});

test('a role that is not there is told with what AWS said and the id of its answer', async () => {
  const control = emulatorControl(emulator.url);
  const message = 'The role with name Nobody cannot be found.';
  await control.addFaults([{ operation: 'GetRole', action: 'error', status: 404, code: 'NoSuchEntity', message }]);
  await expect(prepareWith('Nobody')).rejects.toMatchObject({
    type: 'RoleNotAssumable',
    message: 'there is no IAM role named Nobody in this account [operation=GetRole, region=us-east-1, role=Nobody]',
    details: [
      {
        reason: message,
        requestId: expect.stringMatching(/./) as string,
        fix: expect.stringContaining('ARN') as string,
      },
    ],
  });
});

test('a worker that may not ask IAM is told that an ARN would do', async () => {
  const control = emulatorControl(emulator.url);
  await control.addFaults([
    {
      operation: 'GetRole',
      action: 'error',
      status: 403,
      code: 'AccessDenied',
      message: 'not authorized: iam:GetRole',
    },
  ]);
  await expect(prepareWith('Trainer')).rejects.toMatchObject({
    type: 'AccessDenied',
    details: [{ fix: 'Allow iam:GetRole to the worker. Or give the role by its ARN.' }],
  });
});

test.each([
  ['eu-central-1', 'aws'],
  ['cn-north-1', 'aws-cn'],
  ['us-gov-west-1', 'aws-us-gov'],
  ['us-iso-east-1', 'aws-iso'],
  ['us-isob-east-1', 'aws-iso-b'],
])('a name in %s is asked of IAM, which knows path and partition', async (region, partition) => {
  await start({ region, rolePaths: { Trainer: '/team/ml/' } });
  const { roleArn, run } = await prepareWith('Trainer');
  expect(roleArn).toBe(`arn:${partition}:iam::123456789012:role/team/ml/Trainer`);
  expect(run).toMatchObject({ region, account: '123456789012' });
  expect(await rolesAsked()).toEqual(['Trainer']);
});
