/**
 * The TypeScript of the documentation runs: every block, in Markdown and in doc comments, ends well in a world that has
 * what it names. Blocks that are files are run by the commands that name them (commands.test.ts).
 */
import { basename } from 'node:path';
import type { ProcessEnd } from '../support/processes';
import { typescriptBlocks } from './examples';
import { codeBlocks, noteOf, placeOf, type CodeBlock } from './markdown';
import { FIT_INPUT, startProgramsStack, type ProgramsStack } from './programs-stack';

jest.setTimeout(240_000);

/** Programs that run beside each other; most of their time they wait. */
const AT_ONCE = 4;

/** Inputs for the workflows that the documentation defines. */
const WORKFLOW_INPUTS: Record<string, unknown> = { nightly: FIT_INPUT };

const blocks = typescriptBlocks();
const files = blocks.filter((block) => noteOf(block, 'file') !== undefined);
const isWorkflow = ({ text }: CodeBlock): boolean => text.includes("from 'temporal-sagemaker/workflows'");
const workflows = blocks.filter((block) => !files.includes(block) && isWorkflow(block));
const programs = blocks.filter((block) => !files.includes(block) && !isWorkflow(block));

let stack: ProgramsStack;
let ends: Map<CodeBlock, Promise<ProcessEnd>>;

beforeAll(async () => {
  stack = await startProgramsStack();
  ends = runAll(programs);
});
afterAll(async () => {
  await stack.close();
});

/** All of them, a few at once, in their order. */
function runAll(all: CodeBlock[]): Map<CodeBlock, Promise<ProcessEnd>> {
  const lanes: Promise<unknown>[] = Array.from({ length: AT_ONCE }, () => Promise.resolve());
  return new Map(
    all.map((block, index) => {
      const end = lanes[index % AT_ONCE]!.then(() => stack.runProgram(block.text));
      // The next one's turn comes however this one ended; its own test tells.
      lanes[index % AT_ONCE] = end.catch(() => undefined);
      return [block, end];
    }),
  );
}

test.each(programs.map((block) => [placeOf(block), block] as const))('%s runs', async (_place, block) => {
  const { code, signal, stdout, stderr } = await ends.get(block)!;
  expect({ code, signal, printed: code === 0 ? '' : stdout + stderr }).toEqual({ code: 0, signal: null, printed: '' });
});

test.each(workflows.map((block) => [placeOf(block), block] as const))('%s runs in a worker', async (_place, block) => {
  const names = [...block.text.matchAll(/^export async function (\w+)/gm)].map(([, name = '']) => name);
  expect(names.filter((name) => !(name in WORKFLOW_INPUTS))).toEqual([]);
  const inputs = Object.fromEntries(names.map((name) => [name, WORKFLOW_INPUTS[name]]));
  expect(Object.keys(await stack.runWorkflows(block.text, inputs))).toEqual(names);
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
