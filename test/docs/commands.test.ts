/**
 * The documents' commands, run one after the other as a reader would: what they print is what is documented, and every
 * one of them succeeds. `npm run test:docs` has built `lib/` before.
 */
import { dirname } from 'node:path';
import { findTemporalCli } from '../../src/temporal-server';
import { endProcesses } from '../support/processes';
import { codeBlocks, documents, noteOf, placeOf, type CodeBlock } from './markdown';
import { findMissingLine } from './output';
import { openShell, type Shell } from './shell';

jest.setTimeout(240_000);

interface Step {
  block: CodeBlock;
  output: CodeBlock | undefined;
}

/** The shell blocks of a document that are run here, each with the block that shows its output. */
function stepsOf(file: string): Step[] {
  const blocks = codeBlocks(file);
  return blocks.flatMap((block, index) => {
    if (block.language !== 'sh' || noteOf(block, 'not run') !== undefined || noteOf(block, 'run by') !== undefined)
      return [];
    const next = blocks[index + 1];
    return [{ block, output: next && noteOf(next, 'output') !== undefined ? next : undefined }];
  });
}

const withCommands = documents()
  .map((file) => ({ file, steps: stepsOf(file) }))
  .filter(({ steps }) => steps.length > 0);

let shell: Shell | undefined;
let failedAt: string | undefined;

afterAll(endProcesses);

describe.each(withCommands)('$file', ({ steps }) => {
  beforeAll(async () => {
    failedAt = undefined;
    const { path } = await findTemporalCli({ env: process.env, onProgress: () => undefined });
    shell = openShell(dirname(path));
  });
  afterAll(async () => {
    await shell?.close();
  });

  test.each(steps.map((step) => [placeOf(step.block), step] as const))('%s', async (place, { block, output }) => {
    if (failedAt !== undefined) throw new Error(`not reached: ${failedAt} failed`);
    failedAt = place;
    const printed =
      noteOf(block, 'a terminal of its own') === undefined
        ? await shell!.run(block.text)
        : await shell!.keepRunning(block.text, output?.text ?? '');
    const missing = output && findMissingLine(output.text, printed);
    if (missing !== undefined) throw new Error(`documented but not printed: ${missing}\nprinted:\n${printed}`);
    failedAt = undefined;
  });
});
