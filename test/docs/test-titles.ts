/**
 * Whether the tests that a page names are there, by title and file. Read by the tests of pages whose tables end in a column
 * "shown by".
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readDocument, ROOT } from './markdown';

/** The rows of all tables on a page, cell by cell, without their heads. */
export function readRows(page: string): string[][] {
  const lines = readDocument(page).split('\n');
  return lines
    .filter((line, index) => line.startsWith('|') && !isRule(line) && !isRule(lines[index + 1]))
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
}

function isRule(line = ''): boolean {
  return /^\|( *:?-+:? *\|)+$/.test(line);
}

/** Links of the form `[title of a test](../test/its/file.test.ts)`. */
export function namedTests(cell: string): { title: string; path: string }[] {
  const links = cell.matchAll(/\[((?:[^\]]|\](?!\())+)\]\(\.\.\/(test\/[^)]+)\)/g);
  return [...links].map(([, title = '', path = '']) => ({ title, path }));
}

/** True where a test of this very title stands in the file: behind the bracket of a call, or on a line of its own. */
export function hasTest({ title, path }: { title: string; path: string }): boolean {
  if (!existsSync(join(ROOT, path))) return false;
  const lines = readFileSync(join(ROOT, path), 'utf8').split('\n');
  return ["'", '"', '`'].some((quote) => {
    const literal = `${quote}${title}${quote},`;
    return lines.some((line) => line.includes(`(${literal}`) || line.trim() === literal);
  });
}
