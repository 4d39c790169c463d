/**
 * The operations on models: a model is a record and nothing else until an endpoint deploys it.
 */
import type {
  ContainerDefinition,
  CreateModelInput,
  DescribeModelOutput,
  ListModelsInput,
  ListModelsOutput,
} from '@aws-sdk/client-sagemaker';
import type { Call, Handlers, World } from '../world';
import { listPage } from './lists';
import { refuseInput, refuseTaken } from './refusals';
import { openResources } from './resources';
import type { ResourceRecord, Resources } from './resources';
import { parseS3Uri } from './s3-uri';
import { checkTags, readTags } from './tag-rules';

export interface ModelRecord extends ResourceRecord {
  request: Omit<CreateModelInput, 'Tags'>;
}

interface Named {
  ModelName: string;
}

export function openModels(world: World): { models: Resources<ModelRecord>; handlers: Handlers } {
  const models = openResources<ModelRecord>(world, 'model');
  const handlers: Handlers = {
    CreateModel({ input }: Call<CreateModelInput & Named>) {
      const { Tags, ...request } = input;
      const name = input.ModelName;
      if (models.find(name) !== undefined) throw refuseTaken(models.kind, models.arnOf(name));
      checkModelRules(input);
      const now = world.clock.now();
      models.add({ name, request, tags: readTags(Tags), creationTime: now, lastModifiedTime: now });
      return { ModelArn: models.arnOf(name) };
    },

    DescribeModel({ input }: Call<Named>): DescribeModelOutput {
      const { name, request, creationTime } = models.get(input.ModelName);
      const { PrimaryContainer, Containers } = request;
      return {
        ...request,
        ModelName: name,
        ModelArn: models.arnOf(name),
        ...(PrimaryContainer === undefined ? {} : { PrimaryContainer: fillContainer(PrimaryContainer) }),
        ...(Containers === undefined ? {} : { Containers: Containers.map(fillContainer) }),
        EnableNetworkIsolation: request.EnableNetworkIsolation ?? false,
        CreationTime: new Date(creationTime),
      };
    },

    DeleteModel({ input }: Call<Named>) {
      models.delete(models.get(input.ModelName).name);
      return {};
    },

    ListModels({ input }: Call<ListModelsInput>): ListModelsOutput {
      const { page, ...token } = listPage(models.list(), input, { defaultOrder: 'Descending' });
      return {
        Models: page.map(({ name, creationTime }) => ({
          ModelName: name,
          ModelArn: models.arnOf(name),
          CreationTime: new Date(creationTime),
        })),
        ...token,
      };
    },
  };
  return { models, handlers };
}

/** The containers of a model, however it was written. */
export function containersOf({ request }: ModelRecord): ContainerDefinition[] {
  return request.PrimaryContainer === undefined ? (request.Containers ?? []) : [request.PrimaryContainer];
}

function checkModelRules(input: CreateModelInput): void {
  const { PrimaryContainer, Containers } = input;
  if ((PrimaryContainer === undefined) === (Containers === undefined || Containers.length === 0)) {
    throw refuseInput('Exactly one of PrimaryContainer and Containers must be provided.');
  }
  if (input.ExecutionRoleArn === undefined) throw refuseInput('ExecutionRoleArn must be provided.');
  for (const container of PrimaryContainer === undefined ? (Containers ?? []) : [PrimaryContainer]) {
    if (container.Image === undefined && container.ModelPackageName === undefined) {
      throw refuseInput('Each container must have either Image or ModelPackageName.');
    }
    if (container.ModelDataUrl !== undefined && parseS3Uri(container.ModelDataUrl) === undefined) {
      throw refuseInput(`The model data URL "${container.ModelDataUrl}" is not an S3 URI.`);
    }
    if (container.ModelDataUrl !== undefined && container.ModelDataSource !== undefined) {
      throw refuseInput('ModelDataUrl and ModelDataSource cannot both be provided.');
    }
  }
  checkTags(input.Tags);
}

function fillContainer(container: ContainerDefinition): ContainerDefinition {
  return { Mode: 'SingleModel', ...container };
}
