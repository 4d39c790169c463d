import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { findFolderInside, listFilesInside, readTextInside } from '../../../src/emulator/processes/inside-folder';
import { MAX_LINE_CHARACTERS, readLines } from '../../../src/emulator/processes/log-lines';
import { createMetricReader } from '../../../src/emulator/processes/metrics';

async function linesOf(...chunks: (string | Buffer)[]): Promise<string[]> {
  const found: string[] = [];
  await readLines(Readable.from(chunks.map((chunk) => Buffer.from(chunk))), (lines) => found.push(...lines));
  return found;
}

describe('lines of a log', () => {
  test('lines are put together from chunks, and the last needs no line end', async () => {
    expect(await linesOf('one\ntw', 'o\r\n', '\n', 'three')).toEqual(['one', 'two', 'three']);
  });

  test('a character that is cut by a chunk is whole, and bytes that are none are replaced', async () => {
    const umlaut = Buffer.from('ü');
    expect(await linesOf(umlaut.subarray(0, 1), umlaut.subarray(1), '\n', Buffer.from([0xff, 0x41, 0x0a]))).toEqual([
      'ü',
      '\ufffdA',
    ]);
  });

  test('a line without end is told in pieces', async () => {
    const lines = await linesOf('x'.repeat(MAX_LINE_CHARACTERS), 'y'.repeat(MAX_LINE_CHARACTERS), 'z\n');
    expect(lines.map((line) => line.length)).toEqual([MAX_LINE_CHARACTERS, MAX_LINE_CHARACTERS, 1]);
  });
});

describe('metrics', () => {
  const warnings: string[] = [];
  const warn = (message: string): void => void warnings.push(message);
  beforeEach(() => {
    warnings.length = 0;
  });

  test('the latest value of each metric counts, with its time', () => {
    const reader = createMetricReader(
      [
        { name: 'loss', regex: 'loss=([0-9.e+-]+);' },
        { name: 'accuracy', regex: 'accuracy: (?P<value>[0-9.]+)' },
        { name: 'never', regex: 'never (.*)' },
      ],
      warn,
    );
    reader.read(['loss=0.5;', 'accuracy: 0.25 loss=1e-3;'], 1);
    reader.read(['accuracy: 0.75', 'loss=nan;', 'loss=;'], 2);
    expect(reader.latest()).toEqual([
      { name: 'loss', value: 0.001, time: 1 },
      { name: 'accuracy', value: 0.75, time: 2 },
    ]);
    expect(warnings).toEqual([]);
  });

  test('an expression that does not compile is told, and the others are read', () => {
    const reader = createMetricReader(
      [
        { name: 'broken', regex: '(' },
        { name: 'fine', regex: 'fine=(.*)' },
      ],
      warn,
    );
    reader.read(['fine=1'], 1);
    expect(reader.latest()).toEqual([{ name: 'fine', value: 1, time: 1 }]);
    expect(warnings).toEqual([expect.stringContaining('broken')]);
  });

  test('an expression that would run for ever is interrupted and told', () => {
    const reader = createMetricReader([{ name: 'endless', regex: '(a+)+$' }], warn);
    reader.read([`${'a'.repeat(60)}!`], 1);
    reader.read(['a'], 2);
    expect(reader.latest()).toEqual([]);
    expect(warnings).toEqual([expect.stringContaining('no longer read')]);
  });
});

describe('what an algorithm left', () => {
  let root: string;
  beforeEach(() => {
    root = realpathSync(mkdtempSync(path.join(tmpdir(), 'inside-')));
    mkdirSync(path.join(root, 'ml', 'output'), { recursive: true });
    mkdirSync(path.join(root, 'elsewhere'));
    writeFileSync(path.join(root, 'elsewhere', 'failure'), 'secret');
  });
  afterEach(() => {
    rmSync(root, { recursive: true, force: true });
  });
  const ml = (...names: string[]): string => path.join(root, 'ml', ...names);

  test('a file is read up to its limit', async () => {
    writeFileSync(ml('output', 'failure'), 'abcdef');
    expect(await readTextInside(ml(), 'output/failure', 3)).toBe('abc');
  });

  test('a link in place of the file is not followed', async () => {
    symlinkSync(path.join(root, 'elsewhere', 'failure'), ml('output', 'failure'));
    expect(await readTextInside(ml(), 'output/failure', 100)).toBeUndefined();
  });

  test('a link in place of the folder is not followed', async () => {
    rmSync(ml('output'), { recursive: true });
    symlinkSync(path.join(root, 'elsewhere'), ml('output'));
    expect(await readTextInside(ml(), 'output/failure', 100)).toBeUndefined();
    expect(await findFolderInside(ml(), 'output')).toBeUndefined();
    expect(await listFilesInside(ml(), 'output')).toEqual([]);
  });

  test('a pipe in place of the file holds nothing up', async () => {
    execFileSync('mkfifo', [ml('output', 'failure')]);
    expect(await readTextInside(ml(), 'output/failure', 100)).toBeUndefined();
  });

  test('only regular files are listed', async () => {
    mkdirSync(ml('output', 'deep'));
    writeFileSync(ml('output', 'deep', 'a'), '');
    writeFileSync(ml('output', 'b'), '');
    symlinkSync(path.join(root, 'elsewhere'), ml('output', 'link'));
    expect(await listFilesInside(ml(), 'output')).toEqual(['b', 'deep/a']);
  });
});
