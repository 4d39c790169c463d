/**
 * SageMaker's four lists, each as pages of names; and what uses what, read from endpoints and configs. AWS has no list by
 * tag, so a sweep lists everything and reads the tags one by one. An answer without the list, or without what tells use
 * from no use, is none: nothing is found to be unused by it.
 */
import {
  DescribeEndpointCommand,
  DescribeEndpointConfigCommand,
  ListEndpointConfigsCommand,
  ListEndpointsCommand,
  ListModelsCommand,
  ListTagsCommand,
  ListTrainingJobsCommand,
  type SageMakerClient,
} from '@aws-sdk/client-sagemaker';
import { RUN_TAG, type SweptKind } from '../../contract';
import { requireMember } from '../../domain/aws-errors';
import { modelsOfConfig } from '../../domain/config-models';
import { observeEndpoint } from '../../domain/endpoint-status';
import type { TaggedResource } from '../../domain/sweep';
import type { Use } from '../../domain/sweep-uses';
import { failWith } from '../aws-errors';
import { pause, type PacedRead } from './paced-reads';

/** What a list tells of one resource. */
export type ListedResource = Pick<TaggedResource, 'kind' | 'name' | 'arn' | 'createdAt'>;

export interface ListPage {
  listed: ListedResource[];
  nextToken?: string;
}

/** Resources of one look, each of which takes a call or more: an activity of some seconds. */
const PAGE_SIZE = 50;
/** AWS picks the jobs in progress out of pages of all jobs, so that most pages are empty: many of them are one look. */
const JOBS_PAGE_SIZE = 100;
const PAGES_OF_ONE_LOOK = 20;

interface Summary {
  name: string | undefined;
  arn: string | undefined;
  createdAt: Date | undefined;
}

interface PageRequest {
  MaxResults: number;
  NextToken?: string;
  CreationTimeAfter?: Date;
}

type Lister = (
  sagemaker: SageMakerClient,
  request: PageRequest,
) => Promise<{ summaries: Summary[]; nextToken: string | undefined }>;

const LISTERS: Record<SweptKind, { operation: string; list: Lister }> = {
  'training job': {
    operation: 'ListTrainingJobs',
    async list(sagemaker, request) {
      const jobs = { ...request, MaxResults: JOBS_PAGE_SIZE, SortOrder: 'Descending' } as const;
      // Of a job that has ended only the record is left, which SageMaker keeps.
      const page = await sagemaker.send(new ListTrainingJobsCommand({ ...jobs, StatusEquals: 'InProgress' }));
      const summaries = requireMember('TrainingJobSummaries', page.TrainingJobSummaries).map((job) => ({
        name: job.TrainingJobName,
        arn: job.TrainingJobArn,
        createdAt: job.CreationTime,
      }));
      return { summaries, nextToken: page.NextToken };
    },
  },
  endpoint: {
    operation: 'ListEndpoints',
    async list(sagemaker, request) {
      const page = await sagemaker.send(new ListEndpointsCommand(request));
      const summaries = requireMember('Endpoints', page.Endpoints).map((endpoint) => ({
        name: endpoint.EndpointName,
        arn: endpoint.EndpointArn,
        createdAt: endpoint.CreationTime,
      }));
      return { summaries, nextToken: page.NextToken };
    },
  },
  'endpoint config': {
    operation: 'ListEndpointConfigs',
    async list(sagemaker, request) {
      const page = await sagemaker.send(new ListEndpointConfigsCommand(request));
      const summaries = requireMember('EndpointConfigs', page.EndpointConfigs).map((config) => ({
        name: config.EndpointConfigName,
        arn: config.EndpointConfigArn,
        createdAt: config.CreationTime,
      }));
      return { summaries, nextToken: page.NextToken };
    },
  },
  model: {
    operation: 'ListModels',
    async list(sagemaker, request) {
      const page = await sagemaker.send(new ListModelsCommand(request));
      const summaries = requireMember('Models', page.Models).map((model) => ({
        name: model.ModelName,
        arn: model.ModelArn,
        createdAt: model.CreationTime,
      }));
      return { summaries, nextToken: page.NextToken };
    },
  },
};

export interface Reading {
  sagemaker: SageMakerClient;
  region: string;
  read: PacedRead;
}

