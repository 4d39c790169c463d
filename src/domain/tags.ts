/** The tags of all that a run makes: the arguments' own and the run's, by which it knows its work again. */
import type { Tag as AwsTag } from '@aws-sdk/client-sagemaker';
import { RUN_TAG, type Tag } from '../contract';

/** The arguments' tags and the run's own. */
export function buildTags(tags: Tag[] | undefined, runTag: string): AwsTag[] {
  return [...(tags ?? []).map(({ key, value }) => ({ Key: key, Value: value })), { Key: RUN_TAG, Value: runTag }];
}
