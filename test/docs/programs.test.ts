/**
 * The TypeScript of the documentation runs: every block, in Markdown and in doc comments, ends well in a world that has
 * what it names. Blocks that are files are run by the commands that name them (commands.test.ts).
 */
import { basename } from 'node:path';
import { endProcesses } from '../support/processes';
import { typescriptBlocks } from './examples';
import { codeBlocks, noteOf, placeOf, type CodeBlock } from './markdown';
import { startProgramsStack, WORKFLOW_INPUTS, type ProgramEnd, type ProgramsStack } from './programs-stack';

jest.setTimeout(240_000);

const blocks = typescriptBlocks();
const files = blocks.filter((block) => noteOf(block, 'file') !== undefined);
const isWorkflow = ({ text }: CodeBlock): boolean => text.includes("from 'temporal-sagemaker/workflows'");
const workflows = blocks.filter((block) => !files.includes(block) && isWorkflow(block));
const programs = blocks.filter((block) => !files.includes(block) && !isWorkflow(block));

let stack: ProgramsStack;
let ends: Promise<ProgramEnd>[];
let results: Promise<Record<string, unknown>>;

beforeAll(async () => {
  stack = await startProgramsStack();
  ends = stack.startPrograms(programs.map(({ text }) => text));
  // Each one's own test tells.
  for (const end of ends) end.catch(() => undefined);
  results = stack.runWorkflows(
    workflows.map(({ text }) => text),
    WORKFLOW_INPUTS,
  );
  results.catch(() => undefined);
});
afterAll(endProcesses);
afterAll(async () => {
  await stack.close();
});

test.each(programs.map((block, index) => [placeOf(block), index] as const))('%s runs', async (_place, index) => {
  const { failure, output } = await ends[index]!;
  expect({ failure, output: failure === undefined ? '' : output }).toEqual({ failure: undefined, output: '' });
});

test.each(workflows.map((block) => [placeOf(block), block] as const))('%s runs in a worker', async (_place, block) => {
  const names = [...block.text.matchAll(/^export async function (\w+)/gm)].map(([, name = '']) => name);
  expect(names.length).toBeGreaterThan(0);
  expect(names.filter((name) => !(name in WORKFLOW_INPUTS))).toEqual([]);
  const all = await results;
  for (const name of names) expect(all[name]).not.toHaveProperty('error');
});

test.each(files.map((block) => [placeOf(block), block] as const))('%s is run by a command', (_place, block) => {
  const path = noteOf(block, 'file') ?? '';
  const inCommands = (name: string): boolean =>
    codeBlocks(block.file).some(
      ({ language, text, notes }) =>
        language === 'sh' && notes.every((note) => !note.startsWith('not run')) && text.includes(name),
    );
  const besides = files.filter((other) => other !== block && other.text.includes(basename(path)));
  expect([path, ...besides.map((other) => noteOf(other, 'file') ?? '')].some(inCommands)).toBe(true);
});
