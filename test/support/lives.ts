/**
 * The life of an endpoint from its training to its end, three runs one after the other: trained and deployed, updated,
 * deleted. Together they make every write of the product but the stop, and nearly every read, under names that begin
 * with the life's own; so faults can be put on one life alone, and hundreds of them live side by side.
 */
import { DescribeEndpointCommand } from '@aws-sdk/client-sagemaker';
import type { DeleteEndpointResult, DeployResult, FitThenDeployResult } from '../../src/contract';
import { setTimeout as pause } from 'node:timers/promises';
import type { FaultRuleInput, FaultRuleView, JournalEntry } from '../../src/emulator';
import { DEPLOY, mainJob, uniqueName, type Handle, type Rig } from './rig';
import { until } from './until';

export interface Life {
  name: string;
  made: FitThenDeployResult;
  updated: DeployResult;
  deleted: DeleteEndpointResult;
  /** The statuses that progress has shown, each time it was another. */
  shown: string[];
  calls: JournalEntry[];
  /** The faults that no call met: what the life was to show it has then not shown. */
  unmet: string[];
}

/** A fault, whatever it is about. */
export type Spoiling = Omit<FaultRuleInput, 'operation' | 'resource'>;

/** @param faults rules for this life alone */
export async function liveThrough(
  rig: Rig,
  faults: (Spoiling & { operation: string })[],
  { isShown = false } = {},
): Promise<Life> {
  const name = uniqueName('life');
  const rules = await rig.control.addFaults(faults.map((fault) => ({ resource: `.*${name}.*`, ...fault })));
  const unmet: string[] = [];
  const shown: string[] = [];
  const run = async (type: 'fitThenDeploy' | 'deploy' | 'deleteEndpoint', input: object): Promise<unknown> => {
    const handle = await rig.start(type, input);
    const result: Promise<unknown> = handle.result();
    if (isShown) await watch(handle, result, shown);
    return result;
  };
  const made = (await run('fitThenDeploy', mainJob(name))) as FitThenDeployResult;
  const late = rules.filter(({ action }) => action === 'stale');
  const clearLate = async (isOver: (rule: FaultRuleView) => boolean) => {
    for (const rule of late.filter(isOver)) {
      late.splice(late.indexOf(rule), 1);
      unmet.push(...(await findUnmet(rig, [rule])));
      await rig.control.clearFaults(rule.id);
    }
  };
  // No read is so far behind as to know nothing of a job that has long ended.
  await clearLate(({ operation }) => operation === 'DescribeTrainingJob');
  const deploy = { ...DEPLOY, env: { VERSION: '2' } };
  const updated = (await run('deploy', { trainingJobName: name, deploy })) as DeployResult;
  // People delete what they see.
  await clearLate(({ ageMs }) => ageMs === undefined);
  await until(() => sees(rig, name, updated.endpointConfigName), { what: 'the update to be seen', limitMs: 60_000 });
  const deleted = (await run('deleteEndpoint', { endpointName: name })) as DeleteEndpointResult;
  const calls = (await rig.control.calls()).filter(({ resource }) => resource?.includes(name));
  unmet.push(...(await findUnmet(rig, rules)));
  return { name, made, updated, deleted, shown, calls, unmet };
}

/** Which of these faults no call has met, of those that are still there. */
export async function findUnmet(rig: Rig, faults: readonly FaultRuleView[]): Promise<string[]> {
  const ids = new Set(faults.map(({ id }) => id));
  return (await rig.control.faults())
    .filter(({ id, hits }) => ids.has(id) && hits === 0)
    .map(({ operation, action }) => `${action} of ${operation}`);
}

async function sees(rig: Rig, EndpointName: string, config: string): Promise<boolean> {
  const answer = await rig.sagemaker.send(new DescribeEndpointCommand({ EndpointName }));
  return answer.EndpointStatus === 'InService' && answer.EndpointConfigName === config;
}

/** Asks for progress until the run has ended, and notes each status that is another than the one before. */
async function watch(handle: Handle, result: Promise<unknown>, shown: string[]): Promise<void> {
  const isOver = result.then(
    () => true,
    () => true,
  );
  let last = '';
  const look = async (): Promise<void> => {
    const { trainingJob, endpoint } = await handle.query<{
      trainingJob?: { secondaryStatus?: string };
      endpoint?: { status?: string; endpointConfigName?: string };
    }>('progress');
    const sight = [trainingJob?.secondaryStatus ?? '', endpoint?.status ?? '', endpoint?.endpointConfigName ?? ''].join(
      ' ',
    );
    if (sight !== last) shown.push(sight);
    last = sight;
  };
  do await look();
  while (!(await Promise.race([isOver, pause(100, false)])));
  await look();
}
