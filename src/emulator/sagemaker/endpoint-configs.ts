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
import { checkConfigRules } from './endpoint-config-rules';
import { listPage } from './lists';
import type { ModelRecord } from './models';
import { refuseTaken } from './refusals';
import { openResources } from './resources';
import type { ResourceRecord, Resources } from './resources';
import { readTags } from './tag-rules';

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
        ProductionVariants: request.ProductionVariants?.map(fillVariant),
        ...(request.ShadowProductionVariants && {
          ShadowProductionVariants: request.ShadowProductionVariants.map(fillVariant),
        }),
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

function fillVariant(variant: ProductionVariant): ProductionVariant {
  return { InitialVariantWeight: 1, ...variant };
}
