/**
 * Runs, results and ledgers in words, for people. The commands print these; programs get the same as objects.
 */
import type { RunProgress, RunStatus } from '../client';
import { WORKFLOW_TYPES, type LedgerEntry, type SweepResult } from '../contract';
import { describeSweep } from './describe-sweep';
import { duration } from './live-block';

/** What a finished run is worth to a script: the one line on stdout. */
export function describeResult(workflowType: string, result: unknown): string {
  const { endpointName, modelData } = fieldsOf(result);
  if (workflowType === 'sweep') return describeSweep(result as SweepResult);
  const text = workflowType === 'fit' ? modelData : endpointName;
  return typeof text === 'string' && isOurs(workflowType) ? text : JSON.stringify(result ?? null);
}

/** The same for programs: the fields of our results, and any other workflow's result as it is. */
export function resultFields(workflowType: string, result: unknown): object {
  return isOurs(workflowType) ? { workflowType, ...fieldsOf(result) } : { workflowType, result: result ?? null };
}

/** What is good to know beside the result, as the SageMaker SDK says it. */
export function describeUse(result: unknown): string[] {
  const { trainingTimeSeconds, billableTimeSeconds, outcome } = fieldsOf(result);
  const { kind, by, secondaryStatus } = fieldsOf(outcome);
  return [
    ...(kind === 'stopped' && typeof by === 'string'
      ? [`Not completed: the job was stopped (${[by, secondaryStatus].join(', ')}); the model is what it had left`]
      : []),
    ...(typeof trainingTimeSeconds === 'number' ? [`Training seconds: ${String(trainingTimeSeconds)}`] : []),
    ...(typeof billableTimeSeconds === 'number' ? [`Billable seconds: ${String(billableTimeSeconds)}`] : []),
  ];
}

/** True of the workflow types of this package: only of those are the results' fields known. */
export function isOurs(workflowType: string): boolean {
  return (WORKFLOW_TYPES as readonly string[]).includes(workflowType);
}

function fieldsOf(result: unknown): Record<string, unknown> {
  return typeof result === 'object' && result !== null ? (result as Record<string, unknown>) : {};
}

export function describeStatus(status: RunStatus, progress: RunProgress, nowMs: number): string {
  const took = duration(
    (status.closeTime === undefined ? nowMs : Date.parse(status.closeTime)) - Date.parse(status.startTime),
  );
  const { trainingJob: job, endpoint, failure } = progress;
  const words = (parts: (string | undefined)[]): string =>
    [...new Set(parts.filter((part) => part !== undefined))].join(' · ');
  return [
    `${status.workflowId}  ${progress.stage}  ${took}  (${status.workflowType}, ${status.status} in Temporal)`,
    ...(progress.notice === undefined ? [] : [`  note          ${progress.notice}`]),
    ...(job ? [`  training job  ${words([job.name, job.status, job.secondaryStatus])}`] : []),
    ...(progress.modelData === undefined ? [] : [`  model data    ${progress.modelData}`]),
    ...(endpoint ? [`  endpoint      ${words([endpoint.name, endpoint.status])}`] : []),
    ...(failure ? [`  failure       ${failure.code}: ${failure.message}`] : []),
    ...progress.warnings.map((warning) => `  warning       ${warning}`),
    ...describeLedger(progress.ledger).map((line) => `  ${line}`),
    ...Object.entries(progress.links).map(([name, url]) => `  ${name}: ${url}`),
  ].join('\n');
}

/** One line for each resource. */
export function describeLedger(ledger: LedgerEntry[]): string[] {
  return ledger.map(
    ({ kind, name, state, reason }) =>
      `${state.padEnd(8)} ${kind} ${name}${reason === undefined ? '' : ` (${reason})`}`,
  );
}
