/**
 * What a sweep takes a resource for. Comes from AWS (what bears a run tag, and what uses what) and from Temporal (what
 * became of the runs); decides what is an orphan. Where something cannot be known, it is not.
 */
import type { LedgerEntry, RunMemo, SweepCounts, SweepVerdict, SweptKind, SweptResource } from '../contract';
import { contentBaseIn, contentBaseOf, parseRunTag } from './names';

/** In the order of removal: what uses others goes before what is used. */
export const SWEPT_KINDS = ['training job', 'endpoint', 'endpoint config', 'model'] as const satisfies SweptKind[];

/** A resource that bears a run tag. */
export interface TaggedResource {
  kind: SweptKind;
  name: string;
  arn: string;
  createdAt: string;
  /** Value of its run tag. */
  tag: string;
  /** Status of an endpoint. */
  status?: string;
  /** The configs that an endpoint serves and awaits, each with its run tag where it has one. */
  configs?: { name: string; tag?: string }[];
}

export type NamedResource = Pick<LedgerEntry, 'kind' | 'name'>;

/** What Temporal knows of the run that a tag names. */
export type KnownRun =
  | { state: 'unknown'; why: string }
  | {
      state: 'open' | 'ended';
      workflowId: string;
      firstRunId: string;
      /** Absent where only later executions of the run are known. */
      startedAt?: string;
      endedAt?: string;
      /** What it said it delivered, it or another run of its Workflow Id. */
      delivered: NamedResource[];
      /** False where Temporal has forgotten a part of it: what it delivered then is not known. */
      isWhole: boolean;
    };

/** Another run that has to do with a resource, whoever made it. */
export interface Claim {
  workflowId: string;
  isOpen: boolean;
  endedAt?: string;
  /** Both absent: what it is about could not be told, so that it may be about anything. */
  endpointName?: string;
  trainingJobName?: string;
  delivered: NamedResource[];
}

export interface Judgement {
  verdict: SweepVerdict;
  reason: string;
}

/** A resource that was judged; `action` once something was done with it, or was not. */
export type Finding = Judgement & TaggedResource & Partial<Pick<SweptResource, 'action'>> & { workflowId: string };

/** Clocks of AWS and Temporal may differ by so much. */
const CLOCK_SKEW_MS = 5 * 60_000;
/** A worker that lost its run may finish what it had begun; what is made later than this is not that run's. */
const LATE_EFFECT_MS = 3_600_000;

/** Everything that decides about one resource, but for what uses it. */
export interface Circumstances {
  run: KnownRun;
  /** Other runs, for hosting resources and jobs alike; those that are about something else are left out here. */
  claims: Claim[];
  /** The runs that an endpoint's configs name, by their tags. */
  runsOfConfigs?: ReadonlyMap<string, KnownRun>;
}

export function judgeResource(resource: TaggedResource, circumstances: Circumstances): Judgement {
  const { run } = circumstances;
  if (run.state === 'unknown') return { verdict: 'unknown run', reason: run.why };
  const who = `the run ${run.workflowId}`;
  if (run.state === 'open') return { verdict: 'in use', reason: `${who} is open` };
  if (isDelivered(resource, run)) return { verdict: 'delivered', reason: `${who} delivered it` };
  if (!run.isWhole) {
    return { verdict: 'unknown run', reason: `Temporal has forgotten a part of ${who}: it may have delivered this` };
  }
  return (
    judgeTimes(resource, run) ??
    judgeClaims(resource, circumstances.claims) ??
    judgeConfigs(resource, circumstances.runsOfConfigs ?? new Map()) ?? {
      verdict: 'orphan',
      reason: `${who} has ended without delivering it`,
    }
  );
}

/** A running job is nobody's delivery. Names are used again, so what a run delivered before this was made is another. */
function isDelivered({ kind, name, createdAt }: TaggedResource, by: Pick<Claim, 'delivered' | 'endedAt'>): boolean {
  if (kind === 'training job') return false;
  if (by.endedAt !== undefined && Date.parse(by.endedAt) + CLOCK_SKEW_MS < Date.parse(createdAt)) return false;
  return by.delivered.some((one) => one.kind === kind && one.name === name);
}

