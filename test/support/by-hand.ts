/**
 * Resources that no run makes: the requests of somebody with an AWS SDK in hand, with the least that AWS takes. Tests add
 * what they are about.
 */
import {
  CreateEndpointCommand,
  CreateEndpointConfigCommand,
  CreateModelCommand,
  type CreateTrainingJobCommandInput,
  type SageMakerClient,
  type Tag,
} from '@aws-sdk/client-sagemaker';
import { DATA_BUCKET, ROLE } from './rig';

export function trainingJobRequest(
  TrainingJobName: string,
  further: Partial<CreateTrainingJobCommandInput> = {},
): CreateTrainingJobCommandInput {
  return {
    TrainingJobName,
    RoleArn: ROLE,
    AlgorithmSpecification: { TrainingImage: 'iris', TrainingInputMode: 'File' },
    OutputDataConfig: { S3OutputPath: `s3://${DATA_BUCKET}/models` },
    ResourceConfig: { InstanceCount: 1, InstanceType: 'ml.m5.large', VolumeSizeInGB: 1 },
    StoppingCondition: { MaxRuntimeInSeconds: 600 },
    ...further,
  };
}

export async function makeModel(
  sagemaker: SageMakerClient,
  ModelName: string,
  {
    Image = 'iris',
    ModelDataUrl = `s3://${DATA_BUCKET}/given/model.tar.gz`,
    Tags,
  }: { Image?: string; ModelDataUrl?: string; Tags?: Tag[] } = {},
): Promise<void> {
  const PrimaryContainer = { Image, ModelDataUrl };
  await sagemaker.send(new CreateModelCommand({ ModelName, ExecutionRoleArn: ROLE, PrimaryContainer, Tags }));
}

/** An endpoint and its config, of a model that is there. */
export async function makeEndpoint(
  sagemaker: SageMakerClient,
  EndpointName: string,
  {
    ModelName = EndpointName,
    EndpointConfigName = EndpointName,
    Tags,
  }: { ModelName?: string; EndpointConfigName?: string; Tags?: Tag[] } = {},
): Promise<void> {
  const variant = {
    VariantName: 'AllTraffic',
    ModelName,
    InitialInstanceCount: 1,
    InstanceType: 'ml.m5.large',
  } as const;
  await sagemaker.send(new CreateEndpointConfigCommand({ EndpointConfigName, ProductionVariants: [variant], Tags }));
  await sagemaker.send(new CreateEndpointCommand({ EndpointName, EndpointConfigName, Tags }));
}
