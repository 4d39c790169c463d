/**
 * Checkpoints: what lies in S3 is there when the algorithm starts, and what it writes is brought to S3 while it runs.
 */
import path from 'node:path';
import { copyObjects } from '../processes/channel-files';
import type { Life } from './life';
import { parseS3Uri } from './s3-uri';
import type { TrainingRequest } from './training-record';
import { uploadFiles } from './upload-files';

export interface Checkpoints {
  restore(baseFolder: string, signal: AbortSignal): Promise<void>;
  /** Brings changed files to S3, again and again until the signal aborts, and then once more. Never rejects. */
  keepSaved(baseFolders: readonly string[], ended: AbortSignal): Promise<void>;
}

const INTERVAL_MS = 2_000;

const DEFAULT_LOCAL_PATH = '/opt/ml/checkpoints';

export function openCheckpoints({ world, waits, closing }: Life, request: TrainingRequest): Checkpoints {
  const location = parseS3Uri(request.CheckpointConfig?.S3Uri ?? '');
  if (location === undefined) return { restore: () => Promise.resolve(), keepSaved: () => Promise.resolve() };
  const where = `[job=${request.TrainingJobName}]`;
  const localPath = path.posix.normalize(request.CheckpointConfig?.LocalPath ?? DEFAULT_LOCAL_PATH);
  const relative = path.posix.relative('/opt/ml', localPath);
  if (relative === '' || relative.startsWith('..')) {
    world.warn(`checkpoints are saved only from below /opt/ml, not from ${localPath} ${where}`);
    return { restore: () => Promise.resolve(), keepSaved: () => Promise.resolve() };
  }
  const prefix = location.key === '' ? '' : `${location.key.replace(/\/+$/, '')}/`;
  const saved = new Map<string, string>();

  const save = async (baseFolders: readonly string[]): Promise<void> => {
    for (const baseFolder of baseFolders) {
      await uploadFiles(world.objects, baseFolder, relative, location, (name, size, changedMs) => {
        const version = `${String(size)}/${String(changedMs)}`;
        const file = path.join(baseFolder, name);
        const isNew = saved.get(file) !== version;
        saved.set(file, version);
        return isNew;
      });
    }
  };

  return {
    async restore(baseFolder, signal) {
      const found = world.objects
        .list(location.bucket, prefix)
        .filter(({ key }) => !key.endsWith('/'))
        .map((object) => ({ object, name: object.key.slice(prefix.length) }));
      try {
        await copyObjects(world.objects, found, path.join(baseFolder, relative), { signal });
      } catch (error) {
        if (!signal.aborted) throw error;
      }
    },
    async keepSaved(baseFolders, ended) {
      try {
        while (await waits.until(nextTime(world.clock.now()), ended)) await save(baseFolders);
        if (!closing.aborted) await save(baseFolders);
      } catch (error) {
        world.warn(`checkpoints could not be saved: ${String(error)} ${where}`);
      }
    },
  };
}

function nextTime(now: number): () => number {
  return () => now + INTERVAL_MS;
}
