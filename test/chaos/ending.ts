/**
 * How a case ended, in words that are the same in every case of its scenario: the run's end and ledger, what stands on
 * AWS, and what took effect there. The tables of this room compare them.
 */
import {
  ListEndpointConfigsCommand,
  ListEndpointsCommand,
  ListModelsCommand,
  ListTrainingJobsCommand,
} from '@aws-sdk/client-sagemaker';
import type { LedgerEntry } from '../../src/contract';
import type { JournalEntry } from '../../src/emulator';
import type { Case } from '../support/case-rig';
import { failureOfRun } from '../support/failures';
import type { Handle } from '../support/rig';

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

/** Waits for the run's end. */
export async function tellEnding(one: Case, handle: Handle): Promise<Ending> {
  const { end, ledger } = await endOf(handle);
  return {
    end,
    ledger: anonymous(one, ledger),
    leaves: await tellStanding(one),
    effects: countEffects(await one.control.calls()),
  };
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

/** What stands on AWS: kind, name, status. */
export async function tellStanding(one: Case): Promise<string[]> {
  return anonymous(one, await listStanding(one));
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
