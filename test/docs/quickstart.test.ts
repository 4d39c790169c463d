/** The quickstart prints what the README shows of it. */
import { join } from 'node:path';
import { endProcesses, startProcess } from '../support/processes';
import { codeBlocks, noteOf, ROOT } from './markdown';
import { findMissingLine } from './output';

jest.setTimeout(180_000);

afterAll(endProcesses);

test('the quickstart ends well and prints what is documented', async () => {
  const blocks = codeBlocks('README.md');
  const at = blocks.findIndex((block) => noteOf(block, 'run by') === 'quickstart.test.ts');
  expect(blocks[at]?.text).toBe('npm run quickstart\n');
  const documented = blocks[at + 1]!;
  expect(documented.notes).toEqual(['output']);

  // What the script of that name starts once all is built. Its own output and its status lines are one stream, as at a
  // terminal.
  const command = `exec 2>&1; exec "$1" lib/cli/main.js quickstart`;
  const { code, stdout } = await startProcess('bash', ['-c', command, 'bash', process.execPath], { cwd: join(ROOT) })
    .ended;
  expect([code, findMissingLine(documented.text, stdout)]).toEqual([0, undefined]);
});
