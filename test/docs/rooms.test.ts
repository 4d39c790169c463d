/** The picture of the rooms in docs/ARCHITECTURE.md is the table that dependency-cruiser enforces. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { codeBlocks, readDocument, ROOT } from './markdown';

interface Rule {
  name: string;
  from: { path?: string };
  to: { path?: string; pathNot?: string };
}
// eslint-disable-next-line @typescript-eslint/no-require-imports -- a configuration without types
const { forbidden } = require('../../.dependency-cruiser.cjs') as { forbidden: Rule[] };

const [picture] = codeBlocks('docs/ARCHITECTURE.md').filter(({ language }) => language === 'mermaid');

/** The rooms in one of the configuration's patterns. */
const roomsIn = (pattern = ''): string[] => /\(([^)]*)\)/.exec(pattern)?.[1]?.split('|') ?? [];

/** What the rules allow, as the picture writes it. */
function arrowsOfRules(): string[] {
  const inOneForm = (prefix: string, label: string): string[] =>
    forbidden
      .filter(({ name }) => name.startsWith(prefix))
      .flatMap(({ from, to }) =>
        roomsIn(to.path).map((other) => `${roomsIn(from.path)[0] ?? ''} -. ${label} .-> ${other}`),
      );
  const special = [...inOneForm('lazily-from-', 'lazily'), ...inOneForm('types-only-from-', 'as types')];
  const free = forbidden
    .filter(({ name }) => name.startsWith('one-way-from-'))
    .flatMap(({ from, to }) => {
      const room = roomsIn(from.path)[0] ?? '';
      return roomsIn(to.pathNot)
        .filter(
          (other) =>
            other !== room && !special.some((arrow) => arrow.startsWith(`${room} `) && arrow.endsWith(` ${other}`)),
        )
        .map((other) => `${room} --> ${other}`);
    });
  return [...free, ...special].sort();
}

test('it has every arrow of the table and no other', () => {
  const arrows = picture?.text
    .split('\n')
    .slice(1)
    .map((line) => line.trim())
    .filter((line) => line !== '');
  expect([...(arrows ?? [])].sort()).toEqual(arrowsOfRules());
});

test('every room of src/ has a line that says why it is one', () => {
  const rooms = readdirSync(join(ROOT, 'src'), { withFileTypes: true }).map(({ name }) => name.replace(/\.ts$/, ''));
  const lines = [...readDocument('docs/ARCHITECTURE.md').matchAll(/^\| `([a-z-]+)` +\|/gm)].map(([, room]) => room);
  expect(lines.sort()).toEqual(rooms.sort());
});
