/**
 * What a sweep tells: counts for progress and result, and the findings in the order in which they matter.
 */
import type { SweepCounts, SweepVerdict, SweptResource } from '../contract';
import { parseRunTag } from './names';
import type { Finding } from './sweep';

const FIELD_OF: Record<SweepVerdict, keyof SweepCounts> = {
  orphan: 'orphans',
  'unknown run': 'ofUnknownRuns',
  'in use': 'inUse',
  delivered: 'delivered',
};
/** What matters most is told first, and of too much last. */
const ORDER = Object.keys(FIELD_OF) as SweepVerdict[];

export function countFindings(findings: Finding[], lookedAt: number): SweepCounts {
  const counts: SweepCounts = { lookedAt, orphans: 0, inUse: 0, delivered: 0, ofUnknownRuns: 0, removed: 0 };
  for (const { verdict, action } of findings) {
    counts[FIELD_OF[verdict]] += 1;
    if (action === 'deleted' || action === 'stopped') counts.removed += 1;
  }
  return counts;
}

/** Longest reason that is told: AWS's own words may be long. */
const REASON_LENGTH_MAX = 500;

/** The findings as they are told, at most so many. */
export function tellFindings(findings: Finding[], most: number): SweptResource[] {
  return [...findings]
    .sort((one, other) => ORDER.indexOf(one.verdict) - ORDER.indexOf(other.verdict))
    .slice(0, most)
    .map(({ kind, name, arn, createdAt, tag, workflowId, verdict, action, reason }) => {
      const firstRunId = parseRunTag(tag)?.firstRunId;
      const wouldBe = kind === 'training job' ? 'would stop' : 'would delete';
      return {
        kind,
        name,
        arn,
        createdAt,
        run: { workflowId, ...(firstRunId !== undefined && { firstRunId }) },
        verdict,
        action: action ?? (verdict === 'orphan' ? wouldBe : 'left'),
        reason: reason.slice(0, REASON_LENGTH_MAX),
      };
    });
}
