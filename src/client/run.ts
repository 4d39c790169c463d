/**
 * One run: a workflow that was started, seen from outside. Progress comes from the workflow's query, or from Temporal
 * alone where no worker answers; results and failures come typed.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { WorkflowFailedError, WorkflowNotFoundError } from '@temporalio/client';
import {
  PROGRESS_QUERY,
  type DeleteEndpointResult,
  type DeployResult,
  type FitResult,
  type FitThenDeployResult,
  type Progress,
  type SweepResult,
  type WorkflowType,
} from '../contract';
import { canonicalJson } from '../domain/canonical-json';
import { awaitResult, type WaitOptions } from './await-result';
import { SageMakerError } from './errors';
import { describeRun, progressFromStatus, type RunStatus } from './run-description';
import type { Session } from './session';
import { isOutage, isWithoutWorker, toTemporalError } from './temporal-errors';

const QUERY_TIMEOUT_MS = 2_000;
const CANCEL_TIMEOUT_MS = 30_000;
const WATCH_INTERVAL_MS = 2_000;

/** Result of each workflow type. */
export interface ResultOf {
  /** What was trained. */
  fit: FitResult;
  /** What serves. */
  deploy: DeployResult;
  /** Both. */
  fitThenDeploy: FitThenDeployResult;
  /** What is gone, and what is not. */
  deleteEndpoint: DeleteEndpointResult;
  /** What was found, and what became of it. */
  sweep: SweepResult;
}

/** Progress, and whether a worker told it. */
export interface RunProgress extends Progress {
  /** False where no worker answered: then this is what Temporal itself knows of the run. */
  live: boolean;
  /** Why it is not live. */
  notice?: string;
}

/** Options of {@link Run.watch}. */
export interface WatchOptions extends WaitOptions {
  /** Milliseconds between two looks. @default 2000 */
  intervalMs?: number;
}

/** Who a run is. */
export interface RunCoordinates {
  workflowId: string;
  runId: string;
  workflowType: string;
  attached: boolean;
}

/**
 * A run that was started here or elsewhere. Holding it costs nothing: the run goes on though this process ends, and
 * another one can {@link Run.attach} to it.
 *
 * @see https://docs.temporal.io/workflow-execution
 *
 * @example
 * ```ts
 * import { connect, Run } from 'temporal-sagemaker/client';
 *
 * const session = await connect();
 * const run = await Run.attach(session, 'digits-2026-03-01-12-00-00-000-k3j9x2ab');
 * for await (const progress of run.watch()) {
 *   console.log(progress.stage, progress.trainingJob?.secondaryStatus);
 * }
 * console.log(await run.result());
 * await session.close();
 * ```
 */
export class Run<T extends WorkflowType = WorkflowType> {
  /** Workflow Id: for `fit` and `fitThenDeploy`, as our client starts them, the training job's name. */
  readonly workflowId: string;
  /** Run id of the first execution, to which this run is pinned: a later use of the Workflow Id is another run. */
  readonly runId: string;
  /** Name of the workflow type. */
  readonly workflowType: string;
  /** True where the run had been started before. */
  readonly attached: boolean;
  readonly #session: Session;
  #settled: ResultOf[T] | undefined;

  private constructor(session: Session, { workflowId, runId, workflowType, attached }: RunCoordinates) {
    this.#session = session;
    this.workflowId = workflowId;
    this.runId = runId;
    this.workflowType = workflowType;
    this.attached = attached;
  }

  /** @internal */
  static open<T extends WorkflowType>(session: Session, coordinates: RunCoordinates): Run<T> {
    return new Run<T>(session, coordinates);
  }

  /**
   * Finds the latest run of a Workflow Id, open or closed.
   *
   * @param type the workflow type that is expected; the result is typed by it
   * @throws {@link SageMakerError} `RunNotFound`; `RunConflict` where the run is of another type than `type`;
   * `TemporalUnreachable`
   */
  static async attach<T extends WorkflowType = WorkflowType>(
    session: Session,
    workflowId: string,
    type?: T,
  ): Promise<Run<T>> {
    const { firstRunId, workflowType } = await describe(session, workflowId);
    if (type !== undefined && workflowType !== type) {
      throw new SageMakerError('RunConflict', `The run is of the type ${workflowType}, not ${type}.`, {
        workflowId,
        runId: firstRunId,
      });
    }
    return new Run<T>(session, { workflowId, runId: firstRunId, workflowType, attached: true });
  }

  /** The result, once {@link Run.result} has resolved; undefined before and after a failure. */
  get settledResult(): ResultOf[T] | undefined {
    return this.#settled;
  }

  /**
   * Where the run stands.
   *
   * Asks the workflow, for 2 seconds. Where no worker answers, it is told from Temporal's own record and the run's
   * memo, with `live` false and a `notice`.
   *
   * @throws {@link SageMakerError} `RunNotFound`, `TemporalUnreachable`
   */
  async progress(): Promise<RunProgress> {
    const status = await this.status();
    const { client, taskQueue } = this.#session;
    try {
      const progress = await client.withDeadline(Date.now() + QUERY_TIMEOUT_MS, () =>
        client.workflow.getHandle(this.workflowId, status.runId).query<Progress>(PROGRESS_QUERY),
      );
      return { ...progress, live: true };
    } catch (error) {
      if (isOutage(error) && !isWithoutWorker(error)) throw this.#toError(error);
      const notice = isWithoutWorker(error)
        ? `no worker is alive on the task queue ${taskQueue}, or none answered within 2 s; told from Temporal's own record`
        : `the workflow did not tell its progress (${error instanceof Error ? error.message : String(error)}); told from Temporal's own record`;
      return { ...progressFromStatus(status), live: false, notice };
    }
  }

