/** Following the log of a training job, against the emulator's CloudWatch. */
import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  CreateLogStreamCommand,
  PutLogEventsCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import * as sdk from '@aws-sdk/client-cloudwatch-logs';
import { tailTrainingLogs, type LogLine, type RunProgress, type TailOptions } from '../../src/client';
import { followRun, type FollowOptions } from '../../src/client/follow-run';
import { followLogGroup } from '../../src/client/log-readings';
import { readLogGroup } from '../../src/client/log-streams';
import { emulatorControl, startEmulator, type Emulator, type EmulatorControl } from '../../src/emulator';
import { uniqueName } from '../support/rig';
import { until } from '../support/until';

const GROUP = '/aws/sagemaker/TrainingJobs';
const INTERVAL_MS = 20;
const JOB_BEGAN_MS = Date.now() - 60_000;

let emulator: Emulator;
let control: EmulatorControl;
let logs: CloudWatchLogsClient;
let aws: NonNullable<TailOptions['aws']>;
beforeAll(async () => {
  emulator = await startEmulator({ simulated: true });
  control = emulatorControl(emulator.url);
  aws = { endpoint: emulator.url, region: emulator.region, credentials: emulator.credentials, maxAttempts: 1 };
  logs = new CloudWatchLogsClient(aws);
});
afterAll(async () => {
  logs.destroy();
  await emulator.close();
});
afterEach(() => control.clearFaults());

/** Writes as a container would; `at` is in ms after the job began. */
async function write(job: string, host: string, lines: [at: number, message: string][]): Promise<void> {
  const logStreamName = `${job}/${host}`;
  const ignoreExisting = (error: Error): void => {
    if (error.name !== 'ResourceAlreadyExistsException') throw error;
  };
  await logs.send(new CreateLogGroupCommand({ logGroupName: GROUP })).catch(ignoreExisting);
  await logs.send(new CreateLogStreamCommand({ logGroupName: GROUP, logStreamName })).catch(ignoreExisting);
  const logEvents = lines.map(([at, message]) => ({ timestamp: JOB_BEGAN_MS + at, message }));
  await logs.send(new PutLogEventsCommand({ logGroupName: GROUP, logStreamName, logEvents }));
}

interface Tail {
  lines: LogLine[];
  troubles: string[];
  /** Ends the job. */
  end(): void;
  done: Promise<void>;
}

function startTail(trainingJobName: string, further: Partial<TailOptions> = {}): Tail {
  const lines: LogLine[] = [];
  const troubles: string[] = [];
  let end: () => void = () => undefined;
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  const done = tailTrainingLogs({
    trainingJobName,
    until: ended,
    onLine: (line) => lines.push(line),
    onTrouble: (trouble) => troubles.push(trouble),
    intervalMs: INTERVAL_MS,
    aws,
    ...further,
  });
  return { lines, troubles, end: () => end(), done };
}

const messages = ({ lines }: Tail): string[] => lines.map(({ message }) => message);

test('a log that is not there yet is waited for, and lines come as they are written', async () => {
  const job = uniqueName('late');
  const tail = startTail(job);
  await until(async () => (await control.calls({ operation: 'DescribeLogStreams' })).length > 2, {
    what: 'a few looks',
  });
  await write(job, 'algo-1-1700000000', [[1, 'first']]);
  await until(() => tail.lines.length === 1, { what: 'the first line' });
  await write(job, 'algo-1-1700000000', [[2, 'second']]);
  await until(() => tail.lines.length === 2, { what: 'the second line' });
  tail.end();
  await tail.done;
  expect(messages(tail)).toEqual(['first', 'second']);
  expect(tail.lines[0]).toMatchObject({ host: 'algo-1', stream: `${job}/algo-1-1700000000` });
  expect(tail.troubles).toEqual([]);
});

test('hosts are merged in the order of time, over more streams than one answer lists', async () => {
  const job = uniqueName('many');
  const hosts = Array.from({ length: 60 }, (_, index) => `algo-${String(index + 1)}`);
  await Promise.all(
    hosts.map((host, index) =>
      write(job, `${host}-1700000000`, [
        [index, `${host} a`],
        [100 + index, `${host} b`],
        [200 + index, `${host} c`],
      ]),
    ),
  );
  // Another job whose name begins alike is none of this one's.
  await write(`${job}-2`, 'algo-1-1700000000', [[0, 'foreign']]);
  const tail = startTail(job);
  tail.end();
  await tail.done;
  expect(messages(tail)).toEqual(['a', 'b', 'c'].flatMap((round) => hosts.map((host) => `${host} ${round}`)));
});

test('a long log is told whole and once, page by page', async () => {
  const job = uniqueName('long');
  const texts = Array.from({ length: 2_500 }, (_, index) => `line ${String(index)}`);
  await write(
    job,
    'algo-1-1',
    texts.map((text, index) => [index, text]),
  );
  const tail = startTail(job);
  tail.end();
  await tail.done;
  expect(messages(tail)).toEqual(texts);
});

