/** What a run says of how it ended, held against what AWS's side says: result, failure code, memo. */
import { isDeepStrictEqual } from 'node:util';
import { isFailureCode } from '../../../src/domain/failures';
import {
  describeRun,
  endedRuns,
  findStanding,
  isOfOurType,
  ledgerOf,
  wordOf,
  type Evidence,
  type RunEvidence,
  type RunFailure,
  type Standing,
} from './evidence';
import { lastWrite, type Write } from './writes';

export function findOutcomeLies(evidence: Evidence, writes: Write[]): string[] {
  return endedRuns(evidence, 'truth')
    .filter(isOfOurType)
    .flatMap((run) =>
      [
        ...lieOfMemo(run),
        ...(run.status === 'Cancelled' && !run.cancelRequested ? ['ended as cancelled, and nobody asked for it'] : []),
        ...(run.status === 'Completed' && run.result ? liesOfResult(run.result, evidence) : []),
        ...(run.failure ? liesOfFailure(run, run.failure, evidence, writes) : []),
      ].map((lie) => `${describeRun(run)} ${lie}`),
    );
}

const STAGES: Partial<Record<RunEvidence['status'], string>> = {
  Completed: 'Done',
  Failed: 'Failed',
  Cancelled: 'Cancelled',
};

function lieOfMemo(run: RunEvidence): string[] {
  const { status, memo } = run;
  const stage = STAGES[status];
  if (stage === undefined) return [];
  if (!memo) return ['left no memo'];
  const lies: string[] = [];
  if (memo.stage !== stage) lies.push(`has the stage ${memo.stage} in its memo`);
  if (!isDeepStrictEqual(memo.ledger, ledgerOf(run))) {
    lies.push(`tells another ledger in its memo: ${JSON.stringify(memo.ledger)}, not ${JSON.stringify(ledgerOf(run))}`);
  }
  return lies;
}

/** A field of the result and where AWS has it. */
type Comparison = [field: string, says: unknown, aws: unknown];

function liesOfResult(result: Record<string, unknown>, evidence: Evidence): string[] {
  return [...compareTraining(result, evidence), ...compareHosting(result, evidence)]
    .filter(([, says, aws]) => says !== undefined && !isDeepStrictEqual(says, aws))
    .map(
      ([field, says, aws]) => `answers ${field} ${JSON.stringify(says)}; AWS says ${JSON.stringify(aws ?? 'nothing')}`,
    );
}

function compareTraining(result: Record<string, unknown>, evidence: Evidence): Comparison[] {
  if (result.trainingJobName === undefined) return [];
  const job = findStanding(evidence, 'training job', wordOf(result.trainingJobName));
  if (!job) return [];
  const { description } = job;
  const finalMetrics = (description.FinalMetricDataList ?? []) as { MetricName: string; Value: number }[];
  const told = (result.finalMetrics ?? []) as { name: string; value: number }[];
  return [
    ['trainingJobArn', result.trainingJobArn, job.arn],
    ['modelData', result.modelData, modelDataOf(job)],
    ['outcome', readOutcome(result), [description.TrainingJobStatus, description.SecondaryStatus]],
    ['trainingStartTime', result.trainingStartTime, description.TrainingStartTime],
    ['trainingEndTime', result.trainingEndTime, description.TrainingEndTime],
    ['trainingTimeSeconds', result.trainingTimeSeconds, description.TrainingTimeInSeconds],
    ['billableTimeSeconds', result.billableTimeSeconds, description.BillableTimeInSeconds],
    [
      'finalMetrics',
      told.map(({ name, value }) => `${name}=${String(value)}`).sort(),
      finalMetrics.map(({ MetricName, Value }) => `${MetricName}=${String(Value)}`).sort(),
    ],
  ];
}

