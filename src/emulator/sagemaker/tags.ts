/**
 * The operations on tags, for any resource that is kept, by its ARN.
 */
import type { AddTagsInput, DeleteTagsInput, ListTagsInput, ListTagsOutput } from '@aws-sdk/client-sagemaker';
import type { Call, Handlers, World } from '../world';
import { parseArn } from './arn';
import { refuseInput, refuseMissing } from './refusals';
import { openResources } from './resources';
import type { ResourceRecord, Resources, ResourceTag } from './resources';
import { checkTags, readTags } from './tag-rules';

interface WithArn {
  ResourceArn: string;
}

const DEFAULT_PAGE = 50;

export function openTags(world: World): Handlers {
  const find = (arn: string): { resources: Resources<ResourceRecord>; record: ResourceRecord } => {
    const resource = parseArn(world, arn);
    if (resource === undefined) throw refuseInput(`Invalid ResourceArn "${arn}".`);
    const resources = openResources<ResourceRecord>(world, resource.kind);
    const record = resources.find(resource.name);
    if (record === undefined) throw refuseMissing(resource.kind, arn);
    return { resources, record };
  };
  const change = (arn: string, edit: (tags: ResourceTag[]) => ResourceTag[]): ResourceTag[] => {
    const { resources, record } = find(arn);
    const tags = edit(record.tags);
    checkTags(tags);
    resources.change(record.name, (present) => ({ ...present, tags }));
    return tags;
  };
  return {
    AddTags({ input }: Call<AddTagsInput & WithArn>) {
      checkTags(input.Tags);
      const added = readTags(input.Tags);
      const keys = new Set(added.map(({ Key }) => Key));
      return {
        Tags: change(input.ResourceArn, (tags) => [...tags.filter(({ Key }) => !keys.has(Key)), ...added]),
      };
    },

    ListTags({ input }: Call<ListTagsInput & WithArn>): ListTagsOutput {
      const { tags } = find(input.ResourceArn).record;
      const start = input.NextToken === undefined ? 0 : Number.parseInt(input.NextToken, 10);
      if (!Number.isInteger(start)) throw refuseInput('Invalid NextToken.');
      const end = start + (input.MaxResults ?? DEFAULT_PAGE);
      return { Tags: tags.slice(start, end), ...(end < tags.length ? { NextToken: String(end) } : {}) };
    },

    DeleteTags({ input }: Call<DeleteTagsInput & WithArn>) {
      const keys = new Set(input.TagKeys);
      change(input.ResourceArn, (tags) => tags.filter(({ Key }) => !keys.has(Key)));
      return {};
    },
  };
}