test('trouble is told once, slows the reading down and loses no line', async () => {
  const job = uniqueName('trouble');
  const texts = Array.from({ length: 1_500 }, (_, index) => `line ${String(index)}`);
  await write(
    job,
    'algo-1-1',
    texts.map((text, index) => [index, text]),
  );
  await write(job, 'algo-2-1', [
    [700, 'other'],
    [5_000, 'last'],
  ]);
  // The second page of the first host fails: what was told of the first page is not told again.
  const resource = `${job}/algo-1-1`;
  await control.addFaults([{ id: 'first-page', operation: 'GetLogEvents', resource, action: 'hold' }]);
  const tail = startTail(job);
  await control.untilHeld('first-page');
  await control.addFaults([{ operation: 'GetLogEvents', resource, action: 'throttle', times: 3 }]);
  await control.release('first-page');
  await until(() => tail.lines.length === 1_502, { what: 'all lines' });
  tail.end();
  await tail.done;
  expect(messages(tail).filter((text) => text.startsWith('line'))).toEqual(texts);
  expect(new Set(messages(tail)).size).toBe(1_502);
  expect(tail.troubles).toHaveLength(1);
  expect(tail.troubles[0]).toContain('ThrottlingException');
});

test('sixty hosts are told whole and once, each in its order, though AWS throttles the calls for every fifth', async () => {
  const job = uniqueName('throttled');
  const hosts = Array.from({ length: 60 }, (_, index) => `algo-${String(index + 1)}`);
  await Promise.all(
    hosts.map((host) =>
      write(job, `${host}-1`, [
        [1, `${host} 1`],
        [2, `${host} 2`],
      ]),
    ),
  );
  // Three times as many calls as a reading makes for them; it gives up with the fifth that fails.
  const resource = `${job}/algo-\\d*[05]-1`;
  await control.addFaults([{ id: 'some', operation: 'GetLogEvents', resource, action: 'throttle', times: 36 }]);
  const tail = startTail(job);
  await until(() => tail.lines.length >= 120, { what: 'all lines', limitMs: 20_000 });
  expect((await control.faults())[0]).toMatchObject({ id: 'some', hits: 36 });
  tail.end();
  await tail.done;
  expect(new Set(messages(tail)).size).toBe(120);
  expect(tail.lines).toHaveLength(120);
  for (const host of hosts) {
    expect(messages(tail).filter((text) => text.startsWith(`${host} `))).toEqual([`${host} 1`, `${host} 2`]);
  }
});

test('streams are listed no more once every host has one, but at the end, for those that were started anew', async () => {
  const job = uniqueName('listed');
  await write(job, 'algo-1-100', [[1, 'one']]);
  const tail = startTail(job, { hostCount: 2 });
  await until(() => tail.lines.length === 1, { what: 'the first host' });
  await write(job, 'algo-2-100', [[2, 'two']]);
  await until(() => tail.lines.length === 2, { what: 'the second host' });
  const since = (await control.calls()).length;
  const countOf = async (operation: string) => (await control.calls({ since, operation })).length;
  await until(async () => (await countOf('GetLogEvents')) > 40, { what: 'twenty readings' });
  const lists = await countOf('DescribeLogStreams');
  expect(lists).toBeLessThanOrEqual(1);
  // An interrupted host begins anew, under another stream.
  await write(job, 'algo-2-200', [[3, 'two again']]);
  tail.end();
  await tail.done;
  expect(messages(tail)).toEqual(['one', 'two', 'two again']);
});

test('throttling after the end hides no lines', async () => {
  const job = uniqueName('end');
  await write(job, 'algo-1-1', [[1, 'last words']]);
  await control.addFaults([{ operation: 'GetLogEvents', action: 'throttle', times: 1 }]);
  const tail = startTail(job);
  tail.end();
  await tail.done;
  expect(messages(tail)).toEqual(['last words']);
  expect(tail.troubles).toHaveLength(1);
});

test('a log that cannot be read after the end is given up, though its streams are still listed', async () => {
  const job = uniqueName('unread');
  await write(job, 'algo-1-1', [[1, 'never told']]);
  await control.addFaults([{ operation: 'GetLogEvents', action: 'throttle' }]);
  const troubles: string[] = [];
  const since = (await control.calls()).length;
  await followLogGroup(readLogGroup(sdk, logs, { group: GROUP, streamPrefix: `${job}/` }), {
    intervalMs: INTERVAL_MS,
    // As `logs RUN` follows: it does not know how many hosts there are, so it looks for new ones each time.
    hasAllHosts: () => false,
    ended: () => true,
    onEvent: () => undefined,
    pauseFor: () => Promise.resolve(),
    isAborted: () => false,
    nowMs: () => performance.now(),
    tell: (trouble) => troubles.push(trouble),
  });
  expect(troubles.at(-1)).toBe('the end of the log may be missing');
  expect(await control.calls({ since, operation: 'GetLogEvents' })).toHaveLength(5);
});

