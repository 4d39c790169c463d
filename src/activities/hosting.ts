/**
 * SageMaker's models, endpoint configs and endpoints: create, update, look at, delete. Requests come from the plan; who
 * owns what is read from the run tag. Waiting is in `waits.ts`.
 */
import {
  CreateEndpointCommand,
  CreateEndpointConfigCommand,
  CreateModelCommand,
  DeleteEndpointCommand,
  DeleteEndpointConfigCommand,
  DeleteModelCommand,
  DescribeEndpointCommand,
  DescribeEndpointConfigCommand,
  DescribeModelCommand,
  UpdateEndpointCommand,
  type DescribeEndpointCommandOutput,
  type SageMakerClient,
} from '@aws-sdk/client-sagemaker';
import { activityInfo } from '@temporalio/activity';
import { isBound, observeEndpoint, type EndpointObservation } from '../domain/endpoint-status';
import { createOrAdopt, readOwner, type Standing } from './adopt';
import type { AwsClients } from './aws';
import { readTrouble } from '../domain/aws-errors';
import { callAws, failureOf, ifPresent, type Coordinates } from './aws-errors';
import type { Activities, Deleted } from './index';

type HostingActivities = Pick<
  Activities,
  | 'createModel'
  | 'createEndpointConfig'
  | 'createEndpoint'
  | 'updateEndpoint'
  | 'describeHosting'
  | 'deleteEndpoint'
  | 'deleteEndpointConfig'
  | 'deleteModel'
>;

export function createHostingActivities({ sagemaker, region }: AwsClients): HostingActivities {
  const describeModel = (ModelName: string) => sagemaker.send(new DescribeModelCommand({ ModelName }));
  const describeConfig = (EndpointConfigName: string) =>
    sagemaker.send(new DescribeEndpointConfigCommand({ EndpointConfigName }));
  const describeEndpoint = (EndpointName: string) => sagemaker.send(new DescribeEndpointCommand({ EndpointName }));

  return {
    createModel(request, run) {
      const name = request.ModelName ?? '';
      const creation = {
        kind: 'model' as const,
        name,
        operation: 'CreateModel',
        request,
        send: async (sent: typeof request) => (await sagemaker.send(new CreateModelCommand(sent))).ModelArn,
        describe: () =>
          ifPresent(async (): Promise<Standing> => {
            const answer = await describeModel(name);
            return { arn: answer.ModelArn ?? '', createdAt: answer.CreationTime, description: answer };
          }),
        ownedBy: 'any run' as const,
      };
      return createOrAdopt(sagemaker, creation, run);
    },

    createEndpointConfig(request, run) {
      const name = request.EndpointConfigName ?? '';
      const creation = {
        kind: 'endpoint config' as const,
        name,
        operation: 'CreateEndpointConfig',
        request,
        send: async (sent: typeof request) =>
          (await sagemaker.send(new CreateEndpointConfigCommand(sent))).EndpointConfigArn,
        describe: () =>
          ifPresent(async (): Promise<Standing> => {
            const answer = await describeConfig(name);
            return { arn: answer.EndpointConfigArn ?? '', createdAt: answer.CreationTime, description: answer };
          }),
        ownedBy: 'any run' as const,
        refersToOurs: true,
      };
      return createOrAdopt(sagemaker, creation, run);
    },

    async createEndpoint(request, run) {
      const name = request.EndpointName ?? '';
      const creation = {
        kind: 'endpoint' as const,
        name,
        operation: 'CreateEndpoint',
        request,
        send: async (sent: typeof request) => (await sagemaker.send(new CreateEndpointCommand(sent))).EndpointArn,
        describe: () =>
          ifPresent(async (): Promise<Standing> => {
            const answer = await describeEndpoint(name);
            return {
              arn: answer.EndpointArn ?? '',
              createdAt: answer.CreationTime,
              description: withConfigToCome(answer),
            };
          }),
        ownedBy: 'this run' as const,
        refersToOurs: true,
      };
      return createOrAdopt(sagemaker, creation, run);
    },

    async updateEndpoint(request, before, run) {
      const EndpointName = request.EndpointName ?? '';
      const at = { operation: 'UpdateEndpoint', region: run.region, endpoint: EndpointName };
      const answer = await callAws(at, () => ifPresent(() => describeEndpoint(EndpointName)));
      if (!answer) return { outcome: 'changed meanwhile' };
      const live = observeEndpoint(answer);
      if (isBound(live, request.EndpointConfigName) || wasRolledBack(live, before)) return { outcome: 'under way' };
      if (live.status !== before.status || live.lastModifiedTime !== before.lastModifiedTime) {
        return { outcome: 'changed meanwhile' };
      }
      try {
        await sagemaker.send(new UpdateEndpointCommand(request));
        return { outcome: 'sent' };
      } catch (error) {
        const trouble = readTrouble(error);
        const now = await callAws(at, async () => observeEndpoint(await describeEndpoint(EndpointName)));
        if (isBound(now, request.EndpointConfigName)) return { outcome: 'under way' };
        if (trouble.meaning === 'not now') return { outcome: 'changed meanwhile' };
        throw failureOf(trouble, at, trouble.meaning === 'absent' ? 'AwsUnreachable' : undefined);
      }
    },

    async describeHosting(endpointName) {
      const at = { operation: 'DescribeEndpoint', region, endpoint: endpointName };
      return callAws(at, async () => {
        const answer = await ifPresent(() => describeEndpoint(endpointName));
        if (!answer) return null;
        const endpoint = observeEndpoint(answer);
        const config = await ifPresent(() => describeConfig(endpoint.endpointConfigName));
        const isOurs = async (arn: string | undefined) =>
          arn !== undefined && (await readOwner(sagemaker, arn, at)) !== undefined;
        const models: { name: string; isOurs: boolean }[] = [];
        for (const { ModelName } of config?.ProductionVariants ?? []) {
          const model = ModelName === undefined ? undefined : await ifPresent(() => describeModel(ModelName));
          if (model) models.push({ name: model.ModelName ?? '', isOurs: await isOurs(model.ModelArn) });
        }
        const owner = await readOwner(sagemaker, endpoint.arn, at);
        return {
          endpoint,
          ...(owner !== undefined && { owner }),
          isOurs: owner !== undefined,
          ...(config && {
            config: { name: endpoint.endpointConfigName, isOurs: await isOurs(config.EndpointConfigArn) },
          }),
          models,
        };
      });
    },

    async deleteEndpoint(EndpointName, region, ifConfig) {
      const at = { operation: 'DeleteEndpoint', region, endpoint: EndpointName };
      if (ifConfig !== undefined) {
        const answer = await callAws(at, () => ifPresent(() => describeEndpoint(EndpointName)));
        if (!answer) return { wasThere: false };
        if (!isBound(observeEndpoint(answer), ifConfig)) return { wasThere: true, isOthers: true };
      }
      return deleteOne(at, () => sagemaker.send(new DeleteEndpointCommand({ EndpointName })));
    },

    async deleteEndpointConfig(EndpointConfigName, region, ifTaggedBy) {
      const at = { operation: 'DeleteEndpointConfig', region, endpointconfig: EndpointConfigName };
      const arnOf = async () => (await describeConfig(EndpointConfigName)).EndpointConfigArn;
      if (await isOthers(sagemaker, at, arnOf, ifTaggedBy)) return { wasThere: true, isOthers: true };
      return deleteOne(at, () => sagemaker.send(new DeleteEndpointConfigCommand({ EndpointConfigName })));
    },

    async deleteModel(ModelName, region, ifTaggedBy) {
      const at = { operation: 'DeleteModel', region, model: ModelName };
      const arnOf = async () => (await describeModel(ModelName)).ModelArn;
      if (await isOthers(sagemaker, at, arnOf, ifTaggedBy)) return { wasThere: true, isOthers: true };
      return deleteOne(at, () => sagemaker.send(new DeleteModelCommand({ ModelName })));
    },
  };
}

