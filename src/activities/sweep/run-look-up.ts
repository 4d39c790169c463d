/**
 * What Temporal knows of the runs that tags name, and of other runs that have to do with the same resources. Asks through
 * the worker's own connection; what comes back is facts for `domain/sweep.ts`, which decides.
 *
 * Descriptions are as fresh as can be; listings come from the visibility store, which is a second or so behind.
 */
import type { Client, WorkflowExecutionDescription, WorkflowExecutionInfo } from '@temporalio/client';
import { defineSearchAttributeKey, type Payload } from '@temporalio/common';
import { MEMO, WORKFLOW_TYPES, type SearchAttributeName } from '../../contract';
import { CONTENT_BASE_LENGTH_MAX, contentBaseIn, parseRunTag, runTagValue } from '../../domain/names';
import type { Claim, KnownRun, NamedResource, TaggedResource } from '../../domain/sweep';
import { aboutInput, deliveredBy } from '../../domain/sweep-runs';
import { call, describe, equals, list, UNREADABLE } from './temporal-calls';

/** Runs of one Workflow Id, or about one endpoint, that are looked at; of more, not all is known. */
const RUNS_MAX = 1_000;
const TOO_MANY = `(one of more than ${String(RUNS_MAX)} runs, which cannot all be looked at)`;
/** The workflow types that may take up a model, a config or an endpoint. */
const HOSTING_TYPES = "('deploy', 'fitThenDeploy', 'deleteEndpoint')";
const OUR_TYPES = `(${WORKFLOW_TYPES.map((type) => `'${type}'`).join(', ')})`;

export interface RunLookUp {
  /** What became of the run that a tag names. */
  findOwner(tag: string): Promise<KnownRun>;
  /** Other runs that have to do with this resource. */
  findClaims(resource: TaggedResource): Promise<Claim[]>;
}

/** A look-up for one activity, which asks no question twice. */
export function openRunLookUp(client: Client, attributes: readonly SearchAttributeName[]): RunLookUp {
  const owners = new Map<string, Promise<KnownRun>>();
  let openRuns: Promise<Claim[]> | undefined;
  const asked = new Map<string, Promise<Claim[]>>();

  const once = <T>(known: Map<string, Promise<T>>, key: string, ask: () => Promise<T>): Promise<T> => {
    const answer = known.get(key) ?? ask();
    known.set(key, answer);
    return answer;
  };

  return {
    findOwner: (tag) => once(owners, tag, () => findOwner(client, tag)),
    async findClaims(resource) {
      const conditions = conditionsFor(resource, attributes);
      const listed = await Promise.all(conditions.map((query) => once(asked, query, () => listClaims(client, query))));
      openRuns ??= listUntoldRuns(client, attributes);
      const asIs = await findOpenDeploy(client, resource);
      return [...listed.flat(), ...(await openRuns), ...(asIs ? [asIs] : [])];
    },
  };
}

// --- the run that a tag names -----------------------------------------------------------------------------------------

async function findOwner(client: Client, tag: string): Promise<KnownRun> {
  const named = parseRunTag(tag);
  if (!named) return { state: 'unknown', why: 'its tag names no run' };
  const found = (await findByTag(client, named)) ?? (await findByRunId(client, named.firstRunId, tag));
  if (!found) return { state: 'unknown', why: 'Temporal does not know its run (any more) in this namespace' };
  const { latest, first } = found;
  const { workflowId } = latest;
  const known = { workflowId, firstRunId: named.firstRunId };
  const firstRunIdOfLatest = latest.raw.workflowExecutionInfo?.firstRunId;
  // A server that does not tell first runs leaves open whether this one is the same run, reset or continued.
  const isSameRun = !firstRunIdOfLatest || firstRunIdOfLatest === named.firstRunId;
  if (isSameRun && !latest.closeTime) {
    return { state: 'open', ...known, delivered: [], isWhole: true };
  }
  const isOnlyRun = latest.runId === named.firstRunId;
  const family = isOnlyRun ? [latest] : await listFamily(client, workflowId);
  const runs = [...(family ?? []), latest, ...(first ? [first] : [])];
  const start = runs.find(({ runId }) => runId === named.firstRunId);
  const endedMs = Math.max(...runs.map(({ closeTime }) => closeTime?.getTime() ?? 0));
  return {
    state: 'ended',
    ...known,
    ...(start && { startedAt: start.startTime.toISOString() }),
    ...(endedMs > 0 && { endedAt: new Date(endedMs).toISOString() }),
    delivered: runs.flatMap(deliveries),
    isWhole: start !== undefined && family !== undefined && !runs.some(isUnreadable),
  };
}

