/**
 * What a simulated training job leaves in S3: model data that is small, valid, and says what it is.
 */
import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { Header } from 'tar';
import type { World } from '../world';
import { locateModelData } from './training-outputs';
import type { TrainingRequest } from './training-record';

const TAR_BLOCK_BYTES = 512;

export async function writeSimulatedModel(world: World, request: TrainingRequest): Promise<void> {
  const { bucket, key } = locateModelData(request);
  const body = `${JSON.stringify({ simulated: true, trainingJobName: request.TrainingJobName })}\n`;
  await world.objects.write(bucket, key, Readable.from([packOneFile('model.json', Buffer.from(body))]));
}

function packOneFile(name: string, content: Buffer): Buffer {
  const header = new Header({ path: name, size: content.length, mode: 0o644, type: 'File', mtime: new Date(0) });
  header.encode();
  const padding = Buffer.alloc((TAR_BLOCK_BYTES - (content.length % TAR_BLOCK_BYTES)) % TAR_BLOCK_BYTES);
  const end = Buffer.alloc(2 * TAR_BLOCK_BYTES);
  return gzipSync(Buffer.concat([header.block ?? Buffer.alloc(0), content, padding, end]));
}