/** Tags can be copied: what was not made while its run lived was made by somebody else. */
function judgeTimes(
  { createdAt }: TaggedResource,
  { workflowId, startedAt, endedAt }: KnownRun & { state: 'open' | 'ended' },
): Judgement | undefined {
  const madeMs = Date.parse(createdAt);
  if (startedAt !== undefined && madeMs < Date.parse(startedAt) - CLOCK_SKEW_MS) {
    return { verdict: 'unknown run', reason: `it was made before the run ${workflowId}, whose tag it bears` };
  }
  if (endedAt !== undefined && madeMs > Date.parse(endedAt) + LATE_EFFECT_MS) {
    return { verdict: 'unknown run', reason: `it was made long after the run ${workflowId}, whose tag it bears` };
  }
  return undefined;
}

/** A later run may have taken up what an earlier one left: by its content, or by updating the endpoint. */
function judgeClaims(resource: TaggedResource, claims: Claim[]): Judgement | undefined {
  const relevant = claims.filter((claim) => isAbout(claim, resource));
  const open = relevant.find(({ isOpen }) => isOpen);
  if (open) return { verdict: 'in use', reason: `the open run ${open.workflowId} may use it` };
  const deliverer = relevant.find((claim) => isDelivered(resource, claim));
  return deliverer && { verdict: 'delivered', reason: `the run ${deliverer.workflowId} delivered it` };
}

function isAbout({ endpointName, trainingJobName }: Claim, { kind, name }: TaggedResource): boolean {
  if (endpointName === undefined && trainingJobName === undefined) return true;
  if (kind === 'training job') return trainingJobName === name;
  if (endpointName === undefined) return false;
  return kind === 'endpoint' ? endpointName === name : contentBaseOf(endpointName) === contentBaseIn(name);
}

/** An endpoint of an ended run is somebody's if what it serves is. */
function judgeConfigs(
  { tag, configs = [] }: TaggedResource,
  runs: ReadonlyMap<string, KnownRun>,
): Judgement | undefined {
  for (const config of configs) {
    const inUse = (why: string): Judgement => ({
      verdict: 'in use',
      reason: `it serves or awaits the config ${config.name}, ${why}`,
    });
    if (config.tag === undefined) return inUse('which no run of ours made');
    if (config.tag === tag) continue;
    const run = runs.get(config.tag);
    if (!run || run.state === 'unknown') return inUse('which an unknown run made');
    if (run.state === 'open') return inUse(`which the open run ${run.workflowId} made`);
    if (!run.isWhole || run.delivered.some((one) => one.kind === 'endpoint config' && one.name === config.name)) {
      return inUse(`which the run ${run.workflowId} delivered`);
    }
  }
  return undefined;
}

// --- what uses what ---------------------------------------------------------------------------------------------------

/** An endpoint with the configs that it serves and awaits, or a config with its models. */
export interface Use {
  name: string;
  /** Of an endpoint. */
  status?: string;
  names: string[];
}

/** What could be read of all endpoints, or of all configs. */
export interface Uses {
  all: Use[];
  /** False where there are more than were read: then anything may be in use. */
  isWhole: boolean;
}

/** Between two states, or stuck there, AWS does not always say which config an endpoint may come to. */
export function isUncertain({ status }: Pick<Use, 'status'>): boolean {
  return status !== undefined && !['InService', 'Failed', 'OutOfService', 'Deleting'].includes(status);
}

/** Orphaned configs that an endpoint uses which stays are in use. */
export function judgeConfigUse(findings: Finding[], endpoints: Uses): Finding[] {
  const staying = without(endpoints.all, findings, 'endpoint');
  return findings.map((finding) => {
    if (finding.kind !== 'endpoint config' || !isToGo(finding)) return finding;
    if (!endpoints.isWhole) return inUse(finding, TOO_MANY);
    const user = staying.find(({ names }) => names.includes(finding.name));
    if (user) return inUse(finding, `the endpoint ${user.name} uses it`);
    const possible = staying.find((endpoint) => isUncertain(endpoint) && mayUse(endpoint, finding));
    return possible ? mayBeInUse(finding, possible) : finding;
  });
}

