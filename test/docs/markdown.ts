/**
 * The documentation as data: the Markdown files that people read, their code blocks, and what the comments before a
 * block say of it. All tests of this room read the files through here.
 *
 * A comment stands on a line of its own before the block: `not run: WHY`, `run by FILE`, `a terminal of its own`,
 * `output` (of the block before), `file: PATH` (the block is that file, without the comment at its top), `save as: NAME`
 * (the reader makes a file of it).
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';

export const ROOT = join(__dirname, '../..');

/** Folders with Markdown in them, beside the root itself. */
const FOLDERS = ['docs', 'examples'];

export interface CodeBlock {
  /** Path from the repository's root. */
  file: string;
  /** Line on which its text begins. */
  line: number;
  language: string;
  text: string;
  /** The comments directly before it. */
  notes: string[];
}

/** Paths from the root, those a newcomer meets first in front. */
export function documents(): string[] {
  const inRoot = readdirSync(ROOT).filter((name) => name.endsWith('.md'));
  const inFolders = FOLDERS.flatMap((folder) =>
    existsSync(join(ROOT, folder))
      ? readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
          .filter((path) => path.endsWith('.md'))
          .map((path) => join(folder, path))
      : [],
  );
  return [...inRoot.sort((a, b) => Number(b === 'README.md') - Number(a === 'README.md')), ...inFolders.sort()];
}

export function readDocument(file: string): string {
  return readFileSync(join(ROOT, file), 'utf8');
}

/** All code blocks of all documents, or of one. */
export function codeBlocks(files: string | string[] = documents()): CodeBlock[] {
  return [files].flat().flatMap((file) => blocksIn(file, readDocument(file)));
}

export function blocksIn(file: string, markdown: string): CodeBlock[] {
  const blocks: CodeBlock[] = [];
  let open: (CodeBlock & { indent: string }) | undefined;
  let notes: string[] = [];
  for (const [index, line] of markdown.split('\n').entries()) {
    if (open) {
      if (line.trim() !== '```') open.text += `${line.slice(open.indent.length)}\n`;
      else {
        const { indent: _indent, ...block } = open;
        blocks.push(block);
        open = undefined;
      }
      continue;
    }
    const fence = /^( *)```(\S*)$/.exec(line);
    const note = /^<!-- (.*) -->$/.exec(line);
    if (fence) {
      open = { file, line: index + 2, language: fence[2] ?? '', text: '', notes, indent: fence[1] ?? '' };
      notes = [];
    } else if (note) notes.push(note[1] ?? '');
    else if (line.trim() !== '') notes = [];
  }
  if (open) throw new Error(`a code block has no end [${file}:${String(open.line)}]`);
  return blocks;
}

/** What a note says behind its first words; undefined where the block has no such note. */
export function noteOf({ notes }: CodeBlock, words: string): string | undefined {
  return notes
    .find((note) => note === words || note.startsWith(`${words} `) || note.startsWith(`${words}:`))
    ?.slice(words.length)
    .replace(/^[:\s]+/, '');
}

/** `README.md:12`, for names of tests and messages. */
export function placeOf({ file, line }: Pick<CodeBlock, 'file' | 'line'>): string {
  return `${relative('.', file)}:${String(line)}`;
}

/** The documentation without its code blocks. */
export function proseOf(file: string): string {
  return readDocument(file).replace(/^ *```\S*\n[^]*?^ *```$/gm, '');
}
