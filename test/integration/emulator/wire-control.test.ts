/**
 * The control paths: the journal of calls, every fault before and after the effect, barriers, and the clock. Through the
 * functions that other tests use, and by plain HTTP where those would hide something.
 */
import {
  CreateTrainingJobCommand,
  DescribeTrainingJobCommand,
  ListTrainingJobsCommand,
  SageMakerClient,
  StopTrainingJobCommand,
} from '@aws-sdk/client-sagemaker';
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { ListBucketsCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import type { FaultRuleInput } from '../../../src/emulator/control/fault-rules';
import { AwsError } from '../../../src/emulator/world';
import { until } from '../../support/until';
import { ask } from '../../support/raw-http';
import { CREDENTIALS, handlers, REGION, startWireServer } from '../../support/wire-server';

let jobs: string[];
let server: Awaited<ReturnType<typeof startWireServer>>;
beforeEach(async () => {
  jobs = [];
  server = await startWireServer({
    sagemaker: handlers({
      CreateTrainingJob: ({ input }) => {
        if (jobs.includes(String(input.TrainingJobName))) throw new AwsError('ResourceInUse', 'already exists');
        jobs.push(String(input.TrainingJobName));
        return { TrainingJobArn: 'arn' };
      },
      DescribeTrainingJob: ({ input }) => ({ TrainingJobName: input.TrainingJobName, TrainingJobStatus: 'InProgress' }),
      ListTrainingJobs: () => ({ TrainingJobSummaries: [] }),
    }),
    sts: handlers({ GetCallerIdentity: () => ({ Account: '1' }) }),
    s3: handlers({
      ListBuckets: () => ({}),
      PutObject: async ({ body }) => {
        await body.toArray();
        return {};
      },
    }),
  });
});
afterEach(async () => {
  await server.close();
});

const create = (name: string, client: SageMakerClient = server.clients.sagemaker) =>
  client.send(
    new CreateTrainingJobCommand({
      TrainingJobName: name,
      RoleArn: 'arn:aws:iam::123456789012:role/r',
      OutputDataConfig: { S3OutputPath: 's3://b/o' },
    }),
  );
const describeJob = (name: string) =>
  server.clients.sagemaker.send(new DescribeTrainingJobCommand({ TrainingJobName: name }));

/** The journal in one line a call. */
const journal = async () =>
  (await server.control.calls()).map(
    ({ operation, resource, status, answered }) =>
      `${operation} ${String(resource)} ${String(status)}${answered ? '' : ' withheld'}`,
  );
const add = async (rule: FaultRuleInput) => (await server.control.addFaults([rule]))[0]?.id ?? '';

describe('the journal', () => {
  it('holds every call in its order, with what it was about and how it ended', async () => {
    await create('a');
    await expect(create('a')).rejects.toMatchObject({ name: 'ResourceInUse', message: 'already exists' });
    await describeJob('a');
    await server.clients.sagemaker.send(new ListTrainingJobsCommand({}));
    await server.clients.s3.send(new PutObjectCommand({ Bucket: 'b', Key: 'c/d e', Body: 'x' }));
    expect(await journal()).toEqual([
      'CreateTrainingJob a 200',
      'CreateTrainingJob a 400',
      'DescribeTrainingJob a 200',
      'ListTrainingJobs null 200',
      'PutObject b/c/d e 200',
    ]);
    const [first] = await server.control.calls();
    const fields = ['answered', 'operation', 'resource', 'status', 'time', 'userAgent'];
    expect(Object.keys(first ?? {}).sort()).toEqual(fields);
    expect(first?.userAgent).toMatch(/^aws-sdk-js\//);
    expect(first?.time).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  });

  it('can be read from a number on and for one operation, and tells the next number', async () => {
    for (const name of ['a', 'b', 'c']) await create(name);
    await describeJob('a');
    expect(await server.control.calls({ since: 2 })).toMatchObject([{ resource: 'c' }, { resource: 'a' }]);
    expect(await server.control.calls({ since: 1, operation: 'CreateTrainingJob' })).toHaveLength(2);
    const answer = await ask(server.url, { path: '/_emulator/calls?since=99' });
    expect([answer.body.trim(), answer.headers['x-emulator-next']]).toEqual(['[]', '4']);
    expect((await ask(server.url, { path: '/_emulator/calls?since=-1' })).status).toBe(400);
  });
});

describe('a fault', () => {
  it('throttles, in the words of each service', async () => {
    await add({ operation: '*', action: 'throttle', times: 3 });
    await expect(create('a')).rejects.toMatchObject({
      name: 'ThrottlingException',
      message: 'Rate exceeded',
      $metadata: { httpStatusCode: 400 },
    });
    await expect(server.clients.sts.send(new GetCallerIdentityCommand({}))).rejects.toMatchObject({
      name: 'Throttling',
    });
    await expect(server.clients.s3.send(new ListBucketsCommand({}))).rejects.toMatchObject({
      name: 'SlowDown',
      $metadata: { httpStatusCode: 503 },
    });
    await create('a');
    expect(await journal()).toEqual([
      'CreateTrainingJob a 400',
      'GetCallerIdentity null 400',
      'ListBuckets null 503',
      'CreateTrainingJob a 200',
    ]);
  });

  it('is survived by the retries of the SDK', async () => {
    await add({ operation: 'CreateTrainingJob', action: 'throttle', times: 2 });
    const client = new SageMakerClient({ endpoint: server.url, region: REGION, credentials: CREDENTIALS });
    await create('a', client);
    client.destroy();
    expect(jobs).toEqual(['a']);
  });

  it('answers an error before the effect', async () => {
    await add({
      operation: 'CreateTrainingJob',
      action: 'error',
      status: 403,
      code: 'AccessDeniedException',
      message: 'no',
    });
    await expect(create('a')).rejects.toMatchObject({
      name: 'AccessDeniedException',
      message: 'no',
      $metadata: { httpStatusCode: 403 },
    });
    expect(jobs).toEqual([]);
    expect(await journal()).toEqual(['CreateTrainingJob a 403']);
  });

  it('answers an error after the effect, whose true answer is withheld', async () => {
    await add({ operation: 'CreateTrainingJob', action: 'error', when: 'after' });
    await expect(create('a')).rejects.toMatchObject({ name: 'InternalFailure', $metadata: { httpStatusCode: 500 } });
    expect(jobs).toEqual(['a']);
    expect(await journal()).toEqual(['CreateTrainingJob a 200 withheld']);
  });

  it('answers a page that no service would send', async () => {
    const body = '<html>Bad gateway</html>';
    await add({ operation: 'DescribeTrainingJob', action: 'error', status: 502, body, contentType: 'text/html' });
    await expect(describeJob('a')).rejects.toMatchObject({ $metadata: { httpStatusCode: 502 } });
  });

  it('loses the answer after the effect', async () => {
    await add({ operation: 'CreateTrainingJob', action: 'lose', times: 1 });
    await expect(create('a')).rejects.toThrow('socket hang up');
    expect(jobs).toEqual(['a']);
    expect(await journal()).toEqual(['CreateTrainingJob a 200 withheld']);
    await expect(create('a')).rejects.toMatchObject({ name: 'ResourceInUse' });
  });

  it('loses the call before the effect where it is told to', async () => {
    await add({ operation: 'CreateTrainingJob', action: 'lose', when: 'before' });
    await expect(create('a')).rejects.toThrow('socket hang up');
    expect(jobs).toEqual([]);
    expect(await journal()).toEqual(['CreateTrainingJob a 0 withheld']);
  });

  it.each(['before', 'after'] as const)(
    'hangs %s the effect until the caller gives up or the rule goes',
    async (when) => {
      const id = await add({ operation: 'CreateTrainingJob', action: 'hang', when });
      const hanging = create('a');
      const ended = expect(hanging).rejects.toThrow('socket hang up');
      expect(await server.control.untilHeld(id)).toMatchObject({ operation: 'CreateTrainingJob', resource: 'a' });
      expect(jobs).toEqual(when === 'after' ? ['a'] : []);
      expect(await journal()).toEqual(when === 'after' ? ['CreateTrainingJob a 200 withheld'] : []);
      await server.control.clearFaults();
      await ended;
    },
  );

  it('after the effect leaves calls alone that had none', async () => {
    await create('a');
    const id = await add({ operation: 'CreateTrainingJob', action: 'hold', when: 'after' });
    await expect(create('a')).rejects.toMatchObject({ name: 'ResourceInUse' });
    expect(await server.control.faults()).toMatchObject([{ id, hits: 0 }]);
  });

  it('meets one resource and not another', async () => {
    await add({ operation: 'CreateTrainingJob', resource: 'bad-.*', action: 'error' });
    await create('good-1');
    await expect(create('bad-1')).rejects.toThrow();
  });
});

describe('a barrier', () => {
  it('holds a call before its effect', async () => {
    const id = await add({ operation: 'CreateTrainingJob', action: 'hold' });
    const waiting = server.control.untilHeld(id);
    const held = create('a');
    expect(await waiting).toMatchObject({ operation: 'CreateTrainingJob', resource: 'a' });
    expect(jobs).toEqual([]);
    await create('b');
    expect(await server.control.release(id)).toBe(1);
    await held;
    expect(jobs).toEqual(['b', 'a']);
    expect(await journal()).toEqual(['CreateTrainingJob b 200', 'CreateTrainingJob a 200']);
  });

  it('holds a call after its effect, and its answer is withheld for as long', async () => {
    const id = await add({ operation: 'CreateTrainingJob', action: 'hold', when: 'after' });
    const held = create('a');
    await server.control.untilHeld(id);
    expect(jobs).toEqual(['a']);
    expect(await journal()).toEqual(['CreateTrainingJob a 200 withheld']);
    expect(await server.control.faults()).toMatchObject([{ id, hits: 1, held: [{ resource: 'a' }] }]);
    await server.control.release(id);
    await held;
    expect(await journal()).toEqual(['CreateTrainingJob a 200']);
  });

  it('lets the effect happen although the caller has gone', async () => {
    const id = await add({ operation: 'CreateTrainingJob', action: 'hold' });
    const gone = new AbortController();
    const left = server.clients.sagemaker.send(
      new CreateTrainingJobCommand({
        TrainingJobName: 'a',
        RoleArn: 'arn:aws:iam::123456789012:role/r',
        OutputDataConfig: { S3OutputPath: 's3://b/o' },
      }),
      { abortSignal: gone.signal },
    );
    const ended = expect(left).rejects.toThrow();
    await server.control.untilHeld(id);
    gone.abort();
    await ended;
    await server.control.release(id);
    await until(() => jobs.length > 0, { what: 'the effect' });
    await until(async () => (await journal())[0] === 'CreateTrainingJob a 200 withheld', {
      what: 'the journal to say so',
    });
  });

  it('holds as many calls as it is told to', async () => {
    const id = await add({ operation: 'DescribeTrainingJob', action: 'hold', times: 2 });
    const held = [describeJob('a'), describeJob('b')];
    await until(async () => (await server.control.faults())[0]?.held.length === 2, { what: 'two held calls' });
    await describeJob('c');
    expect(await server.control.release(id)).toBe(2);
    await Promise.all(held);
  });

  it('says when nothing was held in time, and when there is no such rule', async () => {
    const id = await add({ operation: 'StopTrainingJob', action: 'hold' });
    await expect(server.control.untilHeld(id, 20)).rejects.toThrow('status=408');
    await expect(server.control.untilHeld('none')).rejects.toThrow('status=404');
    await expect(server.control.release('none')).rejects.toThrow('status=404');
    await expect(server.control.clearFaults('none')).rejects.toThrow('status=404');
    await server.control.clearFaults(id);
    expect(await server.control.faults()).toEqual([]);
    await expect(
      server.clients.sagemaker.send(new StopTrainingJobCommand({ TrainingJobName: 'a' })),
    ).rejects.toMatchObject({ name: 'UnknownOperationException' });
  });
});

describe('the control paths', () => {
  it('set the clock and answer it', async () => {
    const settings = await server.control.setClock({ phases: { Starting: 7 }, simulated: true });
    expect(settings).toMatchObject({ phases: { Starting: 7, Creating: 1000 }, simulated: true });
    expect(await server.control.clock()).toEqual(settings);
    await expect(server.control.setClock({ phases: { Starting: -1 } })).rejects.toThrow('phases.Starting');
  });

  it('take rules of outcomes, tell them, and let them go', async () => {
    const [first, second] = await server.control.addOutcomes([
      { kind: 'training job', id: 'mine', resource: 'a', end: { status: 'Stopped' } },
      { kind: 'endpoint', when: 'now', end: { status: 'OutOfService' } },
    ]);
    expect([first?.when, first?.lives, second?.id]).toEqual(['create', 0, 'outcome-1']);
    expect(await server.control.outcomes()).toEqual([first, second]);
    await expect(server.control.addOutcomes([{ kind: 'endpoint', end: { status: '' } }])).rejects.toThrow('status=400');
    await expect(server.control.clearOutcomes('none')).rejects.toThrow('status=404');
    await server.control.clearOutcomes('mine');
    expect(await server.control.outcomes()).toEqual([second]);
    await server.control.clearOutcomes();
    expect(await server.control.outcomes()).toEqual([]);
  });

  it.each([
    ['GET', 'nothing', '', 404],
    ['POST', 'outcomes', '{"rules":[{"kind":"model"}]}', 400],
    ['PUT', 'outcomes', '{}', 405],
    ['GET', '', '', 404],
    ['PUT', 'clock', '{}', 405],
    ['POST', 'calls', '{}', 405],
    ['POST', 'faults', '{', 400],
    ['POST', 'faults', '{"rules":[{"operation":"*"}]}', 400],
    ['POST', 'clock', '[]', 400],
    ['GET', 'faults/x?until=held', '', 404],
    ['POST', 'faults', ' '.repeat(1_100_000), 400],
  ])('answer %s %s with what is wrong', async (method, path, body, status) => {
    const headers = { 'content-type': 'application/json; charset=utf-8' };
    const answer = await ask(server.url, { method, path: `/_emulator/${path}`, headers, body });
    expect(answer.status).toBe(status);
    expect(JSON.parse(answer.body)).toEqual({ message: expect.stringMatching(/./) as string });
  });

  it('are not in the journal', async () => {
    await server.control.clock();
    expect(await journal()).toEqual([]);
  });
});
