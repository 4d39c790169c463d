/**
 * Streams a channel through named pipes, one for each epoch: `<channel>_0`, `<channel>_1` and so on, each made before
 * the one before it ends. A pipe is never opened in a way that waits for its reader, which would hold a thread.
 */
import { execFile } from 'node:child_process';
import { closeSync, constants, openSync } from 'node:fs';
import { Socket } from 'node:net';
import path from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import { createGunzip } from 'node:zlib';
import type { Objects } from '../world';
import type { ChannelObject } from './channel-files';

const RETRY_MS = 20;

/** First word of each record of the RecordIO format. */
const RECORD_MAGIC = 0xced7230a;

export interface PipeOptions {
  gunzip: boolean;
  recordIo: boolean;
  /** Ends the streaming: the job no longer runs. */
  signal: AbortSignal;
}

const makePipe = async (file: string): Promise<unknown> => promisify(execFile)('mkfifo', ['-m', '600', file]);

/** Makes the first epoch's pipe, which must be there before the algorithm starts. */
export async function preparePipe(dataFolder: string, channel: string): Promise<void> {
  await makePipe(path.join(dataFolder, `${channel}_0`));
}

/** Serves epochs until the signal aborts. */
export async function streamChannel(
  objects: Objects,
  found: readonly ChannelObject[],
  dataFolder: string,
  channel: string,
  options: PipeOptions,
): Promise<void> {
  const { signal } = options;
  for (let epoch = 0; ; epoch++) {
    const writer = await openForReader(path.join(dataFolder, `${channel}_${String(epoch)}`), signal);
    if (writer === undefined) return;
    await makePipe(path.join(dataFolder, `${channel}_${String(epoch + 1)}`));
    try {
      await pipeline(Readable.from(readRecords(objects, found, options)), writer, { signal });
    } catch (error) {
      // Many algorithms stop reading before the end of an epoch.
      if (signal.aborted) return;
      if ((error as NodeJS.ErrnoException).code !== 'EPIPE') throw error;
    }
  }
}

/** A writable end of the pipe as soon as somebody reads it; undefined when the signal aborts before. */
async function openForReader(file: string, signal: AbortSignal): Promise<Socket | undefined> {
  while (!signal.aborted) {
    try {
      const fd = openSync(file, constants.O_WRONLY | constants.O_NONBLOCK);
      try {
        return new Socket({ fd, readable: false, writable: true });
      } catch (error) {
        closeSync(fd);
        throw error;
      }
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENXIO') throw error;
    }
    await pause(RETRY_MS);
  }
  return undefined;
}

async function* readRecords(
  objects: Objects,
  found: readonly ChannelObject[],
  { gunzip, recordIo }: PipeOptions,
): AsyncGenerator<Buffer> {
  for (const { object } of found) {
    const stored = objects.read(object);
    const content = gunzip ? stored.pipe(createGunzip()) : stored;
    stored.once('error', (error) => content.destroy(error));
    if (!recordIo) {
      for await (const chunk of content) yield chunk as Buffer;
      continue;
    }
    const record = await buffer(content);
    const head = Buffer.alloc(8);
    head.writeUInt32LE(RECORD_MAGIC, 0);
    head.writeUInt32LE(record.length, 4);
    // Records are aligned to four bytes.
    yield Buffer.concat([head, record, Buffer.alloc((4 - (record.length % 4)) % 4)]);
  }
}
