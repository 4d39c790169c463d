/** CloudWatch Logs' operations: pages, tokens, order, filters and refusals. */
import { logsHandlers } from '../../../src/emulator/logs/handlers';
import { callHandler, makeTestWorld, START_MS, type TestWorld } from '../../support/emulator-world';

const logGroupName = '/aws/sagemaker/TrainingJobs';
const logStreamName = 'job/algo-1-1';
let fixture: TestWorld;
let call: (operation: string, input?: object) => Promise<Answer>;

interface Answer {
  events: { timestamp: number; message: string; logStreamName?: string; eventId?: string }[];
  nextForwardToken: string;
  nextBackwardToken: string;
  nextToken?: string;
  logStreams: { logStreamName: string }[];
  logGroups: { logGroupName: string }[];
  [member: string]: unknown;
}

beforeEach(() => {
  fixture = makeTestWorld();
  const handlers = logsHandlers(fixture.logs, fixture.world);
  call = async (operation, input = {}) =>
    (await callHandler(handlers, operation, { logGroupName, ...input })) as unknown as Answer;
});
afterEach(() => {
  fixture.remove();
});

const append = (stream: string, ...lines: [atMs: number, message: string][]) => {
  fixture.logs.append(
    logGroupName,
    stream,
    lines.map(([atMs, message]) => ({ timestamp: START_MS + atMs, message })),
  );
};
const get = (input: object = {}) => call('GetLogEvents', { logStreamName, ...input });
const messages = ({ events }: Answer) => events.map(({ message }) => message);

describe('GetLogEvents', () => {
  it('reads on from the head until the token stays the same, and on again when more has come', async () => {
    append(logStreamName, [0, 'a'], [1, 'b'], [2, 'c']);
    const first = await get({ startFromHead: true, limit: 2 });
    expect(first.events).toEqual([
      { timestamp: START_MS, message: 'a', ingestionTime: START_MS },
      { timestamp: START_MS + 1, message: 'b', ingestionTime: START_MS },
    ]);
    const second = await get({ startFromHead: true, nextToken: first.nextForwardToken });
    expect(messages(second)).toEqual(['c']);
    const end = await get({ startFromHead: true, nextToken: second.nextForwardToken });
    expect(end).toMatchObject({ events: [], nextForwardToken: second.nextForwardToken });
    append(logStreamName, [3, 'd']);
    const later = await get({ startFromHead: true, nextToken: end.nextForwardToken });
    expect(messages(later)).toEqual(['d']);
    expect(later.nextForwardToken).not.toBe(end.nextForwardToken);
  });

  it('answers the latest first where nobody asks for the head, and goes back from there', async () => {
    append(logStreamName, [0, 'a'], [1, 'b'], [2, 'c']);
    const latest = await get({ limit: 2 });
    expect(messages(latest)).toEqual(['b', 'c']);
    const before = await get({ nextToken: latest.nextBackwardToken });
    expect(messages(before)).toEqual(['a']);
    const start = await get({ nextToken: before.nextBackwardToken });
    expect(start).toMatchObject({ events: [], nextBackwardToken: before.nextBackwardToken });
    expect(messages(await get({ nextToken: before.nextForwardToken }))).toEqual(['b', 'c']);
  });

  it('keeps to a time, its end not included', async () => {
    append(logStreamName, [0, 'a'], [1, 'b'], [2, 'c'], [3, 'd']);
    const range = { startTime: START_MS + 1, endTime: START_MS + 3 };
    for (const startFromHead of [true, false])
      expect(messages(await get({ ...range, startFromHead }))).toEqual(['b', 'c']);
  });

  it('fills a page to 10,000 events and not further', async () => {
    const lines = Array.from({ length: 10_001 }, (_, at): [number, string] => [at, 'x']);
    append(logStreamName, ...lines);
    const first = await get({ startFromHead: true });
    expect(first.events).toHaveLength(10_000);
    expect((await get({ nextToken: first.nextForwardToken })).events).toHaveLength(1);
  });

  it('fills a page to 1 MB and not further', async () => {
    const big = 'x'.repeat(200 * 1024);
    append(logStreamName, ...Array.from({ length: 7 }, (_, at): [number, string] => [at, big]));
    const first = await get({ startFromHead: true });
    expect(first.events).toHaveLength(5);
    expect((await get({ nextToken: first.nextForwardToken })).events).toHaveLength(2);
  });

  it('refuses tokens that name no place in the stream', async () => {
    append(logStreamName, [0, 'a'], [1, 'b']);
    const zeros = '0'.repeat(53);
    for (const nextToken of ['nonsense', `f/${zeros}999/s`, `f/${zeros}060/s`, `f/${zeros}000/s`]) {
      await expect(get({ nextToken })).rejects.toMatchObject({ code: 'InvalidParameterException' });
    }
  });

  it('tells a missing group from a missing stream', async () => {
    const missing = { code: 'ResourceNotFoundException', status: 400 };
    await expect(get()).rejects.toMatchObject({ ...missing, message: 'The specified log group does not exist.' });
    await call('CreateLogGroup');
    await expect(get()).rejects.toMatchObject({ ...missing, message: 'The specified log stream does not exist.' });
    await call('CreateLogStream', { logStreamName });
    expect(await get()).toMatchObject({ events: [] });
    const logGroupIdentifier = `arn:aws:logs:us-east-1:123456789012:log-group:${logGroupName}`;
    expect(await get({ logGroupName: undefined, logGroupIdentifier })).toMatchObject({ events: [] });
  });
});

