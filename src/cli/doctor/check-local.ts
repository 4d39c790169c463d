/**
 * Reads this machine and its settings for `doctor`; `judge-local.ts` decides.
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { TASK_QUEUE } from '../../contract';
import type { Finding } from './finding';
import { judgeConfiguration, judgeNode } from './judge-local';

const PACKAGE_FILE = path.join(__dirname, '..', '..', '..', 'package.json');

export function checkNode(): Finding {
  const { version, engines } = JSON.parse(readFileSync(PACKAGE_FILE, 'utf8')) as {
    version: string;
    engines: { node: string };
  };
  return judgeNode({
    nodeVersion: process.version,
    nodeWanted: engines.node,
    packageVersion: version,
    platform: process.platform,
    arch: process.arch,
    glibcVersion: readGlibcVersion(),
  });
}

function readGlibcVersion(): string | undefined {
  const { header } = process.report.getReport() as { header: { glibcVersionRuntime?: string } };
  return header.glibcVersionRuntime;
}

/** @param asking The region as AWS's chain finds it; undefined where it finds none. */
export async function checkConfiguration(
  env: NodeJS.ProcessEnv,
  asking: Promise<string | undefined>,
): Promise<Finding> {
  const [region, { workerOptionsFromEnvironment }] = await Promise.all([asking, import('../../worker/options.js')]);
  try {
    const { taskQueue = TASK_QUEUE } = workerOptionsFromEnvironment(env);
    return judgeConfiguration({ taskQueue, region });
  } catch (error) {
    return judgeConfiguration({ problem: error instanceof Error ? error.message : String(error) });
  }
}
