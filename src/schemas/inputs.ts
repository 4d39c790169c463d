/**
 * The inputs of the workflows as zod schemas, with descriptions, units and defaults. `check-input.ts` checks by them,
 * `documents.ts` publishes them; `test/types/schemas.ts` proves that they say what `contract/` says.
 */
import { z } from 'zod';
import type {
  DeleteEndpointInput,
  DeployArguments,
  DeployInput,
  DeployTrainedInput,
  EstimatorArguments,
  FitArguments,
  FitInput,
  FitInputs,
  FitThenDeployInput,
  S3Input,
  SweepInput,
  WorkflowType,
} from '../contract';
import {
  DEFAULT_ENDPOINT_TIMEOUT_SECONDS,
  DEFAULT_OVERRUN_SECONDS,
  DEFAULT_PENDING_TIMEOUT_SECONDS,
} from '../domain/build-plan';
import { DEFAULT_MAX_RUN_SECONDS, DEFAULT_VOLUME_SIZE_GB } from '../domain/requests';
import {
  image,
  inputMode,
  instanceType,
  json,
  namedValues,
  region,
  resourceName,
  role,
  s3Uri,
  tags,
  text,
  wholeNumber,
} from './fields';

const ENTRIES_MAX = 100;
const ENTRIES_PROBLEM = `must have at most ${String(ENTRIES_MAX)} entries`;

const runRegion = region
  .optional()
  .meta({ description: "Region in which to train and host. Absent: the worker's own. Any other is refused." });

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

const acceptStopped = z.enum(['if-model-exists']);

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

export const deploySchema = z
  .strictObject({
    initialInstanceCount: wholeNumber(1, 10_000).meta({ description: 'Number of serving instances.' }),
    instanceType: instanceType.meta({ description: 'Type of the serving instances.' }),
    endpointName: resourceName
      .optional()
      .meta({ description: "Name of the endpoint. Absent: the training job's name." }),
    image: image.optional().meta({ description: 'Serving image. Absent: the training image.' }),
    role: role.optional().meta({ description: "Execution role of the model. Absent: the estimator's." }),
    env: namedValues(
      text(1024).regex(/^[a-zA-Z_][a-zA-Z0-9_]*$/, 'must be a name of letters, digits and underscores'),
      z.string().max(1024),
      { most: ENTRIES_MAX, problem: ENTRIES_PROBLEM },
    )
      .optional()
      .meta({ description: 'Environment of the serving container.' }),
    tags: tags
      .optional()
      .meta({ description: "Tags for model, endpoint config and endpoint. Absent: the estimator's." }),
    endpointTimeoutSeconds: wholeNumber(1, 86_400).optional().meta({
      description: 'How long the endpoint may take to be in service, in seconds.',
      default: DEFAULT_ENDPOINT_TIMEOUT_SECONDS,
    }),
  })
  .meta({
    id: 'DeployArguments',
    title: 'deploy',
    description: 'Arguments of deploy: how to host.',
  }) satisfies z.ZodType<DeployArguments>;

export const fitInputSchema = z.strictObject({
  estimator: estimatorSchema,
  fit: fitSchema,
  region: runRegion,
}) satisfies z.ZodType<FitInput>;

/** The cases of a `DeployInput` laid over one another; `superRefine` tells them apart, so that each problem is told. */
export type AnyDeployInput = Omit<DeployTrainedInput, 'trainingJobName' | 'modelData'> & {
  trainingJobName?: string | undefined;
  modelData?: string | undefined;
};

/** What {@link deployInputSchema} refines, in JSON Schema's terms. */
const SOURCE_OF_MODEL = {
  oneOf: [
    { type: 'object', required: ['trainingJobName'], properties: { trainingJobName: true, modelData: false } },
    {
      type: 'object',
      required: ['modelData'],
      properties: {
        modelData: true,
        trainingJobName: false,
        acceptStopped: false,
        deploy: deployThatNames('endpointName'),
      },
      anyOf: [
        { type: 'object', required: ['estimator'], properties: { estimator: true } },
        { type: 'object', properties: { deploy: deployThatNames('image', 'role') } },
      ],
    },
  ],
};

