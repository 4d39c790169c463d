/**
 * One execution's history read down to what the checker judges: input, plans, result or failure, memo, cancel. Decoded
 * with the data converter of the client that brought it, so that encrypted runs are judged too.
 */
import type { Client } from '@temporalio/client';
import { ApplicationFailure, type LoadedDataConverter, type Payload } from '@temporalio/common';
import {
  decodeArrayFromPayloads,
  decodeMapFromPayloads,
  decodeOptionalFailureToOptionalError,
} from '@temporalio/common/lib/internal-non-workflow';
import type { temporal } from '@temporalio/proto';
import { MEMO, type RunMemo } from '../../../src/contract';
import { runTagValue } from '../../../src/domain/names';
import type { Plan } from '../../../src/domain/plan';
import { millisecondsOf } from '../event-time';
import type { Named, Planned, RunEvidence, RunFailure, RunStatus } from './evidence';

type HistoryEvent = temporal.api.history.v1.IHistoryEvent;

/** Undefined where the server does not know the execution. */
export async function readRun(client: Client, workflowId: string, runId?: string): Promise<RunEvidence> {
  const { events } = await client.workflow.getHandle(workflowId, runId).fetchHistory();
  const history = events ?? [];
  const started = history[0]?.workflowExecutionStartedEventAttributes;
  if (!started) throw new Error(`the history of ${workflowId} does not begin with a start`);
  const converter = client.options.loadedDataConverter;
  const first = async (payloads: Payload[] | null | undefined): Promise<unknown> =>
    (await decodeArrayFromPayloads(converter, payloads))[0];
  const firstRunId = started.firstExecutionRunId ?? '';
  const end = history.at(-1);
  const result = await first(end?.workflowExecutionCompletedEventAttributes?.result?.payloads);
  const failure = await readFailure(converter, end);
  const memo = await readMemo(converter, history);
  const status = readStatus(end);
  return {
    workflowId,
    runId: runId ?? started.originalExecutionRunId ?? '',
    type: started.workflowType?.name ?? '',
    status,
    tag: runTagValue(workflowId, firstRunId),
    startedAt: isoOf(history[0]),
    ...(status !== 'Running' && { closedAt: isoOf(end) }),
    isChained: (started.cronSchedule ?? '') !== '' || (started.continuedExecutionRunId ?? '') !== '',
    isRead: true,
    input: await first(started.input?.payloads),
    plans: await readPlans(history, first),
    ...(isRecord(result) && { result }),
    ...(failure && { failure }),
    ...(memo && { memo }),
    cancelRequested: history.some((event) => event.workflowExecutionCancelRequestedEventAttributes),
  };
}

function readStatus(end: HistoryEvent | undefined): RunStatus {
  if (end?.workflowExecutionCompletedEventAttributes) return 'Completed';
  if (end?.workflowExecutionFailedEventAttributes) return 'Failed';
  if (end?.workflowExecutionCanceledEventAttributes) return 'Cancelled';
  if (end?.workflowExecutionTerminatedEventAttributes) return 'Terminated';
  if (end?.workflowExecutionTimedOutEventAttributes) return 'TimedOut';
  if (end?.workflowExecutionContinuedAsNewEventAttributes) return 'ContinuedAsNew';
  return 'Running';
}

async function readFailure(
  converter: LoadedDataConverter,
  end: HistoryEvent | undefined,
): Promise<RunFailure | undefined> {
  const { failure } = end?.workflowExecutionFailedEventAttributes ?? {};
  const error = await decodeOptionalFailureToOptionalError(converter, failure);
  if (!error) return undefined;
  if (!(error instanceof ApplicationFailure)) return { code: error.name, message: error.message, details: {} };
  const details: unknown = error.details?.[0];
  return { code: error.type ?? '', message: error.message, details: isRecord(details) ? details : {} };
}

/** The last memo that was upserted. */
async function readMemo(converter: LoadedDataConverter, history: HistoryEvent[]): Promise<RunMemo | undefined> {
  const upserted = history.findLast(
    ({ workflowPropertiesModifiedEventAttributes: changed }) => changed?.upsertedMemo?.fields?.[MEMO.run],
  );
  const fields = upserted?.workflowPropertiesModifiedEventAttributes?.upsertedMemo?.fields;
  const memo = await decodeMapFromPayloads(converter, fields);
  return memo?.[MEMO.run] as RunMemo | undefined;
}

/** What `prepare` has answered: the names of all that the run may make. */
async function readPlans(
  history: HistoryEvent[],
  first: (payloads: Payload[] | null | undefined) => Promise<unknown>,
): Promise<Planned[]> {
  const asked = new Set(
    history
      .filter((event) => event.activityTaskScheduledEventAttributes?.activityType?.name === 'prepare')
      .map(({ eventId }) => String(eventId)),
  );
  const answers = history
    .map(({ activityTaskCompletedEventAttributes: completed }) => completed)
    .filter((completed) => asked.has(String(completed?.scheduledEventId)));
  return Promise.all(answers.map(async (answer) => namesOf((await first(answer?.result?.payloads)) as Plan)));
}

function namesOf({ training, hosting, removal }: Plan): Planned {
  const makes: Partial<Record<Named['kind'], string | undefined>> = {
    'training job': training?.request.TrainingJobName,
    model: hosting?.model.ModelName,
    'endpoint config': hosting?.endpointConfig.EndpointConfigName,
    endpoint: hosting?.endpoint.EndpointName,
  };
  return {
    makes: Object.entries(makes).flatMap(([kind, name]) => (name ? [{ kind: kind as Named['kind'], name }] : [])),
    ...(removal && { removesEndpoint: removal.endpointName }),
  };
}

function isoOf(event: HistoryEvent | undefined): string {
  return new Date(Math.floor(millisecondsOf(event?.eventTime) || 0)).toISOString();
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
