/**
 * One line of a container's log as it is told: whose it is, and its text made harmless for a terminal. Comes from
 * CloudWatch by `log-streams.ts`, goes to whoever follows the log.
 */
import type { LogEvent } from './log-streams';

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

export function toLogLine({ stream, timestamp, message }: LogEvent, trainingJobName: string): LogLine {
  return { host: hostOfStream(stream, trainingJobName), stream, timestamp, message: toPlainLines(message) };
}

/** Streams are named `job/algo-1-1234567890`; the number is the time the host began. */
export function hostOfStream(stream: string, trainingJobName: string): string {
  const host = stream.slice(trainingJobName.length + 1).replace(/-\d+$/, '');
  return host === '' ? stream : host;
}

// Escape sequences: those with parameters (colours, cursor), those with a text (titles, links), and the short ones.
// eslint-disable-next-line no-control-regex -- control characters are what this is about
const SEQUENCES = /\u001b\[[0-?]*[ -/]*[@-~]|\u001b[\]P^_X][^\u0007\u001b]*(?:\u0007|\u001b\\)?|\u001b[ -/]*[0-~]/g;
// eslint-disable-next-line no-control-regex -- all but tab and newline
const CONTROLS = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g;

/**
 * Text without control sequences, in which what overwrote a line is a line of its own. A log is text of a stranger:
 * printed as it is, it could recolour, retitle or rewrite a terminal.
 */
export function toPlainLines(text: string): string {
  return text
    .replace(SEQUENCES, '')
    .replace(/\r+(?=\n|$)/g, '')
    .replace(/\r/g, '\n')
    .replace(CONTROLS, '');
}
