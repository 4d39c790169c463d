/**
 * A listing of runs as a table for people and as objects for programs. Comes from the client's `listRuns`; the command
 * `status` prints it.
 */
import Table from 'cli-table3';
import type { RunStatus } from '../client';
import { duration, dropControlCharacters } from './live-block';

/** Columns apart by blanks alone, so that a table can be read by eyes and by `awk` alike. */
const NO_LINES = {
  ...{ top: '', 'top-mid': '', 'top-left': '', 'top-right': '' },
  ...{ bottom: '', 'bottom-mid': '', 'bottom-left': '', 'bottom-right': '' },
  ...{ left: '', 'left-mid': '', mid: '', 'mid-mid': '', right: '', 'right-mid': '', middle: '  ' },
};

export function describeRuns(runs: readonly RunStatus[], nowMs: number): string {
  if (runs.length === 0) return '';
  const table = new Table({
    head: ['RUN', 'TYPE', 'STAGE', 'STARTED', 'TOOK'],
    chars: NO_LINES,
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 },
  });
  for (const run of runs) {
    const endedAtMs = run.closeTime === undefined ? nowMs : Date.parse(run.closeTime);
    const took = duration(endedAtMs - Date.parse(run.startTime));
    const cells = [run.workflowId, run.workflowType, describeStage(run), localTime(run.startTime), took];
    table.push(cells.map((cell) => dropControlCharacters(cell).replace(/\s+/g, ' ')));
  }
  return table
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n');
}

/** What programs get of each run. */
export function runFields(run: RunStatus): object {
  const { workflowId, firstRunId: runId, workflowType, stage, status: temporalStatus, closed } = run;
  const { startTime, closeTime, trainingJobName, endpointName } = run;
  return {
    ...{ workflowId, runId, workflowType, stage, temporalStatus, closed, startTime },
    ...(closeTime !== undefined && { closeTime }),
    ...(trainingJobName !== undefined && { trainingJobName }),
    ...(endpointName !== undefined && { endpointName }),
  };
}

/** The stage, and Temporal's own word where a run was ended from outside. */
function describeStage({ stage, status }: RunStatus): string {
  return status === 'TERMINATED' || status === 'TIMED_OUT' ? `${stage} (${status} in Temporal)` : stage;
}

/** `2026-03-01 12:00:00` in the local zone. */
function localTime(iso: string): string {
  return new Date(iso).toLocaleString('sv-SE');
}
