/**
 * The documentation of the API, as typedoc makes it: nothing that the package exports is without a sentence, no link leads
 * nowhere (typedoc.json), and whatever is a value has an example, which programs.test.ts runs.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runProcess } from '../support/processes';
import { makeScratchFolder, removeScratchFolders } from '../support/scratch';
import { ROOT } from './markdown';

jest.setTimeout(120_000);

/** The part of typedoc's JSON that is read here. */
interface Reflection {
  name: string;
  kind: number;
  comment?: { blockTags?: { tag: string }[] };
  signatures?: Reflection[];
  children?: Reflection[];
}

/** typedoc's numbers for variables, functions and classes. */
const VALUES = [32, 64, 128];

let complaints: string;
let code: number | null;
let doors: Reflection[];

beforeAll(async () => {
  const file = join(makeScratchFolder(), 'api.json');
  const typedoc = join(ROOT, 'node_modules/typedoc/bin/typedoc');
  const args = [typedoc, '--json', file, '--pretty', 'false', '--logLevel', 'Warn'];
  const end = await runProcess(process.execPath, args, { cwd: ROOT, env: { ...process.env, NO_COLOR: '1' } });
  complaints = end.stdout + end.stderr;
  code = end.code;
  if (code === 0) doors = (JSON.parse(readFileSync(file, 'utf8')) as Reflection).children ?? [];
});
afterAll(removeScratchFolders);

test('every export, and every member of it, is documented', () => {
  expect({ code, complaints }).toEqual({ code: 0, complaints: '' });
});

test('every class, function and constant has an example', () => {
  const values = doors.flatMap((door) =>
    (door.children ?? []).filter(({ kind }) => VALUES.includes(kind)).map((value) => ({ door: door.name, value })),
  );
  expect(values.length).toBeGreaterThan(30);
  const without = values.filter(({ value }) => !hasExample(value)).map(({ door, value }) => `${door}: ${value.name}`);
  expect(without).toEqual([]);
});

function hasExample({ comment, signatures = [] }: Reflection): boolean {
  const comments = [comment, ...signatures.map((signature) => signature.comment)];
  return comments.some((one) => one?.blockTags?.some(({ tag }) => tag === '@example'));
}
