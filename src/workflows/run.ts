/**
 * The frame of every run: plan first, then the steps, then a close that leaves nothing unsaid. Input comes from any
 * starter; the steps are in `train-model.ts`, `host-model.ts` and `take-down.ts`; what fails leaves with its code, its
 * ledger and the model data.
 */
import { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common';
import {
  ApplicationFailure,
  isCancellation,
  TemporalFailure,
  workflowInfo,
  type WorkflowInfo,
} from '@temporalio/workflow';
import type { FailureCode, FailureDetails, LedgerEntry, Progress, WorkflowType } from '../contract';
import type { Plan, RunIdentity } from '../domain/plan';
import { preparing } from './activity-options';
import { explain, locate } from './failures';
import { openRunRecord, type RunRecord } from './run-record';
import { throwIfCancelledNow } from './throw-if-cancelled';

/** A run under way: its plan and its record. */
export interface Run {
  readonly plan: Plan;
  readonly record: RunRecord;
}

/** What every result tells beside its own. */
export interface RunSummary {
  region: string;
  ledger: LedgerEntry[];
  warnings: string[];
}

/** How many plans this workflow has asked for: a workflow of the user's own may fit or deploy more than once. */
let plansMade = 0;

export async function inRun<Result extends object>(
  type: WorkflowType,
  input: unknown,
  steps: (run: Run) => Promise<Result>,
): Promise<Result & RunSummary> {
  const record = openRunRecord(workflowInfo().workflowType === type);
  try {
    const plan = await preparing().prepare(type, input, identify(type, plansMade++));
    record.planned(plan);
    throwIfCancelledNow('anything was made');
    const result = await steps({ plan, record });
    record.close('Done');
    const { ledger, warnings } = record.progress;
    return { ...result, region: plan.run.region, ledger, warnings };
  } catch (error) {
    throw concludeFailure(error, record);
  }
}

/**
 * Names are made of what stays through retries and resets: the first run id, or in a cron chain the time at which each run
 * was due. The first step began with its run; when a later one did, only its own first execution knows.
 */
function identify(type: WorkflowType, ordinal: number): RunIdentity {
  const info = workflowInfo();
  const dueAt = new Date(info.startTime.getTime() + (info.cronScheduleToScheduleInterval ?? 0)).toISOString();
  const schedule = findSchedule(type, info);
  const limits = [info.executionTimeoutMs, info.runTimeoutMs].filter((ms) => ms !== undefined && ms > 0) as number[];
  return {
    workflowId: info.workflowId,
    firstExecutionRunId: info.firstExecutionRunId,
    ...(info.cronSchedule && { cronStartTime: dueAt }),
    beganAt: ordinal === 0 ? dueAt : new Date().toISOString(),
    ordinal,
    ...(schedule && { schedule }),
    // A cron run or a retry continues another too; only a continue-as-new is a first attempt without a schedule.
    ...(info.continuedFromExecutionRunId && !info.cronSchedule && info.attempt === 1 && { isContinued: true }),
    ...(limits.length > 0 && { timeoutMs: Math.min(...limits) }),
  };
}

/** Set by the server on what a Schedule starts, and on nothing that this starts in turn. */
const SCHEDULED_BY = defineSearchAttributeKey('TemporalScheduledById', SearchAttributeType.KEYWORD);

/** A workflow of the user's own may make an input anew each time; only ours takes the schedule's word for word. */
function findSchedule(type: WorkflowType, info: WorkflowInfo): RunIdentity['schedule'] {
  if (info.workflowType !== type) return undefined;
  const id = info.typedSearchAttributes.get(SCHEDULED_BY);
  if (id !== undefined) return { id };
  return info.cronSchedule ? { cron: info.cronSchedule } : undefined;
}

function concludeFailure(error: unknown, record: RunRecord): unknown {
  // A bug of ours is no outcome: Temporal retries the workflow task until a mended worker takes it on.
  if (!(error instanceof TemporalFailure)) return error;
  if (isCancellation(error)) {
    record.close('Cancelled');
    return error;
  }
  const { code, message: what, details } = explain(error);
  const message = locate(what, record.progress, workflowInfo().workflowId);
  record.close('Failed', { code, message });
  const { trainingJob, modelData, endpoint, ledger } = record.progress;
  const known: FailureDetails = {
    ...details,
    ...outcomeBehind(code, details, record.progress),
    ledger,
    ...(trainingJob && { trainingJobName: trainingJob.name }),
    ...(trainingJob?.arn !== undefined && { trainingJobArn: trainingJob.arn }),
    ...(modelData !== undefined && { modelData }),
    ...(endpoint && { endpointName: endpoint.name }),
    ...(endpoint?.arn !== undefined && { endpointArn: endpoint.arn }),
  };
  return ApplicationFailure.create({ type: code, message, nonRetryable: true, details: [known], cause: error });
}

/** A model that is missing is about the job that should have made it, where this run has seen that end. */
function outcomeBehind(
  code: FailureCode,
  { outcome }: FailureDetails,
  { trainingJob }: Progress,
): Pick<FailureDetails, 'outcome'> {
  if (code !== 'ArtefactMissing' || outcome !== undefined || trainingJob?.status !== 'Completed') return {};
  const { status, secondaryStatus = status } = trainingJob;
  return { outcome: { resource: 'training job', kind: 'completed', status, secondaryStatus } };
}
