/**
 * The dry run: the AWS requests that a run would make, without asking anyone. Built by the same functions as the plan of
 * a real run; what only AWS knows stands there as a placeholder.
 */
import type {
  CreateEndpointCommandInput,
  CreateEndpointConfigCommandInput,
  CreateModelCommandInput,
  CreateTrainingJobCommandInput,
} from '@aws-sdk/client-sagemaker';
import type { DeployInput, FitInput, FitThenDeployInput } from '../contract';
import {
  buildFitPlans,
  buildHostingPlan,
  sourceFromArguments,
  type ModelSource,
  type Surroundings,
} from '../domain/build-plan';
import type { HostingPlan } from '../domain/plan';
import { findRequestWarnings, requestsOf, type InputOf } from '../schemas';
import { sha256 } from './input-comparison';
import { nameRun } from './name-run';
import { requireValid } from './start';

/** The requests of a run in AWS's own field names, in the order in which they would be sent. */
export interface PlannedRequests {
  /** Of `fit` and `fitThenDeploy`. */
  CreateTrainingJob?: CreateTrainingJobCommandInput;
  /** Of `deploy` and `fitThenDeploy`. */
  CreateModel?: CreateModelCommandInput;
  /** Of `deploy` and `fitThenDeploy`. */
  CreateEndpointConfig?: CreateEndpointConfigCommandInput;
  /** Of `deploy` and `fitThenDeploy`; an UpdateEndpoint with the same names where the endpoint exists. */
  CreateEndpoint?: CreateEndpointCommandInput;
}

/** What a dry run is told beside the input. */
export interface PlanOptions {
  /** @default the input's region, else the placeholder `<region>` */
  region?: string;
  /** Twelve digits. @default the placeholder `<account>` */
  account?: string;
  /** @default as `startRun` would choose it */
  workflowId?: string;
  /**
   * Told of what is not wrong but may not be meant, a sentence each: spot instances without checkpoints; a region, an
   * instance type or a field that is newer than this release. A run has the same in its `warnings`. @default nobody is told
   */
  onNotice?: (notice: string) => void;
}

const UNKNOWN = /<(?:region|account|role|run|image|model data|hash)\b[^<>]*>/;

/**
 * What a run of this input would ask AWS for. Roles given as ARNs and names that the input decides stand there as they
 * would be sent; `<account>`, `<role>` and the like stand for what only AWS knows, and `<hash>` for a hash of it.
 *
 * Sends nothing and reads nothing.
 *
 * @throws {@link SageMakerError} `InvalidInput` with every problem
 *
 * @example
 * ```ts
 * import { planRun } from 'temporal-sagemaker/client';
 *
 * const { CreateTrainingJob } = planRun('fit', {
 *   estimator: {
 *     imageName: '123456789012.dkr.ecr.eu-central-1.amazonaws.com/digits:1',
 *     role: 'arn:aws:iam::123456789012:role/SageMakerRole',
 *     trainInstanceCount: 1,
 *     trainInstanceType: 'ml.m5.large',
 *   },
 *   fit: { inputs: 's3://my-bucket/digits' },
 * });
 * console.log(CreateTrainingJob?.OutputDataConfig?.S3OutputPath); // s3://sagemaker-<region>-<account>/
 * ```
 */
export function planRun<T extends 'fit' | 'deploy' | 'fitThenDeploy'>(
  type: T,
  input: InputOf[T],
  options: PlanOptions = {},
): PlannedRequests {
  const checked = requireValid(type, input);
  const named =
    options.workflowId === undefined ? nameRun(type, checked) : { workflowId: options.workflowId, input: checked };
  const from = surroundingsOf(named.workflowId, checked.region, options);
  const requests = requestsOf(
    type === 'deploy'
      ? { hosting: planDeploy(named.input as DeployInput, from) }
      : buildFitPlans(named.input as FitInput | FitThenDeployInput, from),
  );
  const { onNotice } = options;
  if (onNotice) {
    const region = checked.region ?? options.region;
    for (const warning of findRequestWarnings({ ...requests }, region)) onNotice(warning);
  }
  return requests;
}

function surroundingsOf(workflowId: string, region: string | undefined, options: PlanOptions): Surroundings {
  return {
    region: region ?? options.region ?? '<region>',
    account: options.account ?? '<account>',
    identity: { workflowId, firstExecutionRunId: '<run>', ordinal: 0 },
    roleArnOf: (role) => (role.startsWith('arn:') ? role : '<role>'),
    sha256: (text) => (UNKNOWN.test(text) ? '<hash>' : sha256(text)),
  };
}

function planDeploy(input: DeployInput, from: Surroundings): HostingPlan {
  return buildHostingPlan(input.deploy, sourceFromArguments(input) ?? sourceFromJob(input), input.estimator, from);
}

/** Model data, image and role come from AWS's description of the training job, but for what the input says. */
function sourceFromJob({ trainingJobName = '', estimator }: DeployInput): ModelSource {
  return {
    modelData: `<model data of ${trainingJobName}>`,
    image: estimator?.imageName ?? '<image>',
    role: estimator?.role ?? '<role>',
    trainingJobName,
  };
}
