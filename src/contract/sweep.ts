/** Input and result of the workflow `sweep`: what it is asked to look at, and what it found and did. */
import type { LedgerEntry, ResourceKind, SweepCounts } from './progress';

/** Input of the workflow `sweep`. */
export interface SweepInput {
  /** Deletes and stops what is found. Without it, a sweep only tells. */
  apply?: boolean;
  /** Looks only at what was made in the last so many seconds. Not beside `createdAfter`. @default all that there is */
  createdWithinSeconds?: number;
  /** Looks only at what was made since this time, in ISO 8601 with its offset. @default all that there is */
  createdAfter?: string;
  /** AWS region; a worker of another one refuses the run. @default the worker's */
  region?: string;
}

/** The kinds of resource that a sweep looks at. */
export type SweptKind = Exclude<ResourceKind, 'bucket'>;

/**
 * What a sweep takes a resource for: an orphan, which a run that has ended made and did not deliver; in use, by an open run
 * or by what stays; delivered by a run; or made by a run that Temporal does not know (any more), which is never touched.
 */
export type SweepVerdict = 'orphan' | 'in use' | 'delivered' | 'unknown run';

/** What a sweep did with a resource, or would do. */
export type SweepAction = 'would delete' | 'would stop' | 'deleted' | 'stopped' | 'left';

/** One resource that bears a run tag, as a sweep found it. */
export interface SweptResource {
  /** What it is. */
  kind: SweptKind;
  /** Its name on AWS. */
  name: string;
  /** Its ARN. */
  arn: string;
  /** When it was made. */
  createdAt: string;
  /** The run that its tag names. */
  run: {
    /** As in the tag, where Temporal does not know the run: long and odd ones are cut there. */
    workflowId: string;
    /** Run id of its first execution; absent where the tag names none. */
    firstRunId?: string;
  };
  /** What it is taken for. */
  verdict: SweepVerdict;
  /** What was done with it. */
  action: SweepAction;
  /** Why. */
  reason: string;
}

/** Result of the workflow `sweep`. */
export interface SweepResult {
  /** True where orphans were to be removed, and not only told. */
  applied: boolean;
  /** AWS region that was swept. */
  region: string;
  /** How many resources were found, by what they are taken for. */
  counts: SweepCounts;
  /** What bears a run tag: orphans first, then what unknown runs made, what is in use, what was delivered. */
  resources: SweptResource[];
  /** How many more there are than `resources` has room for. */
  omitted: number;
  /** What this run deleted, stopped or could not. */
  ledger: LedgerEntry[];
  /** What is worth knowing and stopped nothing. */
  warnings: string[];
}
