/**
 * The steps of `deploy`: model data, model, endpoint config, endpoint; create-or-update. The plan comes from `prepare`;
 * the endpoint goes to the result. What does not come to serve is taken down again, and what it replaced only once the
 * new one is proven.
 */
import { CancellationScope, patched, sleep, TemporalFailure } from '@temporalio/workflow';
import type { HostingDescription } from '../activities';
import type { DeployResult } from '../contract';
import { OTHERS_TRAINING_SECONDS, within } from '../domain/deadlines';
import { findOwnWork, isSettled, isUpdateUnderWay, type EndpointObservation } from '../domain/endpoint-status';
import { endpointIsThere, nothingToUpdate, type Unexpected } from '../domain/expected-endpoint';
import { isOwnWork } from '../domain/ledger';
import { outcomeOfEndpoint } from '../domain/outcomes';
import type { HostingPlan } from '../domain/plan';
import { creating, looking } from './activity-options';
import { awaitEndpoint } from './await-endpoint';
import { awaitTrainingJob } from './await-training-job';
import { concludeTraining } from './conclude-training';
import { createPatiently, pauseMs } from './create-patiently';
import { ensureBucket } from './ensure-bucket';
import { explain, outcome } from './failures';
import { MEND_MIX, proveEndpoint } from './prove-endpoint';
import { readLogTailToo } from './read-log-tail';
import { removeEndpoint } from './remove-endpoint';
import { MADE_BEFORE_RESET, warnOfReset, wasReset } from './reset';
import type { Run, RunSummary } from './run';
import { retireReplaced, takeDownUnserved } from './take-down';
import { jobIsGone } from './train-model';
import { throwIfCancelledNow } from './throw-if-cancelled';
import { UPDATED, updateEndpoint } from './update-endpoint';

/** How often an endpoint may change under our eyes before we give up taking turns with whoever changes it. */
const TURNS_MAX = 50;

export async function hostModel(run: Run, plan: HostingPlan): Promise<Omit<DeployResult, keyof RunSummary>> {
  const endpointName = plan.endpoint.EndpointName ?? '';
  const endpointConfigName = plan.endpointConfig.EndpointConfigName ?? '';
  const modelName = plan.model.ModelName ?? '';
  if (plan.awaitedTrainingJob !== undefined) await awaitOthersTraining(run, plan, plan.awaitedTrainingJob);

  run.record.enter('Deploying');
  await looking(run.plan.run, `check ${plan.modelData}`).checkModelData(plan.modelData, plan.expectedBucketOwner);
  run.record.hasModelData(plan.modelData);
  await ensureOwnBucket(run, plan);
  /** What the endpoint was made of before, each time that this run changed it. */
  const replaced: HostingDescription[] = [];
  try {
    await createPatiently(run, 'model', modelName, () =>
      creating(run.plan.run, `create model ${modelName}`).createModel(plan.model, run.plan.run),
    );
    await createPatiently(run, 'endpoint config', endpointConfigName, () =>
      creating(run.plan.run, `create endpoint config ${endpointConfigName}`).createEndpointConfig(
        plan.endpointConfig,
        run.plan.run,
      ),
    );
    const updated = await bringIntoService(run, plan, replaced);
    for (const one of replaced) await CancellationScope.nonCancellable(() => retireReplaced(run, plan, one));
    const { endpoint } = run.record.progress;
    return {
      endpointName,
      endpointArn: endpoint?.arn ?? run.record.entry('endpoint', endpointName)?.arn ?? '',
      endpointConfigName,
      modelName,
      modelData: plan.modelData,
      updated,
    };
  } catch (error) {
    // Only an outcome takes anything down. A bug of ours does not: Temporal tries the workflow task again.
    if (error instanceof TemporalFailure) {
      await CancellationScope.nonCancellable(() => takeDownUnserved(run, plan, replaced));
    }
    throw error;
  }
}

/** Where the training has not made sure of it before. */
async function ensureOwnBucket(run: Run, { defaultBucket }: HostingPlan): Promise<void> {
  if (defaultBucket === undefined || defaultBucket === run.plan.training?.defaultBucket) return;
  await ensureBucket(run, defaultBucket);
}