/** Pages of a list until there is enough to look at, or no more. */
export async function listPage(
  reading: Reading,
  kind: SweptKind,
  { nextToken: from, createdAfter }: { nextToken?: string; createdAfter?: string },
): Promise<ListPage> {
  const listed: ListedResource[] = [];
  let nextToken = from;
  for (let pages = 0; pages < PAGES_OF_ONE_LOOK && listed.length < PAGE_SIZE; pages += 1) {
    const page = await listOnePage(reading, kind, nextToken, createdAfter);
    listed.push(...page.listed);
    ({ nextToken } = page);
    if (nextToken === undefined) break;
  }
  return { listed, ...(nextToken !== undefined && { nextToken }) };
}

async function listOnePage(
  { sagemaker, region, read }: Reading,
  kind: SweptKind,
  nextToken: string | undefined,
  createdAfter: string | undefined,
): Promise<ListPage> {
  const { operation, list } = LISTERS[kind];
  const request: PageRequest = {
    MaxResults: PAGE_SIZE,
    ...(nextToken !== undefined && { NextToken: nextToken }),
    ...(createdAfter !== undefined && { CreationTimeAfter: new Date(createdAfter) }),
  };
  const at = { operation, region };
  const page = await read(at, async () => {
    const { summaries, nextToken: next } = await list(sagemaker, request);
    return { listed: summaries.map((summary) => readSummary(kind, summary)), next };
  });
  // There is always a list, though it may be empty.
  if (!page) throw failWith('AwsUnreachable', `${operation}: answered that there is no such list`, at, RETRYABLE);
  return { listed: page.listed, ...(page.next !== undefined && { nextToken: page.next }) };
}

const RETRYABLE = { retryable: true };

function readSummary(kind: SweptKind, { name, arn, createdAt }: Summary): ListedResource {
  return {
    kind,
    name: requireMember(`the name of a listed ${kind}`, name),
    arn: requireMember(`the ARN of a listed ${kind}`, arn),
    createdAt: requireMember(`the CreationTime of a listed ${kind}`, createdAt).toISOString(),
  };
}

/** AWS takes 50 tags for a resource; a few of its own may come on top. */
const TAG_PAGES_MAX = 5;

/** The run tag's value; undefined where there is none, or nothing that bears it. */
export async function readTag(reading: Reading, arn: string): Promise<string | undefined> {
  const { sagemaker, region, read } = reading;
  let NextToken: string | undefined;
  for (let pages = 0; pages < TAG_PAGES_MAX; pages += 1) {
    const token = NextToken;
    const page = await read({ operation: 'ListTags', region, arn }, async () => {
      const answer = await sagemaker.send(new ListTagsCommand({ ResourceArn: arn, NextToken: token }));
      return { tags: requireMember('Tags', answer.Tags), next: answer.NextToken };
    });
    const tag = page?.tags.find(({ Key }) => Key === RUN_TAG);
    if (tag) return tag.Value ?? '';
    NextToken = page?.next;
    if (NextToken === undefined) return undefined;
  }
  return undefined;
}

/** How often an endpoint is asked that does not tell its config, which AWS does not have to. */
const LOOKS = { most: 3, pauseMs: 1_000 };

/** The endpoint's status and the configs that it serves and awaits; undefined where it is gone. */
export async function readEndpoint(reading: Reading, name: string): Promise<Use | undefined> {
  const { sagemaker, region, read } = reading;
  for (let look = 1; ; look += 1) {
    const endpoint = await read({ operation: 'DescribeEndpoint', region, endpoint: name }, async () => {
      const answer = await sagemaker.send(new DescribeEndpointCommand({ EndpointName: name }));
      requireMember('EndpointStatus', answer.EndpointStatus);
      return observeEndpoint(answer);
    });
    if (!endpoint) return undefined;
    const { status, endpointConfigName, pendingConfigName } = endpoint;
    const isTold = endpointConfigName !== '';
    if (isTold || status === 'Deleting' || look === LOOKS.most) {
      const names = [endpointConfigName, pendingConfigName ?? ''].filter((config) => config !== '');
      return { name, status, names: [...new Set(names)], ...(!isTold && { isUnread: true }) };
    }
    await pause(LOOKS.pauseMs);
  }
}

/** The config's ARN and its models; undefined where it is gone. */
export async function readConfig(reading: Reading, name: string): Promise<(Use & { arn: string }) | undefined> {
  const { sagemaker, region, read } = reading;
  return read({ operation: 'DescribeEndpointConfig', region, config: name }, async () => {
    const answer = await sagemaker.send(new DescribeEndpointConfigCommand({ EndpointConfigName: name }));
    requireMember('ProductionVariants', answer.ProductionVariants);
    return { name, names: modelsOfConfig(answer), arn: requireMember('EndpointConfigArn', answer.EndpointConfigArn) };
  });
}
