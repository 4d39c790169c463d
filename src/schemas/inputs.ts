/**
 * The inputs of the workflows as zod schemas, with descriptions, units and defaults. `check-input.ts` checks by them,
 * `documents.ts` publishes them; `test/types/schemas.ts` proves that they say what `contract/` says.
 */
import { z } from 'zod';
import type {
  DeleteEndpointInput,
  DeployInput,
  DeployTrainedInput,
  FitInput,
  FitThenDeployInput,
  SweepInput,
  WorkflowType,
} from '../contract';
import { region, resourceName, s3Uri, time, wholeNumber } from './fields';
import { acrossFields } from './across-fields';
import { deploySchema, type AnyDeployArguments } from './hosting-arguments';
import { findInheritedProblems } from './hosting-rules';
import { acceptStopped, estimatorSchema, fitSchema, type AnyEstimatorArguments } from './training-arguments';
import { findFitProblems, SOME_CHANNEL } from './training-rules';

const runRegion = region
  .optional()
  .meta({ description: "Region in which to train and host. Absent: the worker's own. Any other is refused." });

/** A `FitInput` as the schema alone tells it. */
export type AnyFitInput = Omit<FitInput, 'estimator'> & { estimator: AnyEstimatorArguments };

export const fitInputSchema = acrossFields(
  z.strictObject({
    estimator: estimatorSchema,
    fit: fitSchema,
    region: runRegion,
  }),
  findFitProblems,
).meta(SOME_CHANNEL) satisfies z.ZodType<AnyFitInput>;

/** The cases of a `DeployInput` laid over one another; `superRefine` tells them apart, so that each problem is told. */
export type AnyDeployInput = Omit<DeployTrainedInput, 'trainingJobName' | 'modelData' | 'estimator' | 'deploy'> & {
  estimator?: AnyEstimatorArguments | undefined;
  deploy: AnyDeployArguments;
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

export const deployInputSchema = acrossFields(
  z
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
    }),
  findInheritedProblems,
).meta(SOURCE_OF_MODEL) satisfies z.ZodType<AnyDeployInput>;

/** A `FitThenDeployInput` as the schema alone tells it. */
export type AnyFitThenDeployInput = Omit<FitThenDeployInput, 'estimator' | 'deploy'> & {
  estimator: AnyEstimatorArguments;
  deploy: AnyDeployArguments;
};

export const fitThenDeployInputSchema = acrossFields(
  z.strictObject({
    estimator: estimatorSchema,
    fit: fitSchema,
    deploy: deploySchema,
    region: runRegion,
  }),
  (input) => [...findFitProblems(input), ...findInheritedProblems(input)],
).meta(SOME_CHANNEL) satisfies z.ZodType<AnyFitThenDeployInput>;

export const deleteEndpointInputSchema = z.strictObject({
  endpointName: resourceName.meta({ description: 'Name of the endpoint to delete, whoever made it.' }),
  region: region.optional().meta({ description: "Region of the endpoint. Absent: the worker's own." }),
}) satisfies z.ZodType<DeleteEndpointInput>;

/** A year: resources that are older are looked at without a limit, by a time, or not at all. */
const SWEPT_SECONDS_MAX = 366 * 86_400;

/** What {@link sweepInputSchema} refines, in JSON Schema's terms. */
const ONE_BEGINNING = {
  anyOf: [
    { type: 'object', properties: { createdWithinSeconds: false } },
    { type: 'object', properties: { createdAfter: false } },
  ],
};

export const sweepInputSchema = z
  .strictObject({
    apply: z.boolean().optional().meta({
      description: 'Whether to delete and stop what is found. Absent or false: it is only told.',
    }),
    createdWithinSeconds: wholeNumber(1, SWEPT_SECONDS_MAX).optional().meta({
      description:
        'How far back to look, in seconds: older resources are passed over. Absent: everything is looked at.',
    }),
    createdAfter: time.optional().meta({
      description: 'Since when to look, in the place of createdWithinSeconds: what was made before is passed over.',
    }),
    region: region.optional().meta({ description: "Region to sweep. Absent: the worker's own. Any other is refused." }),
  })
  .superRefine((input, context) => {
    if (input.createdWithinSeconds === undefined || input.createdAfter === undefined) return;
    context.addIssue({
      code: 'custom',
      path: ['createdAfter'],
      message: 'and createdWithinSeconds exclude each other',
    });
  })
  .meta(ONE_BEGINNING) satisfies z.ZodType<SweepInput>;

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
