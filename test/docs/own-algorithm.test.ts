/**
 * Somebody with an algorithm and data of their own, and the README: its section on that, block by block, in a folder in
 * which the package is installed, ends in a prediction.
 */
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { endProcesses } from '../support/processes';
import { makeScratchFolder, removeScratchFolders } from '../support/scratch';
import { temporalCliPath } from '../support/temporal';
import { blocksIn, noteOf, placeOf, readDocument, type CodeBlock } from './markdown';
import { findMissingLine } from './output';
import { installPackage, packPackage } from './pack';
import { openShell, type Shell } from './shell';

jest.setTimeout(240_000);

const SECTION = 'Your own algorithm';

/** What a house costs: the truth that the algorithm does not know. */
const priceOf = (rooms: number, age: number): number => 40_000 * rooms - 800 * age + 95_000;

const HOUSES = Array.from({ length: 120 }, (_none, at) => ({ rooms: 1 + (at % 7), age: (at * 37) % 90 }));
const ASKED = [
  { rooms: 3, age: 12 },
  { rooms: 8, age: 101 },
];

let folder: string;
let shell: Shell;
let printed = '';

beforeAll(async () => {
  const prices = HOUSES.map(({ rooms, age }) => `${String(rooms)},${String(age)},${String(priceOf(rooms, age))}`);
  folder = makeScratchFolder({
    'churn.csv': ['rooms,age,price', ...prices, ''].join('\n'),
    'question.csv': ASKED.map(({ rooms, age }) => `${String(rooms)},${String(age)}\n`).join(''),
  });
  cpSync(join(__dirname, 'own-algorithm'), join(folder, 'churn'), { recursive: true });
  await installPackage(await packPackage(folder), folder);
  shell = openShell(dirname(temporalCliPath()), folder);
});
afterAll(async () => {
  await shell.close();
  await endProcesses();
  removeScratchFolders();
});

const blocks = blocksOfSection();

test('the section has all that it takes', () => {
  expect(blocks.map((block) => noteOf(block, 'save as') ?? block.language)).toEqual([
    ...['sh', 'upload.mjs', 'sh', 'text', 'churn.yaml', 'sh'],
  ]);
});

test.each(blocks.map((block, index) => [placeOf(block), block, blocks[index + 1]] as const))(
  '%s',
  async (_place, block, next) => {
    const name = noteOf(block, 'save as');
    if (name !== undefined) writeFileSync(join(folder, name), block.text);
    else if (block.language === 'sh') {
      const documented = next && noteOf(next, 'output') !== undefined ? next.text : '';
      if (noteOf(block, 'a terminal of its own') === undefined) printed = await shell.run(block.text);
      else printed = await shell.keepRunning(block.text, 'Ctrl-C stops all three.');
      expect(findMissingLine(documented, printed)).toBeUndefined();
    }
  },
);

test('the predictions are those of the algorithm, trained on the data', () => {
  const predictions = printed.split('\n').filter((line) => /^\d+\.\d\d$/.test(line));
  expect(predictions.map((line) => Math.round(Number(line)))).toEqual(
    ASKED.map(({ rooms, age }) => priceOf(rooms, age)),
  );
});

test('it is another algorithm, and it knows no more than the section tells', () => {
  const programs = ['train', 'serve'].map((name) => readFileSync(join(__dirname, 'own-algorithm', name), 'utf8'));
  const paths = programs.flatMap((text) => [...text.matchAll(/ML \/ "([^"]+)"|"(\/opt\/ml[^"]*)"/g)]);
  const told = sectionText();
  const unknown = paths
    .map(([, below, whole]) => whole ?? `/opt/ml/${below ?? ''}`)
    .filter((path) => path !== '/opt/ml' && !told.includes(dirname(path)));
  expect(paths.length).toBeGreaterThan(3);
  expect(unknown).toEqual([]);
});

/** The section with as many empty lines before it as the README has lines there, so that places are right. */
function sectionText(): string {
  const readme = readDocument('README.md');
  const start = readme.indexOf(`## ${SECTION}\n`);
  if (start === -1) throw new Error(`the README has no section ${SECTION}`);
  const end = readme.indexOf('\n## ', start);
  return '\n'.repeat(readme.slice(0, start).split('\n').length - 1) + readme.slice(start, end + 1);
}

function blocksOfSection(): CodeBlock[] {
  return blocksIn('README.md', sectionText());
}