test('a log group that is not there for a long time changes nothing, and one that never comes is a note', async () => {
  const job = uniqueName('very-late');
  await write(job, 'algo-1-1', [[1, 'at last']]);
  await control.addFaults([
    {
      operation: 'DescribeLogStreams',
      action: 'error',
      status: 400,
      code: 'ResourceNotFoundException',
      message: 'The specified log group does not exist.',
      times: 40,
    },
  ]);
  const late = startTail(job);
  await until(() => late.lines.length === 1, { what: 'the line' });
  late.end();
  const never = startTail(uniqueName('never'));
  never.end();
  await Promise.all([late.done, never.done]);
  expect(late.troubles).toEqual([]);
  expect(never.lines).toEqual([]);
  expect(never.troubles).toEqual([expect.stringMatching(/^there is no log: .* \[job=never-/)]);
});

test('a refusal ends the reading and fails nothing', async () => {
  await control.addFaults([
    {
      operation: 'DescribeLogStreams',
      action: 'error',
      status: 400,
      code: 'AccessDeniedException',
      message: 'no logs:DescribeLogStreams',
    },
  ]);
  const tail = startTail(uniqueName('denied'));
  await tail.done;
  expect(tail.troubles).toEqual([expect.stringContaining('no logs:DescribeLogStreams')]);
});

test('the reading ends at once by its signal, whatever it waits for', async () => {
  await control.addFaults([{ id: 'hung', operation: 'DescribeLogStreams', action: 'hang' }]);
  const left = new AbortController();
  const tail = startTail(uniqueName('left'), { signal: left.signal });
  await until(async () => (await control.faults()).some(({ id, hits }) => id === 'hung' && hits > 0), {
    what: 'the call that hangs',
  });
  left.abort();
  await tail.done;
  expect(tail.troubles).toEqual([]);
});

test('a listener that throws ends its own reading only', async () => {
  const job = uniqueName('thrower');
  await write(job, 'algo-1-1', [[1, 'x']]);
  const tail = startTail(job, {
    onLine: () => {
      throw new Error('my own mistake');
    },
  });
  await tail.done;
  expect(tail.troubles).toEqual([expect.stringContaining('my own mistake')]);
});

describe('beside a run', () => {
  const RESULT = { trainingJobName: 'told by the run' };
  const PROGRESS: RunProgress = {
    stage: 'Training',
    ledger: [],
    attempts: {},
    links: {},
    warnings: [],
    live: true,
  };

  /** Follows a run that tells this progress and has ended then. */
  async function follow(steps: Partial<RunProgress>[], further: Partial<FollowOptions> = {}) {
    const lines: string[] = [];
    const notices: string[] = [];
    const run = {
      result: () => Promise.resolve(RESULT as never),
      async *watch() {
        for (const step of steps) {
          yield { ...PROGRESS, ...step };
          await Promise.resolve();
        }
      },
    };
    const result = await followRun<'fit'>(run, {
      logs: ({ message }) => lines.push(message),
      hostCount: 1,
      onNotice: (notice) => notices.push(notice),
      intervalMs: INTERVAL_MS,
      aws,
      ...further,
    });
    expect(result).toBe(RESULT);
    return { lines, notices };
  }

  const jobOf = (name: string, status?: string): RunProgress['trainingJob'] => ({
    name,
    transitions: [],
    metrics: [],
    ...(status !== undefined && { status }),
  });

  test('the log of a run that has ended is told though no worker is alive, and that is noticed', async () => {
    const job = uniqueName('ended');
    await write(job, 'algo-1-1', [[1, 'all of it']]);
    const { lines, notices } = await follow([
      { stage: 'Done', trainingJob: jobOf(job), live: false, notice: 'no worker is alive' },
    ]);
    expect(lines).toEqual(['all of it']);
    expect(notices).toEqual(['no worker is alive']);
  });

  test('nothing is read of a job that the worker has not made yet', async () => {
    const since = (await control.calls()).length;
    expect(await follow([{ trainingJob: jobOf(uniqueName('planned')) }])).toEqual({ lines: [], notices: [] });
    expect(await control.calls({ since })).toEqual([]);
  });

  test.each([
    ['CloudWatch hangs', {}],
    ['credentials never come', { credentials: () => new Promise<never>(() => undefined) }],
  ])('where %s, the log is left and the run’s result told', async (_what, further) => {
    await control.addFaults([{ operation: 'DescribeLogStreams', action: 'hang' }]);
    const progress = { stage: 'Done' as const, trainingJob: jobOf(uniqueName('hung'), 'Completed') };
    const { notices } = await follow([progress], { aws: { ...aws, ...further }, silenceLimitMs: 100 });
    expect(notices).toEqual(['the log is left unread: nothing came for 0.1 s after the end']);
  });
});
