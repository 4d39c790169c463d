/**
 * The workflow code a worker runs: the bundle that the build made, or, in a checkout without one, the sources to bundle
 * at start.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { WorkflowBundleOption } from '@temporalio/worker';

/** Written by the build beside this room. */
const BUILT_BUNDLE = join(__dirname, '..', 'workflow-bundle.js');

export function findWorkflowCode(): { workflowBundle: WorkflowBundleOption } | { workflowsPath: string } {
  if (existsSync(BUILT_BUNDLE)) return { workflowBundle: { codePath: BUILT_BUNDLE } };
  return { workflowsPath: require.resolve('../workflows') };
}
