/**
 * The activities of a sweep: look at a page of resources and judge each, read what uses what, and remove one orphan after
 * a last look. Nothing is kept between two calls.
 */
import {
  DeleteEndpointCommand,
  DeleteEndpointConfigCommand,
  DeleteModelCommand,
  DescribeEndpointCommand,
  DescribeEndpointConfigCommand,
  DescribeModelCommand,
  DescribeTrainingJobCommand,
  StopTrainingJobCommand,
} from '@aws-sdk/client-sagemaker';
import { Context } from '@temporalio/activity';
import type { SearchAttributeName, SweptKind } from '../../contract';
import { readTrouble } from '../../domain/aws-errors';
import { isSettled } from '../../domain/endpoint-status';
import { contentBaseIn, parseRunTag } from '../../domain/names';
import {
  judgeResource,
  type Circumstances,
  type Finding,
  type KnownRun,
  type TaggedResource,
} from '../../domain/sweep';
import { isUncertain, type Use } from '../../domain/sweep-uses';
import { hasJobEnded } from '../../domain/training-status';
import type { AwsClients } from '../aws';
import { failureOf } from '../aws-errors';
import type { Activities, Removal } from '../index';
import { listPage, readConfig, readEndpoint, readTag, type ListedResource, type Reading } from './list-resources';
import { createPacedRead } from './paced-reads';
import { openRunLookUp, type RunLookUp } from './run-look-up';

type SweepActivities = Pick<Activities, 'surveyResources' | 'listUses' | 'removeOrphan'>;

export function createSweepActivities({ sagemaker, region }: AwsClients, readsPerSecond: number): SweepActivities {
  const reading: Reading = { sagemaker, region, read: createPacedRead(readsPerSecond) };

  return {
    async surveyResources({ kind, nextToken, createdAfter, searchAttributes }) {
      const lookUp = openLookUp(searchAttributes);
      const page = await listPage(reading, kind, {
        ...(nextToken !== undefined && { nextToken }),
        ...(createdAfter !== undefined && { createdAfter }),
      });
      const findings: Finding[] = [];
      for (const listed of page.listed) {
        const resource = await readTagged(reading, listed);
        if (resource) findings.push(await judge(lookUp, resource));
      }
      return {
        findings,
        lookedAt: page.listed.length,
        ...(lookUp.warnings().length > 0 && { warnings: lookUp.warnings() }),
        ...(page.nextToken !== undefined && { nextToken: page.nextToken }),
      };
    },

    async listUses({ kind, nextToken }) {
      const page = await listPage(reading, kind, nextToken === undefined ? {} : { nextToken });
      const uses: Use[] = [];
      for (const { name } of page.listed) {
        const use = kind === 'endpoint' ? await readEndpoint(reading, name) : await readConfig(reading, name);
        uses.push(asUse(name, use));
      }
      return { uses, ...(page.nextToken !== undefined && { nextToken: page.nextToken }) };
    },

    async removeOrphan(orphan, searchAttributes) {
      const isFirst = Context.current().info.attempt === 1;
      const standing = await describe(reading, orphan);
      // What is gone at a later attempt, the first one's effect may have removed.
      if (!standing || standing.hasEnded) return { outcome: isFirst ? 'gone' : 'sent' };
      if (standing.isGoing) return { outcome: 'sent' };
      const { kind, name, arn, createdAt } = orphan;
      if (!isSameTime(standing.createdAt, createdAt)) return left('another of this name has been made since');
      const resource = await readTagged(reading, { kind, name, arn, createdAt });
      if (resource?.tag !== orphan.tag) return left('its run tag has changed since');
      const { verdict, reason } = await judge(openLookUp(searchAttributes), resource);
      if (verdict !== 'orphan') return { outcome: 'left', verdict, reason };
      if (resource.status !== undefined && !isSettled(resource.status)) return { outcome: 'not yet' };
      const user = await findUser(reading, orphan);
      if (user !== undefined) return left(user);
      return remove(reading, orphan);
    },
  };
}

/** What is listed and not there has gone since; or this read is behind, or lies. */
function asUse(name: string, use: Use | undefined): Use {
  if (!use) return { name, names: [], isUnread: true };
  const { names, status, isUnread } = use;
  return { name, names, ...(status !== undefined && { status }), ...(isUnread && { isUnread }) };
}

const openLookUp = (attributes: readonly SearchAttributeName[]): RunLookUp =>
  openRunLookUp(Context.current().client, attributes);

/** Changed under our eyes: somebody is at it, and the next sweep looks again. */
const left = (reason: string): Removal => ({ outcome: 'left', verdict: 'in use', reason });

/**
 * What uses a config or a model of ours is nearly always the endpoint that its name tells: asked once more, in case the
 * lists did not tell of it. Answers the reason to leave it.
 */
async function findUser(reading: Reading, { kind, name }: Finding): Promise<string | undefined> {
  const endpointName = contentBaseIn(name);
  if ((kind !== 'endpoint config' && kind !== 'model') || endpointName === undefined) return undefined;
  const endpoint = await readEndpoint(reading, endpointName);
  if (!endpoint || endpoint.status === 'Deleting') return undefined;
  if (endpoint.isUnread || isUncertain(endpoint)) return `the endpoint ${endpointName} may use it`;
  const uses = `the endpoint ${endpointName} uses it`;
  if (kind === 'endpoint config') return endpoint.names.includes(name) ? uses : undefined;
  for (const configName of endpoint.names) {
    const config = await readConfig(reading, configName);
    if (!config || config.names.includes(name)) return uses;
  }
  return undefined;
}

