/**
 * Takes things away: what a failed or cancelled deploy made and nothing serves, what a proven update replaced, and an
 * endpoint someone asks to delete. A run deletes only what it made, or what bears the tag of a run of ours; the ledger
 * says what became of each. Called in scopes that cannot be cancelled.
 */
import { TemporalFailure } from '@temporalio/workflow';
import type { HostingDescription } from '../activities';
import type { ResourceKind } from '../contract';
import { after } from '../domain/deadlines';
import { isSettled } from '../domain/endpoint-status';
import { isOwnWork } from '../domain/ledger';
import type { HostingPlan } from '../domain/plan';
import { acting } from './activity-options';
import { awaitEndpoint } from './await-endpoint';
import { explain } from './failures';
import type { Run } from './run';
import { UPDATED } from './update-endpoint';

/** An endpoint being created can hold its delete up for an hour; being deleted it takes minutes. */
const DELETE_WITHIN_SECONDS = 7_200;

/** Removes an endpoint and sees it gone. An endpoint that is being created or updated is waited for first. */
export async function removeEndpoint(run: Run, name: string): Promise<boolean> {
  const deadline = () => after(Date.now(), DELETE_WITHIN_SECONDS);
  const settled = await awaitEndpoint(
    run,
    name,
    deadline(),
    ({ status }) => isSettled(status) || status === 'Deleting' || undefined,
  );
  if (settled === 'absent') return noteEndpoint(run, name, 'deleted');
  await acting(run.plan.run, `delete endpoint ${name}`).deleteEndpoint(name, run.plan.run.region);
  let wasDeleting = false;
  const gone = await awaitEndpoint(
    run,
    name,
    deadline(),
    ({ status }) => {
      wasDeleting ||= status === 'Deleting';
      // Failed before that is a read from before the delete; after it, AWS gave the delete up.
      return (wasDeleting && status === 'Failed') || undefined;
    },
    { isGoing: true },
  );
  if (gone === 'absent') return noteEndpoint(run, name, 'deleted');
  return noteEndpoint(run, name, 'left', 'its delete was sent but has not come to an end');
}

function noteEndpoint(run: Run, name: string, state: 'deleted' | 'left', reason?: string): boolean {
  run.record.note({ kind: 'endpoint', name, state, ...(reason !== undefined && { reason }) });
  return state === 'deleted';
}

/**
 * After a deploy that did not come to serve: endpoint, config and model go, if this run made them and nothing uses them.
 * Never throws an outcome of its own: why the deploy failed must not be hidden by what came after.
 */
export async function takeDownUnserved(run: Run, plan: HostingPlan): Promise<void> {
  const { record } = run;
  const endpointName = plan.endpoint.EndpointName ?? '';
  const configName = plan.endpointConfig.EndpointConfigName ?? '';
  const entry = record.entry('endpoint', endpointName);
  if (isOwnWork(entry)) {
    await attempt(run, 'endpoint', endpointName, () =>
      removeOwnEndpoint(run, endpointName, entry?.state === 'intended'),
    );
  } else if (entry?.reason === UPDATED) {
    const deadline = after(Date.now(), plan.endpointTimeoutSeconds);
    await awaitEndpoint(run, endpointName, deadline, ({ status }) => isSettled(status) || undefined);
  }
  const pair: ['endpoint config' | 'model', string][] = [
    ['endpoint config', configName],
    ['model', plan.model.ModelName ?? ''],
  ];
  const own = pair.filter(([kind, name]) => isOwnWork(record.entry(kind, name)));
  for (const [kind, name] of own) {
    await attempt(run, kind, name, async () => {
      if (await isInUse(run, endpointName, configName)) {
        record.note({ kind, name, state: 'left', reason: `the endpoint ${endpointName} uses it` });
      } else {
        await deleteResource(run, kind, name);
      }
    });
  }
}

/** True where the endpoint serves the config, is on its way to it, or is stuck between it and another. */
async function isInUse(run: Run, endpointName: string, configName: string): Promise<boolean> {
  const live = await acting(run.plan.run, `look at endpoint ${endpointName}`).describeHosting(endpointName);
  if (!live) return false;
  const { status, endpointConfigName, pendingConfigName } = live.endpoint;
  return status === 'UpdateRollbackFailed' || [endpointConfigName, pendingConfigName].includes(configName);
}

/** An endpoint that was meant, but not known, to be made is removed only if it bears this run's mark: any of ours. */
async function removeOwnEndpoint(run: Run, name: string, isUncertain: boolean): Promise<void> {
  if (isUncertain) {
    const live = await acting(run.plan.run, `look at endpoint ${name}`).describeHosting(name);
    if (live?.owner !== run.plan.run.runTag) {
      run.record.forget('endpoint', name);
      return;
    }
  }
  await removeEndpoint(run, name);
}

/** After proof: the pair that was live just before our update goes, if it is ours and not what serves now. */
export async function retireReplaced(run: Run, plan: HostingPlan, replaced: HostingDescription): Promise<void> {
  const { config, models } = replaced;
  if (config && config.name !== plan.endpointConfig.EndpointConfigName) {
    await deleteIfOurs(run, 'endpoint config', config);
  }
  for (const model of models) {
    if (model.name !== plan.model.ModelName) await deleteIfOurs(run, 'model', model);
  }
}

/** The endpoint, whoever made it; its config and models only if a run of ours made them. */
export async function deleteHosting(run: Run, live: HostingDescription): Promise<void> {
  const { name } = live.endpoint;
  run.record.note({ kind: 'endpoint', name, state: 'intended', arn: live.endpoint.arn });
  await removeEndpoint(run, name);
  if (live.config) await deleteIfOurs(run, 'endpoint config', live.config);
  for (const model of live.models) await deleteIfOurs(run, 'model', model);
}

async function deleteIfOurs(
  run: Run,
  kind: 'endpoint config' | 'model',
  { name, isOurs }: { name: string; isOurs: boolean },
): Promise<void> {
  if (isOurs) await attempt(run, kind, name, () => deleteResource(run, kind, name));
  else run.record.note({ kind, name, state: 'left', reason: 'it bears no tag of a run of ours' });
}

async function deleteResource(run: Run, kind: 'endpoint config' | 'model', name: string): Promise<void> {
  const { region } = run.plan.run;
  const calls = acting(run.plan.run, `delete ${kind} ${name}`);
  if (kind === 'model') await calls.deleteModel(name, region);
  else await calls.deleteEndpointConfig(name, region);
  run.record.note({ kind, name, state: 'deleted' });
}

/** A clean-up that fails must not hide why it was needed, nor stop the rest of it: it is listed and warned of. */
async function attempt(run: Run, kind: ResourceKind, name: string, cleanUp: () => Promise<unknown>): Promise<void> {
  try {
    await cleanUp();
  } catch (error) {
    if (!(error instanceof TemporalFailure)) throw error;
    const { code, message } = explain(error);
    run.record.note({ kind, name, state: 'left', reason: `its delete failed: ${code}` });
    run.record.warn([`the ${kind} ${name} could not be deleted: ${message}`]);
  }
}
