/**
 * What comes back from a run as zod schemas: progress, results, memo, failure details. `documents.ts` publishes them,
 * tests hold every answer of real runs against them; `test/types/schemas.ts` proves that they say what `contract/` says.
 */
import { z } from 'zod';
import { RESOURCE_KINDS, type WorkflowType } from '../contract';

const name = z.string().min(1);
const arn = z.string().regex(/^arn:/, 'must be an ARN');
const time = z.iso.datetime();
const uri = z.string().regex(/^s3:[/][/]/, 'must be an S3 URI');
const region = z.string().min(1);
const seconds = z.int().min(0);

const ledgerEntry = z
  .strictObject({
    kind: z.enum(RESOURCE_KINDS).meta({ description: 'Kind of resource.' }),
    name: name.meta({ description: 'Name of the resource.' }),
    state: z.enum(['intended', 'made', 'adopted', 'deleted', 'left']).meta({
      description:
        'What became of it: asked for, answer unknown (intended); made; there already, equal and of this run (adopted); ' +
        'deleted; or still there, for the reason given (left).',
    }),
    arn: arn.optional().meta({ description: 'ARN, where AWS has told it.' }),
    reason: z.string().optional().meta({ description: 'Why it is left.' }),
  })
  .meta({ id: 'LedgerEntry', title: 'Ledger entry', description: 'What became of one resource of the run.' });

const ledger = z
  .array(ledgerEntry)
  .meta({ description: 'Every resource that the run made, adopted, deleted or left, in order.' });
const warnings = z.array(z.string()).meta({ description: 'What went otherwise than one might think, in sentences.' });

const metricSample = z
  .strictObject({
    name: name.meta({ description: 'Name of the metric.' }),
    value: z.number().meta({ description: 'Its value.' }),
    time: time.meta({ description: 'When SageMaker read it.' }),
  })
  .meta({ id: 'MetricSample', title: 'Metric sample', description: 'One value of one training metric.' });

const transition = z
  .strictObject({
    status: z.string().meta({ description: "Secondary status, in SageMaker's words." }),
    startTime: time.meta({ description: 'When the job entered it.' }),
    endTime: time.optional().meta({ description: 'When it left it.' }),
    message: z.string().optional().meta({ description: "SageMaker's own words." }),
  })
  .meta({ id: 'SecondaryStatusTransition', title: 'Secondary status', description: 'One phase of a training job.' });

const word = z.string().optional();
const told = {
  status: word.meta({ description: "SageMaker's status, as last seen." }),
  secondaryStatus: word.meta({ description: "SageMaker's secondary status, as last seen." }),
};
const KIND_OF_RESOURCE = { description: 'Kind of resource that it is about.' };
const ofJob = { resource: z.literal('training job').meta(KIND_OF_RESOURCE), ...told };
const ofEndpoint = { resource: z.literal('endpoint').meta(KIND_OF_RESOURCE), status: told.status };
const HOW_IT_ENDED = { description: 'How it ended.' };
const cause = z
  .enum(['algorithm', 'client', 'internal', 'capacity', 'unknown'])
  .meta({ description: "What the beginning of AWS's reason blames." });
const leftModelData = uri
  .optional()
  .meta({ description: 'S3 URI of model data that stands there all the same, perhaps in part.' });
const serves = name.meta({ description: 'Name of the endpoint config that serves.' });

const jobCompleted = z
  .strictObject({ ...ofJob, kind: z.literal('completed').meta(HOW_IT_ENDED) })
  .meta({ id: 'CompletedTrainingJob', title: 'Completed', description: 'The training job ended as was asked for.' });
const jobStopped = z
  .strictObject({
    ...ofJob,
    kind: z.literal('stopped').meta(HOW_IT_ENDED),
    by: z.enum(['person', 'max-runtime', 'max-wait', 'deadline', 'unknown']).meta({
      description: "A person, AWS's limits of time, the run's own deadline, or by what this version does not know.",
    }),
    leftModelData,
  })
  .meta({ id: 'StoppedTrainingJob', title: 'Stopped', description: 'The training job was told to end before it had.' });
