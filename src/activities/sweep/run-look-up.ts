/**
 * What Temporal knows of the runs that tags name, and of other runs that have to do with the same resources. Asks through
 * the worker's own connection; what comes back is facts for `domain/sweep.ts`, which decides.
 *
 * Descriptions are as fresh as can be; listings come from the visibility store, which is a second or so behind.
 */
import type { Client, WorkflowExecutionDescription, WorkflowExecutionInfo } from '@temporalio/client';
import type { SearchAttributeName } from '../../contract';
import { parseRunTag, runTagValue } from '../../domain/names';
import type { Claim, KnownRun, TaggedResource } from '../../domain/sweep';
import { conditionsFor, deliveries, findOpenDeploy, isUnreadable, listClaims, listUntoldRuns } from './run-claims';
import { describe, eachRun, equals } from './temporal-calls';

export interface RunLookUp {
  /** What became of the run that a tag names. */
  findOwner(tag: string): Promise<KnownRun>;
  /** Other runs that have to do with this resource. */
  findClaims(resource: TaggedResource): Promise<Claim[]>;
  /** What could not be looked at until now, for which resources are taken to be in use. */
  warnings(): string[];
}

/** A look-up for one activity, which asks no question twice. */
export function openRunLookUp(client: Client, attributes: readonly SearchAttributeName[]): RunLookUp {
  const owners = new Map<string, Promise<KnownRun>>();
  let openRuns: Promise<Claim[]> | undefined;
  const asked = new Map<string, Promise<Claim[]>>();
  const whys = new Set<string>();
  const advice = attributes.includes('EndpointName') ? '' : '; the search attribute EndpointName would tell them apart';

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
      const claims = [...listed.flat(), ...(await openRuns), ...(asIs ? [asIs] : [])];
      for (const { why } of claims) if (why !== undefined) whys.add(why);
      return claims;
    },
    warnings: () => [...whys].map((why) => `some resources are taken to be in use: ${why}${advice}`),
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
  let listed: WorkflowExecutionInfo | undefined;
  await eachRun(client, `RunId = '${firstRunId}'`, (run) => {
    listed ??= run;
  });
  if (!listed || runTagValue(listed.workflowId, firstRunId) !== tag) return undefined;
  return findByTag(client, { workflowId: listed.workflowId, firstRunId });
}

/** All runs of a Workflow Id: those a reset, a cron schedule or a continue-as-new put in the place of the first, too. */
async function listFamily(client: Client, workflowId: string): Promise<WorkflowExecutionInfo[] | undefined> {
  const condition = equals('WorkflowId', workflowId);
  const runs: WorkflowExecutionInfo[] = [];
  const isWhole = condition !== undefined && (await eachRun(client, condition, (run) => runs.push(run)));
  return isWhole ? runs : undefined;
}
