/**
 * The arguments of the Estimator's constructor and of `fit` as zod schemas, with descriptions, units and defaults.
 * `inputs.ts` puts them into the inputs of workflows.
 */
import { z } from 'zod';
import type { EstimatorArguments, FitArguments, FitInputs, S3Input } from '../contract';
import { DEFAULT_OVERRUN_SECONDS, DEFAULT_PENDING_TIMEOUT_SECONDS } from '../domain/build-plan';
import { DEFAULT_MAX_RUN_SECONDS, DEFAULT_VOLUME_SIZE_GB } from '../domain/training-request';
import {
  image,
  inputMode,
  instanceType,
  json,
  namedValues,
  resourceName,
  role,
  s3Uri,
  tags,
  text,
  wholeNumber,
  ENTRIES_MAX,
  ENTRIES_PROBLEM,
} from './fields';

const metricDefinition = z
  .strictObject({
    name: text(255).meta({ description: 'Name of the metric.' }),
    regex: text(500).meta({ description: 'Regular expression whose one group is the value.' }),
  })
  .meta({
    id: 'MetricDefinition',
    title: 'Metric definition',
    description: 'A metric that SageMaker reads out of the training log.',
  });

export const estimatorSchema = z
  .strictObject({
    imageName: image.meta({ description: 'Training image: a registry path.' }),
    role: role.meta({ description: 'Execution role of the training job: a name or an ARN.' }),
    trainInstanceCount: wholeNumber(1, 10_000).meta({ description: 'Number of training instances.' }),
    trainInstanceType: instanceType.meta({ description: 'Type of the training instances.' }),
    trainVolumeSize: wholeNumber(1, 16_384).optional().meta({
      description: "Size of each instance's volume, in GB.",
      default: DEFAULT_VOLUME_SIZE_GB,
    }),
    trainMaxRun: wholeNumber(1, 2_419_200).optional().meta({
      description: 'How long the job may train until SageMaker stops it, in seconds.',
      default: DEFAULT_MAX_RUN_SECONDS,
    }),
    inputMode: inputMode
      .optional()
      .meta({ description: 'Input mode of all channels that give none.', default: 'File' }),
    outputPath: s3Uri.optional().meta({
      description:
        'S3 URI under which the model data is written. Absent: the default bucket sagemaker-{region}-{account}, ' +
        'which is made where it is not there.',
    }),
    outputKmsKey: text(2048).optional().meta({ description: 'KMS key for the model data: id, ARN or alias.' }),
    baseJobName: text(255)
      .optional()
      .meta({ description: "First part of the names that are made. Absent: the image's name." }),
    hyperparameters: namedValues(text(256), json, { most: ENTRIES_MAX, problem: ENTRIES_PROBLEM })
      .optional()
      .meta({
        description:
          'Hyperparameters. Texts are handed over as they are, numbers as Python writes them, anything else as JSON; ' +
          'null is left out.',
      }),
    metricDefinitions: z
      .array(metricDefinition)
      .max(40)
      .optional()
      .meta({ description: 'Metrics to read out of the training log.' }),
    tags: tags.optional().meta({ description: 'Tags for every resource that the run makes.' }),
  })
  .meta({
    id: 'EstimatorArguments',
    title: 'Estimator',
    description: "The Estimator's own arguments: how to train.",
  }) satisfies z.ZodType<EstimatorArguments>;

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
    inputMode: inputMode.optional().meta({ description: "Input mode of this channel. Absent: the estimator's." }),
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

const TEXT_OR_OBJECT = 'must be a text or an object';

const channelName = z
  .string()
  .regex(/^[A-Za-z0-9._-]{1,64}$/, 'must be 1 to 64 letters, digits, dots, hyphens and underscores');
const channels: z.ZodType<Exclude<FitInputs, string | S3Input>> = namedValues(
  channelName,
  z.union([s3Uri, s3InputSchema], TEXT_OR_OBJECT),
  {
    least: 1,
    most: 20,
    problem: 'must have 1 to 20 channels',
  },
);

export const acceptStopped = z.enum(['if-model-exists']);

export const fitSchema = z
  .strictObject({
    inputs: z.union([s3Uri, s3InputSchema, channels], TEXT_OR_OBJECT).meta({
      description: 'What to train on: one S3 URI or S3 input is the channel training; an object has a channel a key.',
    }),
    jobName: resourceName.optional().meta({
      description: 'Name of the training job. Absent: made of the Workflow Id, the same through retries and resets.',
    }),
    pendingTimeoutSeconds: wholeNumber(1, 2_419_200).optional().meta({
      description: 'How long the job may wait before its training starts, in seconds.',
      default: DEFAULT_PENDING_TIMEOUT_SECONDS,
    }),
    overrunSeconds: wholeNumber(1, 604_800).optional().meta({
      description: 'How long past trainMaxRun the job may take until the run stops it itself, in seconds.',
      default: DEFAULT_OVERRUN_SECONDS,
    }),
    acceptStopped: acceptStopped.optional().meta({
      description:
        'if-model-exists: go on with the model of a job that was stopped by its limits of time or by a person, where it ' +
        'has left one. Absent: such a job fails the run.',
    }),
  })
  .meta({ id: 'FitArguments', title: 'fit', description: 'Arguments of fit.' }) satisfies z.ZodType<FitArguments>;
