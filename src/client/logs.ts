/**
 * Follows the log of a training job in CloudWatch. A reader on its own: whatever happens here is told through
 * `onTrouble` and can fail neither a run nor the waiting for it. The AWS SDK is loaded with the first reading.
 */
import { setTimeout as pause } from 'node:timers/promises';
import type { CloudWatchLogsClientConfig } from '@aws-sdk/client-cloudwatch-logs';
import { readTrouble } from '../domain/aws-errors';
import { readLogGroup, type LogEvent, type LogGroupReader } from './log-streams';

const TRAINING_LOG_GROUP = '/aws/sagemaker/TrainingJobs';
const INTERVAL_MS = 2_000;
const INTERVAL_MAX_MS = 60_000;
/** New streams begin with new hosts and after an interruption; seldom enough to be looked for seldom. */
const LIST_EVERY_READINGS = 10;
/** After the end: how often, and how long apart, lines that are still on their way are looked for. */
const FINAL_READINGS_MAX = 5;
const FINAL_PAUSE_MS = 1_000;
const REQUEST_TIMEOUT_MS = 20_000;

/** One line of a container's log. */
export interface LogLine {
  /** Name of the host within the training job, such as `algo-1`. */
  host: string;
  /** Name of the CloudWatch log stream. */
  stream: string;
  /** When the container wrote it, in milliseconds since the epoch. */
  timestamp: number;
  /** Without terminal control sequences. */
  message: string;
}

/** Options of {@link tailTrainingLogs}. */
export interface TailOptions {
  /** The job whose log is read. */
  trainingJobName: string;
  /** Told each line; the reading ends where it throws. */
  onLine: (line: LogLine) => void;
  /** True once the training job has ended, or its end as a promise. The lines that are still on their way come after. */
  until: (() => boolean) | Promise<unknown>;
  /** @default the AWS SDK's chain */
  region?: string;
  /** Ends the reading at once. */
  signal?: AbortSignal;
  /** Told what is in the way, once for each kind of trouble. @default silence */
  onTrouble?: (trouble: string) => void;
  /** Milliseconds between two readings; it grows while AWS throttles. @default 2000 */
  intervalMs?: number;
  /** Settings of the AWS client beside the default chain. */
  aws?: CloudWatchLogsClientConfig;
}

/**
 * Tells each line of a training job's log once: all hosts merged in the order of time, from the beginning until the job
 * has ended.
 *
 * Never rejects. A log group that is not there yet is waited for; throttling slows the reading down; a refusal ends it.
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
  const { trainingJobName, onLine, intervalMs = INTERVAL_MS, signal } = options;
  const tell = tellOnce(options.onTrouble);
  const end = watchEnd(options.until, signal);
  let hasListener = true;
  try {
    const { reader, close } = await openReader(options);
    try {
      await follow(reader, {
        intervalMs,
        ended: end.reached,
        onEvent: (event) => {
          try {
            onLine(toLine(event, trainingJobName));
          } catch (error) {
            hasListener = false;
            tell(`the log is not read any more, for its listener threw: ${String(error)}`);
            throw error;
          }
        },
        pauseFor: end.pause,
        isAborted: () => !hasListener || signal?.aborted === true,
        tell,
      });
    } finally {
      close();
    }
  } catch (error) {
    if (!signal?.aborted) tell(describeTrouble(error));
  }
}

interface Following {
  intervalMs: number;
  ended: () => boolean;
  onEvent: (event: LogEvent) => void;
  /** Resolves early at the job's end and on abort. */
  pauseFor: (ms: number) => Promise<void>;
  isAborted: () => boolean;
  tell: (trouble: string) => void;
}

async function follow(reader: LogGroupReader, following: Following): Promise<void> {
  const { ended, pauseFor, isAborted, tell } = following;
  let waitMs = following.intervalMs;
  let finalReadings = 0;
  for (let readings = 0, hasStreams = false; !isAborted(); readings += 1) {
    const isFinal = ended();
    let count = 0;
    try {
      if (isFinal || !hasStreams || readings % LIST_EVERY_READINGS === 0) hasStreams = await reader.findStreams();
      count = await reader.read(following.onEvent);
      waitMs = following.intervalMs;
    } catch (error) {
      if (isAborted()) return;
      const { meaning } = readTrouble(error);
      // The group begins with the account's first line of any training job.
      if (meaning !== 'absent') {
        tell(describeTrouble(error));
        if (meaning === 'denied' || meaning === 'invalid') return;
        waitMs = Math.min(waitMs * 2, INTERVAL_MAX_MS);
      }
    }
    if (isFinal) {
      finalReadings += 1;
      if (finalReadings === FINAL_READINGS_MAX || (count === 0 && finalReadings > 1)) return;
    }
    await pauseFor(isFinal ? FINAL_PAUSE_MS : waitMs);
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

function tellOnce(onTrouble: ((trouble: string) => void) | undefined): (trouble: string) => void {
  const told = new Set<string>();
  return (trouble) => {
    if (told.has(trouble)) return;
    told.add(trouble);
    onTrouble?.(trouble);
  };
}

function describeTrouble(error: unknown): string {
  const { code, message } = readTrouble(error);
  return `the log cannot be read: ${code}: ${message}`;
}

function toLine({ stream, timestamp, message }: LogEvent, trainingJobName: string): LogLine {
  // `job/algo-1-1234567890`; the number is the time the host began.
  const host = stream.slice(trainingJobName.length + 1).replace(/-\d+$/, '');
  return { host: host === '' ? stream : host, stream, timestamp, message: stripControls(message) };
}

// Escape sequences: those with parameters (colours, cursor), those with a text (titles, links), and the short ones.
// eslint-disable-next-line no-control-regex -- control characters are what this is about
const SEQUENCES = /\u001b\[[0-?]*[ -/]*[@-~]|\u001b[\]P^_X][^\u0007\u001b]*(?:\u0007|\u001b\\)?|\u001b[ -/]*[0-~]/g;
// eslint-disable-next-line no-control-regex -- all but tab and newline
const CONTROLS = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g;

/** A log is text of a stranger: printed as it is, it could recolour, retitle or rewrite a terminal. */
export function stripControls(text: string): string {
  return text
    .replace(SEQUENCES, '')
    .replace(/\r+(?=\n|$)/g, '')
    .replace(/\r/g, '\n')
    .replace(CONTROLS, '');
}
