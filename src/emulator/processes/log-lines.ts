/**
 * Cuts a program's output into lines for CloudWatch Logs and for metrics. Output is anything at all: without line ends,
 * without end, not UTF-8; what is held back is bounded.
 */
import type { Readable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';

/** A line longer than this is told in pieces. CloudWatch's own limit for an event is 256 KiB. */
export const MAX_LINE_CHARACTERS = 32_768;

/** Hands on each chunk's lines as they arrive; the returned promise settles when the stream has ended or failed. */
export function readLines(stream: Readable, onLines: (lines: string[]) => void): Promise<void> {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  const take = (text: string, last: boolean): void => {
    const parts = (rest + text).split('\n');
    rest = last ? '' : (parts.pop() ?? '');
    const lines = parts.flatMap(cutLine);
    while (rest.length > MAX_LINE_CHARACTERS) {
      lines.push(rest.slice(0, MAX_LINE_CHARACTERS));
      rest = rest.slice(MAX_LINE_CHARACTERS);
    }
    // CloudWatch has no empty events.
    const told = lines.filter((line) => line !== '');
    if (told.length > 0) onLines(told);
  };
  return new Promise((resolve) => {
    stream.on('data', (chunk: Buffer) => {
      take(decoder.write(chunk), false);
    });
    stream.once('end', () => {
      take(decoder.end(), true);
      resolve();
    });
    // A destroyed pipe closes without an end: what was held back is told, too.
    stream.once('close', () => {
      take(decoder.end(), true);
      resolve();
    });
    stream.on('error', () => {
      resolve();
    });
  });
}

function cutLine(line: string): string[] {
  const text = line.endsWith('\r') ? line.slice(0, -1) : line;
  if (text.length <= MAX_LINE_CHARACTERS) return [text];
  const pieces: string[] = [];
  for (let start = 0; start < text.length; start += MAX_LINE_CHARACTERS) {
    pieces.push(text.slice(start, start + MAX_LINE_CHARACTERS));
  }
  return pieces;
}
