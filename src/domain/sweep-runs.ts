/**
 * What runs say of themselves, as far as a sweep needs it: what they delivered, by the memo that they left, and what they
 * are about, by their input. Both come from Temporal as anybody may have written them.
 */
import { RESOURCE_KINDS, type ResourceKind } from '../contract';
import type { Claim, NamedResource } from './sweep';

/**
 * What a run delivered, by the memo it left. A run of ours that failed or was cancelled has delivered nothing; a workflow
 * of the user's own has no such end, but each of its steps has said what it made.
 */
export function deliveredBy(memo: unknown, isOwnType: boolean): NamedResource[] {
  const { stage, ledger } = fieldsOf(memo);
  if (!Array.isArray(ledger) || (!isOwnType && stage !== 'Done')) return [];
  return ledger.flatMap((entry) => {
    const { kind, name, state } = fieldsOf(entry);
    const isDelivered = state === 'made' || state === 'adopted';
    return isDelivered && isKind(kind) && typeof name === 'string' ? [{ kind, name }] : [];
  });
}

const isKind = (kind: unknown): kind is ResourceKind => (RESOURCE_KINDS as readonly unknown[]).includes(kind);

/** Of anything: what is no object has none. */
function fieldsOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

/** Which endpoint and which training job a run is about, by the memo it left. */
export function aboutMemo(memo: unknown): Pick<Claim, 'endpointName' | 'trainingJobName'> {
  const { endpointName, trainingJobName } = fieldsOf(memo);
  return tell(text(endpointName), text(trainingJobName));
}

/** Which endpoint and which training job a workflow of ours is about, by its input, whatever that is. */
export function aboutInput(input: unknown): Pick<Claim, 'endpointName' | 'trainingJobName'> {
  const { deploy, fit, endpointName, trainingJobName } = fieldsOf(input);
  const job = text(trainingJobName) ?? text(fieldsOf(fit).jobName);
  const endpoint =
    text(endpointName) ?? text(fieldsOf(deploy).endpointName) ?? (deploy === undefined ? undefined : job);
  return tell(endpoint, job);
}

function tell(
  endpointName: string | undefined,
  trainingJobName: string | undefined,
): Pick<Claim, 'endpointName' | 'trainingJobName'> {
  return {
    ...(endpointName !== undefined && { endpointName }),
    ...(trainingJobName !== undefined && { trainingJobName }),
  };
}
