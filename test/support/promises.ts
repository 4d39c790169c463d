/**
 * The promises, held against what really happened. `findBrokenPromises` is pure: evidence in, sentences out, none where
 * all is well. `checkPromises` gathers the evidence of a world once; `promises/open-worlds.ts` does so after every test.
 */
import { gatherEvidence, type World } from './promises/gather';
import { isClosed, type Evidence, type Exemption } from './promises/evidence';
import { findLedgerLies } from './promises/ledger-truth';
import { findMissing } from './promises/liveness';
import { findOutcomeLies } from './promises/outcome-truth';
import { findUnsafe } from './promises/safety';
import { readWrites } from './promises/writes';

export type { Evidence, Exemption, RunEvidence, Standing } from './promises/evidence';
export type { World } from './promises/gather';

/** Every promise that the evidence shows broken, in words that name run and resource. */
export function findBrokenPromises(evidence: Evidence): string[] {
  return [...new Set([...findBrokenByRuns(evidence), ...findIdleExemptions(evidence)])];
}

function findBrokenByRuns(evidence: Evidence): string[] {
  const writes = readWrites(evidence.journal);
  return [
    ...findUnsafe(evidence, writes),
    ...findMissing(evidence, writes),
    ...findLedgerLies(evidence, writes),
    ...findOutcomeLies(evidence, writes),
    ...findUntrueAnswers(evidence),
  ];
}

/** What is promised is promised of AWS, and shown with an emulator whose answers AWS could have given. */
function findUntrueAnswers({ defects = [] }: Evidence): string[] {
  return defects.map(({ operation, resource, message }) => {
    const of = resource === null ? '' : ` of ${resource}`;
    return `the emulator's answer to ${operation}${of} is none that AWS's model lets be: ${message}`;
  });
}

/** An exemption for a run that never was, or that nothing needs, hides a mistake: of the test, now or later of a run. */
function findIdleExemptions(evidence: Evidence): string[] {
  if (!evidence.isWhole) return [];
  const needed = new Set([...(evidence.needed ?? []), ...findNeededExemptions(evidence)]);
  return Object.entries(evidence.exempt ?? {}).flatMap(([workflowId, { from, reason, mayBeIdle }]) => {
    if (!evidence.runs.some((run) => run.workflowId === workflowId)) {
      return [`there is no run ${workflowId} to exempt (${reason})`];
    }
    if (mayBeIdle) return [];
    return from
      .filter((promise) => !needed.has(nameExemption(workflowId, promise)))
      .map((promise) => `nothing would be broken if the run ${workflowId} were not exempt from ${promise} (${reason})`);
  });
}

/** What runs are exempt from and would not keep, as the world is now; without those that are known to be needed. */
export function findNeededExemptions(evidence: Evidence): string[] {
  const { exempt = {}, needed, runs } = evidence;
  const broken = findBrokenByRuns(evidence).length;
  return Object.entries(exempt).flatMap(([workflowId, exemption]) => {
    if (!runs.some((run) => run.workflowId === workflowId && isClosed(run) && run.isRead)) return [];
    return exemption.from
      .filter((promise) => !needed?.has(nameExemption(workflowId, promise)))
      .filter((promise) => {
        const from = exemption.from.filter((other) => other !== promise);
        const less = { ...evidence, exempt: { ...exempt, [workflowId]: { ...exemption, from } } };
        return findBrokenByRuns(less).length > broken;
      })
      .map((promise) => nameExemption(workflowId, promise));
  });
}

function nameExemption(workflowId: string, promise: Exemption['from'][number]): string {
  return `${workflowId} from ${promise}`;
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
