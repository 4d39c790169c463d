/**
 * The log of a training job as `logs` prints it: all of it or its end, once or going on until the job has ended. Lines
 * come from the client's reader; whose job it is and when it ends is told by a {@link LogSource}.
 */
import type { LogLine, TailOptions } from '../client';
import type { FailureCode } from '../contract';
import { readLogLine } from './log-events';
import type { Output } from './output';
import type { ClientModule } from './with-session';

type OnTrouble = NonNullable<TailOptions['onTrouble']>;

export interface LogSource {
  trainingJobName: string;
  region?: string;
  /** Has the lines told until the job has ended and the last ones have come. */
  follow(onLine: (line: LogLine) => void, onTrouble: OnTrouble): Promise<void>;
}

export interface LogChoice {
  follow?: true;
  since?: Date;
  /** Lines. */
  tail?: number;
}

/** What was printed, and what was in the way. */
export interface PrintedLog {
  lineCount: number;
  troubles: string[];
  /** Why the log could not be read, where it could not. */
  unread?: { trouble: string; code: FailureCode };
}

export async function printLog(
  source: LogSource,
  choice: LogChoice,
  { client, output, signal }: { client: ClientModule; output: Output; signal: AbortSignal },
): Promise<PrintedLog> {
  const printed: PrintedLog = { lineCount: 0, troubles: [] };
  const onTrouble: OnTrouble = (trouble, code) => {
    if (printed.troubles.includes(trouble)) return;
    printed.troubles.push(trouble);
    if (code !== undefined) printed.unread ??= { trouble, code };
    output.emit({ type: 'warning', message: trouble });
  };
  const print = (line: LogLine): void => {
    for (const event of readLogLine(line)) {
      output.printLog(event);
      printed.lineCount += 1;
    }
  };
  const isWanted = ({ timestamp }: LogLine): boolean =>
    choice.since === undefined || timestamp >= choice.since.getTime();

  /** How many lines of each stream have been read: streams only grow. */
  const read = new Map<string, number>();
  if (choice.tail !== undefined || choice.follow === undefined) {
    let last: LogLine[] = [];
    await client.tailTrainingLogs({
      trainingJobName: source.trainingJobName,
      // What is there now is all that is asked for.
      until: () => true,
      onLine(line) {
        read.set(line.stream, (read.get(line.stream) ?? 0) + 1);
        if (!isWanted(line)) return;
        if (choice.tail === undefined) print(line);
        else last = keepLast(last, line, choice.tail);
      },
      onTrouble: (trouble, code) => {
        // Of a job that is followed, the log may yet begin.
        if (choice.follow === undefined) onTrouble(trouble, code);
      },
      signal,
      ...(source.region !== undefined && { region: source.region }),
    });
    signal.throwIfAborted();
    last.slice(choice.tail === undefined ? 0 : -choice.tail).forEach(print);
  }
  if (choice.follow) {
    await source.follow((line) => {
      const known = read.get(line.stream) ?? 0;
      if (known > 0) read.set(line.stream, known - 1);
      else if (isWanted(line)) print(line);
    }, onTrouble);
  }
  return printed;
}

/** At least the last lines, and never many more: shortened only now and then, since that copies them. */
function keepLast(lines: LogLine[], line: LogLine, count: number): LogLine[] {
  if (count === 0) return lines;
  lines.push(line);
  return lines.length > 2 * count + 100 ? lines.slice(-count) : lines;
}
