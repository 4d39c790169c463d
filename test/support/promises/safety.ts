/**
 * The first promises: at most one of each, nothing foreign touched, nothing unnamed, nothing that runs on. They hold at
 * every moment, for runs that are still open too, and whatever was done to a run.
 */
import {
  describeRun,
  findStanding,
  isClosed,
  isExempt,
  isOfOurType,
  isSame,
  ledgerOf,
  wordOf,
  type Evidence,
  type Named,
  type RunEvidence,
  type SageMakerKind,
} from './evidence';
import { lastWrite, type Write } from './writes';

interface Variant {
  ModelName?: string;
  InstancePools?: { ModelNameOverride?: string }[];
}

const KINDS: SageMakerKind[] = ['training job', 'model', 'endpoint config', 'endpoint'];

export function findUnsafe(evidence: Evidence, writes: Write[]): string[] {
  return [
    ...findSecondCreates(evidence, writes),
    ...findUnplannedCreates(evidence, writes),
    ...findForeignWrites(evidence, writes),
    ...findUnnamed(evidence),
    ...findRunningOn(evidence),
    ...findHollowEndpoints(evidence, writes),
  ];
}

/** At most one effective create of each kind, for each time that the run was to make one. */
function findSecondCreates({ runs, isWhole }: Evidence, writes: Write[]): string[] {
  const broken: string[] = [];
  const ours = writes.filter(({ verb, isEffective, isOurs }) => verb === 'create' && isEffective && isOurs);
  for (const tag of new Set(ours.flatMap((write) => write.tag ?? []))) {
    // The list of runs lags behind: whose the tag is shows at the end.
    if (!isWhole && !runs.some((run) => run.tag === tag)) continue;
    for (const kind of KINDS) {
      const made = ours.filter((write) => write.tag === tag && write.kind === kind);
      const most = countToMake(runs, tag, kind);
      if (made.length <= most) continue;
      const names = made.map(({ name }) => name).join(', ');
      broken.push(`run ${tag} made ${String(made.length)} of the kind ${kind}, and may make ${String(most)}: ${names}`);
    }
  }
  for (const write of writes) {
    if (write.verb !== 'create' || !write.isEffective || !write.wasThere) continue;
    broken.push(`the ${write.kind} ${write.name} was made while it was there: twice under one name`);
  }
  return broken;
}

/** One, but where several executions share a tag, or a workflow of somebody's own takes more than one step. */
function countToMake(runs: RunEvidence[], tag: string, kind: SageMakerKind): number {
  const executions = runs.filter((run) => run.tag === tag);
  const planned = executions.map(({ plans }) => plans.filter(({ makes }) => makes.some((one) => one.kind === kind)));
  const chained = executions.filter(({ isChained }) => isChained).length;
  const ofOthers = executions.some((run) => !isOfOurType(run));
  // Their plans are in histories that are not read before the end.
  if (ofOthers && executions.some(({ isRead }) => !isRead)) return Infinity;
  if (!ofOthers) return Math.max(1, chained);
  // Executions that follow one another plan for things of their own; one that was reset plans for the same again.
  const names = planned.flat().flatMap(({ makes }) => makes.filter((one) => one.kind === kind).map(({ name }) => name));
  return Math.max(1, chained, new Set(names).size, ...planned.map(({ length }) => length));
}

/** What a worker makes stands in some run's plan, by its name. */
function findUnplannedCreates({ runs, isWhole }: Evidence, writes: Write[]): string[] {
  const broken: string[] = [];
  for (const { verb, isEffective, isOurs, kind, name, tag } of writes) {
    if (verb !== 'create' || !isEffective || !isOurs) continue;
    const bearers = tag === undefined ? runs : runs.filter((run) => run.tag === tag);
    if ((!isWhole && bearers.length === 0) || bearers.some(({ isRead }) => !isRead)) continue;
    const isPlanned = bearers.some(({ plans }) => plans.some(({ makes }) => makes.some(isSame({ kind, name }))));
    if (isPlanned) continue;
    const whose = tag === undefined ? 'which bears no run tag' : `which bears the tag of run ${tag}`;
    broken.push(`a worker made the ${kind} ${name}, ${whose} and stands in no plan of it`);
  }
  return broken;
}

/** Its own deadline had a stop sent, and the job was quicker: the run tells of it. */
function wasOverdue({ result }: RunEvidence): boolean {
  return ((result?.warnings ?? []) as string[]).some((warning) => warning.includes('was about to stop it'));
}

