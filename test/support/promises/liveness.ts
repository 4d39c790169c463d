/**
 * The other half of each promise: what a run that completed was asked for is there. A checker of safety alone is content
 * with a product that does nothing.
 */
import { describeRun, endedRuns, findStanding, isOfOurType, wordOf, type Evidence, type RunEvidence } from './evidence';
import { lastWrite, type Write } from './writes';

export function findMissing(evidence: Evidence, writes: Write[]): string[] {
  return endedRuns(evidence, 'liveness')
    .filter((run) => run.status === 'Completed' && isOfOurType(run))
    .flatMap((run) => {
      const { result } = run;
      if (!result) return [`${describeRun(run)} has no result`];
      return findMissingOf(run, result, evidence, writes).map((what) => `${describeRun(run)} ${what}`);
    });
}

function findMissingOf(
  run: RunEvidence,
  result: Record<string, unknown>,
  evidence: Evidence,
  writes: Write[],
): string[] {
  switch (run.type) {
    case 'fit':
      return missingTraining(run, result, evidence, writes);
    case 'deploy':
      return missingHosting(result, evidence, writes);
    case 'fitThenDeploy':
      return [...missingTraining(run, result, evidence, writes), ...missingHosting(result, evidence, writes)];
    case 'sweep':
      return [];
    default:
      return notDeleted(result, evidence, writes);
  }
}

/** Its one training job, of its own making and completed. */
function missingTraining(
  run: RunEvidence,
  result: Record<string, unknown>,
  evidence: Evidence,
  writes: Write[],
): string[] {
  const name = wordOf(result.trainingJobName);
  const job = findStanding(evidence, 'training job', name);
  if (!job) {
    const wasDeleted = lastWrite(writes, { kind: 'training job', name }, ['create', 'delete'])?.verb === 'delete';
    return wasDeleted ? [] : [`answers the training job ${name}, and there is none`];
  }
  const broken: string[] = [];
  const status = wordOf(job.description.TrainingJobStatus);
  const isGoodEnough = status === 'Completed' || (status === 'Stopped' && acceptsStopped(run));
  if (!isGoodEnough) broken.push(`answers the training job ${name}, which is ${status}`);
  const making = lastWrite(writes, job, ['create']);
  if (!making?.isOurs || making.tag !== (job.tag ?? making.tag) || (job.tag !== undefined && job.tag !== run.tag)) {
    broken.push(`answers the training job ${name}, which it has not made: it bears the tag ${job.tag ?? '(none)'}`);
  }
  return broken;
}

function acceptsStopped({ input }: RunEvidence): boolean {
  const { fit } = (input ?? {}) as { fit?: { acceptStopped?: unknown } };
  return fit?.acceptStopped === 'if-model-exists';
}

/** Its endpoint in service with its config, unless others have changed it since. */
function missingHosting(result: Record<string, unknown>, evidence: Evidence, writes: Write[]): string[] {
  const name = wordOf(result.endpointName);
  const config = wordOf(result.endpointConfigName);
  const latest = lastWrite(writes, { kind: 'endpoint', name }, ['create', 'update', 'delete']);
  if (!latest) return [`answers the endpoint ${name}, which nobody has made`];
  if (latest.verb === 'delete' || latest.entry.names?.EndpointConfigName !== config) {
    const wasAsked = writes.some(
      ({ kind, name: other, isEffective, entry }) =>
        kind === 'endpoint' && other === name && isEffective && entry.names?.EndpointConfigName === config,
    );
    return wasAsked ? [] : [`answers the endpoint ${name} with the config ${config}, which nobody asked AWS for`];
  }
  const endpoint = findStanding(evidence, 'endpoint', name);
  if (!endpoint) return [`answers the endpoint ${name}, and there is none`];
  const { EndpointStatus: status, EndpointConfigName: served } = endpoint.description;
  if (status !== 'InService') return [`answers the endpoint ${name}, which is ${wordOf(status)}`];
  if (served !== config) return [`answers the endpoint ${name} with the config ${config}; it serves ${wordOf(served)}`];
  return [];
}

function notDeleted(result: Record<string, unknown>, evidence: Evidence, writes: Write[]): string[] {
  const name = wordOf(result.endpointName);
  const endpoint = findStanding(evidence, 'endpoint', name);
  if (!endpoint) return [];
  const latest = lastWrite(writes, { kind: 'endpoint', name }, ['create', 'delete']);
  const wasDeleted = writes.some((write) => write.isEffective && write.verb === 'delete' && write.name === name);
  if (latest?.verb === 'create' && wasDeleted) return [];
  return [`says that the endpoint ${name} is deleted; it is ${wordOf(endpoint.description.EndpointStatus)}`];
}
