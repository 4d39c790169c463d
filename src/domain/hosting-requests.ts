/**
 * The exact requests that host a model: model, endpoint config and endpoint, and what an update adds to the last. Come from
 * checked arguments with every name decided; go into the plan, and from there to AWS word for word. Field for field what
 * the SageMaker Python SDK sends for the same arguments, but for the names of model and endpoint config (their content) and
 * the run tag.
 */
import type {
  ContainerDefinition,
  CreateEndpointCommandInput,
  CreateEndpointConfigCommandInput,
  CreateModelCommandInput,
  ProductionVariant,
} from '@aws-sdk/client-sagemaker';
import type { DeployArguments, HostingOverrides, RequestFields, RetainableProperty, Tag, VpcConfig } from '../contract';
import {
  buildAsync,
  buildDataCapture,
  buildDeployment,
  buildInstancePools,
  buildServerless,
  buildVpc,
} from './hosting-settings';
import { isModelPrefix, nameFromContent } from './names';
import { applyOverrides } from './overrides';
import { buildTags } from './tags';
import { withoutUndefined } from './training-status';

/** The one production variant of every endpoint, under the name the SageMaker SDK gives it. */
export const VARIANT_NAME = 'AllTraffic';

export interface HostingDecisions {
  endpointName: string;
  image: string;
  roleArn: string;
  modelData: string;
  /** Of the training, where the arguments do not say otherwise. */
  vpc: VpcConfig | undefined;
  isIsolated: boolean;
  tags: Tag[] | undefined;
  runTag: string;
  defaultBucket: string;
  overrides: Record<keyof HostingOverrides, RequestFields | undefined>;
  /** Hexadecimal hash of a value's canonical JSON. */
  hash: (value: unknown) => string;
}

export interface HostingRequests {
  model: CreateModelCommandInput;
  endpointConfig: CreateEndpointConfigCommandInput;
  endpoint: CreateEndpointCommandInput;
  /** How an endpoint that is there is treated. Absent in plans of before it could be said. */
  update?: UpdateRules;
}

/** What an update keeps of the endpoint that it finds, and whether there may or must be one. */
export interface UpdateRules {
  /** True: there must be one. False: there must be none. */
  expectsEndpoint?: boolean;
  /** All is kept, but for what is excluded. */
  keepsAll?: boolean;
  excludes?: RetainableProperty[];
  /** True where the arguments say nothing of data capture: what the endpoint captures, it goes on capturing. */
  keepsDataCapture?: boolean;
}

/** Model, endpoint config and endpoint; the first two are named by their content, so that nothing else can share them. */
export function buildHostingRequests(deploy: DeployArguments, decided: HostingDecisions): HostingRequests {
  const { endpointName, hash } = decided;
  const tags = buildTags(decided.tags, decided.runTag);
  const { createModel, createEndpointConfig, createEndpoint } = decided.overrides;
  const model = applyOverrides(buildModel(deploy, decided), createModel);
  const modelName = deploy.modelName ?? nameFromContent(endpointName, hash({ endpointName, ...model }));
  const endpointConfig = withModelNames(
    applyOverrides(buildEndpointConfig(deploy, modelName, decided), createEndpointConfig),
    modelName,
  );
  const capture = captureSaid(deploy, createEndpointConfig);
  const endpointConfigName = nameFromContent(
    endpointName,
    // A config without capture and one that ends it are the same to AWS, and not to the endpoint that is updated to it.
    hash({ endpointName, ...endpointConfig, ...(capture === 'off' && { DataCaptureConfig: null }) }),
  );
  const update = buildUpdateRules(deploy, capture);
  return {
    model: { ModelName: modelName, ...model, Tags: tags },
    endpointConfig: { EndpointConfigName: endpointConfigName, ...endpointConfig, Tags: tags },
    endpoint: applyOverrides<CreateEndpointCommandInput>(
      {
        EndpointName: endpointName,
        EndpointConfigName: endpointConfigName,
        ...(deploy.deploymentConfig && { DeploymentConfig: buildDeployment(deploy.deploymentConfig) }),
        Tags: tags,
      },
      createEndpoint,
    ),
    ...(Object.keys(update).length > 0 && { update }),
  };
}

/** Variants that the overrides have put in the place of ours serve the same model. */
function withModelNames<Config extends Pick<CreateEndpointConfigCommandInput, 'ProductionVariants'>>(
  config: Config,
  modelName: string,
): Config {
  const variants = config.ProductionVariants?.map((variant) => ({ ...variant, ModelName: modelName }));
  return { ...config, ...(variants && { ProductionVariants: variants }) };
}