interface Found {
  latest: WorkflowExecutionDescription;
  first?: WorkflowExecutionDescription;
}

async function findByTag(
  client: Client,
  { workflowId, firstRunId }: { workflowId: string; firstRunId: string },
): Promise<Found | undefined> {
  const latest = await describe(client, workflowId);
  if (!latest) return undefined;
  if (latest.runId === firstRunId) return { latest, first: latest };
  const first = await describe(client, workflowId, firstRunId);
  const isOfThatRun = latest.raw.workflowExecutionInfo?.firstRunId === firstRunId;
  return isOfThatRun || first ? { latest, ...(first && { first }) } : undefined;
}

/** A long or odd Workflow Id does not stand in the tag as it is, but its run id does. */
async function findByRunId(client: Client, firstRunId: string, tag: string): Promise<Found | undefined> {
  const [listed] = await list(client, `RunId = '${firstRunId}'`, 1);
  if (!listed || runTagValue(listed.workflowId, firstRunId) !== tag) return undefined;
  return findByTag(client, { workflowId: listed.workflowId, firstRunId });
}

/** All runs of a Workflow Id: those a reset, a cron schedule or a continue-as-new put in the place of the first, too. */
async function listFamily(client: Client, workflowId: string): Promise<WorkflowExecutionInfo[] | undefined> {
  const condition = equals('WorkflowId', workflowId);
  const runs = condition === undefined ? undefined : await list(client, condition, RUNS_MAX + 1);
  return runs && runs.length <= RUNS_MAX ? runs : undefined;
}

function isUnreadable({ memo }: Pick<WorkflowExecutionInfo, 'memo'>): boolean {
  return memo?.[MEMO.run] === UNREADABLE;
}

function deliveries(run: Pick<WorkflowExecutionInfo, 'memo' | 'type'>): NamedResource[] {
  return deliveredBy(run.memo?.[MEMO.run], !(WORKFLOW_TYPES as readonly string[]).includes(run.type));
}

// --- other runs ---------------------------------------------------------------------------------------------------------

const HOUR_MS = 3_600_000;

/** Visibility queries for the runs that are about this resource, open and ended. */
function conditionsFor(
  { kind, name, createdAt }: TaggedResource,
  attributes: readonly SearchAttributeName[],
): string[] {
  // By the hour, so that resources that were made together are asked about together.
  const sinceMs = Math.floor((Date.parse(createdAt) - HOUR_MS) / HOUR_MS) * HOUR_MS;
  const since = `CloseTime >= '${new Date(sinceMs).toISOString()}'`;
  if (kind === 'training job') {
    return attributes.includes('TrainingJobName')
      ? [`ExecutionStatus = 'Running' AND TrainingJobName = '${name}'`]
      : [];
  }
  if (!attributes.includes('EndpointName')) return [`ExecutionStatus != 'Running' AND ${since}`];
  const told = ofEndpoint(kind === 'endpoint' ? { endpointName: name } : { base: contentBaseIn(name) ?? name });
  const isRecent = `(ExecutionStatus = 'Running' OR ${since})`;
  const untold = `ExecutionStatus != 'Running' AND EndpointName IS NULL AND WorkflowType IN ${HOSTING_TYPES} AND ${since}`;
  // A workflow of the user's own may deploy more than once, and its attribute tells the last endpoint alone.
  const own = `EndpointName IS NOT NULL AND WorkflowType NOT IN ${OUR_TYPES} AND ${isRecent}`;
  return [`${told} AND ${isRecent}`, untold, own];
}

function ofEndpoint(of: { endpointName: string } | { base: string }): string {
  if ('endpointName' in of) return `EndpointName = '${of.endpointName}'`;
  const isCut = of.base.length >= CONTENT_BASE_LENGTH_MAX;
  return isCut ? `EndpointName STARTS_WITH '${of.base}'` : `EndpointName = '${of.base}'`;
}

