/**
 * The progress of a workflow that takes several steps: each step keeps a record of its own, and the run tells them as
 * one. Comes from the steps' records; goes to the query `progress`, the current details and the memo.
 */
import type { Progress, RunMemo } from '../contract';
import { record } from './ledger';

const NOTHING: Progress = { stage: 'Preparing', ledger: [], attempts: {}, links: {}, warnings: [] };

/** What the run tells: the step that spoke last, with what all of them made, and all that they warned of. */
export function addUp(steps: readonly Progress[], latest: number): Progress {
  const told = steps[latest] ?? NOTHING;
  if (steps.length <= 1) return told;
  const { trainingJob } = told;
  // A deploy knows its training job by name; what is known of the job is told by the step that trained.
  const trained = steps.find((step) => step.trainingJob?.name === trainingJob?.name && step.trainingJob?.status);
  const job = trainingJob?.status === undefined ? (trained?.trainingJob ?? trainingJob) : trainingJob;
  return {
    ...told,
    ...(job && { trainingJob: job }),
    ledger: steps.flatMap(({ ledger }) => ledger).reduce(record, []),
    warnings: [...new Set(steps.flatMap(({ warnings }) => warnings))],
  };
}

/** The part that outlives worker and result. */
export function memoOf({ stage, trainingJob, modelData, endpoint, ledger, warnings }: Progress): RunMemo {
  return {
    stage,
    ledger,
    warnings,
    ...(trainingJob && { trainingJobName: trainingJob.name }),
    ...(modelData !== undefined && { modelData }),
    ...(endpoint && { endpointName: endpoint.name }),
  };
}
