/**
 * Faults that spoil an answer: stale, rewritten, late, cut off, reset. Over a real socket, as the SDK meets them; the
 * other faults are in `wire-control.test.ts`.
 */
import {
  CreateTrainingJobCommand,
  DeleteTrainingJobCommand,
  DescribeTrainingJobCommand,
  SageMakerClient,
} from '@aws-sdk/client-sagemaker';
import { GetObjectCommand } from '@aws-sdk/client-s3';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { Readable } from 'node:stream';
import type { FaultRuleInput } from '../../../src/emulator/control/fault-rules';
import { AwsError } from '../../../src/emulator/world';
import { until } from '../../support/until';
import { CREDENTIALS, handlers, REGION, startWireServer } from '../../support/wire-server';

const CREATED = new Date('2026-05-04T10:00:00Z');
const OBJECT = Buffer.alloc(200_000, 'x');

let statuses: Map<string, string>;
let nowMs: number;
let server: Awaited<ReturnType<typeof startWireServer>>;
beforeEach(async () => {
  statuses = new Map();
  nowMs = Date.now();
  const named = (input: Record<string, unknown>) => String(input.TrainingJobName);
  server = await startWireServer(
    {
      sagemaker: handlers({
        CreateTrainingJob: ({ input }) => {
          statuses.set(named(input), 'Starting');
          return { TrainingJobArn: `arn of ${named(input)}` };
        },
        DeleteTrainingJob: ({ input }) => {
          statuses.delete(named(input));
          return {};
        },
        DescribeTrainingJob: ({ input }) => {
          const SecondaryStatus = statuses.get(named(input));
          if (SecondaryStatus === undefined) throw new AwsError('ValidationException', 'Requested resource not found.');
          return {
            TrainingJobName: input.TrainingJobName,
            TrainingJobStatus: 'InProgress',
            SecondaryStatus,
            CreationTime: CREATED,
            ModelArtifacts: { S3ModelArtifacts: 's3://b/m' },
          };
        },
      }),
      s3: handlers({
        GetObject: () => ({ Body: Readable.from([OBJECT]), ContentLength: OBJECT.byteLength }),
      }),
    },
    { nowMs: () => nowMs },
  );
});
afterEach(async () => {
  await server.close();
});

const send = (command: CreateTrainingJobCommand | DescribeTrainingJobCommand | DeleteTrainingJobCommand) =>
  server.clients.sagemaker.send(command as DescribeTrainingJobCommand);
const create = (TrainingJobName = 'a') =>
  send(
    new CreateTrainingJobCommand({
      TrainingJobName,
      RoleArn: 'arn:aws:iam::123456789012:role/r',
      OutputDataConfig: { S3OutputPath: 's3://b/o' },
    }),
  );
const describeJob = (TrainingJobName = 'a') => send(new DescribeTrainingJobCommand({ TrainingJobName }));
const statusOf = async (name = 'a') => (await describeJob(name)).SecondaryStatus;
const add = async (rule: Omit<FaultRuleInput, 'operation'> & { operation?: string }) =>
  (await server.control.addFaults([{ operation: 'DescribeTrainingJob', ...rule }]))[0]?.id ?? '';
const journal = async () =>
  (await server.control.calls()).map(
    ({ operation, status, answered }) => `${operation} ${String(status)}${answered ? '' : ' withheld'}`,
  );

describe('a stale read', () => {
  it('goes back by distinct answers, and no further than the first', async () => {
    await create();
    for (const status of ['Starting', 'Downloading', 'Training']) {
      statuses.set('a', status);
      for (let read = 0; read < 2; read++) expect(await statusOf()).toBe(status);
    }
    await add({ id: 'one', action: 'stale' });
    expect(await statusOf()).toBe('Downloading');
    await server.control.clearFaults('one');
    await add({ id: 'two', action: 'stale', back: 2 });
    expect(await statusOf()).toBe('Starting');
    await server.control.clearFaults('two');
    await add({ action: 'stale', back: 50 });
    await expect(statusOf()).rejects.toThrow('Requested resource not found.');
    await server.control.clearFaults();
    expect(await statusOf()).toBe('Training');
  });

  it('does not know yet of what has just been made, though nobody has looked before', async () => {
    await create();
    await add({ action: 'stale', times: 1 });
    await expect(statusOf()).rejects.toMatchObject({ name: 'ValidationException' });
    expect(await statusOf()).toBe('Starting');
    expect(await journal()).toEqual([
      'CreateTrainingJob 200',
      'DescribeTrainingJob 200 withheld',
      'DescribeTrainingJob 200',
    ]);
  });

  it('still knows what has just been deleted', async () => {
    await create();
    await send(new DeleteTrainingJobCommand({ TrainingJobName: 'a' }));
    await add({ action: 'stale', times: 1 });
    expect(await statusOf()).toBe('Starting');
    await expect(statusOf()).rejects.toThrow('Requested resource not found.');
  });

  it('tells how things stood so many ms ago', async () => {
    await create();
    await add({ action: 'stale', ageMs: 20_000 });
    await expect(statusOf()).rejects.toThrow('Requested resource not found.');
    nowMs += 19_000;
    await expect(statusOf()).rejects.toThrow('Requested resource not found.');
    statuses.set('a', 'Training');
    nowMs += 1_000;
    expect(await statusOf()).toBe('Starting');
    nowMs += 20_000;
    expect(await statusOf()).toBe('Training');
  });

  it('of something that nothing is remembered of is the true one', async () => {
    statuses.set('b', 'Training');
    await add({ action: 'stale', resource: 'b' });
    expect(await statusOf('b')).toBe('Training');
  });
});

