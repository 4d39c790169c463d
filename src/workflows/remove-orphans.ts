/**
 * The removing half of a sweep: jobs are stopped and endpoints deleted first, each seen to its end; then the configs that
 * no endpoint uses any more, then the models that no config names. Orphans come from `survey.ts`, what became of each
 * goes back to `sweep.ts`.
 */
import { CancellationScope, CancelledFailure, isCancellation, patched, TemporalFailure } from '@temporalio/workflow';
import type { LedgerEntry } from '../contract';
import { ENDPOINT_GOES_SECONDS, ENDPOINT_SETTLES_SECONDS, within } from '../domain/deadlines';
import { isSettled, type EndpointObservation } from '../domain/endpoint-status';
import type { Finding } from '../domain/sweep';
import { countFindings } from '../domain/sweep-told';
import { isToGo, judgeConfigUse, judgeModelUse, mayUse, type Uses } from '../domain/sweep-uses';
import { surveying } from './activity-options';
import { awaitEndpoint, type EndpointWatcher } from './await-endpoint';
import { awaitTrainingJob, type JobWatcher } from './await-training-job';
import { explain, type Explanation } from './failures';
import type { Run } from './run';
import { hasOrphans, listUses, type SurveyedResources } from './survey';

/** Removals of one kind in one sweep, and how many go on at once; the history of all stays well below its limit. */
const REMOVALS_MAX = 500;
const AT_ONCE = 25;
/** The ledger outlives the run in its memo, which must not grow without limit. */
const LEDGER_MAX = 500;
/** AWS grants a container two minutes, and then uploads what it left. */
const STOPS_WITHIN_SECONDS = 1_800;
/** How often an endpoint may begin to change between our look and our delete. */
const TURNS_MAX = 5;

export interface RemovedOrphans {
  findings: Finding[];
  failures: Explanation[];
}

export async function removeOrphans(
  run: Run,
  { findings: surveyed, lookedAt }: SurveyedResources,
): Promise<RemovedOrphans> {
  const failures: Explanation[] = [];
  let findings = surveyed;
  if (surveyed.some(isUntouched)) run.record.enter('Deleting');

  const removeAll = async (kinds: Finding['kind'][]): Promise<void> => {
    const orphans = kinds.flatMap((kind) => chooseOrphans(run, findings, kind));
    // An endpoint that takes its time holds up itself alone.
    const lanes = Array.from({ length: Math.min(AT_ONCE, orphans.length) }, async () => {
      for (let next = orphans.shift(); next; next = orphans.shift()) {
        const settled = await removeOne(run, next, failures);
        findings = findings.map((one) => (one.arn === settled.arn ? settled : one));
        run.record.counted(countFindings(findings, lookedAt));
      }
    });
    try {
      await Promise.all(lanes);
    } catch (error) {
      // Histories of earlier releases closed with the first lane that ended so.
      if (patched('sweep-hears-out-its-removals')) await Promise.allSettled(lanes);
      throw error;
    }
    // What was left for the next sweep stands in the way of what it uses.
    findings = findings.map((one) => (kinds.includes(one.kind) && isUntouched(one) ? leave(one, NEXT_SWEEP) : one));
  };

  await removeAll(['training job', 'endpoint']);
  if (!hasOrphans(findings, 'endpoint config') && !hasOrphans(findings, 'model')) return { findings, failures };
  const endpoints = await listSettledEndpoints(run, findings);
  findings = judgeConfigUse(findings, endpoints);
  await removeAll(['endpoint config']);
  if (!hasOrphans(findings, 'model')) return { findings, failures };
  findings = judgeModelUse(findings, endpoints, await listUses(run, 'endpoint config'));
  await removeAll(['model']);
  return { findings, failures };
}

const NEXT_SWEEP = `a sweep removes at most ${String(REMOVALS_MAX)} of a kind: the next one goes on`;

function chooseOrphans(run: Run, findings: Finding[], kind: Finding['kind']): Finding[] {
  const orphans = findings.filter((one) => one.kind === kind && isUntouched(one));
  if (orphans.length > REMOVALS_MAX) {
    run.record.warn([`${String(orphans.length - REMOVALS_MAX)} orphaned ${kind}s are left: ${NEXT_SWEEP}`]);
  }
  return orphans.slice(0, REMOVALS_MAX);
}

const isUntouched = ({ verdict, action }: Finding): boolean => verdict === 'orphan' && action === undefined;

const leave = (finding: Finding, reason: string): Finding => ({ ...finding, action: 'left', reason });

/** One orphan to its end. A failure stops no other removal: it is told at the end of all. */
async function removeOne(run: Run, orphan: Finding, failures: Explanation[]): Promise<Finding> {
  if (CancellationScope.current().consideredCancelled) throw new CancelledFailure('cancelled between two removals');
  try {
    const finding = await (orphan.kind === 'endpoint' ? removeEndpointInTurn(run, orphan) : removeAtOnce(run, orphan));
    if (finding.verdict === 'orphan') noteEnd(run, finding);
    return finding;
  } catch (error) {
    if (!(error instanceof TemporalFailure) || isCancellation(error)) throw error;
    const explanation = explain(error);
    failures.push(explanation);
    const finding = leave(orphan, `its removal failed: ${explanation.code}: ${explanation.message}`);
    noteEnd(run, { ...finding, reason: `its removal failed: ${explanation.code}` });
    return finding;
  }
}