/** A run of an older worker tells none; one that was stopped is never told as completed. */
function readOutcome({ outcome }: Record<string, unknown>): unknown {
  if (outcome === undefined) return undefined;
  const { kind, status, secondaryStatus } = outcome as Partial<Record<string, string>>;
  return kind === status?.toLowerCase() ? [status, secondaryStatus] : [kind, status, secondaryStatus];
}

/** A container with its model data: an archive, or all that lies under a prefix. */
interface ServedContainer {
  ModelDataUrl?: string;
  ModelDataSource?: { S3DataSource: { S3Uri: string } };
}

function compareHosting(result: Record<string, unknown>, evidence: Evidence): Comparison[] {
  if (result.modelName === undefined) return [];
  const endpoint = findStanding(evidence, 'endpoint', wordOf(result.endpointName));
  const config = findStanding(evidence, 'endpoint config', wordOf(result.endpointConfigName));
  const model = findStanding(evidence, 'model', wordOf(result.modelName));
  const variants = (config?.description.ProductionVariants ?? []) as { ModelName?: string }[];
  const container = model?.description.PrimaryContainer as ServedContainer | undefined;
  const served = container?.ModelDataUrl ?? container?.ModelDataSource?.S3DataSource.S3Uri;
  return [
    ...(endpoint ? [['endpointArn', result.endpointArn, endpoint.arn] satisfies Comparison] : []),
    ...(config
      ? [['modelName', [result.modelName], variants.map(({ ModelName }) => ModelName)] satisfies Comparison]
      : []),
    ...(model ? [['modelData', result.modelData, served] satisfies Comparison] : []),
  ];
}

function modelDataOf(job: Standing): unknown {
  return (job.description.ModelArtifacts as { S3ModelArtifacts?: string } | undefined)?.S3ModelArtifacts;
}

/** Codes that say nothing of how a job or an endpoint ended: the run gave up on AWS, or did not know what it met. */
const GAVE_UP = ['AwsUnreachable', 'AccessDenied', 'Internal', 'LimitExceeded'];

function liesOfFailure(run: RunEvidence, failure: RunFailure, evidence: Evidence, writes: Write[]): string[] {
  if (!isFailureCode(failure.code)) return [`failed with ${failure.code}, which is no failure code`];
  return [...lieOfCode(run, failure, evidence, writes), ...liesAboutOwnJobs(run, failure, evidence)].map(
    (lie) => `failed with ${failure.code}, and ${lie}`,
  );
}

/** What a code claims of the resource that it is about. */
function lieOfCode(run: RunEvidence, failure: RunFailure, evidence: Evidence, writes: Write[]): string[] {
  const { code, details } = failure;
  const jobName = wordOf(details.trainingJobName);
  const job = findStanding(evidence, 'training job', jobName);
  const wasJobDeleted = !job && lastWrite(writes, { kind: 'training job', name: jobName }, ['delete']) !== undefined;
  const status = wordOf(job?.description.TrainingJobStatus ?? 'not there');
  const secondary = wordOf(job?.description.SecondaryStatus ?? '');
  const isAtLimit = secondary === 'MaxRuntimeExceeded' || secondary === 'MaxWaitTimeExceeded';
  const isSo = (claim: boolean): string[] =>
    claim || wasJobDeleted ? [] : [`the training job ${jobName} is ${status} (${secondary})`];
  switch (code) {
    case 'TrainingJobFailed':
      return isSo(status === 'Failed');
    case 'TrainingJobStopped':
      return isSo(status === 'Stopped' && !isAtLimit);
    case 'TrainingJobTimedOut': {
      const stopped = writes.some((write) => write.verb === 'stop' && write.isOurs && write.name === jobName);
      return isSo(isAtLimit || stopped || failure.message.includes('56 days'));
    }
    case 'TrainingJobNotFound':
      return isSo(!job);
    // An update that was too late for its run may have come to serve since; it is not the run's to take away then.
    case 'EndpointTimedOut':
      return ledgerOf(run).some(({ kind, state }) => kind === 'endpoint' && state === 'adopted')
        ? []
        : lieOfEndpoint(run, evidence, writes);
    case 'EndpointFailed':
    case 'EndpointRolledBack':
      return lieOfEndpoint(run, evidence, writes);
    case 'EndpointNotFound': {
      const endpoint = findStanding(evidence, 'endpoint', wordOf(details.endpointName));
      const wasThere = endpoint && wordOf(endpoint.description.CreationTime) < run.startedAt;
      return wasThere ? [`the endpoint ${endpoint.name} is ${wordOf(endpoint.description.EndpointStatus)}`] : [];
    }
    case 'NameTaken':
      return lieOfTaken(run, failure, evidence, writes);
    case 'InvalidInput':
      return details.problems === undefined ? [] : lieOfRefusal(run, writes);
    default:
      return [];
  }
}

