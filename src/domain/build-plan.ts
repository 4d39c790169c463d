/**
 * From checked arguments to the plan. Account, roles and whatever else only AWS knows are handed in by `prepare`, or as
 * placeholders by a dry run; the plan goes to the workflow.
 */
import type {
  AcceptStopped,
  DeployArguments,
  DeployInput,
  EstimatorArguments,
  FitArguments,
  FitInput,
  FitThenDeployInput,
  SweepInput,
} from '../contract';
import { canonicalJson } from './canonical-json';
import { defaultBucketName, modelDataUri, nameFromWorkflow, parseS3Uri, runTagValue } from './names';
import type { HostingPlan, RunIdentity, SweepPlan, TrainingPlan } from './plan';
import { buildHostingRequests } from './hosting-requests';
import { buildTrainingJobRequest, DEFAULT_MAX_RUN_SECONDS } from './training-request';

export const DEFAULT_PENDING_TIMEOUT_SECONDS = 86_400;
export const DEFAULT_OVERRUN_SECONDS = 1_800;
export const DEFAULT_ENDPOINT_TIMEOUT_SECONDS = 3_600;

/** What the arguments do not say. */
export interface Surroundings {
  region: string;
  account: string;
  identity: RunIdentity;
  /** The role's ARN, for each role that the arguments name. */
  roleArnOf: (role: string) => string;
  /** Hexadecimal SHA-256. */
  sha256: (text: string) => string;
}

export function buildTrainingPlan(estimator: EstimatorArguments, fit: FitArguments, from: Surroundings): TrainingPlan {
  const bucket = defaultBucketName(from.region, from.account);
  const outputPath = estimator.outputPath ?? `s3://${bucket}/`;
  const trainingJobName = fit.jobName ?? nameForRun(from);
  const request = buildTrainingJobRequest(estimator, fit, {
    trainingJobName,
    roleArn: from.roleArnOf(estimator.role),
    outputPath,
    runTag: runTagOf(from.identity),
  });
  return {
    request,
    modelData: modelDataUri(outputPath, trainingJobName),
    ...(estimator.outputPath === undefined && { defaultBucket: bucket }),
    pendingTimeoutSeconds: fit.pendingTimeoutSeconds ?? DEFAULT_PENDING_TIMEOUT_SECONDS,
    maxRunSeconds: estimator.trainMaxRun ?? DEFAULT_MAX_RUN_SECONDS,
    overrunSeconds: fit.overrunSeconds ?? DEFAULT_OVERRUN_SECONDS,
    ...(fit.acceptStopped !== undefined && { acceptStopped: fit.acceptStopped }),
  };
}

/** What a deploy serves, from the estimator's arguments or from the training job that AWS describes. */
export interface ModelSource {
  modelData: string;
  image: string;
  role: string;
  /** Used where the arguments name no endpoint. */
  trainingJobName?: string;
  awaitedTrainingJob?: string;
  acceptStopped?: AcceptStopped;
}

export function buildHostingPlan(
  deploy: DeployArguments,
  source: ModelSource,
  tags: EstimatorArguments['tags'],
  from: Surroundings,
): HostingPlan {
  const requests = buildHostingRequests(deploy, {
    endpointName: deploy.endpointName ?? source.trainingJobName ?? nameForRun(from),
    image: deploy.image ?? source.image,
    roleArn: from.roleArnOf(deploy.role ?? source.role),
    modelData: source.modelData,
    tags: deploy.tags ?? tags,
    runTag: runTagOf(from.identity),
    hash: (value) => from.sha256(canonicalJson(value)),
  });
  const isInDefaultBucket = parseS3Uri(source.modelData)?.bucket === defaultBucketName(from.region, from.account);
  return {
    ...requests,
    modelData: source.modelData,
    ...(source.trainingJobName !== undefined && { trainingJobName: source.trainingJobName }),
    ...(source.awaitedTrainingJob !== undefined && { awaitedTrainingJob: source.awaitedTrainingJob }),
    ...(source.acceptStopped !== undefined && { acceptStopped: source.acceptStopped }),
    ...(isInDefaultBucket && { expectedBucketOwner: from.account }),
    endpointTimeoutSeconds: deploy.endpointTimeoutSeconds ?? DEFAULT_ENDPOINT_TIMEOUT_SECONDS,
  };
}

/** Both halves of `fitThenDeploy`, or the one of `fit`. */
export function buildFitPlans(
  input: FitInput | FitThenDeployInput,
  from: Surroundings,
): { training: TrainingPlan; hosting?: HostingPlan } {
  const { estimator } = input;
  const training = buildTrainingPlan(estimator, input.fit, from);
  if (!('deploy' in input)) return { training };
  const source = {
    modelData: training.modelData,
    image: estimator.imageName,
    role: estimator.role,
    trainingJobName: training.request.TrainingJobName ?? '',
  };
  return { training, hosting: buildHostingPlan(input.deploy, source, estimator.tags, from) };
}

/** The source of a deploy that needs nothing from AWS; undefined where the training job must be described first. */
export function sourceFromArguments(input: DeployInput): ModelSource | undefined {
  if (input.modelData === undefined) return undefined;
  return {
    modelData: input.modelData,
    image: input.deploy.image ?? input.estimator?.imageName ?? '',
    role: input.deploy.role ?? input.estimator?.role ?? '',
  };
}

/** Without `apply` a sweep only tells: to delete is asked for in so many words. */
export function buildSweepPlan(
  { apply = false, createdWithinSeconds, createdAfter }: SweepInput,
  preparedAt: string,
): SweepPlan {
  if (createdAfter !== undefined) return { apply, createdAfter: new Date(createdAfter).toISOString() };
  if (createdWithinSeconds === undefined) return { apply };
  return { apply, createdAfter: new Date(Date.parse(preparedAt) - createdWithinSeconds * 1000).toISOString() };
}

/** Roles that a plan for this input needs as ARNs. */
export function rolesOf(input: { estimator?: EstimatorArguments; deploy?: DeployArguments }): string[] {
  return [...new Set([input.estimator?.role, input.deploy?.role].filter((role) => role !== undefined))];
}

export function runTagOf(identity: RunIdentity): string {
  return runTagValue(identity.workflowId, identity.firstExecutionRunId);
}

function nameForRun({ identity, sha256 }: Surroundings): string {
  const { workflowId, firstExecutionRunId, cronStartTime, ordinal } = identity;
  // The runs of a cron schedule share a Workflow Id; those of a Temporal Schedule have their time in it.
  const readable = cronStartTime === undefined ? workflowId : `${workflowId}-${cronStartTime.replace(/\.\d+Z$/, 'Z')}`;
  return nameFromWorkflow(readable, sha256(canonicalJson({ workflowId, firstExecutionRunId, cronStartTime, ordinal })));
}