function noteEnd(run: Run, { kind, name, arn, action, reason }: Finding): void {
  if (run.record.progress.ledger.length >= LEDGER_MAX) {
    run.record.warn([`the ledger names the first ${String(LEDGER_MAX)} removals; the result names more`]);
    return;
  }
  const state: LedgerEntry['state'] = action === 'deleted' ? 'deleted' : 'left';
  run.record.note({ kind, name, arn, state, ...(state === 'left' && { reason }) });
}

/** A removal under way has its answer awaited: what was removed must be told. */
function send(run: Run, orphan: Finding) {
  const verb = orphan.kind === 'training job' ? 'stop' : 'delete';
  const { searchAttributes } = run.plan.run;
  return CancellationScope.nonCancellable(() =>
    surveying(run.plan.run, `${verb} ${orphan.kind} ${orphan.name}`).removeOrphan(orphan, searchAttributes),
  );
}

async function removeAtOnce(run: Run, orphan: Finding): Promise<Finding> {
  const removal = await send(run, orphan);
  if (removal.outcome === 'left')
    return { ...orphan, verdict: removal.verdict, action: 'left', reason: removal.reason };
  if (orphan.kind !== 'training job') return { ...orphan, action: 'deleted' };
  if (removal.outcome === 'gone') return leave(orphan, 'it had ended by itself when its turn came');
  const hasEnded = await unlessCancelled(run, orphan, 'its stop was sent', () => awaitJobEnd(run, orphan.name));
  if (hasEnded)
    return { ...orphan, action: 'stopped', reason: `${orphan.reason}: stopped, SageMaker keeps its record` };
  return leave(orphan, 'its stop was sent but has not come to an end');
}

/** A sweep that is cancelled while it waits for the end of what it has sent says so, and does not wait. */
async function unlessCancelled<T>(run: Run, orphan: Finding, reason: string, wait: () => Promise<T>): Promise<T> {
  try {
    return await wait();
  } catch (error) {
    if (isCancellation(error)) noteEnd(run, leave(orphan, reason));
    throw error;
  }
}

/** An endpoint that is being created or changed takes no delete: it is waited for. */
async function removeEndpointInTurn(run: Run, orphan: Finding): Promise<Finding> {
  for (let turn = 1; turn <= TURNS_MAX; turn += 1) {
    const removal = await send(run, orphan);
    if (removal.outcome === 'left')
      return { ...orphan, verdict: removal.verdict, action: 'left', reason: removal.reason };
    if (removal.outcome === 'gone') return { ...orphan, action: 'deleted' };
    if (removal.outcome === 'sent') {
      const isGone = await unlessCancelled(run, orphan, 'its delete was sent', () => awaitGone(run, orphan.name));
      return isGone
        ? { ...orphan, action: 'deleted' }
        : leave(orphan, 'its delete was sent but has not come to an end');
    }
    await awaitSettled(run, orphan.name);
  }
  return leave(orphan, 'it is being created or changed, and takes no delete: sweep again');
}

/** A standing endpoint between two configs may come to use one of them: which, it tells when it has settled. */
async function listSettledEndpoints(run: Run, findings: Finding[]): Promise<Uses> {
  const parts = findings.filter((one) => ['endpoint config', 'model'].includes(one.kind) && isToGo(one));
  const endpoints = await listUses(run, 'endpoint');
  const moving = endpoints.all
    .filter(({ status }) => status !== undefined && !isSettled(status) && status !== 'Deleting')
    .filter((one) => parts.some((part) => mayUse(one, part) || one.names.includes(part.name)));
  if (moving.length === 0) return endpoints;
  await Promise.all(moving.map(({ name }) => awaitSettled(run, name)));
  return listUses(run, 'endpoint');
}

/** Progress tells of one endpoint and one job; a sweep watches many. */
function aside({ plan, record }: Run): EndpointWatcher & JobWatcher {
  const silent = (): void => undefined;
  return { plan, record: { warn: (warnings) => record.warn(warnings), sawEndpoint: silent, sawTrainingJob: silent } };
}

async function awaitSettled(run: Run, name: string): Promise<void> {
  await awaitEndpoint(aside(run), name, ENDPOINT_SETTLES_SECONDS, ({ status }) => isSettled(status) || undefined);
}

/** False where AWS gave the delete up, or is slower than is waited for. */
async function awaitGone(run: Run, name: string): Promise<boolean> {
  let wasDeleting = false;
  const giveUp = ({ status }: EndpointObservation): true | undefined => {
    wasDeleting ||= status === 'Deleting';
    // Failed before that is a read from before the delete.
    return (wasDeleting && status === 'Failed') || undefined;
  };
  return (await awaitEndpoint(aside(run), name, ENDPOINT_GOES_SECONDS, giveUp, { isGoing: true })) === 'absent';
}

async function awaitJobEnd(run: Run, name: string): Promise<boolean> {
  const wait = await awaitTrainingJob(aside(run), name, (_known, passedMs) => within(STOPS_WITHIN_SECONDS, passedMs));
  return wait !== 'overdue';
}
