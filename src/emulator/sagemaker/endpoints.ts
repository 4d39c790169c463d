/**
 * The operations on endpoints. An endpoint is written down before its creation is answered; what follows goes on in the
 * background, one {@link EndpointLife} for each endpoint.
 */
import type {
  CreateEndpointInput,
  DescribeEndpointOutput,
  ListEndpointsInput,
  ListEndpointsOutput,
  UpdateEndpointInput,
} from '@aws-sdk/client-sagemaker';
import { existsSync, readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import type { Call, Handlers } from '../world';
import { planDeployment } from './deployment';
import { checkConversion, checkDeploymentRules } from './deployment-rules';
import type { EndpointConfigRecord } from './endpoint-configs';
import { startEndpointLife } from './endpoint-life';
import type { EndpointLife } from './endpoint-life';
import { describeEndpoint, isInProgress, isInvokable } from './endpoint-record';
import type { EndpointRecord } from './endpoint-record';
import type { Fleet } from './fleet';
import type { Life } from './life';
import { listPage } from './lists';
import type { ModelRecord } from './models';
import { refuseInProgress, refuseInput, refuseTaken } from './refusals';
import { openResources } from './resources';
import type { Resources } from './resources';
import { retainProperties } from './retained-properties';
import { checkTags, readTags } from './tag-rules';

interface Named {
  EndpointName: string;
}

type Deploying = Named & { EndpointConfigName: string };

export interface Endpoints {
  handlers: Handlers;
  /** The fleet of an endpoint that takes invocations. */
  fleetOf(name: string): Fleet | undefined;
  drain(): Promise<void>;
}

export function openEndpoints(
  life: Life,
  models: Resources<ModelRecord>,
  configs: Resources<EndpointConfigRecord>,
): Endpoints {
  const { world } = life;
  const endpoints = openResources<EndpointRecord>(world, 'endpoint');
  const lives = new Map<string, EndpointLife>();
  const departures = new Set<Promise<void>>();
  clearAbandoned(life, endpoints.list());
  for (const { name } of endpoints.list()) lives.set(name, startEndpointLife(life, endpoints, name));
  life.outcomes?.onNow('endpoint', (isMeant, script, most) => {
    const meant = [...lives].filter(([name]) => isMeant(name)).slice(0, most);
    for (const [, one] of meant) one.follow(script);
    return meant.length;
  });

  const handlers: Handlers = {
    CreateEndpoint({ input }: Call<CreateEndpointInput & Deploying>) {
      const name = input.EndpointName;
      if (endpoints.find(name) !== undefined) throw refuseTaken(endpoints.kind, endpoints.arnOf(name));
      checkTags(input.Tags);
      const pending = planDeployment(world, configs.get(input.EndpointConfigName), models);
      checkDeploymentRules(input.DeploymentConfig, pending);
      const now = world.clock.now();
      const tags = readTags(input.Tags);
      endpoints.add({
        name,
        status: 'Creating',
        pending,
        tags,
        creationTime: now,
        lastModifiedTime: now,
        ...(input.DeploymentConfig !== undefined && { lastDeploymentConfig: input.DeploymentConfig }),
      });
      lives.set(name, startEndpointLife(life, endpoints, name));
      return { EndpointArn: endpoints.arnOf(name) };
    },

    UpdateEndpoint({ input }: Call<UpdateEndpointInput & Deploying>) {
      const name = input.EndpointName;
      const endpoint = endpoints.get(name);
      const arn = endpoints.arnOf(name);
      if (isInProgress(endpoint)) throw refuseInProgress(arn);
      if (endpoint.status === 'Failed') throw refuseInput(`Cannot update failed endpoint "${arn}".`);
      const config = configs.get(input.EndpointConfigName);
      if (config.name === endpoint.live?.configName) {
        throw refuseInput(`Cannot update endpoint "${arn}" with the endpoint configuration that it already has.`);
      }
      const pending = retainProperties(planDeployment(world, config, models), endpoint.live, input);
      const deploymentConfig = input.RetainDeploymentConfig ? endpoint.lastDeploymentConfig : input.DeploymentConfig;
      checkConversion(endpoint.live, pending, deploymentConfig);
      checkDeploymentRules(deploymentConfig, pending);
      endpoints.change(name, ({ failureReason: _failureReason, lastDeploymentConfig: _before, ...present }) => ({
        ...present,
        status: 'Updating',
        pending,
        ...(deploymentConfig !== undefined && { lastDeploymentConfig: deploymentConfig }),
        lastModifiedTime: world.clock.now(),
      }));
      lives.get(name)?.deploy();
      return { EndpointArn: arn };
    },

    DescribeEndpoint({ input }: Call<Named>): DescribeEndpointOutput {
      const endpoint = endpoints.get(input.EndpointName);
      return describeEndpoint(endpoint, endpoints.arnOf(endpoint.name));
    },

    DeleteEndpoint({ input }: Call<Named>) {
      const endpoint = endpoints.get(input.EndpointName);
      const { name } = endpoint;
      if (isInProgress(endpoint)) throw refuseInProgress(endpoints.arnOf(name));
      endpoints.change(name, (present) => ({
        ...present,
        status: 'Deleting',
        lastModifiedTime: world.clock.now(),
      }));
      const leaving = lives.get(name)?.delete();
      if (leaving !== undefined) {
        // The name is free again before the last process has ended.
        lives.delete(name);
        departures.add(leaving);
        void leaving.finally(() => departures.delete(leaving));
      }
      return {};
    },

    ListEndpoints({ input }: Call<ListEndpointsInput>): ListEndpointsOutput {
      const { page, ...token } = listPage(endpoints.list(), input, {
        statusOf: ({ status }) => status,
        defaultOrder: 'Descending',
      });
      return {
        Endpoints: page.map((endpoint) => ({
          EndpointName: endpoint.name,
          EndpointArn: endpoints.arnOf(endpoint.name),
          CreationTime: new Date(endpoint.creationTime),
          LastModifiedTime: new Date(endpoint.lastModifiedTime),
          EndpointStatus: endpoint.status,
        })),
        ...token,
      };
    },
  };

  return {
    handlers,
    fleetOf(name) {
      const endpoint = endpoints.find(name);
      return endpoint !== undefined && isInvokable(endpoint) ? lives.get(name)?.fleet() : undefined;
    },
    async drain() {
      await Promise.all([...departures, ...[...lives.values()].map((one) => one.drain())]);
    },
  };
}

/** Removes what deployments have left that no endpoint has any more. */
function clearAbandoned(life: Life, endpoints: readonly EndpointRecord[]): void {
  const known = new Set(endpoints.flatMap(({ live, pending }) => [live?.id, pending?.id]));
  const hosting = path.join(life.processFolder, 'hosting');
  for (const endpointName of listFolder(hosting)) {
    for (const id of listFolder(path.join(hosting, endpointName))) {
      if (!known.has(id)) rmSync(path.join(hosting, endpointName, id), { recursive: true, force: true });
    }
  }
}

function listFolder(folder: string): string[] {
  return existsSync(folder) ? readdirSync(folder) : [];
}
