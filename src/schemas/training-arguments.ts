/**
 * The arguments of the Estimator's constructor and of `fit` as zod schemas, with descriptions, units and defaults.
 * `inputs.ts` puts them into the inputs of workflows.
 */
import { z } from 'zod';
import type { FitArguments, InstanceGroup, InstancePreference, TrainingArguments } from '../contract';
import { DEFAULT_OVERRUN_SECONDS, DEFAULT_PENDING_TIMEOUT_SECONDS } from '../domain/build-plan';
import { DEFAULT_MAX_RUN_SECONDS, DEFAULT_VOLUME_SIZE_GB } from '../domain/training-request';
import {
  image,
  inputMode,
  instanceType,
  json,
  kmsKey,
  namedValues,
  resourceName,
  role,
  s3Uri,
  tags,
  text,
  vpcId,
  wholeNumber,
  ENTRIES_MAX,
  ENTRIES_PROBLEM,
} from './fields';
import { acrossFields } from './across-fields';
import { requestOverrides } from './overrides';
import { channelName, inputsSchema } from './training-data';
import { findTrainingProblems, TRAINING_RULES } from './training-rules';
import {
  debuggerHookConfig,
  debuggerRule,
  experimentConfig,
  instanceCount,
  instanceGroup,
  instancePreference,
  tensorboardOutputConfig,
} from './training-settings';

/** The kinds of {@link EstimatorArguments} laid over one another; `training-rules.ts` tells them apart. */
export interface AnyEstimatorArguments extends TrainingArguments {
  trainInstanceCount?: number | undefined;
  trainInstanceType?: string | undefined;
  instanceGroups?: InstanceGroup[] | undefined;
  instancePreferences?: InstancePreference[] | undefined;
}

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

/** 28 days. */
const MAX_RUN_SECONDS = 2_419_200;
/** All of it waited, and all of it run. */
const MAX_WAIT_SECONDS = 2 * MAX_RUN_SECONDS;

const containerWords = z.array(z.string().max(256)).min(1).max(100);

