/**
 * The workflow code a worker runs: the bundle that the build made, or, in a checkout without one, the sources to bundle
 * at start.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { WorkflowBundleOption } from '@temporalio/worker';

/** Written by the build beside this room: as Temporal stores failures by itself, and as a payload codec needs them. */
const BUILT_BUNDLES = { plain: 'workflow-bundle.js', encoding: 'workflow-bundle-encoding.js' };

/** @param encodesFailures true where messages of failures are to be payloads too */
export function findWorkflowCode({
  encodesFailures,
}: {
  encodesFailures: boolean;
}): { workflowBundle: WorkflowBundleOption } | { workflowsPath: string } {
  const built = join(__dirname, '..', BUILT_BUNDLES[encodesFailures ? 'encoding' : 'plain']);
  if (existsSync(built)) return { workflowBundle: { codePath: built } };
  // Bundled with the failure converter of the worker's own data converter.
  return { workflowsPath: require.resolve('../workflows') };
}
