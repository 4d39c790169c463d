/** What a user has to install beside the package is what its code imports of Temporal: no less, and no more. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(__dirname, '../../..');

it('the peer dependencies are the Temporal packages that src/ imports', () => {
  const { peerDependencies } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
    peerDependencies: Record<string, string>;
  };
  const files = readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' });
  const imported = files
    .filter((file) => file.endsWith('.ts'))
    .flatMap((file) => [
      ...readFileSync(join(ROOT, 'src', file), 'utf8').matchAll(/(?:from |import\()'(@temporalio\/[a-z]+)['/]/g),
    ])
    .map(([, name]) => name);
  expect(Object.keys(peerDependencies)).toEqual([...new Set(imported)].sort());
});
