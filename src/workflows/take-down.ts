/**
 * Takes things away: what a failed or cancelled deploy made and nothing serves, what a proven update replaced, and an
 * endpoint someone asks to delete. A run deletes only what it made, or what bears the tag of a run of ours; the ledger
 * says what became of each. Called in scopes that cannot be cancelled.
 */
import { patched, sleep, TemporalFailure } from '@temporalio/workflow';
import type { Deleted, HostingDescription } from '../activities';
import type { LedgerEntry, ResourceKind } from '../contract';
import { modelsOfConfig } from '../domain/config-models';
import { ENDPOINT_SETTLES_SECONDS } from '../domain/deadlines';
import { isSettled, type EndpointObservation } from '../domain/endpoint-status';
import { isOwnWork } from '../domain/ledger';
import { isContentName } from '../domain/names';
import type { HostingPlan } from '../domain/plan';
import { ending, looking } from './activity-options';
import { awaitEndpoint } from './await-endpoint';
import { tellFailure } from './failures';
import { removeEndpoint, type StandingEndpoint } from './remove-endpoint';
import type { Run } from './run';
import { LATE_EFFECT, MAY_BE_OWN } from './stop-training';
import { UPDATED } from './update-endpoint';

/**
 * After a deploy that did not come to serve: endpoint, config and model go, if this run made them and nothing uses them.
 * Never throws an outcome of its own: why the deploy failed must not be hidden by what came after.
 */
export async function takeDownUnserved(
  run: Run,
  plan: HostingPlan,
  replaced: readonly HostingDescription[],
): Promise<void> {
  const { record } = run;
  const endpointName = plan.endpoint.EndpointName ?? '';
  const configName = plan.endpointConfig.EndpointConfigName ?? '';
  const entry = record.entry('endpoint', endpointName);
  if (isOwnWork(entry)) {
    await attempt(run, 'endpoint', endpointName, () => removeOwnEndpoint(run, plan, entry?.state === 'intended'));
  } else if (entry?.reason === UPDATED) {
    await settleUpdate(run, plan, entry);
  }
  const pair: ['endpoint config' | 'model', string][] = [
    ['endpoint config', configName],
    ['model', plan.model.ModelName ?? ''],
  ];
  for (const [kind, name] of pair) {
    const own = record.entry(kind, name);
    if (!isOwnWork(own)) continue;
    if (kind === 'model' && leftForOthers(run, endpointName, name)) continue;
    await attempt(run, kind, name, async () => {
      if (await isInUse(run, endpointName, name)) {
        record.note({ kind, name, state: 'left', reason: `the endpoint ${endpointName} uses it` });
      } else {
        await deleteResource(run, kind, name, own?.state === 'intended' ? run.plan.run.runTag : undefined);
      }
    });
  }
  // Histories of before this was done must replay.
  if (replaced.length > 0 && patched('retire-what-was-replaced')) await retireUnused(run, plan, replaced);
}

/** An update can be neither cancelled nor undone: it comes to its end, and the ledger says what serves then. */
async function settleUpdate(run: Run, plan: HostingPlan, entry: LedgerEntry): Promise<void> {
  const wait = await awaitEndpoint(run, entry.name, plan.endpointTimeoutSeconds, (endpoint) =>
    isSettled(endpoint.status) ? endpoint : undefined,
  );
  if (wait === 'absent') run.record.note({ ...entry, state: 'deleted', reason: 'someone deleted it' });
  else
    run.record.note({
      ...entry,
      reason: `${UPDATED}; ${wait === 'overdue' ? STILL_UPDATING : tellWhatServes(wait.answer)}`,
    });
}

const STILL_UPDATING = 'the update has not come to an end';

function tellWhatServes({ status, endpointConfigName }: EndpointObservation): string {
  return status === 'InService' ? `it serves ${endpointConfigName}` : `it is ${status} with ${endpointConfigName}`;
}

