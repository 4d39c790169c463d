/**
 * Endpoints over real serving processes: coming into service, answering, being replaced, rolled back and deleted.
 */
import { findMarked, nameFolder } from '../../../src/emulator/processes/marker';
import { AwsError } from '../../../src/emulator/world';
import {
  BUCKET,
  createModelAndConfig,
  openSageMakerWorld,
  putModelData,
  untilSettled,
} from '../../support/sagemaker-world';
import type { SageMakerWorld } from '../../support/sagemaker-world';
import { makeTarGz } from '../../support/tar-file';
import { until } from '../../support/until';

let sagemaker: SageMakerWorld;
beforeAll(async () => {
  sagemaker = await openSageMakerWorld({ limits: { invocationMs: 1_500, servingStopMs: 2_000 } });
});
afterAll(async () => {
  await sagemaker.close();
  sagemaker.remove();
});
beforeEach(() => {
  Object.assign(sagemaker.phases, { Creating: 0, Updating: 0, Deleting: 0 });
});

const ARN = 'arn:aws:sagemaker:us-east-1:123456789012:endpoint';
const PING_FAILED =
  'The primary container for production variant AllTraffic did not pass the ping health check. Please check CloudWatch ' +
  'logs for this endpoint.';

async function createEndpoint(name: string, container: object, variant = {}): Promise<Record<string, unknown>> {
  await createModelAndConfig(sagemaker, name, container, variant);
  await sagemaker.ask('CreateEndpoint', { EndpointName: name, EndpointConfigName: name });
  return untilSettled(sagemaker, name);
}

/** A container that serves this text as its model. */
async function containerOf(content: string): Promise<object> {
  return { ModelDataUrl: await putModelData(sagemaker, `models/${content}.tar.gz`, content) };
}

async function predict(name: string, body: string, input = {}): Promise<Record<string, unknown>> {
  const { Body } = await sagemaker.invoke({ EndpointName: name, ...input }, body);
  return JSON.parse(Body.toString()) as Record<string, unknown>;
}

async function refusal(asked: Promise<unknown>): Promise<AwsError> {
  const error: unknown = await asked.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof AwsError)) throw new Error(`was not refused: ${String(error)}`);
  return error;
}

/** All living processes of this file's emulator. */
const findOwnProcesses = (): number[] => findMarked((marker) => marker.startsWith(nameFolder(sagemaker.world.folder)));

const isGone = async (name: string): Promise<boolean> =>
  sagemaker.ask('DescribeEndpoint', { EndpointName: name }).then(
    () => false,
    (error: unknown) => error instanceof AwsError && error.message === `Could not find endpoint "${ARN}/${name}".`,
  );

test('an endpoint serves its model, logs, and is gone with its processes when deleted', async () => {
  const endpoint = await createEndpoint('serving', await containerOf('weights'));
  expect(endpoint).toMatchObject({
    EndpointArn: `${ARN}/serving`,
    EndpointStatus: 'InService',
    EndpointConfigName: 'serving',
    ProductionVariants: [
      {
        VariantName: 'AllTraffic',
        DeployedImages: [{ SpecifiedImage: 'scripted' }],
        CurrentWeight: 1,
        CurrentInstanceCount: 1,
        DesiredInstanceCount: 1,
      },
    ],
  });
  const input = { EndpointName: 'serving', ContentType: 'text/csv', Accept: 'application/json', CustomAttributes: 'a' };
  const answer = await sagemaker.invoke(input, '1,2');
  expect(JSON.parse(answer.Body.toString())).toMatchObject({
    model: 'weights',
    body: '1,2',
    contentType: 'text/csv',
    accept: 'application/json',
  });
  expect(answer).toMatchObject({
    ContentType: 'application/json',
    InvokedProductionVariant: 'AllTraffic',
    CustomAttributes: 'seen:a',
  });
  await until(
    () => sagemaker.readLog('/aws/sagemaker/Endpoints/serving', 'AllTraffic/i-').includes('invoked with 1,2'),
    {
      what: 'the log of the invocation',
    },
  );

  const taken = await refusal(
    sagemaker.ask('CreateEndpoint', { EndpointName: 'serving', EndpointConfigName: 'serving' }),
  );
  expect(taken.message).toBe(`Cannot create already existing endpoint "${ARN}/serving".`);
  // Config and model may go first: the endpoint does not need them any more.
  await sagemaker.ask('DeleteEndpointConfig', { EndpointConfigName: 'serving' });
  await sagemaker.ask('DeleteModel', { ModelName: 'serving' });
  expect(await predict('serving', 'still')).toMatchObject({ body: 'still' });

  sagemaker.phases.Deleting = 3_600_000;
  await sagemaker.ask('DeleteEndpoint', { EndpointName: 'serving' });
  expect(await sagemaker.ask('DescribeEndpoint', { EndpointName: 'serving' })).toMatchObject({
    EndpointStatus: 'Deleting',
  });
  expect((await refusal(sagemaker.ask('DeleteEndpoint', { EndpointName: 'serving' }))).message).toBe(
    `Cannot update in-progress endpoint "${ARN}/serving".`,
  );
  expect((await refusal(sagemaker.invoke({ EndpointName: 'serving' }, ''))).code).toBe('ValidationError');
  sagemaker.phases.Deleting = 0;
  await until(() => isGone('serving'), { what: 'the end of the endpoint' });
  expect(findOwnProcesses()).toEqual([]);
});

