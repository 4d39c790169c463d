/**
 * Verdicts on this machine and its settings. Pure: `check-local.ts` hands in what it read.
 */
import { failed, ok, warning, type Finding } from './finding';

export interface Surroundings {
  /** As `process.version` has it. */
  nodeVersion: string;
  /** As `engines.node` of the package asks, such as `>=20.19`. */
  nodeWanted: string;
  packageVersion: string;
  platform: string;
  arch: string;
  /** Absent where the system's C library is another, or not told. */
  glibcVersion?: string | undefined;
}

export function judgeNode(found: Surroundings): Finding {
  const system = `${found.platform} ${found.arch}${found.glibcVersion === undefined ? '' : `, glibc ${found.glibcVersion}`}`;
  const what = `temporal-sagemaker ${found.packageVersion} on Node ${found.nodeVersion}, ${system}`;
  if (!isAtLeast(found.nodeVersion, found.nodeWanted)) {
    return failed('local', `${what}: Node ${found.nodeWanted} is needed`, `Install Node ${found.nodeWanted}.`);
  }
  if (found.platform === 'linux' && found.glibcVersion === undefined) {
    return warning(`${what} without glibc`, 'Run workers where there is glibc, such as a Debian image: not Alpine.');
  }
  return ok(what);
}

/** Compares dotted numbers; `wanted` begins with `>=`. */
function isAtLeast(version: string, wanted: string): boolean {
  const numbers = (text: string): number[] => (text.match(/\d+/g) ?? []).map(Number);
  const have = numbers(version);
  for (const [index, least] of numbers(wanted).entries()) {
    const part = have[index] ?? 0;
    if (part !== least) return part > least;
  }
  return true;
}

/** @param found The settings, the region absent where AWS's chain knows none; or what is wrong with the variables. */
export function judgeConfiguration(
  found: { taskQueue: string; region: string | undefined } | { problem: string },
): Finding {
  if ('problem' in found) return failed('local', found.problem, 'Mend the variables that are named.');
  const { taskQueue, region } = found;
  if (region === undefined) {
    return failed('local', 'no AWS region is known', 'Set AWS_REGION, or AWS_PROFILE to a profile that has a region.');
  }
  return ok(`region ${region}, task queue ${taskQueue}`);
}
