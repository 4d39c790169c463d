/** Every code block of the documentation is of a kind that some test runs, compiles, checks or compares. */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import type { WorkflowType } from '../../src/contract';
import { checkInput } from '../../src/schemas';
import { codeBlocks, noteOf, placeOf, ROOT, type CodeBlock } from './markdown';

const blocks = codeBlocks();
const named = (languages: string[]): [string, CodeBlock][] =>
  blocks.filter(({ language }) => languages.includes(language)).map((block) => [placeOf(block), block]);

test('every block says what it is, in a language that is tested', () => {
  const tested = ['ts', 'sh', 'json', 'yaml', 'python', 'text', 'mermaid', 'console'];
  expect(blocks.filter(({ language }) => !tested.includes(language)).map(placeOf)).toEqual([]);
});

test('every note before a block is one that the tests know', () => {
  const known = /^(not run: \S.*|run by \S+\.test\.ts|a terminal of its own|output|file: \S+|save as: \S+)$/;
  expect(blocks.flatMap(({ notes }) => notes).filter((note) => !known.test(note))).toEqual([]);
});

test('a block that is run elsewhere names a test that exists', () => {
  const tests = blocks.map((block) => noteOf(block, 'run by')).filter((name) => name !== undefined);
  expect(tests.filter((name) => !existsSync(join(__dirname, name)))).toEqual([]);
});

test('a text block is the output of the commands before it, or what a test of its own compares', () => {
  expect(
    named(['text'])
      .filter(([, block]) => noteOf(block, 'output') === undefined && noteOf(block, 'run by') === undefined)
      .map(([place]) => place),
  ).toEqual([]);
});

describe('a block of a file is that file', () => {
  const ofFiles = blocks.filter((block) => noteOf(block, 'file') !== undefined);
  test.each(ofFiles.map((block) => [placeOf(block), noteOf(block, 'file') ?? '', block] as const))(
    '%s: %s',
    (_place, path, { text }) => {
      const content = readFileSync(join(ROOT, path), 'utf8').replace(/^(\/\/[^\n]*\n)+/, '');
      expect(text).toBe(content);
    },
  );
});

describe('an input is one that a workflow takes', () => {
  const inputs = named(['json', 'yaml']).filter(([, block]) => noteOf(block, 'run by') === undefined);
  test.each(inputs)('%s', (_place, { text, language }) => {
    const input: unknown = language === 'json' ? JSON.parse(text) : parse(text);
    expect(checkInput(typeOf(input), input)).toEqual({ input });
  });
});

/** The workflow type whose argument this is, by its fields. */
function typeOf(input: unknown): WorkflowType {
  const has = (field: string): boolean => typeof input === 'object' && input !== null && field in input;
  if (has('fit')) return has('deploy') ? 'fitThenDeploy' : 'fit';
  return has('deploy') ? 'deploy' : 'deleteEndpoint';
}

describe('Python is Python', () => {
  test.each(named(['python']))('%s', (_place, { text }) => {
    execFileSync('python3', ['-c', 'import ast, sys; ast.parse(sys.stdin.read())'], { input: text });
  });
});

describe('commands that are not run are at least a shell script', () => {
  const notRun = named(['sh']).filter(([, block]) => noteOf(block, 'not run') !== undefined);
  test.each(notRun)('%s', (_place, { text }) => {
    const { status, stderr } = spawnSync('bash', ['-n'], { input: text, encoding: 'utf8' });
    expect([status, stderr]).toEqual([0, '']);
  });
});
