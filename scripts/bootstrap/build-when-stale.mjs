// Builds lib/ where it is not built from the present sources. The work is a process of its own, scripts/build.mjs, which
// holds the build's lock.
import { join } from 'node:path';
import { isLibFresh } from './lib-key.mjs';
import { runNode, showStep } from './steps.mjs';

export async function buildWhenStale({ root, signal }) {
  if (isLibFresh(root)) return;
  await showStep('building lib/', () =>
    runNode([join(root, 'scripts/build.mjs'), '--if-stale'], { name: 'the build', cwd: root, signal }),
  );
}