const jobFailed = z
  .strictObject({ ...ofJob, kind: z.literal('failed').meta(HOW_IT_ENDED), cause, leftModelData })
  .meta({ id: 'FailedTrainingJob', title: 'Failed', description: 'The training job failed.' });
const jobLost = z
  .strictObject({ ...ofJob, kind: z.enum(['deleted', 'unfinished']).meta(HOW_IT_ENDED) })
  .meta({ id: 'LostTrainingJob', title: 'Lost', description: 'No end of the training job was seen.' });
const endpointFailed = z
  .strictObject({ ...ofEndpoint, kind: z.literal('failed').meta(HOW_IT_ENDED), cause })
  .meta({ id: 'FailedEndpoint', title: 'Endpoint failed', description: 'The endpoint serves nothing.' });
const endpointServesOther = z
  .strictObject({ ...ofEndpoint, kind: z.enum(['rolled back', 'superseded']).meta(HOW_IT_ENDED), serves, cause })
  .meta({
    id: 'EndpointServingOther',
    title: 'Serves another',
    description: 'The endpoint serves, but another model.',
  });
const endpointUnsettled = z
  .strictObject({ ...ofEndpoint, kind: z.enum(['rollback failed', 'deleted', 'unfinished']).meta(HOW_IT_ENDED) })
  .meta({
    id: 'UnsettledEndpoint',
    title: 'Unsettled',
    description: 'The endpoint serves a mix, is gone, or took too long.',
  });
const amount = z.number().optional();
const overQuota = z
  .strictObject({
    resource: ledgerEntry.shape.kind,
    kind: z.literal('over quota').meta(HOW_IT_ENDED),
    quota: z.string().optional().meta({ description: 'Name of the quota, where AWS names it.' }),
    limit: amount.meta({ description: 'What the quota grants.' }),
    inUse: amount.meta({ description: 'How much of it was in use.' }),
    requested: amount.meta({ description: 'How much more was asked for.' }),
  })
  .meta({ id: 'OverQuota', title: 'Over quota', description: 'AWS refused a create; nothing was made.' });

const outcome = z
  .union([
    jobCompleted,
    jobStopped,
    jobFailed,
    jobLost,
    endpointFailed,
    endpointServesOther,
    endpointUnsettled,
    overQuota,
  ])
  .meta({
    id: 'Outcome',
    title: 'Outcome',
    description: 'What became of the resource, told apart by resource and kind.',
  });

const stage = z
  .enum(['Preparing', 'Training', 'Stopping', 'Deploying', 'Deleting', 'Done', 'Failed', 'Cancelled'])
  .meta({ id: 'Stage', title: 'Stage', description: 'Where the run stands; the last three are ends.' });

const trainingJobProgress = z
  .strictObject({
    name: name.meta({ description: 'Name of the training job.' }),
    arn: arn.optional().meta({ description: 'ARN, once the job is made.' }),
    status: z.string().optional().meta({ description: "SageMaker's status, as last seen." }),
    secondaryStatus: z.string().optional().meta({ description: "SageMaker's secondary status, as last seen." }),
    since: time.optional().meta({ description: 'When the job entered its secondary status.' }),
    transitions: z.array(transition).meta({ description: 'The phases so far, in order.' }),
    metrics: z
      .array(metricSample)
      .meta({ description: 'At most 30 samples of each metric, thinned evenly; the newest is always there.' }),
  })
  .meta({ id: 'TrainingJobProgress', title: 'Training job', description: 'What is known of the training job.' });

const endpointProgress = z
  .strictObject({
    name: name.meta({ description: 'Name of the endpoint.' }),
    arn: arn.optional().meta({ description: 'ARN, once the endpoint is there.' }),
    status: z.string().optional().meta({ description: "SageMaker's status, as last seen." }),
    since: time.optional().meta({ description: 'When the endpoint last changed.' }),
    endpointConfigName: name.optional().meta({ description: 'Name of the endpoint config that serves.' }),
  })
  .meta({ id: 'EndpointProgress', title: 'Endpoint', description: 'What is known of the endpoint.' });

