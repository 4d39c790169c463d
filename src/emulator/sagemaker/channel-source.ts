/**
 * Finds out which S3 objects a channel holds, under which names a host sees them, and which host gets which. What is
 * found is copied by `processes/channel-files.ts` or streamed by `processes/channel-pipe.ts`.
 */
import type { Channel } from '@aws-sdk/client-sagemaker';
import { text } from 'node:stream/consumers';
import type { Objects } from '../world';
import { DataDownloadFailed } from '../processes/data-download-failed';
import type { ChannelObject } from '../processes/channel-files';
import { parseS3Uri } from './s3-uri';

const MAX_MANIFEST_BYTES = 64 * 2 ** 20;

/** The objects of a channel that host `hostIndex` of `hostCount` gets, in the order of their keys. */
export async function findChannelObjects(
  objects: Objects,
  channel: Channel,
  hostIndex: number,
  hostCount: number,
): Promise<ChannelObject[]> {
  const source = channel.DataSource?.S3DataSource;
  if (source?.S3Uri === undefined) throw new DataDownloadFailed('the channel has no S3DataSource');
  const found =
    source.S3DataType === 'ManifestFile'
      ? await readManifest(objects, source.S3Uri)
      : listPrefix(objects, source.S3Uri);
  return source.S3DataDistributionType === 'ShardedByS3Key'
    ? found.filter((_, index) => index % hostCount === hostIndex)
    : found;
}

function listPrefix(objects: Objects, uri: string): ChannelObject[] {
  const location = parseS3Uri(uri);
  if (location === undefined) throw new DataDownloadFailed(`'${uri}' is not an S3 URI`);
  const { bucket, key: prefix } = location;
  return objects
    .list(bucket, prefix)
    .filter(({ key }) => !key.endsWith('/'))
    .map((object) => ({ object, name: nameUnderPrefix(object.key, prefix) }));
}

/** `data/train` stands for the folder, for the one object of that name, and for all whose names begin so. */
function nameUnderPrefix(key: string, prefix: string): string {
  if (key !== prefix && key.startsWith(prefix === '' || prefix.endsWith('/') ? prefix : `${prefix}/`)) {
    return key.slice(prefix.length).replace(/^\/+/, '');
  }
  return key.slice(prefix.lastIndexOf('/') + 1);
}

/** A manifest is `[{ "prefix": "s3://bucket/folder/" }, "relative/key", …]`. */
async function readManifest(objects: Objects, uri: string): Promise<ChannelObject[]> {
  const location = parseS3Uri(uri);
  const manifest = location && objects.head(location.bucket, location.key);
  if (manifest === undefined) throw new DataDownloadFailed(`there is no manifest at '${uri}'`);
  if (manifest.size > MAX_MANIFEST_BYTES) throw new DataDownloadFailed(`the manifest '${uri}' is too large`);
  let entries: unknown;
  try {
    entries = JSON.parse(await text(objects.read(manifest)));
  } catch (error) {
    throw new DataDownloadFailed(`the manifest '${uri}' is not JSON: ${String(error)}`);
  }
  const [head, ...names] = Array.isArray(entries) ? (entries as unknown[]) : [];
  const prefix = typeof head === 'object' && head !== null && 'prefix' in head ? head.prefix : undefined;
  const base = typeof prefix === 'string' ? parseS3Uri(prefix) : undefined;
  if (base === undefined) throw new DataDownloadFailed(`the manifest '${uri}' does not begin with a prefix`);
  return names.map((name) => {
    const object = typeof name === 'string' ? objects.head(base.bucket, base.key + name) : undefined;
    if (object === undefined) {
      throw new DataDownloadFailed(`the manifest '${uri}' names '${String(name)}', which is not there`);
    }
    return { object, name: String(name) };
  });
}
