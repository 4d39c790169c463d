/**
 * What a sweep found, in words, for people. The commands print these; programs get the same as objects.
 */
import type { SweepResult } from '../contract';

/** One line for each resource but those that were delivered, which are as they should be. */
export function describeSweep({ resources, omitted }: SweepResult): string {
  const told = resources.filter(({ verdict }) => verdict !== 'delivered');
  const lines = told.map(
    ({ verdict, action, kind, name, reason }) =>
      `${verdict.padEnd(11)}  ${action.padEnd(12)}  ${kind} ${name} (${reason})`,
  );
  return [...lines, ...(omitted > 0 ? [`and ${String(omitted)} more`] : [])].join('\n');
}

/** One line about all. */
export function describeCounts({ region, counts }: Pick<SweepResult, 'region' | 'counts'>): string {
  const { lookedAt, orphans, removed, ofUnknownRuns, inUse, delivered } = counts;
  const parts = [
    `${String(orphans)} orphaned${removed > 0 ? ` (${String(removed)} removed)` : ''}`,
    `${String(ofUnknownRuns)} of unknown runs`,
    `${String(inUse)} in use`,
    `${String(delivered)} delivered`,
  ];
  return `${String(lookedAt)} ${lookedAt === 1 ? 'resource' : 'resources'} in ${region}: ${parts.join(', ')}`;
}
