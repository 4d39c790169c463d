// Type-checks everything, tests and examples included, where anything has changed since it last passed. Jest compiles
// without types, so a test can be green for the wrong reason; test/types/ is checked by nothing else.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { hashFiles } from './hash-files.mjs';
import { runNode, showStep } from './steps.mjs';

const INPUTS = ['src', 'test', 'examples', 'bench', 'tsconfig.json', 'package-lock.json'];

export async function checkTypesWhenStale({ root, signal }) {
  const keyFile = join(root, '.cache/types.key');
  const key = hashFiles(root, INPUTS);
  if (readKey(keyFile) === key) return;
  const tsc = join(root, 'node_modules/typescript/bin/tsc');
  await showStep('checking types', () =>
    runNode([tsc, '--noEmit', '--pretty', 'false', '-p', join(root, 'tsconfig.json')], {
      name: 'the type check',
      cwd: root,
      signal,
    }),
  );
  mkdirSync(join(root, '.cache'), { recursive: true });
  writeFileSync(keyFile, key);
}

function readKey(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  }
}
