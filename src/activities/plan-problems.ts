/**
 * What is wrong beside an input's own fields: a name that a schedule would use twice, and in the finished plan requests
 * that AWS's published model refuses and limits of time that would end the run before its clean-up. Comes from `prepare`,
 * goes into its `InvalidInput`.
 */
import { ENDPOINT_GOES_SECONDS, ENDPOINT_SETTLES_SECONDS, OTHERS_TRAINING_SECONDS } from '../domain/deadlines';
import type { Plan, RunIdentity } from '../domain/plan';
import { checkRequest, requestsOf } from '../schemas';

/** Time that a clean-up may need on top: AWS grants a stopped job two minutes, and an upload. */
const STOP_SECONDS = 600;
/** First it has to settle, and then to go. */
const DELETE_SECONDS = ENDPOINT_SETTLES_SECONDS + ENDPOINT_GOES_SECONDS;

export function findPlanProblems(plan: Plan): string[] {
  return [
    ...Object.entries(requestsOf(plan)).flatMap(([operation, request]) => checkRequest(operation, request)),
    ...findRuleProblems(plan),
  ];
}

/** Of the image with SageMaker's own rules the account is known region by region. */
function findRuleProblems({ run, training }: Plan): string[] {
  const isOpen = (training?.request.DebugRuleConfigurations ?? []).some(
    ({ RuleEvaluatorImage: image }) => image?.startsWith('<') === true,
  );
  if (!isOpen) return [];
  return [`estimator.rules need an imageUri in ${run.region}: where SageMaker's own image is there is not known here`];
}

/** Temporal refuses payloads over 2 MiB, and the worker would hand the plan over again and again. */
const PLAN_BYTES_MAX = 2_000_000;

/** A plan says some of its input several times: tags for each resource, the image for training and hosting. */
export function findSizeProblems(plan: Plan): string[] {
  const bytes = Buffer.byteLength(JSON.stringify(plan));
  if (bytes <= PLAN_BYTES_MAX) return [];
  return [
    `the input makes a plan of ${String(bytes)} bytes, and Temporal takes ${String(PLAN_BYTES_MAX)}: put large values into S3 ` +
      'and pass their URI as a channel or hyperparameter',
  ];
}

/** Temporal ends a run that is out of time without a word to it, so nothing would be stopped or deleted. */
export function findTimeoutProblems({ training, hosting, removal }: Plan, { timeoutMs }: RunIdentity): string[] {
  if (timeoutMs === undefined) return [];
  const trainingSeconds = training
    ? training.pendingTimeoutSeconds + training.maxRunSeconds + training.overrunSeconds + STOP_SECONDS
    : 0;
  // One limit for another deploy's turn, one for our own.
  const hostingSeconds = hosting ? 2 * hosting.endpointTimeoutSeconds + DELETE_SECONDS : 0;
  const awaitedSeconds = hosting?.awaitedTrainingJob === undefined ? 0 : OTHERS_TRAINING_SECONDS;
  const neededSeconds = trainingSeconds + hostingSeconds + awaitedSeconds + (removal ? DELETE_SECONDS : 0);
  if (timeoutMs >= neededSeconds * 1000) return [];
  return [
    `the workflow's time-out of ${String(Math.round(timeoutMs / 1000))} s is shorter than the run's own limits, ` +
      `${String(neededSeconds)} s in all (pendingTimeoutSeconds, trainMaxRun, overrunSeconds, endpointTimeoutSeconds and ` +
      'clean-up): it would end the run without stopping what it pays for',
  ];
}

/** Names are made of what a continue-as-new leaves the same, so the job of the run before would be taken for this one's. */
export function findNameProblems({ training }: Plan, identity: RunIdentity, jobName: string | undefined): string[] {
  if (!training || jobName !== undefined || !identity.isContinued) return [];
  return ['fit.jobName is needed after a continue-as-new: a name made here would be that of the run before'];
}

/** A training job's name is never free again, and a schedule starts the same input again and again. */
export function findScheduleProblems(raw: unknown, { schedule }: RunIdentity): string[] {
  const jobName = (raw as { fit?: { jobName?: unknown } | null } | null | undefined)?.fit?.jobName;
  if (!schedule || jobName === undefined) return [];
  return [
    `fit.jobName is fixed in ${describeSchedule(schedule)}, which starts this input again and again, and the name of a ` +
      'training job can be used only once: leave it out, and each run gets a name of its own',
  ];
}

/** Not wrong, since someone may want it; but each endpoint costs until it is deleted. */
export function findScheduleWarnings(input: object, { schedule }: RunIdentity): string[] {
  const { fit, deploy } = input as { fit?: object; deploy?: { endpointName?: string } };
  if (!schedule || !fit || !deploy || deploy.endpointName !== undefined) return [];
  return [
    `each run of ${describeSchedule(schedule)} makes an endpoint of its own, and nothing deletes it: give ` +
      'deploy.endpointName, and each run updates that one',
  ];
}

function describeSchedule(schedule: NonNullable<RunIdentity['schedule']>): string {
  return 'id' in schedule ? `the schedule ${schedule.id}` : `the cron schedule ${schedule.cron}`;
}
