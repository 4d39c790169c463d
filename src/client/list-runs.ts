/**
 * Lists the runs that Temporal knows, by what one remembers of them. The server narrows them down by `run-query.ts`, and
 * what it cannot tell is sorted out here; takes no worker.
 */
import type { Stage, WorkflowType } from '../contract';
import { WORKFLOW_TYPES } from '../contract';
import { SageMakerError } from './errors';
import { guardListener } from './guard-listener';
import { memoReader } from './memo-reader';
import { readExecution, type RunStatus } from './run-description';
import { buildRunQuery } from './run-query';
import type { Session } from './session';
import { isRefusal, toTemporalError } from './temporal-errors';

const LIMIT_DEFAULT = 20;
const LIMIT_MAX = 1_000;
/** How many runs are looked at for one listing, where the server cannot tell those that are meant. */
const LOOKED_AT_MAX = 10_000;
const PAGE_SIZE_MAX = 1_000;
const LIST_TIMEOUT_MS = 15_000;

/** Which runs {@link listRuns} lists: those that fit everything that is given. */
export interface RunFilter {
  /** Status in Temporal. @default any */
  status?: 'RUNNING' | 'COMPLETED' | 'FAILED' | 'CANCELLED' | 'TERMINATED' | 'TIMED_OUT';
  /** Workflow type. @default all */
  type?: WorkflowType;
  /** Where the run stands. A run that is open tells it where the namespace has our search attributes. @default any */
  stage?: Stage;
  /** Runs that make, update or delete this endpoint. @default any */
  endpointName?: string;
  /** Runs that were started then or later. @default any */
  since?: Date;
  /** At most so many, up to 1000: of more, those that run and those that ended last. @default 20 */
  limit?: number;
}

/** Options of {@link listRuns}. */
export interface ListOptions {
  /** Told where more runs fit than could be looked at; one line. @default a warning of the process */
  onNotice?: (notice: string) => void;
}

/**
 * Lists runs on the session's task queue, in the order of their start, the last one first. Of more than the limit, those
 * that run come before those that have ended, and of these the ones that ended last: so Temporal sorts them.
 *
 * Looks at 10,000 runs at most, which matters where Temporal cannot tell those that are meant: then `onNotice` is told
 * that there may be more.
 *
 * Tells what Temporal's visibility store knows, which is a second or so behind, and for closed runs only as long as the
 * namespace keeps them. Takes no worker. Without our search attributes in the namespace, stage and endpoint of an open
 * run are known as far as its Workflow Id tells them.
 *
 * @throws {@link SageMakerError} `InvalidInput` for a filter that cannot be; `TemporalUnreachable`, also where there is no
 * answer within 15 seconds; `AccessDenied`
 * @see https://docs.temporal.io/visibility
 *
 * @example
 * ```ts
 * import { connect, listRuns } from 'temporal-sagemaker/client';
 *
 * const session = await connect();
 * const yesterday = new Date(Date.now() - 24 * 3_600_000);
 * for (const run of await listRuns(session, { stage: 'Failed', since: yesterday })) {
 *   console.log(run.workflowId, run.startTime, run.endpointName);
 * }
 * await session.close();
 * ```
 */
export async function listRuns(
  session: Session,
  filter: RunFilter = {},
  { onNotice = warn }: ListOptions = {},
): Promise<RunStatus[]> {
  const limit = readFilter(filter);
  const deadline = Date.now() + LIST_TIMEOUT_MS;
  const query = (withAttributes: boolean): Promise<RunStatus[]> =>
    session.client.withDeadline(deadline, () =>
      collect(session, filter, { limit, withAttributes, onNotice: guardListener(onNotice) }),
    );
  try {
    try {
      return await query(true);
    } catch (error) {
      // A namespace that does not have the attributes refuses to search by them.
      if (!isRefusal(error)) throw error;
      return await query(false);
    }
  } catch (error) {
    throw toTemporalError(error, session);
  }
}

/** The limit. @throws SageMakerError InvalidInput */
function readFilter({ limit = LIMIT_DEFAULT, since, type }: RunFilter): number {
  const problems = [
    ...(Number.isInteger(limit) && limit >= 1 && limit <= LIMIT_MAX
      ? []
      : [`limit must be a whole number from 1 to ${String(LIMIT_MAX)}`]),
    ...(since === undefined || Number.isFinite(since.getTime()) ? [] : ['since is no time']),
    ...(type === undefined || WORKFLOW_TYPES.includes(type)
      ? []
      : [`type must be one of ${WORKFLOW_TYPES.join(', ')}`]),
  ];
  if (problems.length > 0) throw new SageMakerError('InvalidInput', 'Runs cannot be listed so.', { problems });
  return limit;
}

async function collect(
  session: Session,
  filter: RunFilter,
  { limit, withAttributes, onNotice }: { limit: number; withAttributes: boolean } & Required<ListOptions>,
): Promise<RunStatus[]> {
  const found: RunStatus[] = [];
  let lookedAt = 0;
  const { taskQueue } = session;
  const query = buildRunQuery(filter, taskQueue, withAttributes);
  for await (const execution of memoReader(session).list({ query, pageSize: Math.min(PAGE_SIZE_MAX, limit * 2) })) {
    if (lookedAt === LOOKED_AT_MAX) {
      const seen = `${String(LOOKED_AT_MAX)} runs were looked at, of which ${String(found.length)} fit`;
      onNotice(`the listing may not be whole: ${seen}; narrow it down by since or type [taskQueue=${taskQueue}]`);
      break;
    }
    lookedAt += 1;
    const run = readExecution(execution, execution.raw.firstRunId);
    if (execution.taskQueue === taskQueue && fits(run, filter)) found.push(run);
    if (found.length === limit) break;
  }
  return found.sort((one, other) => other.startTime.localeCompare(one.startTime));
}

function warn(notice: string): void {
  process.emitWarning(notice, 'SageMakerWarning');
}

function fits(run: RunStatus, { status, type, stage, endpointName, since }: RunFilter): boolean {
  return (
    (status === undefined || run.status === status) &&
    (type === undefined || run.workflowType === type) &&
    (stage === undefined || run.stage === stage) &&
    (endpointName === undefined || isAbout(run, endpointName)) &&
    (since === undefined || Date.parse(run.startTime) >= since.getTime())
  );
}

function isAbout(run: RunStatus, endpointName: string): boolean {
  if (run.endpointName !== undefined) return run.endpointName === endpointName;
  return ['deploy', 'delete'].some((verb) => run.workflowId === `${verb}-${endpointName}`);
}
