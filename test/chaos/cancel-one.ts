/**
 * One row of the cancel table: runs a scenario up to one call to AWS, cancels the run while that call is held, lets the
 * call go on its way, and tells how it ended. With a second cancel, that is sent while the first one's clean-up is held.
 */
import { WorkflowNotFoundError } from '@temporalio/common';
import { checkPromises } from '../support/promises';
import type { CallGate } from '../support/call-gate';
import type { CaseRig, Place } from '../support/case-rig';
import type { Handle } from '../support/rig';
import { until } from '../support/until';
import { tellEnding, tellStanding, type Ending } from './ending';
import type { Scenario } from './kill-scenarios';

export interface Cancel {
  call: string;
  /** A read has no effect: it is held when AWS has been asked, and nobody told. */
  moment: 'before its effect' | 'after its effect';
  times: 1 | 2;
}

export interface Row extends Ending {
  /** What stood before the run. */
  before: string[];
  /** The call at which the second cancel came; undefined where the run had nothing left to ask. */
  secondAt?: string;
  /** Stops that took effect. */
  stops: number;
  /** Promises that the checker finds broken. */
  broken: string;
}

const LIMIT_MS = 120_000;
/** A run that does not stop its job would wait for it for ever. */
const END_LIMIT_MS = 60_000;

export async function cancelOne(
  rig: CaseRig,
  place: Place,
  scenario: Scenario,
  { call, moment, times }: Cancel,
): Promise<Row> {
  const one = await rig.startCase({ ...scenario.options, place, holdJobFrom: call });
  try {
    await scenario.prepare?.(one);
    const before = await tellStanding(one);
    const { gate } = one;
    let isReached = false;
    void gate.stopAt(call, moment).then(() => (isReached = true));
    const handle = await one.start(scenario.type, scenario.input(one.name));
    const reach = { what: `${call} after ${String(gate.calls())}`, limitMs: LIMIT_MS, intervalMs: 5 };
    await until(() => isReached, reach);
    await handle.cancel();
    const secondAt = times === 2 ? await cancelInCleanUp(handle, gate) : undefined;
    gate.release();
    await untilEnded(handle, `${call} and the cancel`);
    const ending = await tellEnding(one, handle);
    const stops = (await one.control.calls({ operation: 'StopTrainingJob' })).filter(({ status }) => status === 200);
    const broken = await checkPromises({
      control: one.control,
      client: rig.server.client,
      taskQueues: [one.taskQueue],
      workflowIds: [handle.workflowId],
    }).then(() => '', String);
    return { ...ending, before, stops: stops.length, broken, ...(secondAt !== undefined && { secondAt }) };
  } finally {
    await one.close();
  }
}

/** One that does not end is terminated, so that it makes no calls to the next case's AWS. */
async function untilEnded(handle: Handle, after: string): Promise<void> {
  const isEnded = async (): Promise<boolean> => (await handle.describe()).closeTime !== undefined;
  try {
    await until(isEnded, { what: `the end of the run after ${after}`, limitMs: END_LIMIT_MS });
  } catch (error) {
    await handle.terminate('it did not end');
    throw error;
  }
}

/** Lets the case go on to its next call, cancels once more there, and answers which it was. */
async function cancelInCleanUp(handle: Handle, gate: CallGate): Promise<string | undefined> {
  const next = gate.stopAtNext();
  gate.release();
  const ended = handle.result().then(
    () => undefined,
    () => undefined,
  );
  const operation = await Promise.race([next, ended]);
  try {
    if (operation !== undefined) await handle.cancel();
  } catch (error) {
    // What a closed run had still asked for goes on without it.
    if (!(error instanceof WorkflowNotFoundError)) throw error;
    return undefined;
  }
  return operation;
}
