/**
 * The journal of all AWS calls, in the order in which they took effect. `wire/pipeline.ts` writes it, tests and checkers
 * read it at `GET /_emulator/calls`; it lives on in the emulator's folder, one line a call.
 */
import { closeSync, constants, fstatSync, openSync, readFileSync, renameSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { appendWhole, isDiskFull } from '../disk';

/** One AWS call. */
export interface JournalEntry {
  /** AWS's name of the operation. */
  operation: string;
  /** ISO 8601; when the call took effect or was refused. */
  time: string;
  /** HTTP status; 0 where a call was dropped, or answered with a success by a fault rule, before it had any effect. */
  status: number;
  /** The main name in the request: a training job, an endpoint, `bucket/key`, a log stream. */
  resource: string | null;
  /** False where the effect happened and the answer was withheld, or did not reach the caller. */
  answered: boolean;
  /** What the caller says it is, as CloudTrail tells it; absent where it says nothing. */
  userAgent?: string;
  /** Names in the request beside the main one, by AWS's member: the endpoint config of an update. */
  names?: Record<string, string>;
  /** Tags in the request, by key. */
  tags?: Record<string, string>;
}

/** Lets the fate of an answer be told after its call was recorded. */
export interface RecordedCall {
  setAnswered(answered: boolean): void;
}

export interface Journal {
  record(entry: JournalEntry): RecordedCall;
  /** Entries from the number `since` on, counted from 0 over the journal's whole life, and the number of the next. */
  read(filter: { since?: number; operation?: string }): { entries: JournalEntry[]; next: number };
  close(): void;
}

/** Calls that are remembered. */
const ENTRIES_MAX = 100_000;

type Line = [number: number, entry: JournalEntry] | [number: number, answered: boolean];

function readLines(path: string): Line[] {
  let bytes: Buffer;
  try {
    bytes = readFileSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
  // A kill may have left half a line at the end, which the next line must not be glued to.
  const wholeBytes = bytes.lastIndexOf(0x0a) + 1;
  if (wholeBytes < bytes.byteLength) truncateSync(path, wholeBytes);
  return bytes
    .toString('utf8', 0, wholeBytes)
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Line);
}

/**
 * Opens the journal in `folder` and remembers what an earlier process wrote there.
 *
 * @param linesMax lines after which the file is begun anew
 */
export function openJournal(folder: string, linesMax = ENTRIES_MAX): Journal {
  const path = join(folder, 'journal.jsonl');
  const earlier = `${path}.1`;
  const entries: JournalEntry[] = [];
  /** The number of the first entry that is still remembered. */
  let first = 0;
  let lines = 0;

  const forgetOldest = () => {
    if (entries.length <= ENTRIES_MAX) return;
    // Some at once, as each time moves all others.
    const count = entries.length - ENTRIES_MAX + ENTRIES_MAX / 10;
    entries.splice(0, count);
    first += count;
  };
  const apply = ([number, content]: Line) => {
    if (typeof content === 'boolean') {
      const entry = entries[number - first];
      if (entry !== undefined) entry.answered = content;
      return;
    }
    // After a gap, left by a disk that was full for long, what lies before it has no number any more.
    if (number !== first + entries.length) entries.length = 0;
    if (entries.length === 0) first = number;
    entries.push(content);
    forgetOldest();
  };
  for (const line of readLines(earlier)) apply(line);
  for (const line of readLines(path)) {
    apply(line);
    lines += 1;
  }

  let file = openSync(path, constants.O_RDWR | constants.O_CREAT);
  let size = fstatSync(file).size;
  /** Lines that the disk had no room for; they go before the next one. */
  const owed: Line[] = [];
  /** The new file is there before the one before is let go: where that fails, all goes on in the one before. */
  const beginAnew = () => {
    const draft = `${path}.new`;
    const begun = openSync(draft, constants.O_RDWR | constants.O_CREAT | constants.O_TRUNC);
    renameSync(path, earlier);
    renameSync(draft, path);
    closeSync(file);
    file = begun;
    size = 0;
    lines = 0;
  };
  const write = (line: Line) => {
    owed.push(line);
    try {
      if (lines >= linesMax) beginAnew();
      for (let next = owed[0]; next !== undefined; next = owed[0]) {
        size = appendWhole(file, size, `${JSON.stringify(next)}\n`);
        lines += 1;
        owed.shift();
      }
    } catch (error) {
      // The call has had its effect and is remembered: only a restart would forget it.
      if (!isDiskFull(error)) throw error;
      if (owed.length > ENTRIES_MAX) owed.length = 0;
    }
  };

  let closed = false;
  return {
    record(entry) {
      const number = first + entries.length;
      apply([number, entry]);
      if (!closed) write([number, entry]);
      return {
        setAnswered(answered) {
          if (entry.answered === answered) return;
          entry.answered = answered;
          if (!closed) write([number, answered]);
        },
      };
    },
    read({ since = 0, operation }) {
      const from = entries.slice(Math.max(0, since - first));
      const chosen = operation === undefined ? from : from.filter((entry) => entry.operation === operation);
      return { entries: chosen, next: first + entries.length };
    },
    close() {
      if (closed) return;
      closed = true;
      closeSync(file);
    },
  };
}
