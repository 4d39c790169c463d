/** Who gets to see what: data on stdout, status on stderr, one object a line for programs. */
import { PassThrough } from 'node:stream';
import { createOutput, type OutputStreams } from '../../../src/cli/output';

function openStreams({ terminal = false } = {}) {
  const stdout = new PassThrough();
  const stderr = new PassThrough();
  const streams = {
    stdout: Object.assign(stdout, { isTTY: terminal, columns: 60 }),
    stderr: Object.assign(stderr, { isTTY: terminal, columns: 60 }),
  } as unknown as OutputStreams;
  const read = (stream: PassThrough) => () => String(stream.read() ?? '');
  return { streams, stdout: read(stdout), stderr: read(stderr) };
}

test('for people, log lines are data and statuses are not', () => {
  const { streams, stdout, stderr } = openStreams();
  const output = createOutput(streams, { json: false });
  output.emit({ type: 'log', source: 'algo-1', line: 'epoch=1', time: '2026-11-22T10:00:00.000Z' });
  output.emit({
    type: 'status',
    subject: 'training job',
    name: 'j',
    status: 'InProgress',
    secondaryStatus: 'Training',
  });
  output.emit({ type: 'warning', message: 'tags were refused' });
  output.note('connecting');
  output.result({ endpointName: 'e' }, 'e');
  expect(stdout()).toBe('algo-1 │ epoch=1\ne\n');
  expect(stderr()).toMatch(
    /^\d\d:\d\d:\d\d training job j: InProgress · Training\nwarning: tags were refused\nconnecting\n$/,
  );
});

test('for programs, each event is one object in one line and nothing else is said', () => {
  const { streams, stdout, stderr } = openStreams();
  const output = createOutput(streams, { json: true });
  output.note('connecting');
  output.print('for people');
  output.emit({ type: 'log', source: 'algo-1', line: 'two\nlines', time: '2026-11-22T10:00:00.000Z' });
  output.result({ endpointName: 'e' }, 'e');
  const lines = stdout().trimEnd().split('\n');
  expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual([
    { v: 1, type: 'log', source: 'algo-1', line: 'two\nlines', time: '2026-11-22T10:00:00.000Z' },
    expect.objectContaining({ v: 1, type: 'result', endpointName: 'e' }),
  ]);
  expect(stderr()).toBe('');
});

test('a failure says what, why, fix and the last log lines', () => {
  const { streams, stdout, stderr } = openStreams();
  createOutput(streams, { json: false }).failure({
    code: 'TrainingJobFailed',
    message: 'the training job failed [job=j]',
    reason: 'AlgorithmError: exit code 1',
    fix: 'Mend the algorithm.',
    logTail: ['No module named joblib'],
    exitCode: 5,
  });
  expect(stdout()).toBe('');
  expect(stderr().split('\n')).toEqual([
    expect.stringContaining('TrainingJobFailed: the training job failed [job=j]'),
    'why: AlgorithmError: exit code 1',
    'fix: Mend the algorithm.',
    'last log lines:',
    '  │ No module named joblib',
    '',
  ]);
});

describe('on a terminal', () => {
  beforeEach(() => jest.useFakeTimers({ doNotFake: ['nextTick'] }));
  afterEach(() => jest.useRealTimers());

  test('a log line takes the block away and puts it back', () => {
    const { streams, stderr } = openStreams({ terminal: true });
    const output = createOutput(streams, { json: false, env: {} });
    const stop = output.startBlock((columns) => [`block ${String(columns)}`]);
    stderr();
    jest.advanceTimersByTime(150);
    output.note('a line');
    expect(stderr()).toBe('\u001b[1A\u001b[0Ja line\nblock 60\n');
    stop();
    expect(stderr()).toBe('\u001b[1A\u001b[0Jblock 60\n');
    output.note('after');
    jest.advanceTimersByTime(1_000);
    expect(stderr()).toBe('after\n');
  });

  test('many lines are written at once, and the block behind them is drawn ten times a second at most', () => {
    const { streams, stderr } = openStreams({ terminal: true });
    const output = createOutput(streams, { json: false, env: {} });
    let state = 0;
    const stop = output.startBlock(() => [`block ${String(state)}`]);
    stderr();
    for (state = 1; state <= 1_000; state += 1) {
      output.note(`line ${String(state)}`);
      jest.advanceTimersByTime(1);
    }
    const written = stderr();
    expect(written.match(/line \d+$/gm)).toHaveLength(1_000);
    expect(written.match(/block/g)?.length).toBeLessThanOrEqual(11);
    // Not even the last line leaves the screen without it.
    output.note('the last line');
    jest.advanceTimersByTime(100);
    expect(stderr()).toMatch(/the last line\nblock 1001\n$/);
    state = 2_000;
    output.note('the end');
    stop();
    expect(stderr()).toMatch(/the end\nblock 2000\n$/);
  });
});

test('without a terminal there is no block', () => {
  const { streams, stderr } = openStreams();
  const stop = createOutput(streams, { json: false }).startBlock(() => ['block']);
  stop();
  expect(stderr()).toBe('');
});
