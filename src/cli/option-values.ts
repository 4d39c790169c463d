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