describe('an endpoint fails', () => {
  const cases: [string, () => object | Promise<object>, string][] = [
    ['whose serving process ends', () => ({ Environment: { BEHAVIOUR: 'exits' } }), PING_FAILED],
    ['whose image nobody knows', () => ({ Image: 'no-such-image' }), "The image 'no-such-image' does not exist."],
    [
      'whose model data is missing',
      () => ({ ModelDataUrl: `s3://${BUCKET}/none.tar.gz` }),
      `Failed to download model data for container "container_1" from URL: "s3://${BUCKET}/none.tar.gz".`,
    ],
    [
      'whose model data would be written elsewhere',
      async () => {
        await sagemaker.put('hostile.tar.gz', makeTarGz([{ path: '../../../escaped', content: 'x' }]));
        return { ModelDataUrl: `s3://${BUCKET}/hostile.tar.gz` };
      },
      `Failed to extract model data archive for container "container_1" from URL "s3://${BUCKET}/hostile.tar.gz".`,
    ],
  ];
  test.each(cases)('%s', async (what, makeContainer, reason) => {
    const name = `fails-${what.replaceAll(/\W/g, '-')}`;
    const endpoint = await createEndpoint(name, await makeContainer());
    expect(endpoint.EndpointStatus).toBe('Failed');
    expect(endpoint.FailureReason).toContain(reason);
    expect((await refusal(sagemaker.invoke({ EndpointName: name }, ''))).message).toBe(
      `Endpoint ${name} of account 123456789012 not found.`,
    );
    const update = { EndpointName: name, EndpointConfigName: name };
    expect((await refusal(sagemaker.ask('UpdateEndpoint', update))).code).toBe('ValidationException');
    await sagemaker.ask('DeleteEndpoint', { EndpointName: name });
    await until(() => isGone(name), { what: 'its deletion' });
  });

  test('that does not answer pings in the time it has', async () => {
    const container = { Environment: { BEHAVIOUR: 'unhealthy' } };
    const endpoint = await createEndpoint('unhealthy', container, { ContainerStartupHealthCheckTimeoutInSeconds: 1 });
    expect(endpoint).toMatchObject({ EndpointStatus: 'Failed', FailureReason: PING_FAILED });
    expect(findOwnProcesses()).toEqual([]);
  });
});

test('a serverless endpoint is served by a process too; an asynchronous one answers nobody who asks', async () => {
  const serverless = {
    InstanceType: undefined,
    InitialInstanceCount: undefined,
    ServerlessConfig: { MemorySizeInMB: 1024, MaxConcurrency: 1 },
  };
  const endpoint = await createEndpoint('serverless', await containerOf('small'), serverless);
  expect(endpoint).toMatchObject({
    EndpointStatus: 'InService',
    ProductionVariants: [{ CurrentServerlessConfig: serverless.ServerlessConfig }],
  });
  expect(await predict('serverless', 'hello')).toMatchObject({ model: 'small', body: 'hello' });

  await sagemaker.ask('CreateEndpointConfig', {
    EndpointConfigName: 'asynchronous',
    ProductionVariants: [
      { VariantName: 'AllTraffic', ModelName: 'serverless', InstanceType: 'ml.t2.medium', InitialInstanceCount: 1 },
    ],
    AsyncInferenceConfig: { OutputConfig: { S3OutputPath: `s3://${BUCKET}/answers` } },
  });
  await sagemaker.ask('UpdateEndpoint', { EndpointName: 'serverless', EndpointConfigName: 'asynchronous' });
  await untilSettled(sagemaker, 'serverless');
  expect(await refusal(predict('serverless', 'hello'))).toMatchObject({ code: 'ValidationError' });
});