const count = z.int().min(0);

const sweepCounts = z
  .strictObject({
    lookedAt: count.meta({ description: 'Resources that were looked at, of whoever made them.' }),
    orphans: count.meta({ description: 'Made by a run that has ended and did not deliver them.' }),
    inUse: count.meta({ description: 'Of an open run, or used by what stays.' }),
    delivered: count.meta({ description: 'Delivered by a run.' }),
    ofUnknownRuns: count.meta({ description: 'Made by runs that Temporal does not know (any more).' }),
    removed: count.meta({ description: 'Orphans that were deleted or stopped.' }),
  })
  .meta({ id: 'SweepCounts', title: 'Counts of a sweep', description: 'Resources found, by what they are taken for.' });

export const progressSchema = z.strictObject({
  stage,
  region: region.optional().meta({ description: 'Region of the run, once it is prepared.' }),
  trainingJob: trainingJobProgress.optional(),
  modelData: uri.optional().meta({ description: 'S3 URI of the model data, once it is there.' }),
  endpoint: endpointProgress.optional(),
  ledger,
  attempts: z
    .record(z.string(), seconds)
    .meta({ description: 'How often each step that can be asked again was asked.' }),
  sweep: sweepCounts.optional(),
  links: z.record(z.string(), z.url()).meta({ description: 'Pages to look at, by what they show.' }),
  warnings,
  failure: z
    .strictObject({
      code: z.string().meta({ description: 'One of the failure codes.' }),
      message: z.string().meta({ description: 'What happened.' }),
    })
    .optional()
    .meta({ description: 'Why the run failed, if it has.' }),
});

export const runMemoSchema = z.strictObject({
  stage,
  trainingJobName: name.optional().meta({ description: 'Name of the training job, if there is one.' }),
  modelData: uri.optional().meta({ description: 'S3 URI of the model data, if there is any.' }),
  endpointName: name.optional().meta({ description: 'Name of the endpoint, if there is one.' }),
  ledger,
  warnings,
});

const trained = {
  trainingJobName: name.meta({ description: 'Name of the training job.' }),
  trainingJobArn: arn.meta({ description: 'ARN of the training job.' }),
  modelData: uri.meta({ description: 'S3 URI of the model data.' }),
  outcome: z.union([jobCompleted, jobStopped]).meta({ description: 'How the training job ended.' }),
  region: region.meta({ description: 'Region of the run.' }),
  trainingStartTime: time.optional().meta({ description: 'When the training started.' }),
  trainingEndTime: time.optional().meta({ description: 'When the training ended.' }),
  trainingTimeSeconds: seconds.optional().meta({ description: 'How long it trained, in seconds.' }),
  billableTimeSeconds: seconds.optional().meta({ description: 'How long AWS bills for each instance, in seconds.' }),
  transitions: z.array(transition).meta({ description: 'The phases of the training job, in order.' }),
  finalMetrics: z.array(metricSample).meta({ description: 'The last value of each metric.' }),
  ledger,
  warnings,
};

const hosted = {
  endpointName: name.meta({ description: 'Name of the endpoint.' }),
  endpointArn: arn.meta({ description: 'ARN of the endpoint.' }),
  endpointConfigName: name.meta({ description: 'Name of the endpoint config that serves.' }),
  modelName: name.meta({ description: 'Name of the model that serves.' }),
  modelData: uri.meta({ description: 'S3 URI of the model data.' }),
  region: region.meta({ description: 'Region of the run.' }),
  updated: z.boolean().meta({ description: 'True where an endpoint was there and now serves the new model.' }),
  ledger,
  warnings,
};