/** The endpoint that the run gave up does not serve the very config that the run was the last to ask for. */
function lieOfEndpoint({ plans }: RunEvidence, evidence: Evidence, writes: Write[]): string[] {
  const planned = plans.flatMap(({ makes }) => makes);
  const config = planned.find(({ kind }) => kind === 'endpoint config')?.name;
  const endpoint = planned.find(({ kind }) => kind === 'endpoint');
  const standing = endpoint && findStanding(evidence, 'endpoint', endpoint.name);
  if (!endpoint || !standing || config === undefined) return [];
  const { EndpointStatus: status, EndpointConfigName: served } = standing.description;
  const latest = lastWrite(writes, endpoint, ['create', 'update', 'delete']);
  const serves = status === 'InService' && served === config && latest?.entry.names?.EndpointConfigName === config;
  return serves ? [`the endpoint ${endpoint.name} is in service with its config ${config}`] : [];
}

/** Something of another making bore one of the names that the run was to use. */
function lieOfTaken(
  { plans, tag }: RunEvidence,
  { message, details }: RunFailure,
  { journal }: Evidence,
  writes: Write[],
): string[] {
  if (message.includes('bucket')) return [];
  // A run that ended before it had a plan tells which endpoint it was not to have.
  const refused = plans.length === 0 ? [{ kind: 'endpoint', name: details.endpointName }] : [];
  const planned = [...plans.flatMap(({ makes }) => makes), ...refused];
  const isTaken = writes.some(
    (write) =>
      write.verb === 'create' &&
      write.isEffective &&
      (write.tag !== tag || !write.isOurs) &&
      planned.some(({ kind, name }) => kind === write.kind && name === write.name),
  );
  return isTaken || journal.length === 0 ? [] : ['nobody else has made anything of its names'];
}

/** Every problem of an input is found before anything is made. */
function lieOfRefusal({ tag }: RunEvidence, writes: Write[]): string[] {
  const made = writes.filter((write) => write.verb === 'create' && write.isEffective && write.tag === tag);
  return made.map(({ kind, name }) => `has made the ${kind} ${name}`);
}

/** How the run's own job ended decides how the run may. */
function liesAboutOwnJobs(run: RunEvidence, { code, details }: RunFailure, { resources }: Evidence): string[] {
  if (run.isChained || GAVE_UP.includes(code)) return [];
  const jobs = resources.filter(({ kind, tag }) => kind === 'training job' && tag === run.tag);
  return jobs.flatMap((job) => {
    const status = wordOf(job.description.TrainingJobStatus);
    if (status === 'Failed' && !['TrainingJobFailed', 'TrainingJobTimedOut'].includes(code)) {
      return [`its training job ${job.name} is Failed`];
    }
    if (status !== 'Completed' || ['ArtefactMissing', 'TrainingJobTimedOut'].includes(code)) return [];
    if (run.type === 'fit') return [`its training job ${job.name} is Completed`];
    return details.modelData === modelDataOf(job)
      ? []
      : [`does not carry the model data of its completed training job ${job.name}: ${String(modelDataOf(job))}`];
  });
}