test('an endpoint that is being created can neither be changed nor deleted nor invoked', async () => {
  sagemaker.phases.Creating = 3_600_000;
  await createModelAndConfig(sagemaker, 'creating', {});
  const endpoint = { EndpointName: 'creating', EndpointConfigName: 'creating' };
  await sagemaker.ask('CreateEndpoint', endpoint);
  const inProgress = `Cannot update in-progress endpoint "${ARN}/creating".`;
  expect((await refusal(sagemaker.ask('DeleteEndpoint', endpoint))).message).toBe(inProgress);
  expect((await refusal(sagemaker.ask('UpdateEndpoint', endpoint))).message).toBe(inProgress);
  const invoked = await refusal(sagemaker.invoke(endpoint, ''));
  expect([invoked.code, invoked.message]).toEqual([
    'ValidationError',
    'Endpoint creating of account 123456789012 not found.',
  ]);
  sagemaker.phases.Creating = 0;
  expect(await untilSettled(sagemaker, 'creating')).toMatchObject({ EndpointStatus: 'InService' });
});

describe('an update', () => {
  test('leaves no invocation unanswered, and the old process is gone afterwards', async () => {
    await createEndpoint('updated', await containerOf('old'));
    await createModelAndConfig(sagemaker, 'updated-to', await containerOf('new'));
    sagemaker.phases.Updating = 3_600_000;
    await sagemaker.ask('UpdateEndpoint', { EndpointName: 'updated', EndpointConfigName: 'updated-to' });
    expect(await sagemaker.ask('DescribeEndpoint', { EndpointName: 'updated' })).toMatchObject({
      EndpointStatus: 'Updating',
      EndpointConfigName: 'updated',
      PendingDeploymentSummary: { EndpointConfigName: 'updated-to' },
    });
    const again = { EndpointName: 'updated', EndpointConfigName: 'updated-to' };
    expect((await refusal(sagemaker.ask('UpdateEndpoint', again))).message).toContain('in-progress');
    expect(await predict('updated', 'x')).toMatchObject({ model: 'old' });
    sagemaker.phases.Updating = 0;
    const models = new Set<unknown>();
    await until(
      async () => {
        models.add((await predict('updated', 'x')).model);
        return models.has('new');
      },
      { what: 'the new model', intervalMs: 5 },
    );
    expect([...models].at(-1)).toBe('new');
    const endpoint = await untilSettled(sagemaker, 'updated');
    expect(endpoint).toMatchObject({ EndpointStatus: 'InService', EndpointConfigName: 'updated-to' });
    expect(endpoint).not.toHaveProperty('PendingDeploymentSummary');
    expect((await refusal(sagemaker.ask('UpdateEndpoint', again))).code).toBe('ValidationException');
    await sagemaker.ask('DeleteEndpoint', { EndpointName: 'updated' });
    await until(() => isGone('updated'), { what: 'its deletion' });
  });

  test('that fails is rolled back: the old model serves on, and the reason is told', async () => {
    await createEndpoint('rolled-back', await containerOf('good'));
    await createModelAndConfig(sagemaker, 'rolled-back-from', { Environment: { BEHAVIOUR: 'exits' } });
    sagemaker.phases.Updating = 2_000;
    await sagemaker.ask('UpdateEndpoint', { EndpointName: 'rolled-back', EndpointConfigName: 'rolled-back-from' });
    const seen = new Set<unknown>();
    await until(
      async () => {
        const endpoint: Record<string, unknown> = await sagemaker.ask('DescribeEndpoint', {
          EndpointName: 'rolled-back',
        });
        seen.add(endpoint.EndpointStatus);
        await predict('rolled-back', 'x');
        return endpoint.EndpointStatus === 'InService';
      },
      { what: 'the end of the update', intervalMs: 5 },
    );
    expect([...seen]).toEqual(['Updating', 'RollingBack', 'InService']);
    expect(await sagemaker.ask('DescribeEndpoint', { EndpointName: 'rolled-back' })).toMatchObject({
      EndpointConfigName: 'rolled-back',
      FailureReason: PING_FAILED,
    });
    expect(await predict('rolled-back', 'x')).toMatchObject({ model: 'good' });
    // A later success takes the reason away.
    await createModelAndConfig(sagemaker, 'rolled-forward', await containerOf('better'));
    await sagemaker.ask('UpdateEndpoint', { EndpointName: 'rolled-back', EndpointConfigName: 'rolled-forward' });
    expect(await untilSettled(sagemaker, 'rolled-back')).not.toHaveProperty('FailureReason');
  });
});

