/**
 * The ledger of a run: what it intended, made, adopted, deleted and left. Kept by the workflow, shown in progress,
 * results, failures and memo; the clean-up deletes by it.
 */
import type { LedgerEntry, ResourceKind } from '../contract';

/** A copy of the ledger in which the entry of this resource is as given; its place is kept. */
export function record(ledger: LedgerEntry[], entry: LedgerEntry): LedgerEntry[] {
  const known = ledger.find((other) => isSame(other, entry));
  if (!known) return [...ledger, entry];
  const { reason: _outdated, ...kept } = known;
  return ledger.map((other) => (other === known ? { ...kept, ...entry } : other));
}

export function findEntry(ledger: LedgerEntry[], kind: ResourceKind, name: string): LedgerEntry | undefined {
  return ledger.find((entry) => isSame(entry, { kind, name }));
}

/** True for what this run itself brought about, or may have: the only things it may take away again. */
export function isOwnWork(entry: LedgerEntry | undefined): boolean {
  return entry?.state === 'made' || entry?.state === 'intended';
}

function isSame(a: Pick<LedgerEntry, 'kind' | 'name'>, b: Pick<LedgerEntry, 'kind' | 'name'>): boolean {
  return a.kind === b.kind && a.name === b.name;
}

/** A copy of the ledger without an entry: for what turned out never to have been made. */
export function forget(ledger: LedgerEntry[], kind: ResourceKind, name: string): LedgerEntry[] {
  return ledger.filter((entry) => !isSame(entry, { kind, name }));
}

/** Why a run that did not end well leaves something that it made: its record, or what a further run needs. */
const LEFT_BECAUSE: Partial<Record<ResourceKind, string>> = {
  bucket: 'the default bucket is kept for further runs',
  'training job': 'SageMaker keeps the record of a job; it runs no longer and costs nothing',
};

/** The ledger of a run that failed or was cancelled: whatever it made and did not delete is listed as left. */
export function closeWithoutResult(ledger: LedgerEntry[]): LedgerEntry[] {
  return ledger.map((entry) =>
    entry.state === 'made' || entry.state === 'intended'
      ? { ...entry, state: 'left', reason: entry.reason ?? LEFT_BECAUSE[entry.kind] ?? 'it could not be deleted' }
      : entry,
  );
}
