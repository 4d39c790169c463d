/**
 * The TypeScript of the documentation: the blocks in Markdown files, and those in the doc comments over what the package
 * exports. One test compiles them all, another runs them.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { blocksIn, codeBlocks, ROOT, type CodeBlock } from './markdown';

/** The rooms of src/ that are doors of the package, and the one whose exports two doors share. */
export const PUBLIC_ROOMS = ['client', 'worker', 'workflows', 'emulator', 'payload-codec'];

export function typescriptBlocks(): CodeBlock[] {
  return [...codeBlocks(), ...examplesInSources()].filter(({ language }) => language === 'ts');
}

function examplesInSources(): CodeBlock[] {
  return PUBLIC_ROOMS.flatMap((room) => {
    const files = readdirSync(join(ROOT, 'src', room), { recursive: true, encoding: 'utf8' });
    return files
      .filter((file) => file.endsWith('.ts'))
      .sort()
      .flatMap((file) => {
        const path = join('src', room, file);
        const comments = readFileSync(join(ROOT, path), 'utf8').replace(/^(?! *(?:\*|\/\*\*)).*$/gm, '');
        return blocksIn(path, comments.replace(/^ *(?:\/\*\*|\*\/|\*) ?/gm, ''));
      });
  });
}