/** A deploy from a job that still runs waits for it. The job is not this run's, so no deadline of ours stops it. */
async function awaitOthersTraining(run: Run, plan: HostingPlan, name: string): Promise<void> {
  run.record.enter('Training');
  const wait = await awaitTrainingJob(run, name, (_known, passedMs) => within(OTHERS_TRAINING_SECONDS, passedMs));
  if (wait === 'absent') throw await jobIsGone(run, name);
  if (wait === 'overdue') {
    throw outcome('TrainingJobTimedOut', `the training job ${name} has not ended in 56 days`, {
      outcome: { resource: 'training job', kind: 'unfinished' },
    });
  }
  await concludeTraining(run, plan, wait.ended);
}

/**
 * Creates or updates the endpoint and proves it; looks again as long as others are at the same endpoint. Answers whether
 * it was updated, and adds to `replaced` what it was made of before.
 */
async function bringIntoService(run: Run, plan: HostingPlan, replaced: HostingDescription[]): Promise<boolean> {
  const name = plan.endpoint.EndpointName ?? '';
  const config = plan.endpoint.EndpointConfigName ?? '';
  let updated = false;
  let refusal: string | undefined;
  for (let turn = 1; turn <= TURNS_MAX; turn++) {
    const live = await looking(run.plan.run, `look at endpoint ${name}`).describeHosting(name);
    if (!live) {
      if (plan.update?.expectsEndpoint === true && replaced.length === 0) throw unexpected(nothingToUpdate(name));
      if (!(await createEndpoint(run, plan))) continue;
      await proveEndpoint(run, plan, undefined);
      return false;
    }
    const { endpoint, isOurs } = live;
    if (!isOurs) throw endpointIsForeign(name, live);
    const ownWork = findOwnWork(live, config, run.plan.run, isOwnWork(run.record.entry('endpoint config', config)));
    if (mustBeNew(plan) && ownWork !== 'create' && endpoint.status !== 'Deleting') {
      throw unexpected(endpointIsThere(name, endpoint.endpointConfigName));
    }
    if (endpoint.status === 'InService' && endpoint.endpointConfigName === config) {
      updated ||= ownWork === 'update' && wasReset();
      noteServing(run, endpoint, ownWork, updated);
      return updated;
    } else if (ownWork === 'create' && ['Creating', 'Failed'].includes(endpoint.status)) {
      run.record.note({ kind: 'endpoint', name, state: 'made', arn: endpoint.arn, reason: MADE_BEFORE_RESET });
      warnOfReset(run.record, 'endpoint', name);
      await proveEndpoint(run, plan, undefined);
      return false;
    } else if (ownWork === 'update' && isUpdateUnderWay(endpoint.status)) {
      run.record.note({ kind: 'endpoint', name, state: 'adopted', arn: endpoint.arn, reason: UPDATED });
      warnOfReset(run.record, 'endpoint', name);
      replaced.push(live);
      await proveEndpoint(run, plan, endpoint);
      return true;
    } else if (!isSettled(endpoint.status)) {
      await awaitTurn(run, plan, name);
    } else if (endpoint.status === 'InService') {
      const { sending, ...further } = await updateEndpoint(run, plan, live);
      ({ refusal } = further);
      if (sending !== 'changed meanwhile') {
        updated = true;
        replaced.push(live);
      } else if (patched('pause-between-turns')) {
        // Reads may be behind what AWS refuses the update for. Histories of before that was let pass must replay.
        await sleep(pauseMs(turn - 1, run.plan.run));
      }
      if (sending === 'sent') {
        await proveEndpoint(run, plan, endpoint);
        return updated;
      }
    } else if (endpoint.status === 'Failed') {
      throwIfCancelledNow('the failed endpoint was removed');
      // It serves nothing and takes no update; only its delete makes room.
      await CancellationScope.nonCancellable(() => removeEndpoint(run, name, endpoint.endpointConfigName));
      replaced.push(live);
    } else {
      throw await endpointNeedsAPerson(run, endpoint);
    }
  }
  const what = refusal === undefined ? 'others changed it' : `AWS took no update of it: ${refusal}`;
  throw outcome('EndpointTimedOut', `the endpoint ${name} was not to be had in ${String(TURNS_MAX)} turns: ${what}`, {
    ...(refusal !== undefined && { reason: refusal }),
    outcome: { resource: 'endpoint', kind: 'unfinished' },
  });
}

