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
  VpcConfig,
} from '../contract';
import { canonicalJson } from './canonical-json';
import { endpointTimeoutOf } from './deployment-time';
import { defaultBucketName, modelDataUri, nameFromWorkflow, parseS3Uri, runTagValue } from './names';
import { hostingOverridesOf } from './overrides';
import type { HostingPlan, RunIdentity, SweepPlan, TrainingPlan } from './plan';
import { buildHostingRequests } from './hosting-requests';
import { buildTrainingJobRequest, DEFAULT_MAX_RUN_SECONDS } from './training-request';

export const DEFAULT_PENDING_TIMEOUT_SECONDS = 86_400;
export const DEFAULT_OVERRUN_SECONDS = 1_800;

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
    region: from.region,
    runTag: runTagOf(from.identity),
  });
  return {
    request,
    modelData: modelDataUri(outputPath, trainingJobName, estimator.disableOutputCompression),
    ...(estimator.outputPath === undefined && { defaultBucket: bucket }),
    ...limitsOf(estimator, fit),
    ...(fit.acceptStopped !== undefined && { acceptStopped: fit.acceptStopped }),
  };
}

/** Our own limits of time stand behind AWS's: on spot the job may wait and train as long as its max-wait in all. */
function limitsOf(
  { trainMaxRun, trainMaxWait, maxPendingTimeInSeconds = 0 }: EstimatorArguments,
  fit: FitArguments,
): Pick<TrainingPlan, 'pendingTimeoutSeconds' | 'maxRunSeconds' | 'overrunSeconds'> {
  const overrunSeconds = fit.overrunSeconds ?? DEFAULT_OVERRUN_SECONDS;
  const awaitedSeconds = Math.max(trainMaxWait ?? 0, maxPendingTimeInSeconds);
  return {
    pendingTimeoutSeconds:
      fit.pendingTimeoutSeconds ??
      (awaitedSeconds > 0 ? awaitedSeconds + overrunSeconds : DEFAULT_PENDING_TIMEOUT_SECONDS),
    maxRunSeconds: trainMaxWait ?? trainMaxRun ?? DEFAULT_MAX_RUN_SECONDS,
    overrunSeconds,
  };
}

/** What a deploy serves, from the estimator's arguments or from the training job that AWS describes. */
export interface ModelSource {
  modelData: string;
  image: string;
  role: string;
  /** Where the training ran, and the model runs where the arguments do not say otherwise. */
  vpc?: VpcConfig;
  /** True where the training was kept from every network. */
  isIsolated?: boolean;
  /** Used where the arguments name no endpoint. */
  trainingJobName?: string;
  awaitedTrainingJob?: string;
  acceptStopped?: AcceptStopped;
}

export function buildHostingPlan(
  deploy: DeployArguments,
  source: ModelSource,
  estimator: Pick<EstimatorArguments, 'tags' | 'overrides'> | undefined,
  from: Surroundings,
): HostingPlan {
  const defaultBucket = defaultBucketName(from.region, from.account);
  const requests = buildHostingRequests(deploy, {
    endpointName: deploy.endpointName ?? source.trainingJobName ?? nameForRun(from),
    image: deploy.image ?? source.image,
    roleArn: from.roleArnOf(deploy.role ?? source.role),
    modelData: source.modelData,
    vpc: source.vpc,
    isIsolated: source.isIsolated ?? false,
    // An empty list says as little as none, as in the Python SDK.
    tags: deploy.tags?.length ? deploy.tags : estimator?.tags,
    overrides: {
      createModel: hostingOverridesOf(estimator?.overrides, deploy.overrides, 'createModel'),
      createEndpointConfig: hostingOverridesOf(estimator?.overrides, deploy.overrides, 'createEndpointConfig'),
      createEndpoint: hostingOverridesOf(estimator?.overrides, deploy.overrides, 'createEndpoint'),
    },
    runTag: runTagOf(from.identity),
    defaultBucket,
    hash: (value) => from.sha256(canonicalJson(value)),
  });
  const isInDefaultBucket = parseS3Uri(source.modelData)?.bucket === defaultBucket;
  return {
    ...requests,
    modelData: source.modelData,
    ...(source.trainingJobName !== undefined && { trainingJobName: source.trainingJobName }),
    ...(source.awaitedTrainingJob !== undefined && { awaitedTrainingJob: source.awaitedTrainingJob }),
    ...(source.acceptStopped !== undefined && { acceptStopped: source.acceptStopped }),
    ...(isInDefaultBucket && { expectedBucketOwner: from.account }),
    ...(writesToDefaultBucket(deploy) && { defaultBucket }),
    endpointTimeoutSeconds: endpointTimeoutOf(deploy),
  };
}

/** What an endpoint keeps or answers goes there unless the arguments name a place. */
function writesToDefaultBucket({ asyncInferenceConfig, dataCaptureConfig }: DeployArguments): boolean {
  const answers = asyncInferenceConfig && !(asyncInferenceConfig.outputPath && asyncInferenceConfig.failurePath);
  return Boolean(answers) || (dataCaptureConfig ? dataCaptureConfig.destinationS3Uri === undefined : false);
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
    ...surroundingsOfTraining(estimator),
    trainingJobName: training.request.TrainingJobName ?? '',
  };
  return { training, hosting: buildHostingPlan(input.deploy, source, estimator, from) };
}

/** The source of a deploy that needs nothing from AWS; undefined where the training job must be described first. */
export function sourceFromArguments(input: DeployInput): ModelSource | undefined {
  if (input.modelData === undefined) return undefined;
  return {
    modelData: input.modelData,
    image: input.deploy.image ?? input.estimator?.imageName ?? '',
    role: input.deploy.role ?? input.estimator?.role ?? '',
    ...surroundingsOfTraining(input.estimator),
  };
}

/** What an estimator, or a training job that AWS describes, says of where it trains. */
type TrainedIn = {
  [Field in 'subnets' | 'securityGroupIds' | 'enableNetworkIsolation']?: EstimatorArguments[Field] | undefined;
};

/** Where a training runs, as a model takes it over: both halves of a VPC, or none. */
export function surroundingsOfTraining({ subnets, securityGroupIds, enableNetworkIsolation }: TrainedIn = {}): Pick<
  ModelSource,
  'vpc' | 'isIsolated'
> {
  return {
    ...(subnets && securityGroupIds && { vpc: { subnets, securityGroupIds } }),
    ...(enableNetworkIsolation === true && { isIsolated: true }),
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