describe('DescribeLogStreams', () => {
  it('answers 50 at a time, by name, those of the prefix', async () => {
    for (let at = 0; at < 120; at += 1) append(`job/algo-${String(at).padStart(3, '0')}`, [at, 'x']);
    append('other/algo-1', [0, 'x']);
    const names: string[] = [];
    const sizes: number[] = [];
    let nextToken: string | undefined;
    do {
      const page = await call('DescribeLogStreams', { logStreamNamePrefix: 'job/', nextToken });
      names.push(...page.logStreams.map((stream) => stream.logStreamName));
      sizes.push(page.logStreams.length);
      nextToken = page.nextToken;
    } while (nextToken !== undefined && sizes.length < 10);
    expect(sizes).toEqual([50, 50, 20]);
    expect(names).toEqual([...names].sort());
    expect(new Set(names).size).toBe(120);
  });

  it('tells when each stream began and spoke first and last', async () => {
    append('b', [5, 'x'], [9, 'y']);
    const { logStreams } = await call('DescribeLogStreams');
    expect(logStreams).toMatchObject([
      { creationTime: START_MS, firstEventTimestamp: START_MS + 5, lastEventTimestamp: START_MS + 9, storedBytes: 0 },
    ]);
  });

  it('orders by the last event as well, in either direction, page by page', async () => {
    append('c', [1, 'x']);
    append('a', [3, 'x']);
    append('b', [2, 'x']);
    const names = async (input: object) => {
      const first = await call('DescribeLogStreams', { orderBy: 'LastEventTime', limit: 2, ...input });
      const second = await call('DescribeLogStreams', {
        orderBy: 'LastEventTime',
        limit: 2,
        nextToken: first.nextToken,
        ...input,
      });
      return [...first.logStreams, ...second.logStreams].map((stream) => stream.logStreamName).join('');
    };
    expect(await names({})).toBe('cba');
    expect(await names({ descending: true })).toBe('abc');
    await expect(names({ logStreamNamePrefix: 'a' })).rejects.toMatchObject({ code: 'InvalidParameterException' });
  });
});

it('describes log groups by prefix and by pattern', async () => {
  for (const name of ['/aws/sagemaker/Endpoints/e', logGroupName, '/other'])
    await call('CreateLogGroup', { logGroupName: name });
  const names = async (input: object) =>
    (await call('DescribeLogGroups', { logGroupName: undefined, ...input })).logGroups.map(
      (group) => group.logGroupName,
    );
  expect(await names({ logGroupNamePrefix: '/aws/' })).toEqual(['/aws/sagemaker/Endpoints/e', logGroupName]);
  expect(await names({ logGroupNamePattern: 'TRAINING' })).toEqual([logGroupName]);
  expect(await names({ limit: 1 })).toEqual(['/aws/sagemaker/Endpoints/e']);
});

