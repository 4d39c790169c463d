/**
 * Finds the workflow bundle that the tests' workers run: the built one where `lib/` is built from the present sources,
 * else one made here from the sources as they stand. Called once per run, by `global-setup.ts`.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

export interface FoundBundle {
  path: string;
  /** Made for this run alone. */
  isTemporary: boolean;
}

/** Answers undefined where there are no workflows to bundle. */
export async function findWorkflowBundle(
  root: string,
  tell: (message: string) => void,
): Promise<FoundBundle | undefined> {
  const workflows = join(root, 'src/workflows/index.ts');
  if (!existsSync(workflows)) return undefined;

  const built = join(root, 'lib/workflow-bundle.js');
  if (existsSync(built) && isLibFresh(root)) return { path: built, isTemporary: false };

  tell('lib/ is not built from these sources; bundling src/workflows');
  const { bundleWorkflowCode, DefaultLogger } = await import('@temporalio/worker');
  const { code } = await bundleWorkflowCode({ workflowsPath: workflows, logger: new DefaultLogger('WARN') });
  const bundle = join(root, '.cache', `workflow-bundle-${String(process.pid)}.js`);
  mkdirSync(dirname(bundle), { recursive: true });
  writeFileSync(bundle, code);
  return { path: bundle, isTemporary: true };
}

function isLibFresh(root: string): boolean {
  try {
    execFileSync(process.execPath, [join(root, 'scripts/build.mjs'), '--is-fresh'], { stdio: 'ignore' });
    return true;
  } catch {
    // Its exit code is the answer.
    return false;
  }
}
