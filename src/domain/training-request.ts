/**
 * The exact CreateTrainingJob request of a run. Comes from checked arguments with every name decided; goes into the plan,
 * and from there to AWS word for word. Field for field what the SageMaker Python SDK sends for the same arguments, but for
 * the run tag.
 */
import type {
  AlgorithmSpecification,
  CreateTrainingJobCommandInput,
  ResourceConfig,
  StoppingCondition,
} from '@aws-sdk/client-sagemaker';
import type { EstimatorArguments, ExperimentConfig, FitArguments } from '../contract';
import { buildDebuggerFields } from './debugger-request';
import { encodeHyperparameters } from './hyperparameters';
import { buildChannels, inputModeOf } from './inputs';
import { applyOverrides } from './overrides';
import { buildTags } from './tags';

export const DEFAULT_VOLUME_SIZE_GB = 30;
export const DEFAULT_MAX_RUN_SECONDS = 86_400;

export interface TrainingJobDecisions {
  trainingJobName: string;
  roleArn: string;
  outputPath: string;
  region: string;
  runTag: string;
}

export function buildTrainingJobRequest(
  estimator: EstimatorArguments,
  fit: FitArguments,
  decided: TrainingJobDecisions,
): CreateTrainingJobCommandInput {
  const hyperparameters = encodeHyperparameters(estimator.hyperparameters ?? {}, estimator.hyperparameterEncoding);
  const { modelUri: uri, modelChannelName: channelName, subnets, securityGroupIds } = estimator;
  const channels = buildChannels(fit.inputs, { ...(uri && { uri }), ...(channelName && { channelName }) });
  const experiment = buildExperiment(fit.experimentConfig ?? {});
  const request: CreateTrainingJobCommandInput = {
    TrainingJobName: decided.trainingJobName,
    AlgorithmSpecification: buildAlgorithm(estimator, fit),
    RoleArn: decided.roleArn,
    ...(channels.length > 0 && { InputDataConfig: channels }),
    OutputDataConfig: {
      S3OutputPath: decided.outputPath,
      ...(estimator.outputKmsKey && { KmsKeyId: estimator.outputKmsKey }),
      ...(estimator.disableOutputCompression && { CompressionType: 'NONE' as const }),
    },
    ResourceConfig: buildResources(estimator),
    ...(subnets && securityGroupIds && { VpcConfig: { Subnets: subnets, SecurityGroupIds: securityGroupIds } }),
    StoppingCondition: buildStopping(estimator),
    ...(Object.keys(hyperparameters).length > 0 && { HyperParameters: hyperparameters }),
    ...(estimator.environment && { Environment: estimator.environment }),
    ...(estimator.enableNetworkIsolation && { EnableNetworkIsolation: true }),
    ...(estimator.encryptInterContainerTraffic && { EnableInterContainerTrafficEncryption: true }),
    ...(estimator.trainUseSpotInstances && { EnableManagedSpotTraining: true }),
    ...(estimator.checkpointS3Uri && {
      CheckpointConfig: {
        S3Uri: estimator.checkpointS3Uri,
        ...(estimator.checkpointLocalPath && { LocalPath: estimator.checkpointLocalPath }),
      },
    }),
    ...(estimator.maxRetryAttempts !== undefined && {
      RetryStrategy: { MaximumRetryAttempts: estimator.maxRetryAttempts },
    }),
    ...buildDebuggerFields(estimator, decided),
    ...(Object.keys(experiment).length > 0 && { ExperimentConfig: experiment }),
    Tags: buildTags(estimator.tags, decided.runTag),
  };
  return applyOverrides(request, estimator.overrides?.createTrainingJob);
}

function buildAlgorithm(estimator: EstimatorArguments, { inputs }: FitArguments): AlgorithmSpecification {
  const { metricDefinitions, enableSagemakerMetrics } = estimator;
  return {
    TrainingImage: estimator.imageName,
    TrainingInputMode: inputModeOf(inputs) ?? estimator.inputMode ?? 'File',
    ...(metricDefinitions && {
      MetricDefinitions: metricDefinitions.map(({ name, regex }) => ({ Name: name, Regex: regex })),
    }),
    ...(enableSagemakerMetrics !== undefined && { EnableSageMakerMetricsTimeSeries: enableSagemakerMetrics }),
    ...(estimator.containerEntryPoint && { ContainerEntrypoint: estimator.containerEntryPoint }),
    ...(estimator.containerArguments && { ContainerArguments: estimator.containerArguments }),
  };
}

function buildResources(estimator: EstimatorArguments): ResourceConfig {
  const { trainInstanceCount, trainInstanceType, instanceGroups, instancePreferences } = estimator;
  return {
    ...(trainInstanceCount !== undefined && { InstanceCount: trainInstanceCount }),
    ...(trainInstanceType !== undefined && { InstanceType: trainInstanceType as never }),
    ...(instanceGroups && {
      InstanceGroups: instanceGroups.map(({ instanceGroupName, instanceType, instanceCount }) => ({
        InstanceGroupName: instanceGroupName,
        InstanceType: instanceType as never,
        InstanceCount: instanceCount,
      })),
    }),
    ...(instancePreferences && {
      InstancePreferences: instancePreferences.map(({ instanceType, instanceCount, trainingPlanArns }) => ({
        InstanceType: instanceType as never,
        ...(instanceCount !== undefined && { InstanceCount: instanceCount }),
        ...(trainingPlanArns && { TrainingPlanArns: trainingPlanArns }),
      })),
    }),
    VolumeSizeInGB: estimator.trainVolumeSize ?? DEFAULT_VOLUME_SIZE_GB,
    ...(estimator.trainVolumeKmsKey && { VolumeKmsKeyId: estimator.trainVolumeKmsKey }),
    ...(estimator.keepAlivePeriodInSeconds !== undefined && {
      KeepAlivePeriodInSeconds: estimator.keepAlivePeriodInSeconds,
    }),
  };
}

function buildStopping(estimator: EstimatorArguments): StoppingCondition {
  const { trainMaxWait, maxPendingTimeInSeconds } = estimator;
  return {
    MaxRuntimeInSeconds: estimator.trainMaxRun ?? DEFAULT_MAX_RUN_SECONDS,
    ...(trainMaxWait !== undefined && { MaxWaitTimeInSeconds: trainMaxWait }),
    ...(maxPendingTimeInSeconds !== undefined && { MaxPendingTimeInSeconds: maxPendingTimeInSeconds }),
  };
}

function buildExperiment({ experimentName, trialName, trialComponentDisplayName }: ExperimentConfig) {
  return {
    ...(experimentName !== undefined && { ExperimentName: experimentName }),
    ...(trialName !== undefined && { TrialName: trialName }),
    ...(trialComponentDisplayName !== undefined && { TrialComponentDisplayName: trialComponentDisplayName }),
  };
}
