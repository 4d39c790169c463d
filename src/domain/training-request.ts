/**
 * The exact CreateTrainingJob request of a run. Comes from checked arguments with every name decided; goes into the plan,
 * and from there to AWS word for word. Field for field what the SageMaker Python SDK sends for the same arguments, but for
 * the run tag.
 */
import type { CreateTrainingJobCommandInput } from '@aws-sdk/client-sagemaker';
import type { EstimatorArguments, FitArguments } from '../contract';
import { encodeHyperparameters } from './hyperparameters';
import { buildChannels } from './inputs';
import { buildTags } from './tags';

export const DEFAULT_VOLUME_SIZE_GB = 30;
export const DEFAULT_MAX_RUN_SECONDS = 86_400;

export interface TrainingJobDecisions {
  trainingJobName: string;
  roleArn: string;
  outputPath: string;
  runTag: string;
}

export function buildTrainingJobRequest(
  estimator: EstimatorArguments,
  fit: FitArguments,
  decided: TrainingJobDecisions,
): CreateTrainingJobCommandInput {
  const hyperparameters = encodeHyperparameters(estimator.hyperparameters ?? {});
  return {
    TrainingJobName: decided.trainingJobName,
    AlgorithmSpecification: {
      TrainingImage: estimator.imageName,
      TrainingInputMode: estimator.inputMode ?? 'File',
      ...(estimator.metricDefinitions && {
        MetricDefinitions: estimator.metricDefinitions.map(({ name, regex }) => ({ Name: name, Regex: regex })),
      }),
    },
    RoleArn: decided.roleArn,
    InputDataConfig: buildChannels(fit.inputs),
    OutputDataConfig: {
      S3OutputPath: decided.outputPath,
      ...(estimator.outputKmsKey && { KmsKeyId: estimator.outputKmsKey }),
    },
    ResourceConfig: {
      InstanceCount: estimator.trainInstanceCount,
      InstanceType: estimator.trainInstanceType as never,
      VolumeSizeInGB: estimator.trainVolumeSize ?? DEFAULT_VOLUME_SIZE_GB,
    },
    StoppingCondition: { MaxRuntimeInSeconds: estimator.trainMaxRun ?? DEFAULT_MAX_RUN_SECONDS },
    ...(Object.keys(hyperparameters).length > 0 && { HyperParameters: hyperparameters }),
    Tags: buildTags(estimator.tags, decided.runTag),
  };
}