function buildModel(deploy: DeployArguments, decided: HostingDecisions): Omit<CreateModelCommandInput, 'ModelName'> {
  const vpc = deploy.vpcConfigOverride === undefined ? decided.vpc : deploy.vpcConfigOverride;
  const isIsolated = deploy.enableNetworkIsolation ?? decided.isIsolated;
  return {
    PrimaryContainer: {
      Image: decided.image,
      Environment: deploy.env ?? {},
      ...buildModelSource(decided.modelData),
    },
    ExecutionRoleArn: decided.roleArn,
    ...(vpc && { VpcConfig: buildVpc(vpc) }),
    ...(isIsolated && { EnableNetworkIsolation: true }),
  };
}

/** An archive has a URL of its own; what was never packed is all that lies under a prefix. */
function buildModelSource(modelData: string): Pick<ContainerDefinition, 'ModelDataUrl' | 'ModelDataSource'> {
  if (!isModelPrefix(modelData)) return { ModelDataUrl: modelData };
  return { ModelDataSource: { S3DataSource: { S3Uri: modelData, S3DataType: 'S3Prefix', CompressionType: 'None' } } };
}

function buildEndpointConfig(
  deploy: DeployArguments,
  modelName: string,
  { defaultBucket, endpointName }: HostingDecisions,
): Omit<CreateEndpointConfigCommandInput, 'EndpointConfigName'> {
  const { asyncInferenceConfig, dataCaptureConfig, kmsKey } = deploy;
  return {
    ProductionVariants: [
      { VariantName: VARIANT_NAME, ModelName: modelName, ...buildCapacity(deploy), InitialVariantWeight: 1 },
    ],
    ...(kmsKey !== undefined && { KmsKeyId: kmsKey }),
    ...(dataCaptureConfig && { DataCaptureConfig: buildDataCapture(dataCaptureConfig, defaultBucket) }),
    ...(asyncInferenceConfig && {
      AsyncInferenceConfig: buildAsync(asyncInferenceConfig, defaultBucket, endpointName),
    }),
  };
}

/** What serves the variant. */
function buildCapacity(deploy: DeployArguments): Partial<ProductionVariant> {
  if (deploy.serverlessInferenceConfig) return { ServerlessConfig: buildServerless(deploy.serverlessInferenceConfig) };
  const { routingConfig: routing } = deploy;
  return withoutUndefined<Partial<ProductionVariant>>({
    InitialInstanceCount: deploy.initialInstanceCount,
    InstanceType: deploy.instanceType as never,
    InstancePools: deploy.instancePools && buildInstancePools(deploy.instancePools),
    AcceleratorType: deploy.acceleratorType as never,
    VariantInstanceProvisionTimeoutInSeconds: deploy.variantInstanceProvisionTimeoutInSeconds,
    VolumeSizeInGB: deploy.volumeSize,
    ModelDataDownloadTimeoutInSeconds: deploy.modelDataDownloadTimeout,
    ContainerStartupHealthCheckTimeoutInSeconds: deploy.containerStartupHealthCheckTimeout,
    InferenceAmiVersion: deploy.inferenceAmiVersion as never,
    RoutingConfig: routing && { RoutingStrategy: routing.routingStrategy as never },
  });
}

/** What the arguments, or the overrides over them, say of data capture; undefined where they say nothing. */
function captureSaid(deploy: DeployArguments, overrides: RequestFields = {}): 'off' | 'anew' | undefined {
  const isOverridden = Object.hasOwn(overrides, 'DataCaptureConfig');
  const said = isOverridden ? overrides.DataCaptureConfig : deploy.dataCaptureConfig;
  if (said === undefined) return undefined;
  return said === null ? 'off' : 'anew';
}

function buildUpdateRules(deploy: DeployArguments, capture: 'off' | 'anew' | undefined): UpdateRules {
  const { updateEndpoint, retainAllVariantProperties: keepsAll } = deploy;
  return withoutUndefined<UpdateRules>({
    expectsEndpoint: updateEndpoint,
    keepsAll: keepsAll === true ? true : undefined,
    excludes: deploy.excludeRetainedVariantProperties,
    keepsDataCapture: capture === undefined && !deploy.serverlessInferenceConfig ? true : undefined,
  });
}