async function listClaims(client: Client, query: string): Promise<Claim[]> {
  const runs = await list(client, query, RUNS_MAX + 1);
  const claims = runs.slice(0, RUNS_MAX).flatMap(claimOf);
  return runs.length <= RUNS_MAX ? claims : [...claims, { workflowId: TOO_MANY, isOpen: true, delivered: [] }];
}

/** What a run is about as it says itself; none where it says nothing. */
function claimOf(run: WorkflowExecutionInfo): Claim[] {
  const memo = run.memo?.[MEMO.run] as { endpointName?: string; trainingJobName?: string } | undefined;
  const told = (name: SearchAttributeName): string | undefined =>
    run.typedSearchAttributes.get(defineSearchAttributeKey(name, 'KEYWORD'));
  const endpointName = told('EndpointName') ?? memo?.endpointName;
  const trainingJobName = told('TrainingJobName') ?? memo?.trainingJobName;
  const delivered = deliveries(run);
  // A workflow of the user's own may have made more than one endpoint, of which it tells the last.
  const names = new Set(delivered.filter(({ kind }) => kind === 'endpoint').map(({ name }) => name));
  if (endpointName !== undefined) names.add(endpointName);
  const of = {
    workflowId: run.workflowId,
    isOpen: run.closeTime === undefined,
    ...(run.closeTime && { endedAt: run.closeTime.toISOString() }),
    ...(trainingJobName !== undefined && { trainingJobName }),
    delivered,
    ...(isUnreadable(run) && { isUnreadable: true }),
  };
  if (names.size === 0) return trainingJobName === undefined && !isUnreadable(run) ? [] : [of];
  return [...names].map((name) => ({ ...of, endpointName: name }));
}

/** Open runs of ours that have not said in an attribute what they are about: their input does. */
async function listUntoldRuns(client: Client, attributes: readonly SearchAttributeName[]): Promise<Claim[]> {
  const untold = attributes.includes('EndpointName') ? ' AND EndpointName IS NULL' : '';
  const query = `ExecutionStatus = 'Running' AND WorkflowType IN ${HOSTING_TYPES}${untold}`;
  const runs = await list(client, query, RUNS_MAX + 1);
  if (runs.length > RUNS_MAX) return [{ workflowId: TOO_MANY, isOpen: true, delivered: [] }];
  const claims: Claim[] = [];
  for (const run of runs) {
    const { workflowId } = run;
    const about = await readAbout(client, run);
    // What names nothing makes names of its own, which nobody had before.
    if (about === 'nothing') continue;
    claims.push({ workflowId, isOpen: true, delivered: deliveries(run), ...(about !== 'unreadable' && about) });
  }
  return claims;
}

/** A deploy that began a moment ago stands in no listing yet, but most have a Workflow Id that can be told. */
async function findOpenDeploy(client: Client, { kind, name }: TaggedResource): Promise<Claim | undefined> {
  const endpointName = kind === 'endpoint' ? name : contentBaseIn(name);
  if (kind === 'training job' || endpointName === undefined) return undefined;
  const deploy = await describe(client, `deploy-${endpointName}`);
  if (!deploy || deploy.closeTime) return undefined;
  return { workflowId: deploy.workflowId, isOpen: true, endpointName, delivered: [] };
}

async function readAbout(
  client: Client,
  { workflowId, runId }: WorkflowExecutionInfo,
): Promise<Pick<Claim, 'endpointName' | 'trainingJobName'> | 'nothing' | 'unreadable'> {
  const { namespace, loadedDataConverter } = client.options;
  const response = await call(client, { workflowId }, () =>
    client.workflowService.getWorkflowExecutionHistory({
      namespace,
      execution: { workflowId, runId },
      maximumPageSize: 1,
      skipArchival: true,
    }),
  );
  const started = response?.history?.events?.[0]?.workflowExecutionStartedEventAttributes;
  try {
    let payloads: Payload[] = started?.input?.payloads ?? [];
    for (const codec of [...loadedDataConverter.payloadCodecs].reverse()) payloads = await codec.decode(payloads);
    const [first] = payloads;
    const about = aboutInput(first && loadedDataConverter.payloadConverter.fromPayload(first));
    return Object.keys(about).length === 0 ? 'nothing' : about;
  } catch {
    // Written by a codec that this worker does not have: it may be about anything.
    return 'unreadable';
  }
}
