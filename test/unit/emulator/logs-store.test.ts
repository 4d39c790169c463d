/** The log store's files: order, blocks, limits, and what a kill leaves. */
import { appendFileSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readBackward, readForward, type LogFile } from '../../../src/emulator/logs/log-file';
import type { ReadableLogStore } from '../../../src/emulator/logs/log-store';
import { makeTestWorld, START_MS, type TestWorld } from '../../support/emulator-world';

const GROUP = '/aws/sagemaker/TrainingJobs';
const STREAM = 'job/algo-1-1700000000';
let fixture: TestWorld;
let store: ReadableLogStore;

beforeEach(() => {
  fixture = makeTestWorld();
  store = fixture.logs;
});
afterEach(() => {
  fixture.remove();
});

const append = (...messages: string[]) => {
  store.append(
    GROUP,
    STREAM,
    messages.map((message, at) => ({ timestamp: START_MS + at, message })),
  );
};
function file(from = store): LogFile {
  const found = from.group(GROUP)?.streams.get(STREAM);
  if (!found) throw new Error('the stream is not there');
  return found;
}
const forward = (log: LogFile) => [...readForward(log, log.head)].map(({ message }) => message);
const backward = (log: LogFile) => [...readBackward(log, log.size)].map(({ message }) => message);

it('begins a group and a stream with the first line', () => {
  expect(store.group(GROUP)).toBeUndefined();
  append('one');
  append('two');
  expect(store.groups().map(({ name }) => name)).toEqual([GROUP]);
  expect(forward(file())).toEqual(['one', 'two']);
});

it('reads the same events from either end, whatever they hold and however long they are', () => {
  const messages = ['{"a":\n1}', 'x'.repeat(200_000), '😀'.repeat(40_000), 'end', '\u0000\u2028', 'y'.repeat(70_000)];
  for (let at = 0; at < 3000; at += 1) messages.push(`line ${String(at)}`);
  append(...messages);
  expect(forward(file())).toEqual(messages);
  expect(backward(file())).toEqual([...messages].reverse());
});

it('leaves out lines of no text, and cuts what is longer than an event may be', () => {
  const long = `${'a'.repeat(256 * 1024 - 1)}😀b`;
  append('', long, '');
  const pieces = forward(file());
  expect(pieces).toHaveLength(2);
  expect(pieces.join('')).toBe(long);
  expect(pieces[1]).toBe('😀b');
});

it('finds all again after a restart and goes on', () => {
  append('one', 'two');
  store.createGroup('/empty');
  const again = fixture.reopen();
  expect(file(again.logs)).toEqual(file());
  expect(again.logs.groups().map(({ name }) => name)).toEqual([GROUP, '/empty']);
  again.logs.append(GROUP, STREAM, [{ timestamp: START_MS + 5, message: 'three' }]);
  expect(forward(file(again.logs))).toEqual(['one', 'two', 'three']);
  expect(file(again.logs)).toMatchObject({ firstEventAt: START_MS, lastEventAt: START_MS + 5 });
});

it('cuts off a line that a kill left half-written', () => {
  append('whole');
  appendFileSync(file().path, `[${String(START_MS)},1,"hal`);
  const again = fixture.reopen();
  expect(forward(file(again.logs))).toEqual(['whole']);
  again.logs.append(GROUP, STREAM, [{ timestamp: START_MS, message: 'next' }]);
  expect(readFileSync(file().path, 'utf8').trim().split('\n')).toHaveLength(3);
});

it('forgets a stream and a group whose first line was never whole', () => {
  append('kept');
  const folder = join(fixture.world.folder, 'logs');
  const groupFolder = join(folder, readdirSync(folder)[0] ?? '');
  writeFileSync(join(groupFolder, 'torn.log'), '{"stream":"to');
  writeFileSync(join(groupFolder, 'empty.log'), '');
  const again = fixture.reopen();
  expect([...(again.logs.group(GROUP)?.streams.keys() ?? [])]).toEqual([STREAM]);
  expect(readdirSync(groupFolder)).toHaveLength(2);
});

it('says which file is broken', () => {
  append('one');
  const { path, head } = file();
  const broken = readFileSync(path);
  broken.write('x', head);
  writeFileSync(path, broken);
  expect(() => forward(file())).toThrow(path);
});

it('keeps apart names that differ only in case or hold slashes and dots', () => {
  for (const name of ['a', 'A', '../a', 'a/..', '.']) store.append(GROUP, name, [{ timestamp: 1, message: name }]);
  const again = fixture.reopen().logs.group(GROUP);
  expect([...(again?.streams.keys() ?? [])].sort()).toEqual(['.', '../a', 'A', 'a', 'a/..']);
});
