/**
 * When to read a log and when to stop: reading after reading until the job has ended and nothing is on its way. What one
 * reading is stands in `log-streams.ts`; who wants the lines, in `logs.ts`.
 */
import type { FailureCode } from '../contract';
import { readTrouble } from '../domain/aws-errors';
import { failureCodeOf } from './aws-errors';
import type { LogEvent, LogGroupReader } from './log-streams';

const PAUSE_MAX_MS = 60_000;
/** CloudWatch answers some ten GetLogEvents a second for a whole account: more streams than these are read less often. */
const STREAMS_PER_INTERVAL = 20;
/** New streams begin with new hosts and, where every host has one, with an interruption alone. */
const LIST_EVERY_READINGS = 10;
const LIST_SELDOM_EVERY_READINGS = 30;
/** After the end: how often, and how long apart, lines that are still on their way are looked for. */
const FINAL_READINGS_MAX = 5;
const FINAL_PAUSE_MS = 1_000;
/** After the end, or after the last line since: so long without a line, and the rest is not waited for. */
const FINAL_SILENCE_MAX_MS = 5 * 60_000;

export interface Following {
  intervalMs: number;
  hasAllHosts: (streams: string[]) => boolean;
  ended: () => boolean;
  onEvent: (event: LogEvent) => void;
  /** Resolves early at the job's end and on abort. */
  pauseFor: (ms: number) => Promise<void>;
  isAborted: () => boolean;
  /** A clock that is never set back. */
  nowMs: () => number;
  tell: (trouble: string, code?: FailureCode) => void;
}

export async function followLogGroup(reader: LogGroupReader, following: Following): Promise<void> {
  const { intervalMs, hasAllHosts, ended, onEvent, pauseFor, isAborted, nowMs, tell } = following;
  let streams: string[] = [];
  let troublesInARow = 0;
  let hasListedAtEnd = false;
  /** Readings after the end: those that were tried, but for interrupted ones that came on, and those that were whole. */
  const final = { tried: 0, whole: 0 };
  /** When there was last a reason to wait for a line. */
  let lastSignMs = nowMs();
  const tellEvent = (event: LogEvent): void => {
    lastSignMs = nowMs();
    onEvent(event);
  };
  for (let readings = 0; final.tried < FINAL_READINGS_MAX; readings += 1) {
    const isFinal = ended();
    if (!isFinal) lastSignMs = nowMs();
    if (nowMs() - lastSignMs > FINAL_SILENCE_MAX_MS) {
      final.whole = 0;
      break;
    }
    const pagesBefore = reader.pageCount;
    let lineCount: number | undefined;
    let hasComeOn = false;
    try {
      const isSettled = hasAllHosts(streams) && (!isFinal || hasListedAtEnd);
      const every = isSettled ? LIST_SELDOM_EVERY_READINGS : isFinal ? 1 : LIST_EVERY_READINGS;
      if (streams.length === 0 || readings % every === 0) {
        streams = await reader.findStreams();
        hasListedAtEnd = isFinal;
      }
      const reading = await reader.read(tellEvent);
      if (reading.isAtEnd) ({ lineCount } = reading);
      troublesInARow = 0;
    } catch (error) {
      if (isAborted()) return;
      const { meaning } = readTrouble(error);
      // The group begins with the account's first line of any training job.
      if (meaning === 'absent') lineCount = 0;
      else {
        tell(...describeLogTrouble(error));
        if (meaning === 'denied' || meaning === 'invalid') return;
        // AWS answers for a part of the streams: then the rest is asked for at a steady pace.
        hasComeOn = reader.pageCount > pagesBefore;
        troublesInARow = hasComeOn ? 1 : troublesInARow + 1;
      }
    }
    if (isFinal) {
      if (!hasComeOn) final.tried += 1;
      if (lineCount !== undefined) final.whole += 1;
      // The first one may have come before the last lines.
      if (final.whole > 1 && lineCount === 0) break;
    }
    const pauseMs = isFinal ? FINAL_PAUSE_MS : intervalMs * Math.max(1, streams.length / STREAMS_PER_INTERVAL);
    if (final.tried < FINAL_READINGS_MAX) await pauseFor(Math.min(pauseMs * 2 ** troublesInARow, PAUSE_MAX_MS));
    if (isAborted()) return;
  }
  if (final.whole < 2) tell('the end of the log may be missing');
  else if (streams.length === 0) tell('there is no log: CloudWatch had no stream of it when the job had ended');
}

export function describeLogTrouble(error: unknown): [trouble: string, code: FailureCode] {
  const { meaning, code, message } = readTrouble(error);
  const fix =
    meaning === 'denied'
      ? '; the training is not affected; allow logs:DescribeLogStreams and logs:GetLogEvents to the credentials of this process'
      : '';
  return [`the log cannot be read: ${code}: ${message}${fix}`, failureCodeOf(meaning, 'AwsUnreachable')];
}
