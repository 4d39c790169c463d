/**
 * Rows of the kill table: runs a scenario, kills its worker at one call, lets another go on, and tells how it ended.
 * Without a kill it is the healthy run that the others are held against.
 */
import type { Moment } from '../support/call-gate';
import type { Case, CaseRig, Victim } from '../support/case-rig';
import { checkPromises } from '../support/promises';
import type { Handle } from '../support/rig';
import { until } from '../support/until';
import { tellEnding, type Ending } from './ending';
import type { Scenario } from './kill-scenarios';
import type { Lane } from './lane';

export interface Kill {
  call: string;
  moment: Moment;
}

export interface Row extends Ending {
  /** The calls to AWS, by their names. */
  calls: string[];
  /** From the kill to the next worker's first call, or to the end where none was left to make. */
  toProgressMs?: number;
}

interface Begun {
  scenario: Scenario;
  one: Case;
  handle: Handle;
}

const LIMIT_MS = 120_000;

/** The run that nobody disturbs, which the others are held against. */
export async function runHealthy(rig: CaseRig, scenario: Scenario): Promise<Row> {
  const one = await prepareCase(rig, scenario);
  return finish(rig, { scenario, one, handle: await startRun(one, scenario) });
}

/**
 * Runs a few cases on one worker process, each up to its call, and kills it when all have got there; then each goes on by
 * itself. The lane is held only until the kill: after it a case mostly waits for Temporal to notice.
 */
export function runKilled(rig: CaseRig, cases: readonly (Kill & { run: Scenario })[], lane: Lane): Promise<Row>[] {
  const down = lane(async () => {
    const victim = await rig.loadVictim();
    const begun = await Promise.allSettled(cases.map((one) => runUpTo(rig, one.run, one, victim)));
    await victim.kill();
    return { begun, killedMs: performance.now() };
  });
  return cases.map(async (_case, at) => {
    const { begun, killedMs } = await down;
    const mine = begun[at];
    if (mine?.status !== 'fulfilled') throw mine?.reason;
    mine.value.one.gate.reopen();
    return finish(rig, mine.value, killedMs);
  });
}

async function prepareCase(rig: CaseRig, scenario: Scenario): Promise<Case> {
  const one = await rig.startCase(scenario.options);
  await scenario.prepare?.(one);
  return one;
}

async function startRun(one: Case, { type, input, cancelAfter }: Scenario): Promise<Handle> {
  const handle = await one.start(type, input(one.name));
  if (cancelAfter !== undefined) void one.gate.untilPassed(cancelAfter).then(() => handle.cancel());
  return handle;
}

async function runUpTo(rig: CaseRig, scenario: Scenario, { call, moment }: Kill, victim: Victim): Promise<Begun> {
  const one = await prepareCase(rig, scenario);
  const { gate } = one;
  try {
    const proxy = await one.startWorkerIn(victim);
    let isReached = false;
    const silence = (): void => {
      proxy.cut();
    };
    void gate.stopAt(call, moment, silence).then(() => (isReached = true));
    const handle = await startRun(one, scenario);
    const reach = { what: `${call} after ${String(gate.calls())}`, limitMs: LIMIT_MS, intervalMs: 5 };
    await until(() => isReached, reach);
    if (moment === 'after its answer') {
      const hasHeard = (): boolean => gate.waiting() > 0 || proxy.unheardBytes() > 0;
      await until(hasHeard, { what: `the worker to act on the answer of ${call}`, limitMs: LIMIT_MS, intervalMs: 5 });
    }
    return { scenario, one, handle };
  } catch (error) {
    await one.close();
    throw error;
  }
}

async function finish(rig: CaseRig, { scenario, one, handle }: Begun, killedMs?: number): Promise<Row> {
  try {
    const progress = Promise.race([one.gate.nextCall(), handle.result().catch(() => undefined)]);
    await one.startRescuer();
    await progress;
    const toProgressMs = killedMs === undefined ? undefined : performance.now() - killedMs;
    const ending = await tellEnding(one, handle);
    const exempt = scenario.exempt?.(one.name) ?? {};
    await checkPromises({ control: one.control, client: rig.server.client, taskQueues: [one.taskQueue], exempt });
    return { ...ending, calls: one.gate.calls(), ...(toProgressMs !== undefined && { toProgressMs }) };
  } finally {
    await one.close();
  }
}
