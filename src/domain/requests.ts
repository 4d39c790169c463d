/**
 * The exact AWS requests of a run. Comes from checked arguments with every name decided; goes into the plan, and from
 * there to AWS word for word. Field for field what the SageMaker Python SDK sends for the same arguments, but for the
 * names of model and endpoint config (their content) and the run tag.
 */
import type {
  CreateEndpointCommandInput,
  CreateEndpointConfigCommandInput,
  CreateModelCommandInput,
  CreateTrainingJobCommandInput,
  Tag as AwsTag,
} from '@aws-sdk/client-sagemaker';
import { RUN_TAG, type DeployArguments, type EstimatorArguments, type FitArguments, type Tag } from '../contract';
import { encodeHyperparameters } from './hyperparameters';
import { buildChannels } from './inputs';
import { nameFromContent } from './names';

export const DEFAULT_VOLUME_SIZE_GB = 30;
export const DEFAULT_MAX_RUN_SECONDS = 86_400;
/** The one production variant of every endpoint, under the name the SageMaker SDK gives it. */
export const VARIANT_NAME = 'AllTraffic';

/** The arguments' tags and the run's own. */
export function buildTags(tags: Tag[] | undefined, runTag: string): AwsTag[] {
  return [...(tags ?? []).map(({ key, value }) => ({ Key: key, Value: value })), { Key: RUN_TAG, Value: runTag }];
}

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

export interface HostingDecisions {
  endpointName: string;
  image: string;
  roleArn: string;
  modelData: string;
  tags: Tag[] | undefined;
  runTag: string;
  /** Hexadecimal hash of a value's canonical JSON. */
  hash: (value: unknown) => string;
}

export interface HostingRequests {
  model: CreateModelCommandInput;
  endpointConfig: CreateEndpointConfigCommandInput;
  endpoint: CreateEndpointCommandInput;
}

/** Model, endpoint config and endpoint; the first two are named by their content, so that nothing else can share them. */
export function buildHostingRequests(deploy: DeployArguments, decided: HostingDecisions): HostingRequests {
  const { endpointName, hash } = decided;
  const tags = buildTags(decided.tags, decided.runTag);
  const model = {
    PrimaryContainer: { Image: decided.image, Environment: deploy.env ?? {}, ModelDataUrl: decided.modelData },
    ExecutionRoleArn: decided.roleArn,
  };
  const modelName = nameFromContent(endpointName, hash({ endpointName, ...model }));
  const endpointConfig = {
    ProductionVariants: [
      {
        VariantName: VARIANT_NAME,
        ModelName: modelName,
        InitialInstanceCount: deploy.initialInstanceCount,
        InstanceType: deploy.instanceType as never,
        InitialVariantWeight: 1,
      },
    ],
  };
  const endpointConfigName = nameFromContent(endpointName, hash({ endpointName, ...endpointConfig }));
  return {
    model: { ModelName: modelName, ...model, Tags: tags },
    endpointConfig: { EndpointConfigName: endpointConfigName, ...endpointConfig, Tags: tags },
    endpoint: { EndpointName: endpointName, EndpointConfigName: endpointConfigName, Tags: tags },
  };
}
