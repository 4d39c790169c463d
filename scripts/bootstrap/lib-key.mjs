// The key of a build: a hash of all that goes into lib/. It stands in lib/.key, written last.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { hashFiles } from './hash-files.mjs';

const INPUTS = ['src', 'tsconfig.json', 'tsconfig.build.json', 'package-lock.json', 'scripts/build.mjs'];

export function computeLibKey(root) {
  return hashFiles(root, INPUTS);
}

export function isLibFresh(root) {
  try {
    return readFileSync(join(root, 'lib/.key'), 'utf8') === computeLibKey(root);
  } catch (error) {
    if (error.code === 'ENOENT') return false;
    throw error;
  }
}