describe('an invocation', () => {
  beforeAll(async () => {
    await createEndpoint('invoked', await containerOf('invoked'));
  });

  test.each([
    ['client', 400],
    ['server', 503],
  ])('that the model refuses with a %s error is a ModelError with the model’s own words', async (fault, status) => {
    const error = await refusal(predict('invoked', `status ${String(status)} bad "row"`));
    expect([error.code, error.status]).toEqual(['ModelError', 424]);
    expect(error.message).toContain(
      `Received ${fault} error (${String(status)}) from primary with message "bad "row"".`,
    );
    expect(error.fields).toEqual({
      OriginalStatusCode: status,
      OriginalMessage: 'bad "row"',
      LogStreamArn: 'arn:aws:logs:us-east-1:123456789012:log-group:/aws/sagemaker/Endpoints/invoked',
    });
  });

  test('that is not answered in time is a ModelError', async () => {
    const error = await refusal(predict('invoked', 'never'));
    expect(error.code).toBe('ModelError');
    expect(error.message).toContain('Your invocation timed out');
  });

  test('may be six megabytes long and no longer', async () => {
    const largest = 'x'.repeat(6 * 2 ** 20);
    // The answer holds more than the question, and is held to the same limit.
    expect((await refusal(predict('invoked', largest))).message).toContain('The answer is longer');
    const error = await refusal(predict('invoked', `${largest}x`));
    expect([error.code, error.message]).toEqual([
      'ValidationError',
      "1 validation error detected: Value at 'body' failed to satisfy constraint: Member must have length less than or " +
        'equal to 6291456',
    ]);
  });

  test('of an endpoint or a variant that is not there is refused', async () => {
    expect((await refusal(predict('nowhere', ''))).message).toBe('Endpoint nowhere of account 123456789012 not found.');
    expect((await refusal(predict('invoked', '', { TargetVariant: 'Other' }))).code).toBe('ValidationError');
  });

  test('that crashes the process is answered with 503, and another process takes over', async () => {
    const error = await refusal(predict('invoked', 'crash'));
    expect([error.code, error.status]).toEqual(['ServiceUnavailable', 503]);
    await until(async () => predict('invoked', 'after'), { what: 'another process' });
    expect(await sagemaker.ask('DescribeEndpoint', { EndpointName: 'invoked' })).toMatchObject({
      EndpointStatus: 'InService',
    });
  });
});

test('variants answer by weight and by name', async () => {
  const name = 'variants';
  for (const model of ['light', 'heavy', 'idle']) {
    await sagemaker.ask('CreateModel', {
      ModelName: model,
      ExecutionRoleArn: 'arn:aws:iam::123456789012:role/server',
      PrimaryContainer: { Image: 'scripted', ...(await containerOf(model)) },
    });
  }
  const variant = (model: string, weight: number): object => ({
    VariantName: model,
    ModelName: model,
    InstanceType: 'ml.t2.medium',
    InitialInstanceCount: 2,
    InitialVariantWeight: weight,
  });
  await sagemaker.ask('CreateEndpointConfig', {
    EndpointConfigName: name,
    ProductionVariants: [variant('light', 1), variant('heavy', 9), variant('idle', 0)],
  });
  await sagemaker.ask('CreateEndpoint', { EndpointName: name, EndpointConfigName: name });
  expect(await untilSettled(sagemaker, name)).toMatchObject({
    ProductionVariants: [{ CurrentInstanceCount: 2 }, { CurrentWeight: 9 }, { CurrentWeight: 0 }],
  });
  expect(await predict(name, '', { TargetVariant: 'idle' })).toMatchObject({ model: 'idle' });
  const counts: Record<string, number> = {};
  for (let index = 0; index < 60; index++) {
    const { model } = await predict(name, '');
    counts[String(model)] = (counts[String(model)] ?? 0) + 1;
  }
  expect(counts.heavy).toBeGreaterThan(counts.light ?? 0);
  expect(counts.idle).toBeUndefined();
});

test('uncompressed model data is served as it lies in S3', async () => {
  await sagemaker.put('plain-model/model.txt', 'plain');
  const source = { S3Uri: `s3://${BUCKET}/plain-model/`, S3DataType: 'S3Prefix', CompressionType: 'None' };
  await createEndpoint('plain', { ModelDataSource: { S3DataSource: source } });
  expect(await predict('plain', '')).toMatchObject({ model: 'plain' });
});

test('an update that the emulator’s end interrupts goes on in the next life', async () => {
  const first = await openSageMakerWorld({ phases: { Updating: 3_600_000 } });
  await createModelAndConfig(first, 'one', { ModelDataUrl: await putModelData(first, 'one.tar.gz', 'one') });
  await createModelAndConfig(first, 'two', { ModelDataUrl: await putModelData(first, 'two.tar.gz', 'two') });
  await first.ask('CreateEndpoint', { EndpointName: 'moving', EndpointConfigName: 'one' });
  await untilSettled(first, 'moving');
  await first.ask('UpdateEndpoint', { EndpointName: 'moving', EndpointConfigName: 'two' });
  await first.close();
  const second = await openSageMakerWorld({ folder: first.world.folder });
  expect(await untilSettled(second, 'moving')).toMatchObject({
    EndpointStatus: 'InService',
    EndpointConfigName: 'two',
  });
  const { Body } = await second.invoke({ EndpointName: 'moving' }, '');
  expect(JSON.parse(Body.toString())).toMatchObject({ model: 'two' });
  await second.close();
  second.remove();
});