/** Orphaned models that a config names which stays, or that an endpoint may use whose config is not known, are in use. */
export function judgeModelUse(findings: Finding[], endpoints: Uses, configs: Uses): Finding[] {
  const stayingConfigs = without(configs.all, findings, 'endpoint config');
  const known = new Set(configs.all.map(({ name }) => name));
  const isUnclear = (one: Use): boolean => isUncertain(one) || !one.names.some((name) => known.has(name));
  const unclear = without(endpoints.all, findings, 'endpoint').filter(isUnclear);
  return findings.map((finding) => {
    if (finding.kind !== 'model' || !isToGo(finding)) return finding;
    if (!endpoints.isWhole || !configs.isWhole) return inUse(finding, TOO_MANY);
    const user = stayingConfigs.find(({ names }) => names.includes(finding.name));
    if (user) return inUse(finding, `the endpoint config ${user.name} names it`);
    const possible = unclear.find((endpoint) => mayUse(endpoint, finding));
    return possible ? mayBeInUse(finding, possible) : finding;
  });
}

/** True of what is removed, or was: it stands in nobody's way. */
export function isToGo({ verdict, action }: Pick<Finding, 'verdict' | 'action'>): boolean {
  return verdict === 'orphan' && action !== 'left';
}

function without(uses: Use[], findings: Finding[], kind: SweptKind): Use[] {
  const going = new Set(findings.filter((finding) => finding.kind === kind && isToGo(finding)).map(({ name }) => name));
  return uses.filter(({ name, status }) => !going.has(name) && status !== 'Deleting');
}

/** True where the name says that the endpoint's deploys made it. */
export function mayUse(endpoint: Use, { name }: Pick<Finding, 'name'>): boolean {
  return contentBaseOf(endpoint.name) === contentBaseIn(name);
}

const TOO_MANY = 'there are too many endpoints or configs to tell whether any uses it';

function inUse(finding: Finding, reason: string): Finding {
  return { ...finding, verdict: 'in use', reason };
}

function mayBeInUse(finding: Finding, endpoint: Use): Finding {
  const state = isUncertain(endpoint) ? `is ${String(endpoint.status)}` : 'has a config that is gone';
  return inUse(finding, `the endpoint ${endpoint.name}, which ${state}, may use it`);
}

// --- what runs say ----------------------------------------------------------------------------------------------------

/**
 * What a run delivered, by the memo it left. A run of ours that failed or was cancelled has delivered nothing; a workflow
 * of the user's own has no such end, but each of its steps has said what it made.
 */
export function deliveredBy(memo: unknown, isOwnType: boolean): NamedResource[] {
  if (typeof memo !== 'object' || memo === null) return [];
  const { stage, ledger } = memo as Partial<RunMemo>;
  if (!Array.isArray(ledger) || (!isOwnType && stage !== 'Done')) return [];
  return ledger
    .filter(({ state }) => state === 'made' || state === 'adopted')
    .map(({ kind, name }) => ({ kind, name }));
}

/** Which endpoint and which training job a workflow of ours is about, by its input, whatever that is. */
export function aboutInput(input: unknown): Pick<Claim, 'endpointName' | 'trainingJobName'> {
  const { deploy, fit, endpointName, trainingJobName } = (input ?? {}) as Record<string, unknown>;
  const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);
  const field = (value: unknown, name: string): string | undefined =>
    typeof value === 'object' && value !== null ? text((value as Record<string, unknown>)[name]) : undefined;
  const job = text(trainingJobName) ?? field(fit, 'jobName');
  const endpoint = text(endpointName) ?? field(deploy, 'endpointName') ?? (deploy === undefined ? undefined : job);
  return {
    ...(endpoint !== undefined && { endpointName: endpoint }),
    ...(job !== undefined && { trainingJobName: job }),
  };
}

// --- what is told -----------------------------------------------------------------------------------------------------

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
