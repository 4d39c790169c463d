/**
 * What is wrong with one value of a request, in AWS's words, and how values are shown in them. The two walkers make
 * violations; `index.ts` hands them out.
 */
import type { Shape } from './model';

export type ViolationKind = 'type' | 'required' | 'length' | 'pattern' | 'enum' | 'range' | 'map' | 'list';

export interface Violation {
  /** Where, as AWS writes paths: `inputDataConfig.1.member.channelName`. Empty for the request itself. */
  path: string;
  kind: ViolationKind;
  /** What was asked of the value: `Member must not be null`. */
  constraint: string;
  /** The value as AWS would print it; absent where the model calls it sensitive. */
  value?: string;
  /** The whole part of AWS's message. */
  message: string;
}

/** Longest value that a message repeats, in characters. */
const SHOWN_LENGTH_MAX = 1024;

/** Maps whose values people fill with secrets although the model does not call them sensitive: only keys are shown. */
const KEYS_ONLY = new Set(['HyperParameters', 'TrainingEnvironmentMap', 'EnvironmentMap']);

/** Prints a value as Java does, which AWS's messages are made with. */
function printValue(value: unknown, shapeName: string): string {
  if (Array.isArray(value)) return `[${value.map((item) => printValue(item, '')).join(', ')}]`;
  if (value instanceof Uint8Array) return `${String(value.byteLength)} bytes`;
  if (typeof value === 'object' && value !== null) {
    const hidden = KEYS_ONLY.has(shapeName);
    return `{${Object.entries(value)
      .map(([key, item]) => `${key}=${hidden ? '***' : printValue(item, '')}`)
      .join(', ')}}`;
  }
  return String(value);
}

/** Makes the violation of one constraint by one value. */
export function violationOf(
  kind: ViolationKind,
  path: string,
  constraint: string,
  about: { value?: unknown; shape?: Shape; shapeName?: string } = {},
): Violation {
  const suffix = ` at '${path}' failed to satisfy constraint: ${constraint}`;
  if (about.value === undefined || about.value === null) {
    return { path, kind, constraint, message: `Value null${suffix}` };
  }
  if (about.shape?.sensitive === true) return { path, kind, constraint, message: `Value${suffix}` };
  const printed = printValue(about.value, about.shapeName ?? '');
  const value = printed.length > SHOWN_LENGTH_MAX ? `${printed.slice(0, SHOWN_LENGTH_MAX)}...` : printed;
  return { path, kind, constraint, value, message: `Value '${value}'${suffix}` };
}

/** AWS writes member names in paths with a small first letter. */
export function memberPath(path: string, member: string): string {
  const name = member.slice(0, 1).toLowerCase() + member.slice(1);
  return path === '' ? name : `${path}.${name}`;
}

/** Items of a list are counted from 1. */
export function itemPath(path: string, index: number): string {
  return `${path}.${String(index + 1)}.member`;
}
