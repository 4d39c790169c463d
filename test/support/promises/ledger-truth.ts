/** What a ledger says of each resource, held against what stands and against who wrote what. */
import {
  describeRun,
  endedRuns,
  findStanding,
  isClosed,
  isOfOurType,
  isSame,
  ledgerOf,
  type Evidence,
  type Named,
  type RunEvidence,
} from './evidence';
import type { LedgerEntry } from '../../../src/contract';
import type { JournalEntry } from '../../../src/emulator';
import { lastWrite, type Write } from './writes';

export function findLedgerLies(evidence: Evidence, writes: Write[]): string[] {
  return endedRuns(evidence, 'truth').flatMap((run) =>
    ledgerOf(run).flatMap((entry) =>
      lieOf(entry, run, evidence, writes).map(
        (lie) => `the ledger of ${describeRun(run)} says ${entry.state} of the ${entry.kind} ${entry.name}: ${lie}`,
      ),
    ),
  );
}

function lieOf(entry: LedgerEntry, run: RunEvidence, evidence: Evidence, writes: Write[]): string[] {
  const { kind, name, state } = entry;
  if (state === 'intended') return ['a closed run knows what came of it'];
  if (kind === 'bucket') return state === 'made' && !wasBucketMade(evidence.journal, name) ? ['nobody made it'] : [];
  const resource: Named = { kind, name };
  const standing = findStanding(evidence, kind, name);
  const lies: string[] = [];
  if (state === 'deleted') {
    if (standing && !wasMadeAgain(writes, resource)) lies.push('it stands');
    return lies;
  }
  const makings = writes.filter((write) => write.verb === 'create' && write.isEffective && isSame(resource)(write));
  if (state === 'made' && !makings.some(({ isOurs, tag }) => isOurs && (tag === undefined || tag === run.tag))) {
    lies.push('the run has not made it');
  }
  if (makings.length === 0) lies.push('nobody has ever made it');
  else if (!standing && !wasTakenByOthers(resource, run, evidence, writes)) lies.push('it is not there');
  return lies;
}

function wasBucketMade(journal: JournalEntry[], name: string): boolean {
  return journal.some(
    ({ operation, status, resource }) => operation === 'CreateBucket' && status === 200 && resource === name,
  );
}

/** It was deleted, and after that someone made another of the same name. */
function wasMadeAgain(writes: Write[], resource: Named): boolean {
  const made = lastWrite(writes, resource, ['create']);
  const deleted = lastWrite(writes, resource, ['delete']);
  return made !== undefined && deleted !== undefined && made.index > deleted.index;
}

/** Somebody else deleted it: no worker of ours, or one for another run, which then has it in its ledger. */
function wasTakenByOthers(resource: Named, run: RunEvidence, evidence: Evidence, writes: Write[]): boolean {
  const deleted = lastWrite(writes, resource, ['delete']);
  if (!deleted) return false;
  if (!deleted.isOurs) return true;
  return evidence.runs.some((other) => {
    if (other.runId === run.runId) return false;
    // A run that is open, or that is no run of ours, has no ledger to ask.
    if (!isClosed(other) || !other.isRead || !isOfOurType(other)) return true;
    return ledgerOf(other).some((entry) => entry.state === 'deleted' && isSame(resource)(entry));
  });
}