/** It serves the config that is asked for: by this run, before it was reset, or by another of the same content. */
function noteServing(
  { record }: Run,
  endpoint: EndpointObservation,
  ownWork: 'create' | 'update' | undefined,
  updated: boolean,
): void {
  const entry = { kind: 'endpoint' as const, name: endpoint.name, arn: endpoint.arn };
  if (ownWork) warnOfReset(record, 'endpoint', endpoint.name);
  if (ownWork === 'create' && wasReset()) record.note({ ...entry, state: 'made', reason: MADE_BEFORE_RESET });
  else record.note({ ...entry, state: 'adopted', reason: updated ? UPDATED : 'it serves this already' });
  record.sawEndpoint(endpoint);
}

/** False where another deploy of ours was quicker: the caller looks again, and takes its turn. */
async function createEndpoint(run: Run, plan: HostingPlan): Promise<boolean> {
  const name = plan.endpoint.EndpointName ?? '';
  try {
    await createPatiently(run, 'endpoint', name, () =>
      creating(run.plan.run, `create endpoint ${name}`).createEndpoint(plan.endpoint, run.plan.run),
    );
    return true;
  } catch (error) {
    if (explain(error).code !== 'NameTaken') throw error;
    const live = await looking(run.plan.run, `look at endpoint ${name}`).describeHosting(name);
    if (live && !live.isOurs) throw error;
    // AWS's reads are behind what it has just refused. Histories of before that was looked at again must replay.
    if (!live && !patched('look-again-where-reads-lag')) throw error;
    return false;
  }
}

/** OutOfService or UpdateRollbackFailed: it may still serve in part, so nothing of it is touched. */
async function endpointNeedsAPerson(run: Run, endpoint: EndpointObservation): Promise<Error> {
  const { name, status, failureReason } = endpoint;
  const what = `the endpoint ${name} is ${status} and takes no update; it was not touched, since it may still serve in part`;
  const found = outcomeOfEndpoint('failed', endpoint);
  return outcome('EndpointFailed', what, {
    ...(failureReason !== undefined && { reason: failureReason }),
    ...(found.kind === 'rollback failed' && { fix: MEND_MIX }),
    outcome: found,
    ...(await readLogTailToo(run, { endpointName: name })),
  });
}

function endpointIsForeign(name: string, live: HostingDescription): Error {
  const origin = 'it bears no tag of a run of ours';
  return outcome('NameTaken', `an endpoint named ${name} exists and ${origin}; it was not touched`, {
    differences: [`EndpointConfigName: found ${JSON.stringify(live.endpoint.endpointConfigName)}`, origin],
  });
}

function mustBeNew({ update }: HostingPlan): boolean {
  return update?.expectsEndpoint === false;
}

function unexpected({ code, what, details }: Unexpected): Error {
  return outcome(code, what, details);
}

/** Another deploy is under way, or a delete: ours follows when the endpoint has settled. */
async function awaitTurn(run: Run, plan: HostingPlan, name: string): Promise<void> {
  const judge = ({ status }: EndpointObservation) => isSettled(status) || undefined;
  const wait = await awaitEndpoint(run, name, plan.endpointTimeoutSeconds, judge);
  if (wait === 'overdue') {
    const limit = `${String(plan.endpointTimeoutSeconds)} s (endpointTimeoutSeconds)`;
    const status = run.record.progress.endpoint?.status;
    throw outcome(
      'EndpointTimedOut',
      `the endpoint ${name} is busy with another change and has not settled within ${limit}`,
      {
        outcome: { resource: 'endpoint', kind: 'unfinished', ...(status !== undefined && { status }) },
        ...(await readLogTailToo(run, { endpointName: name })),
      },
    );
  }
}
