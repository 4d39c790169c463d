/**
 * The lines that commands print with `--json`, as zod schemas: what is published for programs that read them, and what
 * tests hold every printed line against. The commands themselves take only the types from here, so that nobody waits
 * for zod to load.
 *
 * Each line is one event; the last one is a `result` or an `error`. A change that a reader could trip over makes a new
 * `v`.
 */
import { z } from 'zod';
import { FAILURE_CODES } from '../contract';
import { ledgerEntrySchema, outcomeSchema, RESULT_SCHEMAS, stageSchema, time } from './result-schemas';

/** Version of the events' shape. */
export const EVENTS_VERSION = 1;

const envelope = <T extends string>(type: T) => ({
  v: z.literal(EVENTS_VERSION),
  type: z.literal(type),
  /** When it was said; of a log line, when the container wrote it. */
  time,
});

/** A status of the training job or the endpoint is new. */
const status = z.strictObject({
  ...envelope('status'),
  subject: z.enum(['training job', 'endpoint']),
  name: z.string(),
  status: z.string(),
  secondaryStatus: z.string().optional(),
  message: z.string().optional(),
  /** When AWS entered it; absent where that is not known. */
  since: time.optional(),
});

/** One line of a container's log. */
const log = z.strictObject({
  ...envelope('log'),
  /** The host within the training job, such as `algo-1`. */
  source: z.string(),
  line: z.string(),
});

/** Something is not as it should be, and stops nothing. */
const warning = z.strictObject({ ...envelope('warning'), message: z.string() });

/** The run is still followed; once a minute. */
const heartbeat = z.strictObject({
  ...envelope('heartbeat'),
  workflowId: z.string(),
  stage: stageSchema.optional(),
});

/** One value of a metric that the quickstart's training printed. */
const metric = z.strictObject({
  ...envelope('metric'),
  name: z.string(),
  step: z.int(),
  value: z.number(),
});

/** The quickstart's run has begun. */
const run = z.strictObject({
  ...envelope('run'),
  workflowId: z.string(),
  runId: z.string(),
  temporalUiUrl: z.string().optional(),
});

const pids = z.strictObject({ temporal: z.int(), emulator: z.int(), worker: z.int() });

/** The quickstart's stack is up. */
const stack = z.strictObject({
  ...envelope('stack'),
  temporalUiUrl: z.string(),
  temporalAddress: z.string(),
  awsEndpointUrl: z.string(),
  pids,
  folder: z.string(),
});

/** The quickstart has asked its endpoint about the held-out digits. */
const predictions = z.strictObject({ ...envelope('predictions'), accuracy: z.number(), heldOut: z.int() });

/** The quickstart leaves all up: where, and the variables that lead there. */
const kept = z.strictObject({
  ...envelope('kept'),
  temporalUiUrl: z.string().optional(),
  pids,
  TEMPORAL_ADDRESS: z.string(),
  TEMPORAL_HTTP_URL: z.string(),
  TEMPORAL_SAGEMAKER_UI_URL: z.string(),
  AWS_ENDPOINT_URL: z.string(),
  AWS_REGION: z.string(),
  AWS_ACCESS_KEY_ID: z.string(),
  AWS_SECRET_ACCESS_KEY: z.string(),
});

/** The quickstart has deleted what it had deployed. */
const removed = z.strictObject({
  ...envelope('removed'),
  deleted: z.array(ledgerEntrySchema.pick({ kind: true, name: true })),
});

/** The last line of a command that did not reach what was asked. */
const error = z.strictObject({
  ...envelope('error'),
  /** Absent where the command line names none. */
  command: z.string().optional(),
  /** `Interrupted` and `TimedOut` are the command's own: the run goes on. */
  code: z.enum([...FAILURE_CODES, 'Interrupted', 'TimedOut']),
  message: z.string(),
  exitCode: z.int(),
  reason: z.string().optional(),
  outcome: outcomeSchema.optional(),
  requestId: z.string().optional(),
  fix: z.string().optional(),
  problems: z.array(z.string()).optional(),
  differences: z.array(z.string()).optional(),
  logTail: z.array(z.string()).optional(),
  trainingJobName: z.string().optional(),
  trainingJobArn: z.string().optional(),
  modelData: z.string().optional(),
  endpointName: z.string().optional(),
  endpointArn: z.string().optional(),
  /** HTTP status with which a model answered. */
  modelStatus: z.int().optional(),
  ledger: z.array(ledgerEntrySchema).optional(),
  workflowId: z.string().optional(),
  runId: z.string().optional(),
  /** Where the run stood when it was let go of. */
  stage: stageSchema.optional(),
  /** How to go on with a run that was let go of, as commands to type. */
  next: z.strictObject({ attach: z.string(), cancel: z.string() }).optional(),
});

/** The last line of a command that reached what was asked, one shape for each command. */
const results = Object.entries(RESULT_SCHEMAS).flatMap(([command, fields]) => {
  const shapes = 'options' in fields ? fields.options : [fields];
  return shapes.map((shape) => z.strictObject({ ...envelope('result'), command: z.literal(command), ...shape.shape }));
});
const result = z.union(results);

/** Schema of each type of event. */
export const EVENT_SCHEMAS = {
  status,
  log,
  warning,
  heartbeat,
  metric,
  run,
  stack,
  predictions,
  kept,
  removed,
  result,
  error,
};

/** Any line that a command prints with `--json`, those commands aside that print one bare object. */
export const eventSchema = z.union(Object.values(EVENT_SCHEMAS));

/** Any such line, as a type. */
export type PrintedEvent = z.infer<typeof eventSchema>;
