/**
 * Training inputs as channels. Comes from the argument `inputs` of `fit`, and from a model to go on from; goes into
 * CreateTrainingJob's InputDataConfig. One URI or one input is the channel `training`, as in the seed.
 */
import type { Channel } from '@aws-sdk/client-sagemaker';
import type { ChannelInput, FileSystemInput, FitInputs, InputMode, S3Input } from '../contract';

export const DEFAULT_CHANNEL = 'training';
export const MODEL_CHANNEL = 'model';
/** How the container knows a model from data. */
const MODEL_CONTENT_TYPE = 'application/x-sagemaker-model';

/** The fields by which one input is known: what has one of them is no object of channels. */
export const INPUT_SIGNS = ['s3Data', 'fileSystemId'] as const;

/** True for one input (a URI, an S3 or a file system input), false for an object of channels. */
export function isSingleInput(inputs: FitInputs): inputs is ChannelInput {
  if (typeof inputs === 'string') return true;
  const { s3Data, fileSystemId } = inputs as Partial<S3Input & FileSystemInput>;
  return s3Data !== undefined || fileSystemId !== undefined;
}

/** The input mode that one input asks for, which is then the job's too. */
export function inputModeOf(inputs: FitInputs | undefined): InputMode | undefined {
  if (inputs === undefined || typeof inputs === 'string' || !isSingleInput(inputs)) return undefined;
  return 's3Data' in inputs ? inputs.inputMode : undefined;
}

/** The channels of the inputs and, behind them, that of a model. */
export function buildChannels(
  inputs: FitInputs | undefined,
  model: { uri?: string; channelName?: string } = {},
): Channel[] {
  const channels = inputs === undefined ? [] : buildInputs(inputs);
  if (model.uri === undefined) return channels;
  const input: S3Input = { s3Data: model.uri, contentType: MODEL_CONTENT_TYPE, inputMode: 'File' };
  return [...channels, buildChannel(model.channelName ?? MODEL_CHANNEL, input)];
}

function buildInputs(inputs: FitInputs): Channel[] {
  if (isSingleInput(inputs)) return [buildChannel(DEFAULT_CHANNEL, inputs)];
  return Object.entries(inputs).map(([name, input]) => buildChannel(name, input));
}

function buildChannel(name: string, given: ChannelInput): Channel {
  const input = typeof given === 'string' ? { s3Data: given } : given;
  return 'fileSystemId' in input ? buildFileSystemChannel(name, input) : buildS3Channel(name, input);
}

function buildFileSystemChannel(name: string, input: FileSystemInput): Channel {
  return {
    ChannelName: name,
    DataSource: {
      FileSystemDataSource: {
        FileSystemId: input.fileSystemId,
        FileSystemType: input.fileSystemType,
        DirectoryPath: input.directoryPath,
        FileSystemAccessMode: input.fileSystemAccessMode ?? 'ro',
      },
    },
    ...(input.contentType && { ContentType: input.contentType }),
  };
}

function buildS3Channel(name: string, input: S3Input): Channel {
  const channel: Channel = {
    ChannelName: name,
    DataSource: {
      S3DataSource: {
        S3DataType: input.s3DataType ?? 'S3Prefix',
        S3Uri: input.s3Data,
        S3DataDistributionType: input.distribution ?? 'FullyReplicated',
        ...(input.attributeNames && { AttributeNames: input.attributeNames }),
        ...(input.instanceGroups && { InstanceGroupNames: input.instanceGroups }),
      },
    },
  };
  if (input.compression) channel.CompressionType = input.compression;
  if (input.contentType) channel.ContentType = input.contentType;
  if (input.recordWrapping) channel.RecordWrapperType = input.recordWrapping;
  if (input.inputMode) channel.InputMode = input.inputMode;
  if (input.shuffleConfig) channel.ShuffleConfig = { Seed: input.shuffleConfig.seed };
  return channel;
}