/** True where a mark is asked for and what stands there does not bear it. */
async function isOthers(
  sagemaker: SageMakerClient,
  at: Coordinates,
  arnOf: () => Promise<string | undefined>,
  ifTaggedBy: string | undefined,
): Promise<boolean> {
  if (ifTaggedBy === undefined) return false;
  const arn = await callAws(at, () => ifPresent(arnOf));
  return arn !== undefined && (await readOwner(sagemaker, arn, at)) !== ifTaggedBy;
}

/** An endpoint is compared by the config it will have once what is under way has ended. */
function withConfigToCome(answer: DescribeEndpointCommandOutput): object {
  const pending = answer.PendingDeploymentSummary?.EndpointConfigName;
  return pending === undefined ? answer : { ...answer, EndpointConfigName: pending };
}

/**
 * True where an earlier attempt of this activity sent the update without living to say so, and it was rolled back
 * since: sending it again would only fail again.
 */
function wasRolledBack(live: EndpointObservation, before: EndpointObservation): boolean {
  return (
    activityInfo().attempt > 1 &&
    live.status === 'InService' &&
    live.endpointConfigName === before.endpointConfigName &&
    live.lastModifiedTime !== before.lastModifiedTime &&
    live.failureReason !== undefined
  );
}

async function deleteOne(at: Coordinates, send: () => Promise<unknown>): Promise<Deleted> {
  try {
    await send();
    return { wasThere: true };
  } catch (error) {
    const trouble = readTrouble(error);
    if (trouble.meaning === 'absent') return { wasThere: false };
    throw failureOf(trouble, at);
  }
}
