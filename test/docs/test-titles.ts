/**
 * Whether the tests that a page names are there, by title and file. Read by the tests of pages whose tables end in a column
 * "shown by".
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
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

/** True where the file has a test of this very title that is run: no title in a comment, none of what is skipped. */
export function hasTest({ title, path }: { title: string; path: string }): boolean {
  const file = join(ROOT, path);
  if (!existsSync(file)) return false;
  const titles = titlesByFile.get(file) ?? findTitles(readFileSync(file, 'utf8'));
  titlesByFile.set(file, titles);
  return titles.has(title);
}

const titlesByFile = new Map<string, Set<string>>();

/** `tell` begins a story of test/support/stories.ts. */
const TESTS = ['it', 'test', 'tell'];
const NOT_RUN = ['skip', 'todo', 'failing', 'only'];

/** The titles of all tests that a file runs, as they are written in it: with `%s` and `${…}`. */
export function findTitles(source: string): Set<string> {
  const titles = new Set<string>();
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node)) {
      const words = wordsOf(node.expression);
      if (words.some((word) => NOT_RUN.includes(word))) return;
      const [title] = node.arguments;
      if (title && TESTS.includes(words[0] ?? '')) titles.add(textOf(title));
    }
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile('a.test.ts', source, ts.ScriptTarget.Latest, true));
  return titles;
}

/** What is called, word by word: `it`, `each` of `it.each([…])('…', …)`. */
function wordsOf(called: ts.Expression): string[] {
  if (ts.isIdentifier(called)) return [called.text];
  if (ts.isPropertyAccessExpression(called)) return [...wordsOf(called.expression), called.name.text];
  return ts.isCallExpression(called) ? wordsOf(called.expression) : [];
}

function textOf(title: ts.Expression): string {
  return ts.isStringLiteralLike(title) ? title.text : title.getText().replaceAll('`', '');
}