/** True where the endpoint serves a config or model, may come to, or is between two: AWS does not always say which. */
async function isInUse(run: Run, endpointName: string, name: string): Promise<boolean> {
  const live = await looking(run.plan.run, `look at endpoint ${endpointName}`).describeHosting(endpointName);
  if (!live) return false;
  const { status, endpointConfigName, pendingConfigName } = live.endpoint;
  if (!isSettled(status) || status === 'UpdateRollbackFailed') return status !== 'Deleting';
  return [endpointConfigName, pendingConfigName, ...live.models.map((model) => model.name)].includes(name);
}

/** An endpoint that was meant, but not known, to be made is removed only if it bears this run's tag. */
async function removeOwnEndpoint(run: Run, plan: HostingPlan, isUncertain: boolean): Promise<void> {
  const name = plan.endpoint.EndpointName ?? '';
  const found = isUncertain ? await findUncertain(run, name) : 'own';
  if (found === 'untagged') run.record.note({ kind: 'endpoint', name, state: 'left', reason: MAY_BE_OWN });
  else if (found !== 'own') run.record.forget('endpoint', name);
  else await removeEndpoint(run, name, plan.endpoint.EndpointConfigName);
}

async function findUncertain(run: Run, name: string): Promise<'own' | 'untagged' | "another's" | 'none'> {
  for (let look = 1; ; look++) {
    const live = await looking(run.plan.run, `look for endpoint ${name}`).describeHosting(name);
    if (live) return live.owner === run.plan.run.runTag ? 'own' : live.isOurs ? "another's" : 'untagged';
    if (look >= LATE_EFFECT.looks) return 'none';
    await sleep(LATE_EFFECT.intervalMs);
  }
}

/** After proof: the pair that was live just before our update goes, if it is ours and not what serves now. */
export async function retireReplaced(run: Run, plan: HostingPlan, replaced: HostingDescription): Promise<void> {
  const endpointName = plan.endpoint.EndpointName ?? '';
  for (const { kind, resource } of findReplaced(plan, replaced)) await deleteIfOurs(run, endpointName, kind, resource);
}

/** A run that ends before the proof retires of what it replaced only what the endpoint no longer uses. */
async function retireUnused(run: Run, plan: HostingPlan, replaced: readonly HostingDescription[]): Promise<void> {
  const endpointName = plan.endpoint.EndpointName ?? '';
  for (const { kind, resource } of replaced.flatMap((one) => findReplaced(plan, one))) {
    await attempt(run, kind, resource.name, async () => {
      if (!(await isInUse(run, endpointName, resource.name))) await deleteIfOurs(run, endpointName, kind, resource);
    });
  }
}

interface Replaced {
  kind: 'endpoint config' | 'model';
  resource: { name: string; isOurs: boolean };
}

/** The config and models that an endpoint was made of, without those that the plan has too, be it in an instance pool. */
function findReplaced({ endpointConfig, model }: HostingPlan, { config, models }: HostingDescription): Replaced[] {
  const kept = [endpointConfig.EndpointConfigName, model.ModelName];
  const all: Replaced[] = [
    ...(config ? [{ kind: 'endpoint config' as const, resource: config }] : []),
    ...models.map((resource) => ({ kind: 'model' as const, resource })),
  ];
  const replaced = all.filter(({ resource }) => !kept.includes(resource.name));
  const pooled = modelsOfConfig(endpointConfig);
  const isPooled = ({ kind, resource }: Replaced): boolean => kind === 'model' && pooled.includes(resource.name);
  // Histories of before the models of instance pools were looked at must replay.
  if (!replaced.some(isPooled) || !patched('keep-what-pools-serve')) return replaced;
  return replaced.filter((one) => !isPooled(one));
}

/**
 * The endpoint, whoever made it; its config and models only if a run of ours made them. Answers the endpoint where it
 * still stands: then they are left to it.
 */