/** A worker stops, changes and deletes only what bears the tag of a run, but for the endpoint it is asked to delete. */
function findForeignWrites({ runs, foreignNames = [], isWhole }: Evidence, writes: Write[]): string[] {
  const broken: string[] = [];
  const removals = new Set(runs.flatMap(({ plans }) => plans.flatMap(({ removesEndpoint }) => removesEndpoint ?? [])));
  const mayBeAsked = !isWhole && runs.some((run) => !run.isRead && run.type !== 'fit');
  for (const { verb, kind, name, isOurs, wasThere, wasMadeByUs, tag, entry } of writes) {
    if (!isOurs || verb === 'create') continue;
    const call = `a worker called ${entry.operation} on ${name}`;
    const isAsked = entry.operation === 'DeleteEndpoint' && (removals.has(name) || mayBeAsked);
    if (foreignNames.includes(name) && !isAsked) broken.push(`${call}, which is foreign`);
    else if (wasThere && tag === undefined && !wasMadeByUs && !isAsked) {
      broken.push(`${call}, which bears no tag of a run of ours: the ${kind} is foreign`);
    } else if (verb === 'stop' && wasThere && tag !== undefined) {
      const owners = runs.filter((run) => run.tag === tag);
      if (owners.length === 0 && isWhole) broken.push(`${call}, which bears the tag of run ${tag}, and there is none`);
      const contented = owners.find(
        (run) =>
          run.status === 'Completed' &&
          !run.cancelRequested &&
          !wasOverdue(run) &&
          owners.length === 1 &&
          isOfOurType(run),
      );
      if (contented) broken.push(`${call}, although nobody cancelled ${describeRun(contented)}`);
    }
  }
  return broken;
}

/** What bears a closed run's tag is named in its ledger, or is its result. */
function findUnnamed(evidence: Evidence): string[] {
  const broken: string[] = [];
  for (const { kind, name, tag } of evidence.resources) {
    const executions = evidence.runs.filter((run) => run.tag === tag);
    if (!areJudged(evidence, executions)) continue;
    const entries = executions.flatMap(ledgerOf).filter(isSame({ kind, name }));
    if (entries.length > 0) continue;
    const run = executions.map(describeRun).join(', ');
    broken.push(`the ${kind} ${name} bears the tag of ${run}, whose ledger does not name it`);
  }
  return broken;
}

/** After a run that did not complete nothing trains or serves, unless it is listed as left and said to. */
function findRunningOn(evidence: Evidence): string[] {
  const broken: string[] = [];
  for (const { kind, name, tag, description } of evidence.resources) {
    const executions = evidence.runs.filter((run) => run.tag === tag);
    if (!areJudged(evidence, executions) || executions.some(({ status }) => status === 'Completed')) continue;
    const status = wordOf(kind === 'endpoint' ? description.EndpointStatus : description.TrainingJobStatus);
    const runsOn =
      kind === 'endpoint'
        ? status !== 'Failed'
        : kind === 'training job' && ['InProgress', 'Stopping'].includes(status);
    if (!runsOn) continue;
    const entry = executions.flatMap(ledgerOf).find((one) => isSame({ kind, name })(one) && one.state === 'left');
    const run = executions.map(describeRun).join(', ');
    if (!entry) broken.push(`the ${kind} ${name} of ${run} is ${status}, and is not listed as left`);
    else if (kind === 'training job' && !/costs? money/.test(entry.reason ?? '')) {
      broken.push(`the ${kind} ${name} of ${run} is ${status}, and its ledger says: ${entry.reason ?? 'nothing'}`);
    }
  }
  return broken;
}

/** What an endpoint of ours serves is not taken from under it by a worker, whichever run that works for. */
function findHollowEndpoints(evidence: Evidence, writes: Write[]): string[] {
  const broken: string[] = [];
  for (const { kind, name, tag, description } of evidence.resources) {
    if (kind !== 'endpoint' || tag === undefined || description.EndpointStatus !== 'InService') continue;
    const config = wordOf(description.EndpointConfigName);
    const { ProductionVariants: variants } = findStanding(evidence, 'endpoint config', config)?.description ?? {};
    const models = ((variants ?? []) as Variant[]).flatMap(({ ModelName, InstancePools = [] }) =>
      [ModelName, ...InstancePools.map(({ ModelNameOverride }) => ModelNameOverride)].flatMap((model) => model ?? []),
    );
    const needs: Named[] = [
      { kind: 'endpoint config', name: config },
      ...models.map((model) => ({ kind: 'model' as const, name: model })),
    ];
    for (const need of needs) {
      if (findStanding(evidence, need.kind, need.name) || !lastWrite(writes, need, ['delete'])?.isOurs) continue;
      broken.push(`the endpoint ${name} is in service, and a worker has deleted its ${need.kind} ${need.name}`);
    }
  }
  return broken;
}

/** A run is judged by what it leaves when all its executions have ended and were read. */
function areJudged(evidence: Evidence, executions: RunEvidence[]): boolean {
  return (
    executions.length > 0 &&
    executions.every((run) => isClosed(run) && run.isRead && !isExempt(evidence, run, 'naming'))
  );
}
