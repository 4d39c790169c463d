/**
 * What AWS refuses in an endpoint config beyond its published model: capacity of two kinds, what serverless endpoints do
 * not have, models that are not there. `endpoint-configs.ts` asks before it writes one down.
 */
import type {
  CreateEndpointConfigInput,
  ProductionVariant,
  ProductionVariantServerlessConfig,
} from '@aws-sdk/client-sagemaker';
import type { ModelRecord } from './models';
import { refuseInput } from './refusals';
import type { Resources } from './resources';
import { checkTags } from './tag-rules';

/** @throws AwsError for the first rule that the config breaks. */
export function checkConfigRules(input: CreateEndpointConfigInput, models: Resources<ModelRecord>): void {
  const variants = input.ProductionVariants ?? [];
  if (variants.length === 0) throw refuseInput('At least one production variant must be provided.');
  const all = [...variants, ...(input.ShadowProductionVariants ?? [])];
  const names = all.map(({ VariantName }) => VariantName);
  if (new Set(names).size < names.length) throw refuseInput('Production variant names must be unique.');
  for (const variant of all) checkVariant(variant, models);
  if (all.some(isServerless)) checkServerlessConfig(input, all);
  checkTags(input.Tags);
}

export function isServerless({ ServerlessConfig }: Pick<ProductionVariant, 'ServerlessConfig'>): boolean {
  return ServerlessConfig !== undefined;
}

function checkVariant(variant: ProductionVariant, models: Resources<ModelRecord>): void {
  const of = `for production variant ${variant.VariantName ?? ''}`;
  if (variant.ModelName === undefined) throw refuseInput(`ModelName must be provided ${of}.`);
  if (variant.InstanceType !== undefined && variant.InstancePools !== undefined) {
    throw refuseInput(`InstanceType and InstancePools cannot both be provided ${of}.`);
  }
  const hasInstances = variant.InstanceType !== undefined || variant.InstancePools !== undefined;
  const hasCount = (variant.InitialInstanceCount ?? 0) > 0;
  const onInstances = hasInstances && hasCount;
  if (onInstances === isServerless(variant) || (isServerless(variant) && (hasInstances || hasCount))) {
    throw refuseInput(`Either InstanceType and InitialInstanceCount or ServerlessConfig must be provided ${of}.`);
  }
  const model = models.get(variant.ModelName);
  for (const { ModelNameOverride: other } of variant.InstancePools ?? []) if (other !== undefined) models.get(other);
  if (variant.ServerlessConfig !== undefined) checkServerlessVariant(variant, variant.ServerlessConfig, model, of);
}

/** Members of a variant that are about its instances. */
const OF_INSTANCES = [
  'AcceleratorType',
  'CoreDumpConfig',
  'VolumeSizeInGB',
  'EnableSSMAccess',
  'ManagedInstanceScaling',
  'RoutingConfig',
  'CapacityReservationConfig',
  'VariantInstanceProvisionTimeoutInSeconds',
] as const;

const MEMORY_STEP_MB = 1024;

function checkServerlessVariant(
  variant: ProductionVariant,
  {
    MemorySizeInMB: memory = 0,
    MaxConcurrency: most = 0,
    ProvisionedConcurrency: warm,
  }: ProductionVariantServerlessConfig,
  { request: model }: ModelRecord,
  of: string,
): void {
  if (memory % MEMORY_STEP_MB !== 0) {
    throw refuseInput(`MemorySizeInMB must be a multiple of ${String(MEMORY_STEP_MB)} ${of}.`);
  }
  if (warm !== undefined && warm > most) {
    throw refuseInput(`ProvisionedConcurrency must be less than or equal to MaxConcurrency ${of}.`);
  }
  const refused = OF_INSTANCES.find((member) => variant[member] !== undefined);
  if (refused !== undefined) throw refuseInput(`${refused} is not supported with ServerlessConfig ${of}.`);
  if (model.VpcConfig !== undefined) throw refuseInput(`A model with VpcConfig cannot be serverless ${of}.`);
  if (model.EnableNetworkIsolation === true) {
    throw refuseInput(`A model with EnableNetworkIsolation cannot be serverless ${of}.`);
  }
}

function checkServerlessConfig(input: CreateEndpointConfigInput, variants: ProductionVariant[]): void {
  if (variants.length > 1) throw refuseInput('A serverless endpoint can have one production variant only.');
  const refused = (['DataCaptureConfig', 'AsyncInferenceConfig', 'ExplainerConfig', 'VpcConfig'] as const).find(
    (member) => input[member] !== undefined,
  );
  if (refused !== undefined) throw refuseInput(`${refused} is not supported for serverless endpoints.`);
}
