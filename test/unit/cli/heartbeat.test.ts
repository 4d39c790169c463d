/** A sign of life once a minute, in each of the ways in which a command prints. */
import { PassThrough } from 'node:stream';
import { keepTelling } from '../../../src/cli/heartbeat';
import { createOutput, type OutputOptions, type OutputStreams } from '../../../src/cli/output';
import { readEvents } from '../../support/events';

function listen(options: Partial<OutputOptions>, terminal = false) {
  const stdout = Object.assign(new PassThrough(), { isTTY: terminal, columns: 80 });
  const stderr = Object.assign(new PassThrough(), { isTTY: terminal, columns: 80 });
  const streams = { stdout, stderr } as unknown as OutputStreams;
  const output = createOutput(streams, { json: false, env: {}, ...options });
  return { output, stdout: () => String(stdout.read() ?? ''), stderr: () => String(stderr.read() ?? '') };
}

beforeEach(() => jest.useFakeTimers({ doNotFake: ['nextTick'] }));
afterEach(() => jest.useRealTimers());

test('people who see no picture get a line a minute on stderr, until the following ends', () => {
  const { output, stdout, stderr } = listen({});
  const stop = keepTelling(
    (event) => output.emit(event),
    'digits-1',
    () => 'Training',
  );
  jest.advanceTimersByTime(59_999);
  expect(stderr()).toBe('');
  jest.advanceTimersByTime(60_001);
  expect(stderr()).toMatch(/^(\d\d:\d\d:\d\d digits-1: Training, still followed\n){2}$/);
  stop();
  jest.advanceTimersByTime(600_000);
  expect(stderr() + stdout()).toBe('');
});

test('programs get an event, those who want quiet nothing, and where a picture moves it is enough', () => {
  const programs = listen({ json: true, command: 'fit' });
  const quiet = listen({ quiet: true });
  const terminal = listen({}, true);
  const stopBlock = terminal.output.startBlock(() => ['picture']);
  const stops = [programs, quiet, terminal].map(({ output }) =>
    keepTelling(
      (event) => output.emit(event),
      'digits-1',
      () => undefined,
    ),
  );
  jest.advanceTimersByTime(60_000);
  stopBlock();
  programs.output.result({ trainingJobName: 'digits-1', lines: 0 }, '');
  const [event] = programs.stdout().split('\n');
  expect(JSON.parse(event ?? '')).toMatchObject({ v: 1, type: 'heartbeat', workflowId: 'digits-1' });
  expect(quiet.stdout() + quiet.stderr()).toBe('');
  expect(terminal.stderr()).not.toContain('still followed');
  for (const stop of stops) stop();
  expect(() => readEvents(`${event ?? ''}\n`)).toThrow('out of place');
});
