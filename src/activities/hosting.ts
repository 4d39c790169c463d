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
import { activityInfo, heartbeat, sleep } from '@temporalio/activity';
import { modelsOfConfig } from '../domain/config-models';
import { isBound, observeEndpoint, type EndpointObservation } from '../domain/endpoint-status';
import { createOrAdopt, readOwner, type Standing } from './adopt';
import type { AwsClients } from './aws';
import { IncompleteAnswer, readTrouble, requireMember } from '../domain/aws-errors';
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
  const observe = async (EndpointName: string) => observeWhole(await describeEndpoint(EndpointName), EndpointName);

  /** Where the config that the endpoint names is not found, either read may be behind: both are read again. */
  const describeWithConfig = async (name: string) => {
    for (let look = 1; ; look++) {
      heartbeat();
      const answer = await ifPresent(() => describeEndpoint(name));
      if (!answer) return undefined;
      const endpoint = observeEndpoint(answer, name);
      const { endpointConfigName } = endpoint;
      const config = endpointConfigName === '' ? undefined : await ifPresent(() => describeConfig(endpointConfigName));
      if (config || look === LOOKS.most) return { endpoint, config };
      await sleep(LOOKS.pauseMs);
    }
  };

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
            return {
              arn: requireMember('ModelArn', answer.ModelArn),
              createdAt: requireMember('CreationTime', answer.CreationTime),
              description: answer,
            };
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
            return {
              arn: requireMember('EndpointConfigArn', answer.EndpointConfigArn),
              createdAt: requireMember('CreationTime', answer.CreationTime),
              description: answer,
            };
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
              arn: requireMember('EndpointArn', answer.EndpointArn),
              createdAt: requireMember('CreationTime', answer.CreationTime),
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
      const live = await callAws(at, () => ifPresent(() => observe(EndpointName)));
      if (!live) return { outcome: 'changed meanwhile' };
      if (isBound(live, request.EndpointConfigName) || wasRolledBack(live, before)) return { outcome: 'under way' };
      if (live.status !== before.status || live.lastModifiedTime !== before.lastModifiedTime) {
        return { outcome: 'changed meanwhile' };
      }
      try {
        const { EndpointArn } = await sagemaker.send(new UpdateEndpointCommand(request));
        requireMember('EndpointArn', EndpointArn);
        return { outcome: 'sent' };
      } catch (error) {
        const trouble = readTrouble(error);
        const now = await callAws(at, () => ifPresent(() => observe(EndpointName)));
        if (!now) return { outcome: 'changed meanwhile' };
        if (isBound(now, request.EndpointConfigName)) return { outcome: 'under way' };
        if (trouble.meaning === 'not now') return { outcome: 'changed meanwhile', reason: trouble.message };
        throw failureOf(trouble, at, trouble.meaning === 'absent' ? 'EndpointFailed' : undefined);
      }
    },

    async describeHosting(endpointName) {
      const at = { operation: 'DescribeEndpoint', region, endpoint: endpointName };
      return callAws(at, async () => {
        const found = await describeWithConfig(endpointName);
        if (!found) return null;
        const { endpoint, config } = found;
        const configName = endpoint.endpointConfigName;
        const ownerOf = (arn: string) => {
          heartbeat();
          return readOwner(sagemaker, arn, at);
        };
        const isOurs = async (arn: string) => (await ownerOf(arn)) !== undefined;
        const models: { name: string; isOurs: boolean }[] = [];
        if (config) requireMember('ProductionVariants', config.ProductionVariants);
        for (const name of config ? modelsOfConfig(config) : []) {
          const model = await ifThere(() => describeModel(name));
          if (!model) continue;
          models.push({ name, isOurs: await isOurs(requireMember('ModelArn', model.ModelArn)) });
        }
        const owner = await ownerOf(requireMember('EndpointArn', endpoint.arn));
        // Of one of ours, everything is decided by these.
        const [lacking] = endpoint.lacks ?? [];
        if (owner !== undefined && lacking !== undefined) throw new IncompleteAnswer(lacking);
        return {
          endpoint,
          ...(owner !== undefined && { owner }),
          isOurs: owner !== undefined,
          ...(config && {
            config: {
              name: configName,
              isOurs: await isOurs(requireMember('EndpointConfigArn', config.EndpointConfigArn)),
            },
          }),
          models,
        };
      });
    },

    async deleteEndpoint(EndpointName, region, ifConfig) {
      const at = { operation: 'DeleteEndpoint', region, endpoint: EndpointName };
      if (ifConfig !== undefined) {
        const live = await callAws(at, () => ifPresent(() => observe(EndpointName)));
        if (!live) return { wasThere: false };
        if (!isBound(live, ifConfig)) return { wasThere: true, isOthers: true };
      }
      // An earlier attempt, whose worker did not live to tell, may have sent it; a delete under way refuses another.
      const isGoing = async () => {
        const answer = await callAws(at, () => ifPresent(() => describeEndpoint(EndpointName)));
        return answer?.EndpointStatus === 'Deleting';
      };
      return deleteOne(at, () => sagemaker.send(new DeleteEndpointCommand({ EndpointName })), isGoing);
    },

    async deleteEndpointConfig(EndpointConfigName, region, ifTaggedBy) {
      const at = { operation: 'DeleteEndpointConfig', region, config: EndpointConfigName };
      const arnOf = async () =>
        requireMember('EndpointConfigArn', (await describeConfig(EndpointConfigName)).EndpointConfigArn);
      const kept = await keepIfNotOurs(sagemaker, at, arnOf, ifTaggedBy);
      if (kept) return kept;
      return deleteOne(at, () => sagemaker.send(new DeleteEndpointConfigCommand({ EndpointConfigName })));
    },

    async deleteModel(ModelName, region, ifTaggedBy) {
      const at = { operation: 'DeleteModel', region, model: ModelName };
      const arnOf = async () => requireMember('ModelArn', (await describeModel(ModelName)).ModelArn);
      const kept = await keepIfNotOurs(sagemaker, at, arnOf, ifTaggedBy);
      if (kept) return kept;
      return deleteOne(at, () => sagemaker.send(new DeleteModelCommand({ ModelName })));
    },
  };
}

