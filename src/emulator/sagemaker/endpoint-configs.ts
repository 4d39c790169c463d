/**
 * The operations on endpoint configs: which models an endpoint serves, under which variants.
 */
import type {
  CreateEndpointConfigInput,
  DescribeEndpointConfigOutput,
  ListEndpointConfigsInput,
  ListEndpointConfigsOutput,
  ProductionVariant,
} from '@aws-sdk/client-sagemaker';
import type { Call, Handlers, World } from '../world';
import { listPage } from './lists';
import type { ModelRecord } from './models';
import { refuseInput, refuseTaken } from './refusals';
import { openResources } from './resources';
import type { ResourceRecord, Resources } from './resources';
import { checkTags, readTags } from './tag-rules';

export interface EndpointConfigRecord extends ResourceRecord {
  request: Omit<CreateEndpointConfigInput, 'Tags'>;
}

interface Named {
  EndpointConfigName: string;
}

export function openEndpointConfigs(
  world: World,
  models: Resources<ModelRecord>,
): { configs: Resources<EndpointConfigRecord>; handlers: Handlers } {
  const configs = openResources<EndpointConfigRecord>(world, 'endpoint-config');
  const handlers: Handlers = {
    CreateEndpointConfig({ input }: Call<CreateEndpointConfigInput & Named>) {
      const { Tags, ...request } = input;
      const name = input.EndpointConfigName;
      if (configs.find(name) !== undefined) throw refuseTaken(configs.kind, configs.arnOf(name));
      checkConfigRules(input, models);
      const now = world.clock.now();
      configs.add({ name, request, tags: readTags(Tags), creationTime: now, lastModifiedTime: now });
      return { EndpointConfigArn: configs.arnOf(name) };
    },

    DescribeEndpointConfig({ input }: Call<Named>): DescribeEndpointConfigOutput {
      const { name, request, creationTime } = configs.get(input.EndpointConfigName);
      return {
        ...request,
        EndpointConfigName: name,
        EndpointConfigArn: configs.arnOf(name),
        ProductionVariants: request.ProductionVariants?.map((variant) => ({ InitialVariantWeight: 1, ...variant })),
        EnableNetworkIsolation: request.EnableNetworkIsolation ?? false,
        CreationTime: new Date(creationTime),
      };
    },

    DeleteEndpointConfig({ input }: Call<Named>) {
      configs.delete(configs.get(input.EndpointConfigName).name);
      return {};
    },

    ListEndpointConfigs({ input }: Call<ListEndpointConfigsInput>): ListEndpointConfigsOutput {
      const { page, ...token } = listPage(configs.list(), input, { defaultOrder: 'Descending' });
      return {
        EndpointConfigs: page.map(({ name, creationTime }) => ({
          EndpointConfigName: name,
          EndpointConfigArn: configs.arnOf(name),
          CreationTime: new Date(creationTime),
        })),
        ...token,
      };
    },
  };
  return { configs, handlers };
}

function checkConfigRules(input: CreateEndpointConfigInput, models: Resources<ModelRecord>): void {
  const variants = input.ProductionVariants ?? [];
  if (variants.length === 0) throw refuseInput('At least one production variant must be provided.');
  const names = variants.map(({ VariantName }) => VariantName);
  if (new Set(names).size < names.length) throw refuseInput('Production variant names must be unique.');
  for (const variant of variants) checkVariant(variant, models);
  checkTags(input.Tags);
}

function checkVariant(variant: ProductionVariant, models: Resources<ModelRecord>): void {
  const name = variant.VariantName ?? '';
  if (variant.ModelName === undefined) throw refuseInput(`ModelName must be provided for production variant ${name}.`);
  const onInstances = variant.InstanceType !== undefined && (variant.InitialInstanceCount ?? 0) > 0;
  if (onInstances === (variant.ServerlessConfig !== undefined)) {
    throw refuseInput(
      `Either InstanceType and InitialInstanceCount or ServerlessConfig must be provided for production variant ${name}.`,
    );
  }
  models.get(variant.ModelName);
}
