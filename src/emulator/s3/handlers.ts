/**
 * All S3 operations that the emulator answers, gathered for the server. Objects live in the world's object store,
 * multipart uploads beside it in the world's folder.
 */
import { join } from 'node:path';
import type { Handlers, World } from '../world';
import { bucketHandlers } from './bucket-handlers';
import { listHandlers } from './list-handlers';
import { objectHandlers } from './object-handlers';
import { uploadHandlers } from './upload-handlers';
import { openUploads } from './uploads';

export function s3Handlers(world: World): Handlers {
  const uploads = openUploads(join(world.folder, 's3-uploads'), () => world.clock.now());
  return {
    ...bucketHandlers(world, (bucket) => {
      uploads.forgetBucket(bucket);
    }),
    ...objectHandlers(world),
    ...listHandlers(world),
    ...uploadHandlers(world, uploads),
  };
}
