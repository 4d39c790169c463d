/**
 * Follows the log of a training job in CloudWatch. A reader on its own: whatever happens here is told through
 * `onTrouble` and can fail neither a run nor the waiting for it. The AWS SDK is loaded with the first reading.
 */
import { setTimeout as pause } from 'node:timers/promises';
import type { CloudWatchLogsClientConfig } from '@aws-sdk/client-cloudwatch-logs';
import type { FailureCode } from '../contract';
import { guardListener } from './guard-listener';
import { hostOfStream, toLogLine, type LogLine } from './log-line';
import { describeLogTrouble, followLogGroup, type Following } from './log-readings';
import { readLogGroup, type LogGroupReader } from './log-streams';

const TRAINING_LOG_GROUP = '/aws/sagemaker/TrainingJobs';
const INTERVAL_MS = 2_000;
const REQUEST_TIMEOUT_MS = 20_000;

/** Options of {@link tailTrainingLogs}. */
export interface TailOptions {
  /** The job whose log is read. */
  trainingJobName: string;
  /** Told each line; the reading ends where it throws. */
  onLine: (line: LogLine) => void;
  /** How many hosts the job has; once each has a stream, new ones are looked for seldom. @default unknown */
  hostCount?: number;
  /** True once the training job has ended, or its end as a promise. The lines that are still on their way come after. */
  until: (() => boolean) | Promise<unknown>;
  /** @default the AWS SDK's chain */
  region?: string;
  /** Ends the reading at once. */
  signal?: AbortSignal;
  /**
   * Told what is in the way, once for each kind of trouble; with the code that a call to AWS would fail with where the log
   * could not be read. @default silence
   */
  onTrouble?: (trouble: string, code?: FailureCode) => void;
  /** Milliseconds between two readings; it grows with the number of streams, and while AWS throttles. @default 2000 */
  intervalMs?: number;
  /** Settings of the AWS client beside the default chain. */
  aws?: CloudWatchLogsClientConfig;
}

/**
 * Tells each line of a training job's log once: from the beginning until the job has ended, all hosts merged in the order
 * of time, as far as CloudWatch has the lines when it is asked.
 *
 * Never rejects. A log group that is not there yet is waited for; throttling and expired credentials slow the reading
 * down; a refusal ends it. `onTrouble` is told of each, and of a log of which nothing was there at the end.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/dg/logging-cloudwatch.html
 *
 * @example
 * ```ts
 * import { connect, Run, tailTrainingLogs } from 'temporal-sagemaker/client';
 *
 * const session = await connect();
 * const run = await Run.attach(session, 'digits-2026-03-01-12-00-00-000-k3j9x2ab', 'fit');
 * await tailTrainingLogs({
 *   trainingJobName: run.workflowId,
 *   until: run.result().catch(() => undefined),
 *   onLine: ({ host, message }) => console.log(`${host} ${message}`),
 * });
 * await session.close();
 * ```
 */
export async function tailTrainingLogs(options: TailOptions): Promise<void> {
  const { trainingJobName, hostCount, onLine, intervalMs = INTERVAL_MS, signal } = options;
  const tell = tellOnce(options);
  const end = watchEnd(options.until, signal);
  let hasListener = true;
  try {
    const { reader, close } = await openReader(options);
    try {
      await followLogGroup(reader, {
        intervalMs,
        hasAllHosts: (streams) =>
          new Set(streams.map((stream) => hostOfStream(stream, trainingJobName))).size >= (hostCount ?? Infinity),
        ended: end.reached,
        onEvent: (event) => {
          try {
            onLine(toLogLine(event, trainingJobName));
          } catch (error) {
            hasListener = false;
            tell(`the log is not read any more, for its listener threw: ${String(error)}`);
            throw error;
          }
        },
        pauseFor: end.pause,
        isAborted: () => !hasListener || signal?.aborted === true,
        nowMs: () => performance.now(),
        tell,
      });
    } finally {
      close();
    }
  } catch (error) {
    if (!signal?.aborted) tell(...describeLogTrouble(error));
  }
}

async function openReader({
  trainingJobName,
  region,
  aws,
  signal,
}: TailOptions): Promise<{ reader: LogGroupReader; close: () => void }> {
  const sdk = await import('@aws-sdk/client-cloudwatch-logs');
  const client = new sdk.CloudWatchLogsClient({
    requestHandler: { requestTimeout: REQUEST_TIMEOUT_MS, throwOnRequestTimeout: true },
    ...(region !== undefined && { region }),
    ...aws,
  });
  const reader = readLogGroup(sdk, client, {
    group: TRAINING_LOG_GROUP,
    streamPrefix: `${trainingJobName}/`,
    ...(signal && { signal }),
  });
  return {
    reader,
    close: () => {
      client.destroy();
    },
  };
}

/** The end of the job as something to ask and something to wake up by. */
function watchEnd(until: TailOptions['until'], signal: AbortSignal | undefined) {
  const wake = new AbortController();
  let isOver = false;
  if (typeof until !== 'function') {
    const over = (): void => {
      isOver = true;
      wake.abort();
    };
    until.then(over, over);
  }
  const reached = typeof until === 'function' ? until : () => isOver;
  return {
    reached,
    pause: async (ms: number): Promise<void> => {
      // After the end only an abort cuts a pause short.
      const wakers = [...(isOver ? [] : [wake.signal]), ...(signal ? [signal] : [])];
      await pause(ms, undefined, { signal: AbortSignal.any(wakers) }).catch(() => undefined);
    },
  };
}

/** Tells each kind of trouble once, with the coordinates of the log. */
function tellOnce({ trainingJobName, region, onTrouble }: TailOptions): Following['tell'] {
  const told = new Set<string>();
  const onNew = onTrouble && guardListener(onTrouble);
  const at = `[job=${trainingJobName}, group=${TRAINING_LOG_GROUP}${region === undefined ? '' : `, region=${region}`}]`;
  return (trouble, ...code) => {
    if (told.has(trouble)) return;
    told.add(trouble);
    onNew?.(`${trouble} ${at}`, ...code);
  };
}
