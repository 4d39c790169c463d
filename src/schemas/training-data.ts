/** The argument `inputs` of `fit` as zod schemas: S3 and file system inputs, alone or as channels. */
import { z } from 'zod';
import type { ChannelInput, FileSystemInput, FitInputs, S3Input } from '../contract';
import { INPUT_SIGNS } from '../domain/inputs';
import { inputMode, namedValues, s3Uri, text } from './fields';

export const s3InputSchema = z
  .strictObject({
    s3Data: s3Uri.meta({ description: 'Where the data is.' }),
    distribution: z
      .enum(['FullyReplicated', 'ShardedByS3Key'])
      .optional()
      .meta({ description: 'All data to each instance, or a part to each.', default: 'FullyReplicated' }),
    compression: z
      .enum(['None', 'Gzip'])
      .optional()
      .meta({ description: 'How the objects are compressed.', default: 'None' }),
    contentType: text(256).optional().meta({ description: 'MIME type, as the container is told.' }),
    recordWrapping: z
      .enum(['None', 'RecordIO'])
      .optional()
      .meta({ description: 'How the objects are wrapped in records.', default: 'None' }),
    s3DataType: z
      .enum(['S3Prefix', 'ManifestFile', 'AugmentedManifestFile'])
      .optional()
      .meta({ description: 'What s3Data names: keys by their beginning, or a manifest.', default: 'S3Prefix' }),
    instanceGroups: z
      .array(text(64))
      .max(5)
      .optional()
      .meta({ description: 'Names of the instance groups that get the data. Absent: all of them.' }),
    inputMode: inputMode.optional().meta({
      description:
        "Input mode of this channel, and of the job where it is no channel of an object. Absent: the estimator's.",
    }),
    attributeNames: z
      .array(text(256))
      .max(16)
      .optional()
      .meta({ description: 'Attributes to read from an augmented manifest.' }),
    shuffleConfig: z
      .strictObject({ seed: z.int().meta({ description: 'Seed of the shuffle.' }) })
      .optional()
      .meta({ description: 'Shuffles the order of the data. Absent: no shuffle.' }),
  })
  .meta({
    id: 'S3Input',
    title: 'S3 input',
    description: "One channel's source in full.",
  }) satisfies z.ZodType<S3Input>;

export const fileSystemInputSchema = z
  .strictObject({
    fileSystemId: z
      .string()
      .max(21)
      .regex(/^fs-[0-9a-f]{8,}$/, 'must be the id of a file system such as fs-0123456789abcdef0')
      .meta({ description: 'Id of the file system.', examples: ['fs-0123456789abcdef0'] }),
    fileSystemType: z.enum(['EFS', 'FSxLustre']).meta({ description: 'Amazon EFS or FSx for Lustre.' }),
    directoryPath: text(4096).meta({ description: 'The folder that the channel shows.' }),
    fileSystemAccessMode: z
      .enum(['ro', 'rw'])
      .optional()
      .meta({ description: 'Whether the training only reads, or writes too.', default: 'ro' }),
    contentType: text(256).optional().meta({ description: 'MIME type, as the container is told.' }),
  })
  .meta({
    id: 'FileSystemInput',
    title: 'File system input',
    description: "One channel's source on a file system that the training's VPC reaches.",
  }) satisfies z.ZodType<FileSystemInput>;

const TEXT_OR_OBJECT = 'must be a text or an object';

/** AWS takes so many channels. That there is one at least is looked at beside the model's, which may be the only one. */
export const CHANNELS_MAX = 20;
export const CHANNELS_PROBLEM = `must have 1 to ${String(CHANNELS_MAX)} channels`;

export const channelName = z
  .string()
  .regex(/^[A-Za-z0-9._-]{1,64}$/, 'must be 1 to 64 letters, digits, dots, hyphens and underscores');
const channels: z.ZodType<Exclude<FitInputs, ChannelInput>> = namedValues(
  channelName,
  z.union([s3Uri, s3InputSchema, fileSystemInputSchema], TEXT_OR_OBJECT),
  { most: CHANNELS_MAX, problem: CHANNELS_PROBLEM, taken: INPUT_SIGNS },
);

export const inputsSchema = z.union([s3Uri, s3InputSchema, fileSystemInputSchema, channels], TEXT_OR_OBJECT).meta({
  description:
    'What to train on: one S3 URI, S3 input or file system input is the channel training; an object has a channel a key. ' +
    'Absent: no channels.',
});
