/**
 * What SageMaker demands of tags beyond its published model.
 */
import type { Tag } from '@aws-sdk/client-sagemaker';
import { refuseInput } from './refusals';
import type { ResourceTag } from './resources';

export const MAX_TAGS = 50;

/** @throws AwsError for the first rule that the tags break. */
export function checkTags(tags: readonly Tag[] | undefined): void {
  if (tags === undefined) return;
  const keys = tags.map(({ Key }) => Key ?? '');
  if (new Set(keys).size < keys.length) throw refuseInput('Duplicate tag keys are not allowed.');
  const reserved = keys.find((key) => key.toLowerCase().startsWith('aws:'));
  if (reserved !== undefined) {
    throw refuseInput(`Tag key '${reserved}' is not allowed: keys that begin with 'aws:' are reserved.`);
  }
  if (keys.length > MAX_TAGS) throw refuseInput(`A resource can have at most ${String(MAX_TAGS)} tags.`);
}

/** A request's tags as they are stored. */
export function readTags(tags: readonly Tag[] | undefined): ResourceTag[] {
  return (tags ?? []).map(({ Key, Value }) => ({ Key: Key ?? '', Value: Value ?? '' }));
}