export async function deleteHosting(run: Run, live: HostingDescription): Promise<StandingEndpoint | undefined> {
  const { name } = live.endpoint;
  const beganMs = Date.now();
  run.record.note({ kind: 'endpoint', name, state: 'intended', arn: live.endpoint.arn });
  const made = isSettled(live.endpoint.status) ? live : await describeSettled(run, live);
  // Both waits for it to settle are one.
  const settlesWithinSeconds = Math.max(0, ENDPOINT_SETTLES_SECONDS - (Date.now() - beganMs) / 1000);
  const removal = await removeEndpoint(run, name, undefined, settlesWithinSeconds);
  // Histories of before it was asked whether the endpoint has gone must replay.
  const standing = typeof removal === 'object' && patched('keep-what-a-standing-endpoint-uses') ? removal : undefined;
  const parts = [
    ...(made.config ? [{ kind: 'endpoint config' as const, resource: made.config }] : []),
    ...made.models.map((resource) => ({ kind: 'model' as const, resource })),
  ];
  for (const { kind, resource } of parts) {
    if (!standing) await deleteIfOurs(run, name, kind, resource);
    else run.record.note({ kind, name: resource.name, state: 'left', reason: `the endpoint ${name} uses it` });
  }
  return standing;
}

/** What an update under way brings is what is there to be deleted. */
async function describeSettled(run: Run, live: HostingDescription): Promise<HostingDescription> {
  const { name } = live.endpoint;
  const judge = ({ status }: EndpointObservation) => isSettled(status) || status === 'Deleting' || undefined;
  await awaitEndpoint(run, name, ENDPOINT_SETTLES_SECONDS, judge);
  return (await looking(run.plan.run, `look at endpoint ${name}`).describeHosting(name)) ?? live;
}

/** A model with a name of the user's own can be served by any endpoint, under any config, of anybody. */
function leftForOthers({ record }: Run, endpointName: string, name: string): boolean {
  // Histories of before names could be chosen must replay.
  if (isContentName(endpointName, name) || !patched('leave-chosen-models')) return false;
  const reason = 'it is not named after this endpoint (modelName): others may serve it too';
  record.note({ kind: 'model', name, state: 'left', reason });
  return true;
}

async function deleteIfOurs(
  run: Run,
  endpointName: string,
  kind: 'endpoint config' | 'model',
  { name, isOurs }: { name: string; isOurs: boolean },
): Promise<void> {
  if (isOurs && kind === 'model' && leftForOthers(run, endpointName, name)) return;
  if (isOurs) await attempt(run, kind, name, () => deleteResource(run, kind, name));
  else run.record.note({ kind, name, state: 'left', reason: 'it bears no tag of a run of ours' });
}

async function deleteResource(
  run: Run,
  kind: 'endpoint config' | 'model',
  name: string,
  ifTaggedBy?: string,
): Promise<void> {
  const { wasThere, isOthers, isUntagged } = await sendDelete(run, kind, name, ifTaggedBy);
  if (isUntagged) run.record.note({ kind, name, state: 'left', reason: MAY_BE_OWN });
  else if (isOthers || (!wasThere && ifTaggedBy !== undefined)) run.record.forget(kind, name);
  else run.record.note({ kind, name, state: 'deleted' });
}

/** With `ifTaggedBy`, what a create that nobody heard of may have made: it is looked for as long as it may appear. */
async function sendDelete(
  run: Run,
  kind: 'endpoint config' | 'model',
  name: string,
  ifTaggedBy: string | undefined,
): Promise<Deleted> {
  const { region } = run.plan.run;
  for (let look = 1; ; look++) {
    const calls = ending(run.plan.run, `delete ${kind} ${name}`);
    const deleted =
      kind === 'model'
        ? await calls.deleteModel(name, region, ifTaggedBy)
        : await calls.deleteEndpointConfig(name, region, ifTaggedBy);
    if (deleted.wasThere || ifTaggedBy === undefined || look >= LATE_EFFECT.looks) return deleted;
    // Histories of before it was looked for more than once must replay.
    if (!patched('look-again-for-parts')) return deleted;
    await sleep(LATE_EFFECT.intervalMs);
  }
}

/** A clean-up that fails must not hide why it was needed, nor stop the rest of it: it is listed and warned of. */
async function attempt(run: Run, kind: ResourceKind, name: string, cleanUp: () => Promise<unknown>): Promise<void> {
  try {
    await cleanUp();
  } catch (error) {
    if (!(error instanceof TemporalFailure)) throw error;
    const { code, sentence } = tellFailure(error);
    run.record.note({ kind, name, state: 'left', reason: `its delete failed: ${code}` });
    run.record.warn([`the ${kind} ${name} could not be deleted: ${sentence}`]);
  }
}
