/**
 * The input channels of a training job on all its hosts: files are copied before it starts, pipes are fed while it runs.
 */
import type { Channel } from '@aws-sdk/client-sagemaker';
import path from 'node:path';
import { copyObjects } from '../processes/channel-files';
import { preparePipe, streamChannel } from '../processes/channel-pipe';
import { findChannelObjects } from './channel-source';
import type { Objects } from '../world';

export interface TrainingChannels {
  /** Copies what is copied and makes the first pipes; gives up without an error when the signal aborts. */
  bring(signal: AbortSignal): Promise<void>;
  /** Feeds the pipes until the signal aborts. */
  feed(ended: AbortSignal): Promise<void>;
}

/** `dataFolders` are the hosts' folders of channels, in the order of the hosts. */
export function openChannels(
  objects: Objects,
  channels: readonly Channel[],
  inputMode: string,
  dataFolders: readonly string[],
): TrainingChannels {
  const isPipe = (channel: Channel): boolean => (channel.InputMode ?? inputMode) === 'Pipe';
  const onEachHost = dataFolders.flatMap((dataFolder, index) =>
    channels.map((channel) => ({
      dataFolder,
      channel,
      channelName: channel.ChannelName ?? '',
      gunzip: channel.CompressionType === 'Gzip',
      find: () => findChannelObjects(objects, channel, index, dataFolders.length),
    })),
  );
  return {
    async bring(signal) {
      try {
        for (const { dataFolder, channel, channelName, gunzip, find } of onEachHost) {
          if (isPipe(channel)) await preparePipe(dataFolder, channelName);
          else await copyObjects(objects, await find(), path.join(dataFolder, channelName), { gunzip, signal });
        }
      } catch (error) {
        if (!signal.aborted) throw error;
      }
    },
    async feed(ended) {
      const pipes = onEachHost.filter(({ channel }) => isPipe(channel));
      await Promise.all(
        pipes.map(async ({ dataFolder, channel, channelName, gunzip, find }) => {
          const recordIo = channel.RecordWrapperType === 'RecordIO';
          const options = { gunzip, recordIo, signal: ended };
          await streamChannel(objects, await find(), dataFolder, channelName, options);
        }),
      );
    },
  };
}
