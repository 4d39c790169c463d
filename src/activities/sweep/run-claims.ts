/**
 * Other runs that have to do with a resource, open and ended: found by the search attributes, by their Workflow Id, and by
 * the input of those that have set no attribute. What they say of themselves anybody may have written; `domain/sweep.ts`
 * decides by it.
 */
import type { Client, WorkflowExecutionInfo } from '@temporalio/client';
import { defineSearchAttributeKey, type Payload } from '@temporalio/common';
import { MEMO, WORKFLOW_TYPES, type SearchAttributeName } from '../../contract';
import { CONTENT_BASE_LENGTH_MAX, contentBaseIn } from '../../domain/names';
import type { Claim, NamedResource, TaggedResource } from '../../domain/sweep';
import { aboutInput, aboutMemo, deliveredBy } from '../../domain/sweep-runs';
import { call, describe, eachRun, RUNS_MAX, UNREADABLE } from './temporal-calls';

/** Runs of one question that say what they are about: of more, not all is known. */
const CLAIMS_MAX = 10_000;
/** Open runs whose input is read, each with a call. */
const UNTOLD_MAX = 1_000;
/** The workflow types that may take up a model, a config or an endpoint. */
const HOSTING_TYPES = "('deploy', 'fitThenDeploy', 'deleteEndpoint')";
const OUR_TYPES = `(${WORKFLOW_TYPES.map((type) => `'${type}'`).join(', ')})`;

/** Stands for runs that were not looked at: any of them may be about anything. */
const tooMany = (why: string): Claim => ({ workflowId: '', isOpen: true, delivered: [], why });

export function isUnreadable({ memo }: Pick<WorkflowExecutionInfo, 'memo'>): boolean {
  return memo?.[MEMO.run] === UNREADABLE;
}

export function deliveries(run: Pick<WorkflowExecutionInfo, 'memo' | 'type'>): NamedResource[] {
  return deliveredBy(run.memo?.[MEMO.run], !(WORKFLOW_TYPES as readonly string[]).includes(run.type));
}

const HOUR_MS = 3_600_000;

/** Visibility queries for the runs that are about this resource, open and ended. */
export function conditionsFor(
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

/** What the runs say that a question finds. All are gone through, most of which have nothing to do with SageMaker. */
export async function listClaims(client: Client, query: string): Promise<Claim[]> {
  const claims: Claim[] = [];
  const isWhole = await eachRun(client, query, (run) => {
    claims.push(...claimOf(run));
    return claims.length <= CLAIMS_MAX;
  });
  if (isWhole) return claims;
  return [
    ...claims,
    tooMany(
      claims.length > CLAIMS_MAX
        ? `more than ${String(CLAIMS_MAX)} runs may have to do with it, and not all were looked at`
        : `more than ${String(RUNS_MAX)} workflows have ended since it was made, and not all were looked at`,
    ),
  ];
}

/** What a run is about as it says itself; none where it says nothing. */
function claimOf(run: WorkflowExecutionInfo): Claim[] {
  const memo = aboutMemo(run.memo?.[MEMO.run]);
  const told = (name: SearchAttributeName): string | undefined =>
    run.typedSearchAttributes.get(defineSearchAttributeKey(name, 'KEYWORD'));
  const endpointName = told('EndpointName') ?? memo.endpointName;
  const trainingJobName = told('TrainingJobName') ?? memo.trainingJobName;
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

/** Open runs of ours that have not said in attributes what they are about: their input does. */
export async function listUntoldRuns(client: Client, attributes: readonly SearchAttributeName[]): Promise<Claim[]> {
  // They tell both at once, but only what the namespace has.
  const areTold = attributes.includes('EndpointName') && attributes.includes('TrainingJobName');
  const untold = areTold ? ' AND EndpointName IS NULL' : '';
  const query = `ExecutionStatus = 'Running' AND WorkflowType IN ${HOSTING_TYPES}${untold}`;
  const runs: WorkflowExecutionInfo[] = [];
  const isWhole = await eachRun(client, query, (run) => runs.push(run) <= UNTOLD_MAX);
  if (!isWhole) {
    return [tooMany(`more than ${String(UNTOLD_MAX)} open runs may have taken it up, and not all were looked at`)];
  }
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
export async function findOpenDeploy(client: Client, { kind, name }: TaggedResource): Promise<Claim | undefined> {
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
