/**
 * The package as it would be published: its tarball has what its documents point to, and its types and entry points
 * resolve for every kind of importer (publint, @arethetypeswrong/cli). `npm run test:docs` has built `lib/` before.
 */
import { readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { list } from 'tar';
import { runProcess } from '../support/processes';
import { makeScratchFolder, removeScratchFolders } from '../support/scratch';
import { codeBlocks, documents, proseOf, ROOT } from './markdown';
import { packPackage } from './pack';

jest.setTimeout(120_000);

let tarball: string;
let files: Set<string>;

beforeAll(async () => {
  tarball = await packPackage(makeScratchFolder());
  const names: string[] = [];
  await list({ file: tarball, onReadEntry: ({ path }) => names.push(path.replace(/^package\//, '')) });
  files = new Set(names);
});
afterAll(removeScratchFolders);

const tool = (path: string, ...args: string[]) =>
  runProcess(process.execPath, [join(ROOT, 'node_modules', path), ...args], { cwd: ROOT });

test('publint has nothing to say', async () => {
  const { code, stdout, stderr } = await tool('publint/src/cli.js', tarball, '--strict');
  expect({ code, said: code === 0 ? '' : stdout + stderr }).toEqual({ code: 0, said: '' });
});

test('types resolve as the code does, for CommonJS, ES modules and bundlers', async () => {
  // What TypeScript calls node10 knows no `exports`.
  const args = [tarball, '--profile', 'node16', '--format', 'ascii', '--no-emoji'];
  const { code, stdout, stderr } = await tool('@arethetypeswrong/cli/dist/index.js', ...args);
  expect({ code, said: code === 0 ? '' : stdout + stderr }).toEqual({ code: 0, said: '' });
});

test('every entry point and program is in it', () => {
  const { bin, exports } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
    bin: Record<string, string>;
    exports: Record<string, string | Record<string, string>>;
  };
  const targets = [bin, ...Object.values(exports)].flatMap((value) =>
    typeof value === 'string' ? [value] : Object.values(value),
  );
  expect(targets.length).toBeGreaterThan(8);
  expect(targets.filter((target) => ![...files].some((file) => matches(normalize(target), file)))).toEqual([]);
});

/** A target may stand for many files by one asterisk. */
function matches(target: string, file: string): boolean {
  const [before = '', after] = target.split('*');
  return after === undefined ? file === before : file.startsWith(before) && file.endsWith(after);
}

test('what its documents link to, show as a file or run is in it', () => {
  const packed = documents().filter((file) => files.has(file));
  expect(packed).toContain('README.md');
  const isThere = (path: string): boolean => [...files].some((file) => file === path || file.startsWith(`${path}/`));
  const missing = packed.flatMap((file) =>
    pointersOf(file)
      .filter((path) => !isThere(path))
      .map((path) => `${file}: ${path}`),
  );
  expect(missing).toEqual([]);
});

/** Sources and tests are read in the repository. */
const ONLY_IN_REPOSITORY = /^(src|test|scripts|bench|\.dependency-cruiser\.cjs)(\/|$)/;

/** Files and folders that a document leads to, from the root. */
function pointersOf(file: string): string[] {
  const links = [...proseOf(file).matchAll(/\]\(([^)\s#]+)/g)]
    .map(([, link = '']) => link)
    .filter((link) => !/^https?:/.test(link))
    .map((link) => normalize(join(dirname(file), link)).replace(/\/$/, ''));
  const inCommands = codeBlocks(file)
    .filter(({ language, notes }) => language === 'sh' && !notes.some((note) => note.startsWith('not run')))
    .flatMap(({ text }) => text.match(/\bexamples\/[\w./-]*\w/g) ?? []);
  return [...new Set([...links, ...inCommands])].filter((path) => !ONLY_IN_REPOSITORY.test(path));
}
