/**
 * One row of the kill table: runs a scenario, kills its worker at one call, lets another go on, and tells how it ended.
 * Without a kill it is the healthy run that the others are held against.
 */
import {
  ListEndpointConfigsCommand,
  ListEndpointsCommand,
  ListModelsCommand,
  ListTrainingJobsCommand,
} from '@aws-sdk/client-sagemaker';
import type { LedgerEntry } from '../../src/contract';
import type { JournalEntry } from '../../src/emulator';
import type { Moment } from '../support/call-gate';
import type { Case, CaseRig } from '../support/case-rig';
import { failureOfRun } from '../support/failures';
import type { Handle } from '../support/rig';
import { until } from '../support/until';
import type { Scenario } from './kill-scenarios';

export interface Kill {
  call: string;
  moment: Moment;
}

/** Names are the case's own, so they stand here as NAME and HASH. */
export interface Ending {
  /** `Completed`, or the failure's code. */
  end: string;
  ledger: LedgerEntry[];
  /** What stands on AWS: kind, name, status. */
  leaves: string[];
  /** Creates and updates that took effect, by operation. */
  effects: Record<string, number>;
}

export interface Row extends Ending {
  /** The calls to AWS, by their names. */
  calls: string[];
  /** From the kill to the next worker's first call, or to the end where none was left to make. */
  toProgressMs?: number;
}

/** Counts down those that may run at once. */
export interface Lane {
  <T>(work: () => Promise<T>): Promise<T>;
}

const LIMIT_MS = 120_000;

/** @param busy held while a case computes, and not while it only waits for Temporal to notice a death */
export async function runOne(rig: CaseRig, scenario: Scenario, busy: Lane, kill?: Kill): Promise<Row> {
  const { one, handle, killedMs } = await busy(() => begin(rig, scenario, kill));
  try {
    const progress = Promise.race([one.gate.nextCall(), handle.result().catch(() => undefined)]);
    await one.startRescuer();
    const startedMs = performance.now();
    await progress;
    const toProgressMs = performance.now() - (killedMs ?? startedMs);
    const { end, ledger } = await endOf(handle);
    return {
      end,
      ledger: anonymous(one, ledger),
      leaves: anonymous(one, await listStanding(one)),
      effects: countEffects(await one.control.calls()),
      calls: one.gate.calls(),
      ...(killedMs !== undefined && { toProgressMs }),
    };
  } finally {
    await one.close();
  }
}

async function begin(
  rig: CaseRig,
  scenario: Scenario,
  kill: Kill | undefined,
): Promise<{ one: Case; handle: Handle; killedMs?: number }> {
  const one = await rig.startCase(scenario.options);
  await scenario.prepare?.(one);
  const { gate } = one;
  const startRun = async (): Promise<Handle> => {
    const handle = await one.start(scenario.type, scenario.input(one.name));
    if (scenario.cancelAfter !== undefined) void gate.untilPassed(scenario.cancelAfter).then(() => handle.cancel());
    return handle;
  };
  if (!kill) return { one, handle: await startRun() };

  const victim = await one.startVictim();
  let isReached = false;
  void gate
    .stopAt(kill.call, kill.moment, () => {
      victim.proxy.cut();
    })
    .then(() => (isReached = true));
  const handle = await startRun();
  await until(() => isReached, { what: `${kill.call} in ${String(gate.calls())}`, limitMs: LIMIT_MS, intervalMs: 5 });
  if (kill.moment === 'after its answer') {
    const hasHeard = (): boolean => gate.waiting() > 0 || victim.proxy.unheardBytes() > 0;
    await until(hasHeard, {
      what: `the worker to act on the answer of ${kill.call}`,
      limitMs: LIMIT_MS,
      intervalMs: 5,
    });
  }
  await victim.kill();
  gate.reopen();
  return { one, handle, killedMs: performance.now() };
}

async function endOf(handle: Handle): Promise<Pick<Ending, 'end' | 'ledger'>> {
  try {
    const { ledger } = (await handle.result()) as { ledger: LedgerEntry[] };
    return { end: 'Completed', ledger };
  } catch {
    const { code, details } = await failureOfRun(handle);
    if (details.ledger) return { end: code, ledger: details.ledger };
    // A cancelled run has no failure of its own to carry it.
    const { memo } = await handle.describe();
    return { end: code, ledger: (memo?.temporalSagemakerRun as { ledger?: LedgerEntry[] } | undefined)?.ledger ?? [] };
  }
}

async function listStanding({ sagemaker }: Case): Promise<string[]> {
  const { TrainingJobSummaries = [] } = await sagemaker.send(new ListTrainingJobsCommand({}));
  const { Models = [] } = await sagemaker.send(new ListModelsCommand({}));
  const { EndpointConfigs = [] } = await sagemaker.send(new ListEndpointConfigsCommand({}));
  const { Endpoints = [] } = await sagemaker.send(new ListEndpointsCommand({}));
  return [
    ...TrainingJobSummaries.map(
      (job) => `training job: ${String(job.TrainingJobStatus)}: ${String(job.TrainingJobName)}`,
    ),
    ...Models.map((model) => `model: ${String(model.ModelName)}`),
    ...EndpointConfigs.map((config) => `endpoint config: ${String(config.EndpointConfigName)}`),
    ...Endpoints.map((endpoint) => `endpoint: ${String(endpoint.EndpointStatus)}: ${String(endpoint.EndpointName)}`),
  ];
}

/** What may happen twice, a stop or a delete, is not counted: once it took effect, it changes nothing more. */
function countEffects(journal: JournalEntry[]): Record<string, number> {
  const effects: Record<string, number> = {};
  for (const { operation, status } of journal) {
    if (/^(Create|Update)/.test(operation) && status === 200) effects[operation] = (effects[operation] ?? 0) + 1;
  }
  return effects;
}

function anonymous<T>({ name, emulator }: Case, told: T): T {
  const text = JSON.stringify(told)
    .replaceAll(new RegExp(`${name}-[0-9a-f]{10}`, 'g'), 'NAME-HASH')
    .replaceAll(name, 'NAME')
    .replaceAll(emulator.region, 'REGION');
  return JSON.parse(text) as T;
}
