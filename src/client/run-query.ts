/**
 * The visibility query for a listing of runs. Narrows down what the server sends as far as every visibility store can
 * tell runs apart; `list-runs.ts` checks each run again, so a condition that is left out costs time and no truth.
 */
import type { SearchAttributeName, Stage, WorkflowType } from '../contract';
import { WORKFLOW_TYPES } from '../contract';
import type { RunFilter } from './list-runs';

/** Statuses under which a run is in one of the stages of the end. */
const STATUSES_OF_THE_END: Partial<Record<Stage, readonly string[]>> = {
  Done: ['Completed'],
  Failed: ['Failed', 'Terminated', 'TimedOut'],
  Cancelled: ['Canceled'],
};

const STATUS_NAMES: Record<NonNullable<RunFilter['status']>, string> = {
  RUNNING: 'Running',
  COMPLETED: 'Completed',
  FAILED: 'Failed',
  CANCELLED: 'Canceled',
  TERMINATED: 'Terminated',
  TIMED_OUT: 'TimedOut',
};

/**
 * @param withAttributes false where the namespace does not have our search attributes
 * @see https://docs.temporal.io/list-filter
 */
export function buildRunQuery(filter: RunFilter, taskQueue: string, withAttributes: boolean): string {
  const { type, endpointName } = filter;
  // A fit has no endpoint, and a sweep is about none.
  const withEndpoint = WORKFLOW_TYPES.filter((each) => each !== 'fit' && each !== 'sweep');
  const all = endpointName === undefined ? WORKFLOW_TYPES : withEndpoint;
  const types: readonly WorkflowType[] = type === undefined ? all : [type];
  const attribute = (name: SearchAttributeName, value: string): string[] => (withAttributes ? equals(name, value) : []);
  return [
    isOneOf('WorkflowType', types),
    ...equals('TaskQueue', taskQueue),
    ...(filter.status === undefined ? [] : equals('ExecutionStatus', STATUS_NAMES[filter.status])),
    ...(filter.since === undefined ? [] : [`StartTime >= '${filter.since.toISOString()}'`]),
    // A run that says nothing in its attributes may do so in its Workflow Id, or in its memo at the end.
    ...(endpointName === undefined
      ? []
      : attribute('EndpointName', endpointName).map((condition) => `(${condition} OR EndpointName IS NULL)`)),
    ...(filter.stage === undefined ? [] : stageConditions(filter.stage, attribute)),
  ].join(' AND ');
}

function stageConditions(stage: Stage, attribute: (name: SearchAttributeName, value: string) => string[]): string[] {
  const statuses = STATUSES_OF_THE_END[stage];
  // A run that was terminated never says that it has ended: there the status tells, not the attribute.
  if (statuses) return [isOneOf('ExecutionStatus', statuses)];
  // A run that has not said anything yet is preparing.
  return [
    ...equals('ExecutionStatus', 'Running'),
    ...(stage === 'Preparing' ? [] : attribute('SageMakerStage', stage)),
  ];
}

function isOneOf(name: string, values: readonly string[]): string {
  return `${name} IN (${values.map((value) => `'${value}'`).join(', ')})`;
}

/** No condition for a value that would need escaping: servers take some of those for other values, however escaped. */
function equals(name: string, value: string): string[] {
  // eslint-disable-next-line no-control-regex -- control characters are what this is about
  return /['"\\\u0000-\u001f\u007f]/.test(value) ? [] : [`${name} = '${value}'`];
}
