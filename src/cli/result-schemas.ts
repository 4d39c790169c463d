/**
 * What the commands answer with `--json`: the fields of each command's `result` event, and the bare documents of those
 * that print one. `event-schemas.ts` puts the envelope around them; tests hold every printed line against them.
 */
import { z } from 'zod';
import { failureDetailsSchema, progressSchema, RESULT_SCHEMAS as OUTCOMES } from '../schemas';

/** ISO 8601, UTC. */
export const time = z.iso.datetime();

export const stageSchema = progressSchema.shape.stage;

const { ledger } = progressSchema.shape;
export const ledgerEntrySchema = ledger.element;

export const outcomeSchema = failureDetailsSchema.shape.outcome.unwrap();

/** What Temporal calls the state of a workflow. */
const temporalStatus = z.enum([
  'RUNNING',
  'COMPLETED',
  'FAILED',
  'CANCELLED',
  'TERMINATED',
  'CONTINUED_AS_NEW',
  'TIMED_OUT',
  'UNSPECIFIED',
  'UNKNOWN',
  'PAUSED',
]);

const runIds = { workflowId: z.string(), runId: z.string() };
const temporalUiUrl = z.string().optional();

/** Of a run that was followed to its end: who it is, and its result. */
const followed = {
  fit: OUTCOMES.fit.extend({ ...runIds, workflowType: z.literal('fit'), temporalUiUrl }),
  deploy: OUTCOMES.deploy.extend({ ...runIds, workflowType: z.literal('deploy'), temporalUiUrl }),
  fitThenDeploy: OUTCOMES.fitThenDeploy.extend({ ...runIds, workflowType: z.literal('fitThenDeploy'), temporalUiUrl }),
  deleteEndpoint: OUTCOMES.deleteEndpoint.extend({
    ...runIds,
    workflowType: z.literal('deleteEndpoint'),
    temporalUiUrl,
  }),
  sweep: OUTCOMES.sweep.extend({ ...runIds, workflowType: z.literal('sweep'), temporalUiUrl }),
};

/** Of a run of somebody's own workflow type: its result as it is. */
const foreign = z.strictObject({ ...runIds, workflowType: z.string(), temporalUiUrl, result: z.json() });

const anyFollowed = z.union([
  followed.fit,
  followed.deploy,
  followed.fitThenDeploy,
  followed.deleteEndpoint,
  followed.sweep,
  foreign,
]);

/** Of a run that was started with `--detach`. */
const detached = z.strictObject({
  ...runIds,
  workflowType: z.enum(['fit', 'deploy', 'fitThenDeploy']),
  attached: z.boolean(),
  trainingJobName: z.string().optional(),
  endpointName: z.string().optional(),
  temporalUiUrl,
});

const runLine = z.strictObject({
  ...runIds,
  workflowType: z.string(),
  stage: stageSchema,
  temporalStatus,
  closed: z.boolean(),
  startTime: time,
  closeTime: time.optional(),
  trainingJobName: z.string().optional(),
  endpointName: z.string().optional(),
});

const runStatus = z.strictObject({
  ...runIds,
  workflowType: z.string(),
  temporalStatus,
  closed: z.boolean(),
  startTime: time,
  closeTime: time.optional(),
  ...progressSchema.shape,
  /** False where no worker told it. */
  live: z.boolean(),
  notice: z.string().optional(),
  temporalUiUrl,
});

/** Fields of the `result` event, by the command that prints it. */
export const RESULT_SCHEMAS = {
  quickstart: z.strictObject({
    ...runIds,
    trainingJobName: z.string(),
    modelData: z.string(),
    endpointName: z.string(),
    accuracy: z.number(),
    heldOut: z.number(),
    seconds: z.record(z.string(), z.number()),
  }),
  fit: z.union([followed.fit, detached]),
  deploy: z.union([followed.deploy, detached]),
  'fit-then-deploy': z.union([followed.fitThenDeploy, detached]),
  attach: anyFollowed,
  result: anyFollowed,
  status: z.union([runStatus, z.strictObject({ runs: z.array(runLine) })]),
  logs: z.strictObject({ trainingJobName: z.string(), lines: z.int() }),
  cancel: z.strictObject({
    ...runIds,
    /** `Done`, `Cancelled`, or the code of the run's failure. */
    outcome: z.string(),
    ledger,
  }),
  'delete-endpoint': followed.deleteEndpoint,
  sweep: followed.sweep,
  predict: z.strictObject({
    endpointName: z.string(),
    contentType: z.string(),
    /** How `body` holds the answer's bytes. */
    encoding: z.enum(['utf8', 'base64']),
    body: z.string(),
  }),
  doctor: z.strictObject({
    healthy: z.boolean(),
    /** As the program's own. */
    exitCode: z.int(),
    checks: z.array(
      z.strictObject({
        name: z.string(),
        state: z.enum(['ok', 'warning', 'failed']),
        what: z.string(),
        fix: z.string().optional(),
      }),
    ),
  }),
  schema: z.strictObject({ schemas: z.array(z.strictObject({ name: z.string(), title: z.string(), id: z.string() })) }),
};

/** Bare objects in one line, by the command that prints them in place of events. */
export const DOCUMENT_SCHEMAS = {
  dev: z.strictObject({
    temporalAddress: z.string(),
    /** Temporal's HTTP API. */
    temporalHttpUrl: z.string(),
    temporalUiUrl: z.string(),
    awsEndpointUrl: z.string(),
    region: z.string(),
    accessKeyId: z.string(),
    secretAccessKey: z.string(),
    taskQueue: z.string(),
    pids: z.strictObject({ temporal: z.int(), emulator: z.int(), worker: z.int() }),
    folder: z.string(),
  }),
  emulator: z.strictObject({
    awsEndpointUrl: z.string(),
    region: z.string(),
    accessKeyId: z.string(),
    secretAccessKey: z.string(),
    account: z.string(),
    pid: z.int(),
  }),
  worker: z.strictObject({ ready: z.literal(true), pid: z.int() }),
};
