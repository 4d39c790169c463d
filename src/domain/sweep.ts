/**
 * What a sweep takes a resource for. Comes from AWS (what bears a run tag, and what uses what) and from Temporal (what
 * became of the runs); decides what is an orphan. Where something cannot be known, it is not.
 */
import type { LedgerEntry, SweepVerdict, SweptKind, SweptResource } from '../contract';
import { contentBaseIn, contentBaseOf } from './names';

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
      /** False where Temporal has forgotten a part of it, or what it said cannot be read: it may have delivered anything. */
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
  /** True where what it delivered cannot be read. */
  isUnreadable?: boolean;
  /** Where this stands for runs that were not looked at: why not. */
  why?: string;
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
    return { verdict: 'unknown run', reason: `what ${who} delivered is not all known: this may be of it` };
  }
  return (
    judgeTimes(resource, run) ??
    judgeClaims(resource, circumstances.claims) ??
    judgeConfigs(resource, circumstances.runsOfConfigs ?? new Map()) ??
    judgeName(resource) ?? {
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
  if (open) return { verdict: 'in use', reason: open.why ?? `the open run ${open.workflowId} may use it` };
  const unreadable = relevant.find(({ isUnreadable }) => isUnreadable);
  if (unreadable) {
    return { verdict: 'in use', reason: `what the run ${unreadable.workflowId} delivered cannot be read` };
  }
  const deliverer = relevant.find((claim) => isDelivered(resource, claim));
  return deliverer && { verdict: 'delivered', reason: `the run ${deliverer.workflowId} delivered it` };
}

function isAbout({ endpointName, trainingJobName }: Claim, { kind, name }: TaggedResource): boolean {
  if (endpointName === undefined && trainingJobName === undefined) return true;
  if (kind === 'training job') return trainingJobName === name;
  if (endpointName === undefined) return false;
  return kind === 'endpoint' ? endpointName === name : contentBaseOf(endpointName) === contentBaseIn(name);
}

/** A model whose name was chosen can be served by any endpoint, and the names of runs do not tell by which. */
function judgeName({ kind, name }: TaggedResource): Judgement | undefined {
  if (kind !== 'model' || contentBaseIn(name) !== undefined) return undefined;
  return { verdict: 'in use', reason: 'its name was chosen (modelName): others may serve it too' };
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
