/**
 * What Temporal itself knows of a run, without any worker: status, times, memo and search attributes. `run.ts` answers
 * `status()` from it, and `progress()` where no worker does.
 */
import type {
  WorkflowExecutionDescription,
  WorkflowExecutionInfo,
  WorkflowExecutionStatusName,
} from '@temporalio/client';
import { defineSearchAttributeKey } from '@temporalio/common';
import { MEMO, type Progress, type RunMemo, type SearchAttributeName, type Stage } from '../contract';
import { memoReader } from './memo-reader';
import type { Session } from './session';

const DESCRIBE_TIMEOUT_MS = 5_000;

/** Temporal's own view of a run; times are ISO 8601. */
export interface RunStatus {
  /** Workflow Id. */
  workflowId: string;
  /** Run id of the present execution; another than {@link RunStatus.firstRunId} after a reset. */
  runId: string;
  /** Run id of the first execution, which the run's resources are tagged with. */
  firstRunId: string;
  /** Name of the workflow type. */
  workflowType: string;
  /** Status in Temporal, such as `RUNNING` or `COMPLETED`. */
  status: WorkflowExecutionStatusName;
  /** True once the run has ended, however it did. */
  closed: boolean;
  /** When the first execution began. */
  startTime: string;
  /** When the run ended. */
  closeTime?: string;
  /** From the search attribute or the memo; derived from the status where neither is set. */
  stage: Stage;
  /** The job that the run trains or deploys, once that is known. */
  trainingJobName?: string;
  /** The endpoint that the run makes, updates or deletes, once that is known. */
  endpointName?: string;
  /** What the run has left in its memo; always there once it has ended by itself. */
  memo?: RunMemo;
  /** Set by the starter. */
  inputHash?: string;
}

/**
 * Describes the latest execution of a Workflow Id. With `firstRunId`: that of this very run, though the id may have
 * been used again since.
 */
export async function describeRun(
  session: Session,
  workflowId: string,
  { firstRunId, timeoutMs = DESCRIBE_TIMEOUT_MS }: { firstRunId?: string; timeoutMs?: number } = {},
): Promise<RunStatus> {
  const runs = memoReader(session);
  return session.client.withDeadline(Date.now() + timeoutMs, async () => {
    const latest = readDescription(await runs.getHandle(workflowId).describe());
    if (firstRunId === undefined || latest.firstRunId === firstRunId) return latest;
    return readDescription(await runs.getHandle(workflowId, firstRunId).describe());
  });
}

function readDescription(description: WorkflowExecutionDescription): RunStatus {
  return readExecution(description, description.raw.workflowExecutionInfo?.firstRunId);
}

/** What a description or a line of a listing tells; the latter may not tell the first execution of a run that was reset. */
export function readExecution(execution: Omit<WorkflowExecutionInfo, 'raw'>, firstRunId?: string | null): RunStatus {
  const memo = readMemo(execution.memo);
  const attribute = (name: SearchAttributeName): string | undefined =>
    execution.typedSearchAttributes.get(defineSearchAttributeKey(name, 'KEYWORD'));
  const trainingJobName = memo?.trainingJobName ?? attribute('TrainingJobName');
  const endpointName = memo?.endpointName ?? attribute('EndpointName');
  const inputHash = execution.memo?.[MEMO.inputHash];
  const status = execution.status.name;
  const closed = execution.closeTime !== undefined;
  return {
    workflowId: execution.workflowId,
    runId: execution.runId,
    // Servers before 1.25 do not tell it; there a reset run counts as one of its own.
    firstRunId: firstRunId || execution.runId,
    workflowType: execution.type,
    status,
    closed,
    startTime: execution.startTime.toISOString(),
    ...(execution.closeTime && { closeTime: execution.closeTime.toISOString() }),
    stage: stageOf(status, memo?.stage ?? attribute('SageMakerStage')),
    ...(trainingJobName !== undefined && { trainingJobName }),
    ...(endpointName !== undefined && { endpointName }),
    ...(memo && { memo }),
    ...(typeof inputHash === 'string' && { inputHash }),
  };
}

/** Progress as far as it can be told without a worker. */
export function progressFromStatus({ stage, memo, trainingJobName, endpointName }: RunStatus): Progress {
  return {
    stage,
    ...(trainingJobName !== undefined && {
      trainingJob: {
        name: trainingJobName,
        transitions: [],
        metrics: [],
      },
    }),
    ...(memo?.modelData !== undefined && { modelData: memo.modelData }),
    ...(endpointName !== undefined && { endpoint: { name: endpointName } }),
    ledger: memo?.ledger ?? [],
    attempts: {},
    links: {},
    warnings: memo?.warnings ?? [],
  };
}

const STAGES_OF_THE_END: readonly (string | undefined)[] = ['Done', 'Failed', 'Cancelled'] satisfies Stage[];

/** The run's own word, but for a run that was ended from outside and could not say so. */
function stageOf(status: WorkflowExecutionStatusName, told: string | undefined): Stage {
  if (STAGES_OF_THE_END.includes(told)) return told as Stage;
  switch (status) {
    case 'COMPLETED':
      return 'Done';
    case 'CANCELLED':
      return 'Cancelled';
    case 'FAILED':
    case 'TERMINATED':
    case 'TIMED_OUT':
      return 'Failed';
    default:
      return (told as Stage | undefined) ?? 'Preparing';
  }
}

function readMemo(memo: Record<string, unknown> | undefined): RunMemo | undefined {
  const run = memo?.[MEMO.run];
  if (typeof run !== 'object' || run === null) return undefined;
  const { stage, ledger, warnings, ...names } = run as Partial<RunMemo>;
  return { stage: stage ?? 'Preparing', ledger: ledger ?? [], warnings: warnings ?? [], ...names };
}