export const estimatorSchema = acrossFields(
  z.strictObject({
    imageName: image.meta({ description: 'Training image: a registry path.' }),
    role: role.meta({ description: 'Execution role of the training job: a name or an ARN.' }),
    trainInstanceCount: instanceCount.optional().meta({ description: 'Number of training instances.' }),
    trainInstanceType: instanceType.optional().meta({ description: 'Type of the training instances.' }),
    instanceGroups: z
      .array(instanceGroup)
      .min(1)
      .max(5)
      .optional()
      .meta({ description: 'Groups of instances, each of one type, in the place of trainInstanceCount and -Type.' }),
    instancePreferences: z.array(instancePreference).min(1).max(5).optional().meta({
      description: 'Types of instances that will do, the best first, in the place of trainInstanceType.',
    }),
    trainVolumeSize: wholeNumber(1, 16_384).optional().meta({
      description: "Size of each instance's volume, in GB.",
      default: DEFAULT_VOLUME_SIZE_GB,
    }),
    trainVolumeKmsKey: kmsKey.optional().meta({ description: "KMS key for the volumes. Absent: AWS's own." }),
    trainMaxRun: wholeNumber(1, MAX_RUN_SECONDS).optional().meta({
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
    outputKmsKey: kmsKey.optional().meta({ description: 'KMS key for the model data: id, ARN or alias.' }),
    baseJobName: text(255)
      .optional()
      .meta({ description: "First part of the names that are made. Absent: the image's name." }),
    hyperparameters: namedValues(text(256), json, { most: ENTRIES_MAX, problem: ENTRIES_PROBLEM })
      .optional()
      .meta({
        description:
          'Hyperparameters. Texts are handed over as they are, numbers as Python writes them, anything else as ' +
          'hyperparameterEncoding says; null is left out.',
      }),
    hyperparameterEncoding: z.enum(['json', 'python']).optional().meta({
      description: "How hyperparameters other than texts and numbers are written: as JSON, or as Python's str() does.",
      default: 'json',
    }),
    metricDefinitions: z
      .array(metricDefinition)
      .max(40)
      .optional()
      .meta({ description: 'Metrics to read out of the training log.' }),
    tags: tags.optional().meta({ description: 'Tags for every resource that the run makes.' }),
    subnets: z
      .array(vpcId)
      .min(1)
      .max(16)
      .optional()
      .meta({ description: 'Subnet ids of job and model; with securityGroupIds.' }),
    securityGroupIds: z
      .array(vpcId)
      .min(1)
      .max(5)
      .optional()
      .meta({ description: 'Security group ids of job and model; with subnets.' }),
    modelUri: s3Uri.optional().meta({ description: 'A model to go on training from.' }),
    modelChannelName: channelName.optional().meta({ description: 'The channel of modelUri.', default: 'model' }),
    encryptInterContainerTraffic: z
      .boolean()
      .optional()
      .meta({ description: 'Whether the instances encrypt what they say to each other. Absent: no.' }),
    enableNetworkIsolation: z
      .boolean()
      .optional()
      .meta({ description: 'Whether job and model are kept from every network. Absent: no.' }),
    trainUseSpotInstances: z
      .boolean()
      .optional()
      .meta({ description: 'Whether to train on spot capacity; with trainMaxWait. Absent: no.' }),
    trainMaxWait: wholeNumber(1, MAX_WAIT_SECONDS).optional().meta({
      description: 'How long a job on spot capacity may wait and train in all, in seconds; trainMaxRun or more.',
    }),
    checkpointS3Uri: s3Uri.optional().meta({ description: 'Where checkpoints are kept and found again.' }),
    checkpointLocalPath: text(4096)
      .optional()
      .meta({ description: 'Where the container keeps checkpoints. Absent: /opt/ml/checkpoints.' }),
    rules: z.array(debuggerRule).max(20).optional().meta({ description: "SageMaker Debugger's rules." }),
    debuggerHookConfig: z
      .union([debuggerHookConfig, z.literal(false)], 'must be an object, or false')
      .optional()
      .meta({ description: "The debugger's hook; false: none. Absent: one where there are rules." }),
    tensorboardOutputConfig: tensorboardOutputConfig
      .optional()
      .meta({ description: "Where TensorBoard's files go. Absent: nowhere." }),
    enableSagemakerMetrics: z
      .boolean()
      .optional()
      .meta({ description: "Whether SageMaker keeps its own time series of metrics. Absent: AWS's choice." }),
    environment: namedValues(
      text(512).regex(/^[a-zA-Z_][a-zA-Z0-9_]*$/, 'must be a name of letters, digits and underscores'),
      z.string().max(512),
      { most: ENTRIES_MAX, problem: ENTRIES_PROBLEM },
    )
      .optional()
      .meta({ description: 'Environment of the training container.' }),
    maxRetryAttempts: wholeNumber(1, 30).optional().meta({
      description: 'How often SageMaker starts the job again after a fault of its own. Absent: never.',
    }),
    keepAlivePeriodInSeconds: wholeNumber(0, 21_600).optional().meta({
      description: 'How long the instances stay for a next job, in seconds. Absent: not at all.',
    }),
    containerEntryPoint: containerWords
      .optional()
      .meta({ description: "Program of the training container. Absent: the image's own." }),
    containerArguments: containerWords
      .optional()
      .meta({ description: "Arguments of that program. Absent: the image's own." }),
    disableOutputCompression: z
      .boolean()
      .optional()
      .meta({ description: 'Whether the model data is single files under a prefix. Absent: one model.tar.gz.' }),
    maxPendingTimeInSeconds: wholeNumber(1_800, MAX_RUN_SECONDS).optional().meta({
      description: 'How long the job may wait for accelerated instances, in seconds. Absent: AWS sets no limit.',
    }),
    overrides: requestOverrides.optional().meta({ description: 'Fields laid over the AWS requests.' }),
  }),
  findTrainingProblems,
).meta({
  id: 'EstimatorArguments',
  title: 'Estimator',
  description: "The Estimator's own arguments: how to train.",
  ...TRAINING_RULES,
}) satisfies z.ZodType<AnyEstimatorArguments>;

export const acceptStopped = z.enum(['if-model-exists']);

export const fitSchema = z
  .strictObject({
    inputs: inputsSchema.optional(),
    jobName: resourceName.optional().meta({
      description: 'Name of the training job. Absent: made of the Workflow Id, the same through retries and resets.',
    }),
    experimentConfig: experimentConfig.optional().meta({ description: 'The experiment. Absent: none.' }),
    pendingTimeoutSeconds: wholeNumber(1, MAX_RUN_SECONDS).optional().meta({
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