function deployThatNames(...fields: string[]) {
  return { type: 'object', required: fields, properties: Object.fromEntries(fields.map((field) => [field, true])) };
}

export const deployInputSchema = z
  .strictObject({
    estimator: estimatorSchema.optional().meta({ description: 'Where image, role and tags come from.' }),
    trainingJobName: resourceName
      .optional()
      .meta({ description: 'The training job whose model to host; one that still runs is waited for.' }),
    acceptStopped: acceptStopped.optional().meta({
      description: 'if-model-exists: host the model of a job that was stopped. Absent: such a job fails the run.',
    }),
    modelData: s3Uri.optional().meta({ description: 'The model data to host, where no training job is named.' }),
    deploy: deploySchema,
    region: runRegion,
  })
  .superRefine((input, context) => {
    const missing = (path: string[], message: string) => {
      context.addIssue({ code: 'custom', path, message });
    };
    if ((input.trainingJobName === undefined) === (input.modelData === undefined)) {
      missing(['trainingJobName'], 'or modelData must be given, and only one of them');
    }
    if (input.trainingJobName === undefined && input.acceptStopped !== undefined) {
      missing(['acceptStopped'], 'is for the model of a training job');
    }
    if (input.trainingJobName !== undefined || input.modelData === undefined) return;
    if (input.deploy.endpointName === undefined)
      missing(['deploy', 'endpointName'], 'is needed where modelData is given');
    if (input.deploy.image === undefined && !input.estimator)
      missing(['deploy', 'image'], 'is needed where modelData is given without an estimator');
    if (input.deploy.role === undefined && !input.estimator)
      missing(['deploy', 'role'], 'is needed where modelData is given without an estimator');
  })
  .meta(SOURCE_OF_MODEL) satisfies z.ZodType<AnyDeployInput>;

export const fitThenDeployInputSchema = z.strictObject({
  estimator: estimatorSchema,
  fit: fitSchema,
  deploy: deploySchema,
  region: runRegion,
}) satisfies z.ZodType<FitThenDeployInput>;

export const deleteEndpointInputSchema = z.strictObject({
  endpointName: resourceName.meta({ description: 'Name of the endpoint to delete, whoever made it.' }),
  region: region.optional().meta({ description: "Region of the endpoint. Absent: the worker's own." }),
}) satisfies z.ZodType<DeleteEndpointInput>;

/** A year: resources that are older are looked at without a limit, or not at all. */
const SWEPT_SECONDS_MAX = 366 * 86_400;

export const sweepInputSchema = z.strictObject({
  apply: z.boolean().optional().meta({
    description: 'Whether to delete and stop what is found. Absent or false: it is only told.',
  }),
  createdWithinSeconds: wholeNumber(1, SWEPT_SECONDS_MAX).optional().meta({
    description: 'How far back to look, in seconds: older resources are passed over. Absent: everything is looked at.',
  }),
  region: region.optional().meta({ description: "Region to sweep. Absent: the worker's own. Any other is refused." }),
}) satisfies z.ZodType<SweepInput>;

/** Input schema of each workflow type. */
export const INPUT_SCHEMAS = {
  fit: fitInputSchema,
  deploy: deployInputSchema,
  fitThenDeploy: fitThenDeployInputSchema,
  deleteEndpoint: deleteEndpointInputSchema,
  sweep: sweepInputSchema,
} satisfies Record<WorkflowType, z.ZodType>;

/** Input of each workflow type. */
export interface InputOf {
  /** What to train with and on. */
  fit: FitInput;
  /** What to host, and how. */
  deploy: DeployInput;
  /** Both. */
  fitThenDeploy: FitThenDeployInput;
  /** Which endpoint to delete. */
  deleteEndpoint: DeleteEndpointInput;
  /** What to sweep, and whether to remove it. */
  sweep: SweepInput;
}