export const fitResultSchema = z.strictObject(trained);
export const deployResultSchema = z.strictObject(hosted);
export const fitThenDeployResultSchema = z.strictObject({ ...trained, ...hosted });
export const deleteEndpointResultSchema = z.strictObject({
  endpointName: name.meta({ description: 'Name of the endpoint.' }),
  region: region.meta({ description: 'Region of the run.' }),
  deleted: z.array(ledgerEntry).meta({ description: 'What the run deleted.' }),
  left: z.array(ledgerEntry).meta({ description: 'What is still there, each with its reason.' }),
  ledger,
  warnings,
});

const sweptResource = z
  .strictObject({
    kind: z.enum(['training job', 'model', 'endpoint config', 'endpoint']).meta({ description: 'Kind of resource.' }),
    name: name.meta({ description: 'Name of the resource.' }),
    arn: arn.meta({ description: 'ARN of the resource.' }),
    createdAt: time.meta({ description: 'When it was made.' }),
    run: z
      .strictObject({
        workflowId: z.string().meta({ description: 'Workflow Id, as far as the tag or Temporal tells it.' }),
        firstRunId: z
          .string()
          .optional()
          .meta({ description: 'Run id of its first execution; absent where the tag names none.' }),
      })
      .meta({ description: 'The run that its tag names.' }),
    verdict: z.enum(['orphan', 'in use', 'delivered', 'unknown run']).meta({
      description:
        'What it is taken for: made by a run that has ended and did not deliver it (orphan); of an open run, or used by ' +
        'what stays (in use); delivered by a run; or made by a run that Temporal does not know (any more).',
    }),
    action: z
      .enum(['would delete', 'would stop', 'deleted', 'stopped', 'left'])
      .meta({ description: 'What was done with it, or would be.' }),
    reason: z.string().meta({ description: 'Why.' }),
  })
  .meta({ id: 'SweptResource', title: 'Swept resource', description: 'One resource that bears a run tag.' });

export const sweepResultSchema = z.strictObject({
  applied: z.boolean().meta({ description: 'True where orphans were to be removed, and not only told.' }),
  region: region.meta({ description: 'Region that was swept.' }),
  counts: sweepCounts,
  resources: z.array(sweptResource).meta({
    description:
      'What bears a run tag: orphans first, then what unknown runs made, what is in use, what was delivered.',
  }),
  omitted: count.meta({ description: 'How many more there are than resources has room for.' }),
  ledger,
  warnings,
});

/** Result schema of each workflow type. */
export const RESULT_SCHEMAS = {
  fit: fitResultSchema,
  deploy: deployResultSchema,
  fitThenDeploy: fitThenDeployResultSchema,
  deleteEndpoint: deleteEndpointResultSchema,
  sweep: sweepResultSchema,
} satisfies Record<WorkflowType, z.ZodType>;

const sentences = z.array(z.string());

export const failureDetailsSchema = z.strictObject({
  reason: z.string().optional().meta({ description: "AWS's own words." }),
  outcome: outcome.optional(),
  requestId: z.string().optional().meta({ description: "AWS's request id." }),
  fix: z.string().optional().meta({ description: 'What to do about it.' }),
  isEffectUnknown: z
    .boolean()
    .optional()
    .meta({ description: 'True where a create may have taken effect although nothing says so.' }),
  logTail: sentences.optional().meta({ description: "The last lines of the container's log." }),
  problems: sentences
    .optional()
    .meta({ description: 'Every problem of an input, each beginning with the field it is about.' }),
  differences: sentences
    .optional()
    .meta({ description: 'The fields in which a taken name differs from what was asked for.' }),
  trainingJobName: name.optional().meta({ description: 'Name of the training job, if there is one.' }),
  trainingJobArn: arn.optional().meta({ description: 'ARN of the training job, where AWS has told it.' }),
  modelData: uri.optional().meta({ description: 'S3 URI of the model data, from which to deploy again.' }),
  endpointName: name.optional().meta({ description: 'Name of the endpoint, if there is one.' }),
  endpointArn: arn.optional().meta({ description: 'ARN of the endpoint, where AWS has told it.' }),
  ledger: ledger.optional(),
});