describe('PutLogEvents', () => {
  beforeEach(async () => {
    await call('CreateLogGroup');
    await call('CreateLogStream', { logStreamName });
  });
  const put = (...times: number[]) =>
    call('PutLogEvents', {
      logStreamName,
      logEvents: times.map((atMs) => ({ timestamp: START_MS + atMs, message: String(atMs) })),
    });

  it('writes what is then read, but for what is too old or too new', async () => {
    const dayMs = 24 * 3600 * 1000;
    const answer = await put(-15 * dayMs, -1, 0, dayMs);
    expect(answer['rejectedLogEventsInfo']).toEqual({ tooOldLogEventEndIndex: 1, tooNewLogEventStartIndex: 3 });
    expect(messages(await get())).toEqual(['-1', '0']);
  });

  it('refuses a batch that goes back in time or is too large', async () => {
    await expect(put(1, 0)).rejects.toMatchObject({ code: 'InvalidParameterException' });
    const logEvents = [{ timestamp: START_MS, message: 'x'.repeat(1024 ** 2) }];
    await expect(call('PutLogEvents', { logStreamName, logEvents })).rejects.toMatchObject({
      code: 'InvalidParameterException',
    });
    expect(messages(await get())).toEqual([]);
  });

  it('is refused for groups and streams that are there or not there', async () => {
    await expect(call('CreateLogGroup')).rejects.toMatchObject({ code: 'ResourceAlreadyExistsException' });
    await expect(call('CreateLogStream', { logStreamName })).rejects.toMatchObject({
      code: 'ResourceAlreadyExistsException',
    });
    await expect(call('PutLogEvents', { logStreamName: 'missing' })).rejects.toMatchObject({
      code: 'ResourceNotFoundException',
    });
  });
});

describe('FilterLogEvents', () => {
  const filter = (input: object = {}) => call('FilterLogEvents', input);

  it('merges the streams by time, page by page, each event once', async () => {
    append('b', [1, 'b1'], [4, 'b4'], [2, 'b-late'], [6, 'b6']);
    append('a', [2, 'a2'], [4, 'a4'], [5, 'a5']);
    const seen: string[] = [];
    const ids = new Set<string | undefined>();
    let nextToken: string | undefined;
    let pages = 0;
    do {
      const page = await filter({ limit: 2, nextToken });
      seen.push(...messages(page));
      for (const { eventId } of page.events) ids.add(eventId);
      nextToken = page.nextToken;
      pages += 1;
    } while (nextToken !== undefined && pages < 10);
    expect(seen).toEqual(['b1', 'a2', 'a4', 'b4', 'b-late', 'a5', 'b6']);
    expect(ids.size).toBe(7);
    expect(pages).toBe(4);
  });

  it.each([
    ['error', ['an error', 'another "error" here']],
    ['error another', ['another "error" here']],
    ['error -another', ['an error']],
    ['?an ?fine', ['an error', 'another "error" here', 'fine']],
    ['"an error"', ['an error']],
    ['"\\"error\\""', ['another "error" here']],
    ['ERROR', []],
    ['', ['an error', 'another "error" here', 'fine']],
  ])('finds by the pattern %s', async (filterPattern, found) => {
    append('a', [0, 'an error'], [1, 'another "error" here'], [2, 'fine']);
    expect(messages(await filter({ filterPattern }))).toEqual(found);
  });

  it('keeps to streams and times', async () => {
    append('x/1', [0, 'a'], [1, 'b']);
    append('y/1', [0, 'c']);
    expect(messages(await filter({ logStreamNamePrefix: 'x/' }))).toEqual(['a', 'b']);
    expect(messages(await filter({ logStreamNames: ['y/1'] }))).toEqual(['c']);
    expect(messages(await filter({ startTime: START_MS + 1 }))).toEqual(['b']);
    const wrong = { code: 'InvalidParameterException' };
    await expect(filter({ logStreamNames: ['y/1'], logStreamNamePrefix: 'x' })).rejects.toMatchObject(wrong);
    await expect(filter({ filterPattern: '{ $.a = 1 }' })).rejects.toMatchObject(wrong);
    await expect(filter({ nextToken: 'nonsense' })).rejects.toMatchObject(wrong);
  });
});
