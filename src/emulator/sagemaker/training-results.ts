/**
 * Brings what a training job left on its hosts to S3: the model, and the output data where there is some.
 */
import { cp, mkdir, readdir } from 'node:fs/promises';
import path from 'node:path';
import { packFolder } from '../processes/archive';
import { findFolderInside } from '../processes/inside-folder';
import type { Objects } from '../world';
import { below } from './s3-uri';
import { isCompressed, locateModelData, locateOutput } from './training-outputs';
import type { TrainingRequest } from './training-record';
import { uploadFiles } from './upload-files';

export interface TrainingResults {
  uploadModel: () => Promise<void>;
  uploadOutput: () => Promise<void>;
}

/** `baseFolders` are what the hosts had at /opt/ml; `scratchFolder` takes what has to be merged. */
export function openResults(
  objects: Objects,
  request: TrainingRequest,
  baseFolders: readonly string[],
  scratchFolder: string,
): TrainingResults {
  return {
    async uploadModel() {
      const folder = await mergeFolders(baseFolders, 'model', path.join(scratchFolder, 'model'));
      const { bucket, key } = locateModelData(request);
      if (isCompressed(request)) await objects.write(bucket, key, packFolder(folder, await readdir(folder)));
      else await uploadFiles(objects, folder, '.', { bucket, key });
    },
    async uploadOutput() {
      const folder = await mergeFolders(baseFolders, 'output/data', path.join(scratchFolder, 'output'));
      const names = await readdir(folder);
      if (names.length === 0) return;
      const { bucket, key } = below(locateOutput(request), 'output.tar.gz');
      await objects.write(bucket, key, packFolder(folder, names));
    },
  };
}

/** One folder with what all hosts left; later hosts overwrite earlier ones. A single host's folder is taken as it is. */
async function mergeFolders(baseFolders: readonly string[], relative: string, target: string): Promise<string> {
  const found: string[] = [];
  for (const baseFolder of baseFolders) {
    const folder = await findFolderInside(baseFolder, relative);
    if (folder !== undefined) found.push(folder);
  }
  if (found.length === 1 && found[0] !== undefined) return found[0];
  await mkdir(target, { recursive: true });
  // Links stay links, so that nothing from outside of the folders is copied.
  for (const folder of found) await cp(folder, target, { recursive: true, force: true, verbatimSymlinks: true });
  return target;
}