describe('a rewritten answer', () => {
  it('says what no service does yet, and leaves out what the patch takes away', async () => {
    await create();
    const patch = {
      SecondaryStatus: 'Dreaming',
      TrainingJobStatus: null,
      ModelArtifacts: { S3ModelArtifacts: null },
      CreationTime: '2030-01-01T00:00:00Z',
      NotThere: 1,
    };
    await add({ action: 'rewrite', patch });
    const answer = await describeJob();
    expect(answer).toMatchObject({ SecondaryStatus: 'Dreaming', CreationTime: new Date('2030-01-01T00:00:00Z') });
    expect(Object.keys(answer).sort()).toEqual([
      '$metadata',
      'CreationTime',
      'ModelArtifacts',
      'SecondaryStatus',
      'TrainingJobName',
    ]);
    expect(answer.ModelArtifacts).toEqual({});
  });

  it('can be stale as well', async () => {
    await create();
    statuses.set('a', 'Training');
    await describeJob();
    await add({ action: 'stale' });
    await add({ action: 'rewrite', patch: { TrainingJobStatus: 'Unheard' } });
    expect(await describeJob()).toMatchObject({ SecondaryStatus: 'Starting', TrainingJobStatus: 'Unheard' });
  });
});

describe('an answer that is broken off', () => {
  it('by a reset before the effect has none', async () => {
    await add({ operation: 'CreateTrainingJob', action: 'reset', when: 'before' });
    await expect(create()).rejects.toThrow('ECONNRESET');
    expect(statuses.size).toBe(0);
    expect(await journal()).toEqual(['CreateTrainingJob 0 withheld']);
  });

  it.each([
    ['nothing', 'ECONNRESET'],
    ['half', 'aborted'],
  ] as const)('by a reset with %s sent is not heard', async (sent, reason) => {
    await add({ operation: 'CreateTrainingJob', action: 'reset', sent });
    await expect(create()).rejects.toThrow(reason);
    expect(statuses.size).toBe(1);
    expect(await journal()).toEqual(['CreateTrainingJob 200 withheld']);
  });

  it('by a reset behind the body is heard', async () => {
    await add({ operation: 'CreateTrainingJob', action: 'reset', sent: 'all' });
    expect(await create()).toMatchObject({ TrainingJobArn: 'arn of a' });
    expect(await journal()).toEqual(['CreateTrainingJob 200']);
  });

  it('by its end is not taken for a whole one', async () => {
    await add({ operation: 'CreateTrainingJob', action: 'truncate' });
    await expect(create()).rejects.toThrow();
    expect(statuses.size).toBe(1);
    expect(await journal()).toEqual(['CreateTrainingJob 200 withheld']);
  });

  it('in the middle of a stream ends it', async () => {
    await add({ operation: 'GetObject', action: 'truncate' });
    const { Body } = await server.clients.s3.send(new GetObjectCommand({ Bucket: 'b', Key: 'k' }));
    await expect(Body?.transformToByteArray()).rejects.toThrow();
  });

  it('by silence in its middle ends with the caller’s patience', async () => {
    const id = await add({ operation: 'CreateTrainingJob', action: 'hang', when: 'after', sent: 'half' });
    const impatient = new SageMakerClient({
      endpoint: server.url,
      region: REGION,
      credentials: CREDENTIALS,
      maxAttempts: 1,
      requestHandler: new NodeHttpHandler({ socketTimeout: 300 }),
    });
    await expect(
      impatient.send(
        new CreateTrainingJobCommand({
          TrainingJobName: 'a',
          RoleArn: 'arn:aws:iam::123456789012:role/r',
          OutputDataConfig: { S3OutputPath: 's3://b/o' },
        }),
      ),
    ).rejects.toThrow();
    impatient.destroy();
    await until(async () => (await server.control.faults())[0]?.held.length === 1, { what: `${id} to hold` });
    expect(await journal()).toEqual(['CreateTrainingJob 200 withheld']);
  });
});

