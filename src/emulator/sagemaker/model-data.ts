/**
 * Brings a container's model data from S3 to its /opt/ml/model: an archive that is unpacked, or a prefix that is copied.
 */
import type { ContainerDefinition } from '@aws-sdk/client-sagemaker';
import { ArchiveRefused, unpackArchive } from '../processes/archive';
import { copyObjects } from '../processes/channel-files';
import { DataDownloadFailed } from '../processes/data-download-failed';
import type { World } from '../world';
import { DeploymentFailed } from './deployment-failed';
import { parseS3Uri } from './s3-uri';

/** @throws DeploymentFailed where the data is not there, cannot be unpacked, or takes too long. */
export async function bringModelData(
  world: World,
  container: ContainerDefinition,
  folder: string,
  limitSeconds: number,
  signal: AbortSignal,
): Promise<void> {
  const source = container.ModelDataSource?.S3DataSource;
  const uri = container.ModelDataUrl ?? source?.S3Uri;
  if (uri === undefined) return;
  const late = AbortSignal.timeout(limitSeconds * 1_000);
  const limited = AbortSignal.any([signal, late]);
  try {
    if (source?.S3DataType === 'S3Prefix') await copyPrefix(world, uri, folder, limited);
    else await unpackObject(world, uri, folder, limited);
  } catch (error) {
    if (signal.aborted) throw error;
    if (late.aborted) throw refuseDownload(uri);
    if (error instanceof ArchiveRefused) {
      world.warn(`model data was not unpacked: ${error.message} [uri=${uri}]`);
      throw new DeploymentFailed(
        `Failed to extract model data archive for container "container_1" from URL "${uri}". Please ensure that the ` +
          'object located at the URL is a valid tar.gz archive.',
      );
    }
    if (error instanceof DataDownloadFailed) throw refuseDownload(uri);
    throw error;
  }
}

async function unpackObject(world: World, uri: string, folder: string, signal: AbortSignal): Promise<void> {
  const location = parseS3Uri(uri);
  const object = location && world.objects.head(location.bucket, location.key);
  if (object === undefined) throw refuseDownload(uri);
  await unpackArchive(world.objects.read(object), folder, { signal });
}

async function copyPrefix(world: World, uri: string, folder: string, signal: AbortSignal): Promise<void> {
  const { bucket, key: prefix } = parseS3Uri(uri) ?? { bucket: '', key: '' };
  const found = world.objects
    .list(bucket, prefix)
    .filter(({ key }) => !key.endsWith('/'))
    .map((object) => ({ object, name: object.key.slice(prefix.length).replace(/^\/+/, '') }));
  if (found.length === 0) throw refuseDownload(uri);
  await copyObjects(world.objects, found, folder, { signal });
}

function refuseDownload(uri: string): DeploymentFailed {
  return new DeploymentFailed(
    `Failed to download model data for container "container_1" from URL: "${uri}". Please ensure that there is an ` +
      'object located at the URL and that the role passed to CreateModel has permissions to download the object.',
  );
}
