/**
 * Is the run that exists the one that was asked for? Its hash stands in the memo, its input in the first event of its
 * history; both are compared with the input at hand. `start.ts` attaches or refuses by the answer.
 */
import { createHash } from 'node:crypto';
import type { Payload } from '@temporalio/common';
import { canonicalJson } from '../domain/canonical-json';
import type { Session } from './session';

const DIFFERENCES_MAX = 50;
const READ_TIMEOUT_MS = 10_000;

/** Hexadecimal SHA-256. */
export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** What the starter leaves in the memo, so that a second start can tell whether it means the same. */
export function hashInput(input: unknown): string {
  return sha256(canonicalJson(input));
}

/** The workflow's input as it stands in the first event of its history. */
export async function readInput({ client }: Session, workflowId: string, runId: string): Promise<unknown> {
  const { namespace, loadedDataConverter } = client.options;
  const response = await client.withDeadline(Date.now() + READ_TIMEOUT_MS, () =>
    client.workflowService.getWorkflowExecutionHistory({
      namespace,
      execution: { workflowId, runId },
      maximumPageSize: 1,
      skipArchival: true,
    }),
  );
  const started = response.history?.events?.[0]?.workflowExecutionStartedEventAttributes;
  let payloads: Payload[] = started?.input?.payloads ?? [];
  for (const codec of [...loadedDataConverter.payloadCodecs].reverse()) payloads = await codec.decode(payloads);
  const [first] = payloads;
  return first ? loadedDataConverter.payloadConverter.fromPayload(first) : undefined;
}

/**
 * The fields in which two inputs differ, by their paths. Never the values: any of them may be secret.
 *
 * @param present what the run that exists was started with
 * @param wanted what was asked for now
 */
export function findDifferences(present: unknown, wanted: unknown): string[] {
  const found = [...compare(present, wanted, '')];
  const rest = found.length - DIFFERENCES_MAX;
  return rest > 0 ? [...found.slice(0, DIFFERENCES_MAX), `and ${String(rest)} more`] : found;
}

function* compare(present: unknown, wanted: unknown, path: string): Generator<string> {
  if (canonicalJson(present ?? null) === canonicalJson(wanted ?? null)) return;
  const name = path === '' ? 'the input' : path;
  if (present === undefined) yield `${name} is not in the run that exists`;
  else if (wanted === undefined) yield `${name} is in the run that exists alone`;
  else if (isObject(present) && isObject(wanted) && Array.isArray(present) === Array.isArray(wanted)) {
    const keys = new Set([...Object.keys(present), ...Object.keys(wanted)]);
    for (const key of [...keys].sort()) {
      const at = Array.isArray(present) ? `${path}[${key}]` : `${path === '' ? '' : `${path}.`}${key}`;
      yield* compare(present[key], wanted[key], at);
    }
  } else yield `${name} differs`;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