describe('a success that is made up', () => {
  it('is told by the journal from one that is none', async () => {
    const made = {
      action: 'error',
      operation: 'CreateTrainingJob',
      status: 200,
      contentType: 'application/x-amz-json-1.1',
      times: 1,
    } as const;
    await add({ ...made, body: '' });
    expect((await create()).TrainingJobArn).toBeUndefined();
    expect(statuses.size).toBe(0);
    await add({ ...made, body: '{"TrainingJobArn":', when: 'after' });
    await expect(create()).rejects.toThrow();
    expect(statuses.size).toBe(1);
    expect(await journal()).toEqual(['CreateTrainingJob 0', 'CreateTrainingJob 200 withheld']);
  });
});

describe('a delay', () => {
  it('holds a call up for its time, and the next rule has its say', async () => {
    await add({ action: 'delay', ms: 3_600_000, operation: 'CreateTrainingJob', id: 'long' });
    await add({ action: 'error', operation: 'CreateTrainingJob', code: 'Tired' });
    const late = create();
    const refused = expect(late).rejects.toMatchObject({ name: 'Tired' });
    await server.control.untilHeld('long');
    await server.control.release('long');
    await refused;
    expect(statuses.size).toBe(0);
  });

  it('of few ms passes by itself', async () => {
    const id = await add({ action: 'delay', ms: 5, when: 'after' });
    await create();
    expect(await statusOf()).toBe('Starting');
    expect(await server.control.faults()).toMatchObject([{ id, hits: 1, held: [] }]);
    expect(await journal()).toEqual(['CreateTrainingJob 200', 'DescribeTrainingJob 200']);
  });
});

describe('a rule', () => {
  it.each([
    [{ action: 'delay' }, 'ms must be given'],
    [{ action: 'rewrite' }, 'patch must be given'],
    [{ action: 'rewrite', patch: [] }, 'patch must be an object'],
    [{ action: 'stale', back: 0 }, 'back must be a whole number from 1 to 50'],
    [{ action: 'stale', back: 1, ageMs: 1 }, 'back or ageMs, not both'],
    [{ action: 'stale', when: 'before' }, 'when must be after for stale'],
    [{ action: 'reset', when: 'before', sent: 'half' }, 'sent needs when to be after'],
    [{ action: 'hang', when: 'after', sent: 'all' }, 'sent may be all for reset alone'],
    [{ action: 'lose', sent: 'half' }, 'sent is only for reset and hang'],
    [{ action: 'throttle', patch: {} }, 'patch is only for rewrite'],
  ])('%j is refused with what is wrong', async (rule, message) => {
    await expect(add(rule as FaultRuleInput)).rejects.toThrow(message);
  });
});

describe('what AWS’s model does not let an answer be', () => {
  it('is told once for each operation and member, with the first resource', async () => {
    await create();
    statuses.set('a', 'Dreaming');
    statuses.set('b', 'Dreaming');
    await describeJob('a');
    await describeJob('b');
    const defects = (await server.control.defects()).filter(({ message }) => message.includes('Dreaming'));
    expect(defects).toMatchObject([{ operation: 'DescribeTrainingJob', resource: 'a' }]);
    expect(defects[0]?.message).toContain(
      "at 'secondaryStatus' failed to satisfy constraint: Member must satisfy enum",
    );
  });

  it('is none of the emulator’s where a fault or a script has it said', async () => {
    await create();
    const before = await server.control.defects();
    await add({ action: 'rewrite', patch: { SecondaryStatus: 'Rewritten' }, times: 1 });
    expect(await statusOf()).toBe('Rewritten');
    const steps = [{ secondaryStatus: 'Scripted', durationMs: 1 }];
    await server.control.addOutcomes([{ kind: 'training job', resource: 'a', steps }]);
    await server.control.clearOutcomes();
    statuses.set('a', 'Scripted');
    expect(await statusOf()).toBe('Scripted');
    const further = (await server.control.defects()).slice(before.length);
    expect(further.filter(({ message }) => /Rewritten|Scripted/.test(message))).toEqual([]);
  });
});
