/**
 * The file of one log stream: a line that names the stream, then a line of JSON for each event, only ever appended to.
 * Readers walk it forwards or backwards in blocks, so that a log of any length costs a few blocks of memory. Places in
 * it are byte offsets of line starts. The log store owns the files; the handlers read through here.
 */
import { closeSync, fstatSync, openSync, readSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { appendWhole, isDiskFull } from '../disk';

const BLOCK_BYTES = 64 * 1024;
/** Longer messages become several events. At worst each character is six in JSON. */
const MAX_MESSAGE_CHARS = 256 * 1024;
const MAX_LINE_BYTES = 8 * MAX_MESSAGE_CHARS;
const NEWLINE = 0x0a;

export interface LogEvent {
  timestamp: number;
  ingestionTime: number;
  message: string;
}

/** An event, and the bytes it lies between. */
export interface PlacedEvent extends LogEvent {
  start: number;
  end: number;
}

/** What is known of a stream without reading its events. */
export interface LogFile {
  stream: string;
  createdAt: number;
  path: string;
  /** Where the first event begins. */
  head: number;
  /** Where the next event will begin; what lies before it is whole. */
  size: number;
  firstEventAt?: number;
  lastEventAt?: number;
  lastIngestionAt?: number;
}

export function createLogFile(path: string, stream: string, createdAt: number): LogFile {
  const header = `${JSON.stringify({ stream, createdAt })}\n`;
  try {
    writeFileSync(path, header, { flag: 'wx' });
  } catch (error) {
    // Half a first line would keep the name for ever; what was there before is somebody's.
    if (isDiskFull(error)) rmSync(path, { force: true });
    throw error;
  }
  const head = Buffer.byteLength(header);
  return { stream, createdAt, path, head, size: head };
}

/** Undefined where a kill came before the first line was whole. A half-written last line is cut off. */
export function loadLogFile(path: string): LogFile | undefined {
  const size = cutTornLine(path);
  const first = nextLine(path, 0, size);
  if (!first) return undefined;
  const { stream, createdAt } = JSON.parse(first.text) as { stream: string; createdAt: number };
  const file: LogFile = { stream, createdAt, path, head: first.end, size };
  const [oldest] = readForward(file, file.head);
  const [newest] = readBackward(file, size);
  if (oldest && newest) {
    file.firstEventAt = oldest.timestamp;
    file.lastEventAt = newest.timestamp;
    file.lastIngestionAt = newest.ingestionTime;
  }
  return file;
}

/** Events of no text are left out: CloudWatch takes none. */
export function appendEvents(
  file: LogFile,
  events: readonly { timestamp: number; message: string }[],
  ingestionTime: number,
): void {
  const pieces = events.flatMap(({ timestamp, message }) =>
    splitMessage(message).map((piece) => ({ timestamp, piece })),
  );
  const [first] = pieces;
  const last = pieces.at(-1);
  if (!first || !last) return;
  const lines = pieces.map(({ timestamp, piece }) => `${JSON.stringify([timestamp, ingestionTime, piece])}\n`).join('');
  const descriptor = openSync(file.path, 'r+');
  try {
    file.size = appendWhole(descriptor, file.size, lines);
  } finally {
    closeSync(descriptor);
  }
  file.firstEventAt ??= first.timestamp;
  file.lastEventAt = last.timestamp;
  file.lastIngestionAt = ingestionTime;
}

/** The events that begin at or after `from`, a place in the file, oldest first. */
export function* readForward(file: LogFile, from: number, blockBytes = BLOCK_BYTES): Generator<PlacedEvent, undefined> {
  const size = file.size;
  let block = Buffer.alloc(0);
  let blockAt = from;
  for (let at = from; at < size;) {
    let newline = block.indexOf(NEWLINE, at - blockAt);
    for (let bytes = blockBytes; newline < 0; bytes *= 2) {
      block = readBlock(file.path, at, Math.min(bytes, size - at));
      blockAt = at;
      newline = block.indexOf(NEWLINE);
      if (newline < 0 && bytes > MAX_LINE_BYTES) throw brokenFile(file.path, at);
    }
    const end = blockAt + newline + 1;
    yield placedEvent(file.path, block.toString('utf8', at - blockAt, newline), at, end);
    at = end;
  }
}

/** The events that end at or before `before`, a place in the file, newest first. */
export function* readBackward(file: LogFile, before: number): Generator<PlacedEvent, undefined> {
  let block = Buffer.alloc(0);
  let blockAt = before;
  for (let end = before; end > file.head;) {
    // The newline that ends the event before this one; where there is none, the events' head.
    let newline = end - 2 >= blockAt ? block.lastIndexOf(NEWLINE, end - 2 - blockAt) : -1;
    for (let bytes = BLOCK_BYTES; newline < 0 && blockAt > file.head; bytes *= 2) {
      if (bytes > 4 * MAX_LINE_BYTES) throw brokenFile(file.path, end);
      blockAt = Math.max(file.head, end - bytes);
      block = readBlock(file.path, blockAt, end - blockAt);
      newline = end - 2 >= blockAt ? block.lastIndexOf(NEWLINE, end - 2 - blockAt) : -1;
    }
    const start = newline < 0 ? file.head : blockAt + newline + 1;
    yield placedEvent(file.path, block.toString('utf8', start - blockAt, end - 1 - blockAt), start, end);
    end = start;
  }
}

/** True where an event begins at `offset`, or the next one will. */
export function isPlace(file: LogFile, offset: number): boolean {
  if (!Number.isSafeInteger(offset) || offset < file.head || offset > file.size) return false;
  return readBlock(file.path, offset - 1, 1)[0] === NEWLINE;
}

function placedEvent(path: string, line: string, start: number, end: number): PlacedEvent {
  try {
    const [timestamp, ingestionTime, message] = JSON.parse(line) as [number, number, string];
    return { timestamp, ingestionTime, message, start, end };
  } catch (error) {
    throw brokenFile(path, start, error);
  }
}

function brokenFile(path: string, at: number, cause?: unknown): Error {
  return new Error(
    `The emulator's log file ${path} holds no event at byte ${String(at)}; delete the emulator's folder to begin anew.`,
    { cause },
  );
}

function nextLine(path: string, from: number, size: number): { text: string; end: number } | undefined {
  const block = readBlock(path, from, Math.min(BLOCK_BYTES, size - from));
  const newline = block.indexOf(NEWLINE);
  return newline < 0 ? undefined : { text: block.toString('utf8', 0, newline), end: from + newline + 1 };
}

/** The file's size, once all behind its last newline is gone. */
function cutTornLine(path: string): number {
  const size = sizeOf(path);
  for (let end = size; end > 0;) {
    const start = Math.max(0, end - BLOCK_BYTES);
    const newline = readBlock(path, start, end - start).lastIndexOf(NEWLINE);
    if (newline >= 0) {
      const whole = start + newline + 1;
      if (whole < size) truncateSync(path, whole);
      return whole;
    }
    end = start;
  }
  return 0;
}

function sizeOf(path: string): number {
  const descriptor = openSync(path, 'r');
  try {
    return fstatSync(descriptor).size;
  } finally {
    closeSync(descriptor);
  }
}

function readBlock(path: string, at: number, bytes: number): Buffer<ArrayBuffer> {
  const block = Buffer.alloc(bytes);
  const descriptor = openSync(path, 'r');
  try {
    return block.subarray(0, readSync(descriptor, block, 0, bytes, at));
  } finally {
    closeSync(descriptor);
  }
}

function splitMessage(message: string): string[] {
  const pieces: string[] = [];
  for (let at = 0; at < message.length;) {
    let end = at + MAX_MESSAGE_CHARS;
    const unit = message.charCodeAt(end - 1);
    if (unit >= 0xd800 && unit <= 0xdbff) end -= 1; // never through the middle of a character
    pieces.push(message.slice(at, end));
    at = end;
  }
  return pieces;
}
