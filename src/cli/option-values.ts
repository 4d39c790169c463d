/**
 * Reads the values of options, as commander asks for it: a value and what was read before in, the new whole out.
 */
import { InvalidArgumentError } from 'commander';

const PORT_MAX = 65_535;

/** For options that may be given again. */
export function collect(value: string, before: string[]): string[] {
  return [...before, value];
}

export function readPort(value: string): number {
  const port = Number(value);
  if (!/^\d+$/.test(value) || port > PORT_MAX) throw new InvalidArgumentError(`a port is 0 to ${String(PORT_MAX)}.`);
  return port;
}

export function readCount(value: string): number {
  const count = Number(value);
  if (!/^\d+$/.test(value) || !Number.isSafeInteger(count)) throw new InvalidArgumentError('a whole number is needed.');
  return count;
}

const SECONDS_OF: Record<string, number> = { s: 1, m: 60, h: 3_600, d: 86_400 };

/** `90s`, `15m`, `2h` or `7d` back from now, or a time as ISO 8601 has it. */
export function readSince(value: string): Date {
  const seconds = readSecondsBack(value);
  return seconds === undefined ? readTime(value) : new Date(Date.now() - seconds * 1_000);
}

/** Undefined of what does not count back from now. */
export function readSecondsBack(value: string): number | undefined {
  const [, count, unit = ''] = /^(\d{1,6})([smhd])$/.exec(value) ?? [];
  return count === undefined ? undefined : Number(count) * (SECONDS_OF[unit] ?? 0);
}

export function readTime(value: string): Date {
  const time = /^\d{4}-\d\d-\d\d/.test(value) ? new Date(value) : new Date(Number.NaN);
  if (Number.isNaN(time.getTime()))
    throw new InvalidArgumentError('a time is 90s, 15m, 2h, 7d or 2026-03-01T12:00:00Z.');
  return time;
}
