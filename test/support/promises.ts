/**
 * The promises, held against what really happened. `findBrokenPromises` is pure: evidence in, sentences out, none where
 * all is well. `checkPromises` gathers the evidence of a world once; `promises/open-worlds.ts` does so after every test.
 */
import { gatherEvidence, type World } from './promises/gather';
import type { Evidence } from './promises/evidence';
import { findLedgerLies } from './promises/ledger-truth';
import { findMissing } from './promises/liveness';
import { findOutcomeLies } from './promises/outcome-truth';
import { findUnsafe } from './promises/safety';
import { readWrites } from './promises/writes';

export type { Evidence, Exemption, RunEvidence, Standing } from './promises/evidence';
export type { World } from './promises/gather';

/** Every promise that the evidence shows broken, in words that name run and resource. */
export function findBrokenPromises(evidence: Evidence): string[] {
  const writes = readWrites(evidence.journal);
  const broken = [
    ...findUnsafe(evidence, writes),
    ...findMissing(evidence, writes),
    ...findLedgerLies(evidence, writes),
    ...findOutcomeLies(evidence, writes),
    ...findIdleExemptions(evidence),
  ];
  return [...new Set(broken)];
}

/** An exemption for a run that never was hides a mistake of the test. */
function findIdleExemptions({ exempt = {}, runs, isWhole }: Evidence): string[] {
  if (!isWhole) return [];
  return Object.entries(exempt)
    .filter(([workflowId]) => !runs.some((run) => run.workflowId === workflowId))
    .map(([workflowId, { reason }]) => `there is no run ${workflowId} to exempt (${reason})`);
}

/**
 * Checks a world as it is now, to the last run.
 *
 * @throws Error with every broken promise, a line each
 */
export async function checkPromises(world: World): Promise<void> {
  throwIfBroken(findBrokenPromises(await gatherEvidence(world)));
}

export function throwIfBroken(broken: string[]): void {
  if (broken.length > 0) throw new Error(`Broken promises:\n${broken.map((one) => `- ${one}`).join('\n')}`);
}
