/**
 * What runs say of themselves, as far as a sweep needs it: what they delivered, by the memo that they left, and what they
 * are about, by their input. Both come from Temporal as anybody may have written them.
 */
import type { RunMemo } from '../contract';
import type { Claim, NamedResource } from './sweep';

/**
 * What a run delivered, by the memo it left. A run of ours that failed or was cancelled has delivered nothing; a workflow
 * of the user's own has no such end, but each of its steps has said what it made.
 */
export function deliveredBy(memo: unknown, isOwnType: boolean): NamedResource[] {
  if (typeof memo !== 'object' || memo === null) return [];
  const { stage, ledger } = memo as Partial<RunMemo>;
  if (!Array.isArray(ledger) || (!isOwnType && stage !== 'Done')) return [];
  return ledger
    .filter(({ state }) => state === 'made' || state === 'adopted')
    .map(({ kind, name }) => ({ kind, name }));
}

/** Which endpoint and which training job a workflow of ours is about, by its input, whatever that is. */
export function aboutInput(input: unknown): Pick<Claim, 'endpointName' | 'trainingJobName'> {
  const { deploy, fit, endpointName, trainingJobName } = (input ?? {}) as Record<string, unknown>;
  const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);
  const field = (value: unknown, name: string): string | undefined =>
    typeof value === 'object' && value !== null ? text((value as Record<string, unknown>)[name]) : undefined;
  const job = text(trainingJobName) ?? field(fit, 'jobName');
  const endpoint = text(endpointName) ?? field(deploy, 'endpointName') ?? (deploy === undefined ? undefined : job);
  return {
    ...(endpoint !== undefined && { endpointName: endpoint }),
    ...(job !== undefined && { trainingJobName: job }),
  };
}
