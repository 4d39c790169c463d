/**
 * The worlds that a test file has open, each checked after every test and, to the last run, when it is closed. Rigs open
 * them; `check-after-each.ts` has Jest look, so that no test can forget to. Loaded by every test file, hence light.
 */
import type { Exemption } from './evidence';
import type { World } from './gather';

export interface OpenWorld {
  /** Tells that a test itself brought a run to break promises, and why. Nothing exempts from safety. */
  exempt(workflowId: string, exemption: Exemption): void;
  /** Checks what is certain by now: safety of all, liveness and truth of the runs that have ended. */
  check(): Promise<void>;
  /** Checks everything, and forgets the world. */
  close(): Promise<void>;
}

const open = new Set<OpenWorld>();

/** Every world that is open, checked; called after each test. */
export async function checkOpenWorlds(): Promise<void> {
  for (const world of open) await world.check();
}

export async function openWorld(world: World): Promise<OpenWorld> {
  const { isClosed } = await import('./evidence.js');
  const { openGathering } = await import('./gather.js');
  const { findBrokenPromises, findNeededExemptions, throwIfBroken } = await import('../promises.js');
  const exempt: Record<string, Exemption> = { ...world.exempt };
  const gathering = openGathering({ ...world, exempt });
  // What is broken stays broken: it is told once, after the test that broke it.
  const told = new Set<string>();
  // What a run says is held against the world as it left it; what is done to that later is judged by whoever did it.
  const judged = new Set<string>();
  const needed = new Set<string>();
  const check = async (closedOnly: boolean): Promise<void> => {
    const evidence = { ...(await gathering.gather({ closedOnly })), judged, needed };
    for (const one of findNeededExemptions(evidence)) needed.add(one);
    const broken = findBrokenPromises(evidence).filter((one) => !told.has(one));
    for (const one of broken) told.add(one);
    for (const run of evidence.runs) if (run.isRead && isClosed(run)) judged.add(run.runId);
    throwIfBroken(broken);
  };
  const opened: OpenWorld = {
    exempt(workflowId, exemption) {
      exempt[workflowId] = exemption;
    },
    async check() {
      if (await gathering.hasNews()) await check(true);
    },
    async close() {
      open.delete(opened);
      await check(false);
    },
  };
  open.add(opened);
  return opened;
}
