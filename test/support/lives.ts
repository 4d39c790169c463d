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
}

/** A fault, whatever it is about. */
export type Spoiling = Omit<FaultRuleInput, 'operation' | 'resource'>;

/** @param faults rules for this life alone; without an operation, for all */
export async function liveThrough(
  rig: Rig,
  faults: (Spoiling & { operation?: string })[],
  { isShown = false } = {},
): Promise<Life> {
  const name = uniqueName('life');
  const rules = await rig.control.addFaults(
    faults.map((fault) => ({ operation: '*', resource: `.*${name}.*`, ...fault })),
  );
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
    for (const { id } of late.filter(isOver)) await rig.control.clearFaults(id);
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
  return { name, made, updated, deleted, shown, calls };
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

/** Runs tasks by name, some at a time; whoever asks for one waits for it, and it is run once. */
export function runSideBySide<T>(tasks: Record<string, () => Promise<T>>, width: number): (name: string) => Promise<T> {
  const results = new Map<string, Promise<T>>();
  let free = Promise.resolve();
  const running = new Set<Promise<unknown>>();
  for (const [name, task] of Object.entries(tasks)) {
    const result = (free = free.then(async () => {
      while (running.size >= width) await Promise.race(running);
    })).then(() => {
      const begun = task();
      const settled = begun.then(
        () => undefined,
        () => undefined,
      );
      running.add(settled);
      void settled.then(() => running.delete(settled));
      return begun;
    });
    // Told by the test that asks for it.
    result.catch(() => undefined);
    results.set(name, result);
  }
  return (name) => results.get(name) ?? Promise.reject(new Error(`there is no task ${name}`));
}