/** With its tag; undefined where it bears none, or is gone. */
async function readTagged(reading: Reading, listed: ListedResource): Promise<TaggedResource | undefined> {
  const tag = await readTag(reading, listed.arn);
  if (tag === undefined) return undefined;
  if (listed.kind !== 'endpoint') return { ...listed, tag };
  const endpoint = await readEndpoint(reading, listed.name);
  if (!endpoint || endpoint.status === 'Deleting') return undefined;
  // What serves is not told: then nobody can say whose it is.
  const configs: NonNullable<TaggedResource['configs']> = endpoint.isUnread ? [{ name: '(not told)' }] : [];
  for (const name of endpoint.names) {
    const config = await readConfig(reading, name);
    if (!config) continue;
    const tagOfConfig = await readTag(reading, config.arn);
    configs.push({ name, ...(tagOfConfig !== undefined && { tag: tagOfConfig }) });
  }
  return { ...listed, tag, ...(endpoint.status !== undefined && { status: endpoint.status }), configs };
}

/** Asks for no more than the verdict hangs on: most resources are those of runs that delivered them. */
async function judge(lookUp: RunLookUp, resource: TaggedResource): Promise<Finding> {
  const run = await lookUp.findOwner(resource.tag);
  const workflowId = run.state === 'unknown' ? (parseRunTag(resource.tag)?.workflowId ?? resource.tag) : run.workflowId;
  const { configs, ...told } = resource;
  const alone = judgeResource(told, { run, claims: [] });
  if (alone.verdict !== 'orphan') return { ...told, workflowId, ...alone };
  const circumstances: Circumstances = {
    run,
    claims: await lookUp.findClaims(told),
    runsOfConfigs: await runsOfConfigs(lookUp, configs),
  };
  return { ...told, workflowId, ...judgeResource(resource, circumstances) };
}

async function runsOfConfigs(
  lookUp: RunLookUp,
  configs: TaggedResource['configs'] = [],
): Promise<ReadonlyMap<string, KnownRun>> {
  const tags = [...new Set(configs.map(({ tag }) => tag))].filter((tag) => tag !== undefined);
  return new Map(await Promise.all(tags.map(async (tag) => [tag, await lookUp.findOwner(tag)] as const)));
}

interface StandingResource {
  createdAt: Date | undefined;
  /** It ends without our doing. */
  isGoing?: boolean;
  /** Of a training job. */
  hasEnded?: boolean;
}

/** Lists and descriptions need not tell a time to the same fraction of a second. */
function isSameTime(one: Date | undefined, other: string): boolean {
  return one !== undefined && Math.abs(one.getTime() - Date.parse(other)) < 1_000;
}

/** As it stands now; undefined where it is gone. */
async function describe({ sagemaker, region, read }: Reading, orphan: Finding): Promise<StandingResource | undefined> {
  const { kind, name } = orphan;
  switch (kind) {
    case 'training job': {
      const job = await read({ operation: 'DescribeTrainingJob', region, job: name }, () =>
        sagemaker.send(new DescribeTrainingJobCommand({ TrainingJobName: name })),
      );
      const status = job?.TrainingJobStatus;
      return job && { createdAt: job.CreationTime, isGoing: status === 'Stopping', hasEnded: hasJobEnded(status) };
    }
    case 'endpoint': {
      const endpoint = await read({ operation: 'DescribeEndpoint', region, endpoint: name }, () =>
        sagemaker.send(new DescribeEndpointCommand({ EndpointName: name })),
      );
      return endpoint && { createdAt: endpoint.CreationTime, isGoing: endpoint.EndpointStatus === 'Deleting' };
    }
    case 'endpoint config': {
      const config = await read({ operation: 'DescribeEndpointConfig', region, config: name }, () =>
        sagemaker.send(new DescribeEndpointConfigCommand({ EndpointConfigName: name })),
      );
      return config && { createdAt: config.CreationTime };
    }
    case 'model': {
      const model = await read({ operation: 'DescribeModel', region, model: name }, () =>
        sagemaker.send(new DescribeModelCommand({ ModelName: name })),
      );
      return model && { createdAt: model.CreationTime };
    }
  }
}

const REMOVALS: Record<
  SweptKind,
  { operation: string; coordinate: string; send: (r: Reading, name: string) => Promise<unknown> }
> = {
  'training job': {
    operation: 'StopTrainingJob',
    coordinate: 'job',
    send: ({ sagemaker }, name) => sagemaker.send(new StopTrainingJobCommand({ TrainingJobName: name })),
  },
  endpoint: {
    operation: 'DeleteEndpoint',
    coordinate: 'endpoint',
    send: ({ sagemaker }, name) => sagemaker.send(new DeleteEndpointCommand({ EndpointName: name })),
  },
  'endpoint config': {
    operation: 'DeleteEndpointConfig',
    coordinate: 'config',
    send: ({ sagemaker }, name) => sagemaker.send(new DeleteEndpointConfigCommand({ EndpointConfigName: name })),
  },
  model: {
    operation: 'DeleteModel',
    coordinate: 'model',
    send: ({ sagemaker }, name) => sagemaker.send(new DeleteModelCommand({ ModelName: name })),
  },
};

async function remove(reading: Reading, { kind, name }: Finding): Promise<Removal> {
  const { operation, coordinate, send } = REMOVALS[kind];
  try {
    await send(reading, name);
    return { outcome: 'sent' };
  } catch (error) {
    const trouble = readTrouble(error);
    if (trouble.meaning === 'absent') return { outcome: 'gone' };
    // A job that has ended meanwhile refuses the stop; an endpoint that is being changed refuses the delete.
    if (trouble.meaning === 'not now') return { outcome: kind === 'training job' ? 'gone' : 'not yet' };
    throw failureOf(trouble, { operation, region: reading.region, [coordinate]: name });
  }
}
