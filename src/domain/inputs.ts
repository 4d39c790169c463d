/**
 * Training inputs as channels. Comes from the argument `inputs` of `fit`; goes into CreateTrainingJob's
 * InputDataConfig. One URI or one S3 input is the channel `training`, as in the seed.
 */
import type { Channel } from '@aws-sdk/client-sagemaker';
import type { FitInputs, S3Input } from '../contract';

export const DEFAULT_CHANNEL = 'training';

/** True for one input (a URI or an S3 input), false for an object of channels. */
export function isSingleInput(inputs: FitInputs): inputs is string | S3Input {
  return typeof inputs === 'string' || typeof inputs.s3Data === 'string';
}

export function buildChannels(inputs: FitInputs): Channel[] {
  if (isSingleInput(inputs)) return [buildChannel(DEFAULT_CHANNEL, inputs)];
  return Object.entries(inputs).map(([name, input]) => buildChannel(name, input));
}

function buildChannel(name: string, given: string | S3Input): Channel {
  const input: S3Input = typeof given === 'string' ? { s3Data: given } : given;
  const channel: Channel = {
    ChannelName: name,
    DataSource: {
      S3DataSource: {
        S3DataType: input.s3DataType ?? 'S3Prefix',
        S3Uri: input.s3Data,
        S3DataDistributionType: input.distribution ?? 'FullyReplicated',
        ...(input.attributeNames && { AttributeNames: input.attributeNames }),
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
