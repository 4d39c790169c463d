/**
 * Runs, results and ledgers in words, for people. The commands print these; programs get the same as objects.
 */
import type { RunProgress, RunStatus } from '../client';
import type { LedgerEntry } from '../contract';
import { duration } from './live-block';

/** What a finished run is worth to a script: the one line on stdout. */
export function describeResult(workflowType: string, result: Record<string, unknown>): string {
  const { endpointName, modelData } = result;
  const text = workflowType === 'fit' ? modelData : endpointName;
  return typeof text === 'string' ? text : JSON.stringify(result);
}

/** What is good to know beside the result, as the SageMaker SDK says it. */
export function describeUse(result: Record<string, unknown>): string[] {
  const { trainingTimeSeconds, billableTimeSeconds } = result;
  return [
    ...(typeof trainingTimeSeconds === 'number' ? [`Training seconds: ${String(trainingTimeSeconds)}`] : []),
    ...(typeof billableTimeSeconds === 'number' ? [`Billable seconds: ${String(billableTimeSeconds)}`] : []),
  ];
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
