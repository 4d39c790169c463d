/**
 * How answers of CloudWatch Logs are cut into pages: tokens that name a place in a stream, opaque tokens for lists, and
 * the size limit of a page of events. Used by both handler files.
 */
import { AwsError } from '../world';
import { isPlace, type LogFile, type LogEvent } from './log-file';

export const MAX_PAGE_EVENTS = 10_000;
const MAX_PAGE_BYTES = 1024 ** 2;
/** What CloudWatch counts for an event beside its text. */
const EVENT_OVERHEAD_BYTES = 26;

/** Counts events into one page; always takes at least one. */
export class PageRoom {
  private bytes = 0;
  private events = 0;

  constructor(private readonly limit = MAX_PAGE_EVENTS) {}

  /** False, and nothing counted, where the event does not fit any more. */
  take(event: LogEvent): boolean {
    const bytes = Buffer.byteLength(event.message) + EVENT_OVERHEAD_BYTES;
    if (this.events > 0 && (this.events >= this.limit || this.bytes + bytes > MAX_PAGE_BYTES)) return false;
    this.events += 1;
    this.bytes += bytes;
    return true;
  }
}

export interface StreamToken {
  direction: 'f' | 'b';
  offset: number;
}

/** As long as CloudWatch's own, so that nothing that fits ours breaks on theirs. */
export function writeStreamToken({ direction, offset }: StreamToken): string {
  return `${direction}/${String(offset).padStart(56, '0')}/s`;
}

/** @throws AwsError `InvalidParameterException` for a token that names no place in this stream. */
export function readStreamToken(token: string, file: LogFile): StreamToken {
  const [, direction, digits] = /^([fb])\/(\d{56})\/s$/.exec(token) ?? [];
  const offset = Number(digits);
  if (direction === undefined || !isPlace(file, offset)) throw invalidToken();
  return { direction: direction === 'f' ? 'f' : 'b', offset };
}

/** A token of a list: what the next page begins after. */
export function writeListToken(after: unknown): string {
  return Buffer.from(JSON.stringify(after)).toString('base64url');
}

/** @throws AwsError `InvalidParameterException` for what `writeListToken` did not make. */
export function readListToken<T>(token: string, isWanted: (value: unknown) => value is T): T {
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(token, 'base64url').toString());
  } catch {
    throw invalidToken();
  }
  if (!isWanted(value)) throw invalidToken();
  return value;
}

export function invalidParameter(message: string): AwsError {
  return new AwsError('InvalidParameterException', message);
}

function invalidToken(): AwsError {
  return invalidParameter('The specified nextToken is invalid.');
}
