/**
 * What the checker judges: the journal, what stands in the end, and every run with what it asked for, made and said. Read
 * by `gather.ts` from an emulator and a Temporal server, or made up by the checker's own tests.
 */
import type { LedgerEntry, ResourceKind, RunMemo } from '../../../src/contract';
import type { AnswerDefect, JournalEntry } from '../../../src/emulator';

/** The kinds that SageMaker keeps. */
export type SageMakerKind = Exclude<ResourceKind, 'bucket'>;

/** One resource that exists. */
export interface Standing {
  kind: SageMakerKind;
  name: string;
  arn: string;
  /** Value of the run tag. */
  tag?: string;
  /** What its Describe answers. */
  description: Record<string, unknown>;
}

export interface Named {
  kind: SageMakerKind;
  name: string;
}

/** What AWS's requests of one plan name, and what the plan deletes. */
export interface Planned {
  makes: Named[];
  removesEndpoint?: string;
}

export type RunStatus =
  'Running' | 'Completed' | 'Failed' | 'Cancelled' | 'Terminated' | 'TimedOut' | 'ContinuedAsNew' | 'Paused';

/** A failure as any client of Temporal is told it. */
export interface RunFailure {
  code: string;
  message: string;
  details: Record<string, unknown>;
}

/** One execution. */
export interface RunEvidence {
  workflowId: string;
  runId: string;
  type: string;
  status: RunStatus;
  /** What it tags its resources with: shared by the executions of a cron chain, and by those of a reset. */
  tag: string;
  startedAt: string;
  closedAt?: string;
  /** True for executions that by their nature make their own under a shared tag: of a cron schedule. */
  isChained: boolean;
  /** Whether its history was read: of runs that are open only in the end. */
  isRead: boolean;
  input?: unknown;
  plans: Planned[];
  result?: Record<string, unknown>;
  failure?: RunFailure;
  memo?: RunMemo;
  cancelRequested: boolean;
}

/** What a run need not keep, and why: said by the test that brought it about. */
export interface Exemption {
  /**
   * `naming`: what it made may stand unnamed, or run on. `liveness`: what it asked for need not be there. `truth`: what
   * it says need not be so. Nothing exempts from making at most one of each and from leaving alone what is not ours.
   */
  from: ('naming' | 'liveness' | 'truth')[];
  reason: string;
  /** True where it hangs on the moment of the checker's look whether it is needed. @default needed for certain */
  mayBeIdle?: boolean;
}

export interface Evidence {
  journal: JournalEntry[];
  resources: Standing[];
  runs: RunEvidence[];
  /** Answers that AWS would not have given: whatever was proven with them is not. @default none */
  defects?: AnswerDefect[];
  /** Names of what was there before, and is to be left alone. */
  foreignNames?: string[];
  /** By Workflow Id. */
  exempt?: Record<string, Exemption>;
  /** What exemptions an earlier look has shown to be needed, as `findNeededExemptions` names them. */
  needed?: ReadonlySet<string>;
  /** Run ids that were judged before by what they say and left; undefined to judge all of them. */
  judged?: ReadonlySet<string>;
  /** True in the end: every run was read, so whatever belongs to none belongs to nobody. */
  isWhole: boolean;
}

/** The types whose input, result and failures are the contract's. */
const OUR_TYPES = ['fit', 'deploy', 'fitThenDeploy', 'deleteEndpoint', 'sweep'];

export function isOfOurType({ type }: RunEvidence): boolean {
  return OUR_TYPES.includes(type);
}

export function isClosed({ status }: RunEvidence): boolean {
  return status !== 'Running' && status !== 'Paused';
}

export function isExempt(evidence: Evidence, run: RunEvidence, from: Exemption['from'][number]): boolean {
  return evidence.exempt?.[run.workflowId]?.from.includes(from) ?? false;
}

/** Runs whose end is to be held against the world now. */
export function endedRuns(evidence: Evidence, from: Exemption['from'][number]): RunEvidence[] {
  return evidence.runs.filter(
    (run) => isClosed(run) && run.isRead && !evidence.judged?.has(run.runId) && !isExempt(evidence, run, from),
  );
}

/** All ledgers of a run say the same; each end has another place for it. */
export function ledgerOf({ result, failure, memo }: RunEvidence): LedgerEntry[] {
  const told = result?.ledger ?? failure?.details.ledger ?? memo?.ledger;
  return Array.isArray(told) ? (told as LedgerEntry[]) : [];
}

export function describeRun({ type, workflowId, status }: RunEvidence): string {
  return `${type} run ${workflowId} (${status})`;
}

export function findStanding({ resources }: Evidence, kind: SageMakerKind, name: string): Standing | undefined {
  return resources.find((one) => one.kind === kind && one.name === name);
}

export function isSame(of: Named): (one: { kind: string; name: string }) => boolean {
  return ({ kind, name }) => kind === of.kind && name === of.name;
}

/** A value of AWS or of a result, in a sentence. */
export function wordOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value ?? 'nothing');
}
