/**
 * The exact requests that host a model: model, endpoint config and endpoint. Come from checked arguments with every name
 * decided; go into the plan, and from there to AWS word for word. Field for field what the SageMaker Python SDK sends for
 * the same arguments, but for the names of model and endpoint config (their content) and the run tag.
 */
import type {
  CreateEndpointCommandInput,
  CreateEndpointConfigCommandInput,
  CreateModelCommandInput,
} from '@aws-sdk/client-sagemaker';
import type { DeployArguments, Tag } from '../contract';
import { nameFromContent } from './names';
import { buildTags } from './tags';

/** The one production variant of every endpoint, under the name the SageMaker SDK gives it. */
export const VARIANT_NAME = 'AllTraffic';

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
