/**
 * The workflows, each registered under its own name; and, for a workflow of your own, the same functions to call.
 *
 * ```ts
 * import type { FitInput } from 'temporal-sagemaker/client';
 * import { fit, deploy } from 'temporal-sagemaker/workflows';
 *
 * export async function nightly(input: FitInput): Promise<string> {
 *   const { trainingJobName } = await fit(input);
 *   const { endpointName } = await deploy({
 *     trainingJobName,
 *     deploy: { initialInstanceCount: 1, instanceType: 'ml.m5.large', endpointName: 'iris' },
 *   });
 *   return endpointName;
 * }
 * ```
 */
export { deleteEndpoint } from './delete-endpoint';
export { deploy } from './deploy';
export { fit } from './fit';
export { fitThenDeploy } from './fit-then-deploy';
export { sweep } from './sweep';
export type {
  AcceptStopped,
  CompletedTrainingJob,
  DeleteEndpointInput,
  DeleteEndpointResult,
  DeployArguments,
  DeployInput,
  DeployModelDataInput,
  DeployResult,
  DeployTrainedInput,
  DeployWith,
  EndpointOutcome,
  EndpointProgress,
  EndpointServingOther,
  EstimatorArguments,
  FailedEndpoint,
  FailedTrainingJob,
  FailureCause,
  FailureCode,
  FailureDetails,
  FitArguments,
  FitInput,
  FitInputs,
  FitResult,
  FitThenDeployInput,
  FitThenDeployResult,
  InputMode,
  JsonValue,
  LedgerEntry,
  LostTrainingJob,
  MetricDefinition,
  MetricSample,
  Outcome,
  OutcomeOf,
  OutcomesByCode,
  OverQuota,
  Progress,
  ResourceKind,
  S3Input,
  SecondaryStatusTransition,
  Stage,
  StoppedBy,
  StoppedTrainingJob,
  SweepAction,
  SweepCounts,
  SweepInput,
  SweepResult,
  SweepVerdict,
  SweptKind,
  SweptResource,
  Tag,
  TrainingJobOutcome,
  TrainingJobProgress,
  UnsettledEndpoint,
} from '../contract';
