/**
 * Starts all checks of `doctor` at once and answers them in the order in which they are told, each within the limit
 * that holds for all.
 */
import { checkAws } from './check-aws';
import { checkConfiguration, checkNode } from './check-local';
import { checkTemporal } from './check-temporal';
import { CHECK_NAMES, failed, type CheckName, type Finding } from './finding';

/** Each read has its own, shorter limit; this one holds where one does not keep it. */
const ALL_LIMIT_MS = 9_000;

export interface DoctorOptions {
  env: NodeJS.ProcessEnv;
  role?: string | undefined;
}

/** What was found, as it is found. Never rejects. */
export function startChecks({ env, role }: DoctorOptions): [CheckName, Promise<Finding>][] {
  // Before anything listens or connects: the report of the process tells of every open socket.
  const node = Promise.resolve(checkNode());
  const { region, checks: ofAws } = checkAws(env, role);
  const checks: Partial<Record<CheckName, Promise<Finding>>> = {
    node,
    configuration: checkConfiguration(env, region),
    ...checkTemporal(),
    ...ofAws,
  };
  const inTime = limitAll();
  return CHECK_NAMES.flatMap((name) => {
    const finding = checks[name];
    return finding ? [[name, inTime(finding)] as [CheckName, Promise<Finding>]] : [];
  });
}

function limitAll(): (finding: Promise<Finding>) => Promise<Finding> {
  const seconds = String(ALL_LIMIT_MS / 1_000);
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<Finding>((resolve) => {
    timer = setTimeout(() => {
      resolve(
        failed('unreachable', `no answer within ${seconds} s`, 'Check the network, and whether the name resolves.'),
      );
    }, ALL_LIMIT_MS);
  });
  timer?.unref();
  return async (finding) => {
    try {
      return await Promise.race([finding, late]);
    } catch (error) {
      const what = error instanceof Error ? error.message : String(error);
      return failed('local', `the check itself failed: ${what}`, 'Report it with this message.');
    }
  };
}