  /**
   * Temporal's own view of the run: status, times, memo. Takes no worker.
   *
   * @throws {@link SageMakerError} `RunNotFound`, `TemporalUnreachable`
   */
  async status(): Promise<RunStatus> {
    return describe(this.#session, this.workflowId, this.runId);
  }

  /**
   * Waits for the end of the run and gives its result.
   *
   * Survives restarts of the Temporal server; follows the run through resets. May be called again at any time.
   *
   * @throws {@link SageMakerError} with the failure's code; `Cancelled` with the ledger; `RunTerminated` where the run
   * was ended from outside; `TemporalUnreachable` after `outageLimitMs`. The signal's reason where it is aborted
   */
  async result(options: WaitOptions = {}): Promise<ResultOf[T]> {
    this.#settled ??= await awaitResult<ResultOf[T]>(this.#session, this, options);
    return this.#settled;
  }

  /**
   * Asks the run to stop what it runs and to remove what it made; {@link Run.result} then rejects with `Cancelled`.
   *
   * Resolves when Temporal has taken the request, though no worker is alive to act on it. Does nothing where the run
   * has ended.
   *
   * @throws {@link SageMakerError} `RunNotFound`, `TemporalUnreachable`
   * @see https://docs.temporal.io/evaluate/development-production-features/interrupt-workflow
   */
  async cancel(): Promise<void> {
    const { client } = this.#session;
    const handle = client.workflow.getHandle(this.workflowId, undefined, { firstExecutionRunId: this.runId });
    try {
      await client.withDeadline(Date.now() + CANCEL_TIMEOUT_MS, () => handle.cancel());
    } catch (error) {
      // Temporal says "not found" of a closed run too; `status` throws where there is none at all.
      if (error instanceof WorkflowNotFoundError && (await this.status()).closed) return;
      throw this.#toError(error);
    }
  }

  /**
   * Each change of the progress, from the present one to that of the ended run; then it ends.
   *
   * A Temporal server that does not answer for a while is waited for. Leaving the loop stops the watching alone.
   *
   * @throws {@link SageMakerError} `RunNotFound`; `TemporalUnreachable` after `outageLimitMs`
   */
  async *watch(options: WatchOptions = {}): AsyncGenerator<RunProgress, void, undefined> {
    const { intervalMs = WATCH_INTERVAL_MS, signal } = options;
    const left = new AbortController();
    const stop = signal ? AbortSignal.any([signal, left.signal]) : left.signal;
    const end = this.#watchEnd({ ...options, signal: stop });
    let last = '';
    try {
      for (;;) {
        const isLast = end.wake.aborted;
        const progress = isLast ? await this.progress() : await this.#progressOrOutage();
        if (stop.aborted) return;
        if (end.trouble) throw end.trouble;
        const text = canonicalJson(progress ?? null);
        if (progress && text !== last) {
          last = text;
          yield progress;
        }
        if (isLast) return;
        // Rejects when it is woken; how it ends does not matter.
        await pause(intervalMs, undefined, { signal: end.wake }).catch(() => undefined);
      }
    } finally {
      left.abort();
      await end.settled;
    }
  }

  /** Waits for the end beside the watching: `wake` is aborted by the end, by the signal, and by trouble in waiting. */
  #watchEnd(options: WaitOptions): WatchedEnd {
    const wake = new AbortController();
    const end: WatchedEnd = { wake: wake.signal, settled: Promise.resolve() };
    end.settled = awaitResult(this.#session, this, options)
      .catch((error: unknown) => {
        const hasEnded = error instanceof SageMakerError && error.cause instanceof WorkflowFailedError;
        if (!hasEnded && options.signal?.aborted !== true) end.trouble = this.#toError(error);
      })
      .then(() => {
        wake.abort();
      });
    return end;
  }

  /** Undefined while Temporal does not answer; how long that may last is decided where the end is awaited. */
  async #progressOrOutage(): Promise<RunProgress | undefined> {
    try {
      return await this.progress();
    } catch (error) {
      if (error instanceof SageMakerError && error.code === 'TemporalUnreachable') return undefined;
      throw error;
    }
  }

  #toError(error: unknown): SageMakerError {
    return toTemporalError(error, this.#session, { workflowId: this.workflowId, runId: this.runId });
  }
}

interface WatchedEnd {
  wake: AbortSignal;
  settled: Promise<void>;
  /** Why the end cannot be awaited. */
  trouble?: SageMakerError;
}

async function describe(session: Session, workflowId: string, firstRunId?: string): Promise<RunStatus> {
  try {
    return await describeRun(session, workflowId, firstRunId === undefined ? {} : { firstRunId });
  } catch (error) {
    throw toTemporalError(error, session, { workflowId, ...(firstRunId !== undefined && { runId: firstRunId }) });
  }
}