/** Where a mark is asked for: what is to be answered of what does not bear it, or is not there. */
async function keepIfNotOurs(
  sagemaker: SageMakerClient,
  at: Coordinates,
  arnOf: () => Promise<string>,
  ifTaggedBy: string | undefined,
): Promise<Deleted | undefined> {
  if (ifTaggedBy === undefined) return undefined;
  const arn = await callAws(at, () => ifPresent(arnOf));
  // What appears between this look and a delete would be deleted unseen.
  if (arn === undefined) return { wasThere: false };
  const owner = await readOwner(sagemaker, arn, at);
  if (owner === ifTaggedBy) return undefined;
  return { wasThere: true, isOthers: true, ...(owner === undefined && { isUntagged: true }) };
}

/** How often a config or model that an endpoint names is looked for, where reads may be behind. */
const LOOKS = { most: 3, pauseMs: 500 };

/** Undefined where what another resource names is not there, and did not appear in a second either. */
async function ifThere<T>(describe: () => Promise<T>): Promise<T | undefined> {
  for (let look = 1; ; look++) {
    heartbeat();
    const found = await ifPresent(describe);
    if (found !== undefined || look === LOOKS.most) return found;
    await sleep(LOOKS.pauseMs);
  }
}

/** An endpoint with all that is decided by. @throws {@link IncompleteAnswer} */
function observeWhole(answer: DescribeEndpointCommandOutput, name: string): EndpointObservation {
  const endpoint = observeEndpoint(answer, name);
  requireMember('EndpointArn', endpoint.arn);
  const [lacking] = endpoint.lacks ?? [];
  if (lacking !== undefined) throw new IncompleteAnswer(lacking);
  return endpoint;
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

async function deleteOne(
  at: Coordinates,
  send: () => Promise<unknown>,
  isGoing?: () => Promise<boolean>,
): Promise<Deleted> {
  try {
    await send();
    return { wasThere: true };
  } catch (error) {
    const trouble = readTrouble(error);
    if (trouble.meaning === 'absent') return { wasThere: false };
    if (trouble.meaning === 'not now' && (await isGoing?.())) return { wasThere: true };
    throw failureOf(trouble, at);
  }
}
