/**
 * What a step knows of itself: stage, statuses, ledger. It writes here as it goes; all steps of the run together answer
 * the query `progress` and keep the current details, the search attributes and, before every end, the memo.
 */
import { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common';
import { defineQuery, setCurrentDetails, setHandler, upsertMemo, upsertSearchAttributes } from '@temporalio/workflow';
import {
  MEMO,
  PROGRESS_QUERY,
  type LedgerEntry,
  type Progress,
  type ResourceKind,
  type SearchAttributeName,
  type Stage,
  type SweepCounts,
} from '../contract';
import { consoleLinks, describeProgress } from '../domain/details';
import type { EndpointObservation } from '../domain/endpoint-status';
import { findOddEndpointAnswer, findOddJobAnswer, isEarlierJobStatus } from '../domain/known-statuses';
import { closeWithoutResult, findEntry, forget, record } from '../domain/ledger';
import { mergeSamples } from '../domain/metrics';
import type { Plan, RunPlan } from '../domain/plan';
import { addUp, memoOf } from '../domain/progress';
import { mergeTransitions, type TrainingJobChange } from '../domain/training-status';

export interface RunRecord {
  readonly progress: Readonly<Progress>;
  /** The plan is made: names are known from here on. */
  planned(plan: Plan): void;
  enter(stage: Stage): void;
  note(entry: LedgerEntry): void;
  forget(kind: ResourceKind, name: string): void;
  entry(kind: ResourceKind, name: string): LedgerEntry | undefined;
  warn(warnings: string[]): void;
  countAttempt(step: string): void;
  sawTrainingJob(change: TrainingJobChange): void;
  /** The model data is there: from here on a failure carries it. */
  hasModelData(modelData: string): void;
  sawEndpoint(endpoint: EndpointObservation): void;
  /** How far a sweep has come. */
  counted(sweep: SweepCounts): void;
  /** Closes the record; without a result, what was made and not deleted is listed as left. */
  close(stage: 'Done' | 'Failed' | 'Cancelled', failure?: Progress['failure']): void;
}

/** The steps of this workflow, one for a workflow of ours and as many as it calls for a user's own. */
const steps: Progress[] = [];
/** Which of them spoke last. */
let latest = 0;

const tellWhole = (): Progress => addUp(steps, latest);

/** @param isWholeRun false for a step within a workflow of the user's own, which goes on after it */
export function openRunRecord(isWholeRun: boolean): RunRecord {
  let progress: Progress = { stage: 'Preparing', ledger: [], attempts: {}, links: {}, warnings: [] };
  let run: RunPlan | undefined;
  const ordinal = steps.push(progress) - 1;
  latest = ordinal;
  setHandler(defineQuery<Progress>(PROGRESS_QUERY), tellWhole, {
    description: 'Where the run stands: stage, statuses, metrics, names, ledger, links',
  });

  function change(further: Partial<Progress>): void {
    progress = { ...progress, ...further };
    steps[ordinal] = progress;
    latest = ordinal;
    setCurrentDetails(describeProgress(tellWhole()));
  }

  function setSearchAttributes(values: Partial<Record<SearchAttributeName, string>>): void {
    const known = Object.entries(values).filter(([name]) =>
      run?.searchAttributes.includes(name as SearchAttributeName),
    );
    if (known.length === 0) return;
    upsertSearchAttributes(
      known.map(([name, value]) => ({ key: defineSearchAttributeKey(name, SearchAttributeType.KEYWORD), value })),
    );
  }

  function warn(warnings: string[]): void {
    const further = warnings.filter((warning) => !progress.warnings.includes(warning));
    if (further.length > 0) change({ warnings: [...progress.warnings, ...further] });
  }

  return {
    get progress() {
      return progress;
    },
    planned(plan) {
      run = plan.run;
      const trainingJob = plan.training?.request.TrainingJobName ?? plan.hosting?.trainingJobName;
      const endpoint = plan.hosting?.endpoint.EndpointName ?? plan.removal?.endpointName;
      change({
        region: run.region,
        warnings: [...progress.warnings, ...run.warnings],
        links: { ...progress.links, ...consoleLinks(run.region, { trainingJob, endpoint }) },
        ...(trainingJob !== undefined && {
          trainingJob: { name: trainingJob, transitions: [], metrics: [] },
        }),
        ...(endpoint !== undefined && { endpoint: { name: endpoint } }),
      });
      setSearchAttributes({
        ...(trainingJob !== undefined && { TrainingJobName: trainingJob }),
        ...(endpoint !== undefined && { EndpointName: endpoint }),
      });
    },
    enter(stage) {
      if (stage === progress.stage) return;
      change({ stage });
      setSearchAttributes({ SageMakerStage: stage });
    },
    note(entry) {
      change({ ledger: record(progress.ledger, entry) });
    },
    forget(kind, name) {
      change({ ledger: forget(progress.ledger, kind, name) });
    },
    entry(kind, name) {
      return findEntry(progress.ledger, kind, name);
    },
    warn,
    countAttempt(step) {
      change({ attempts: { ...progress.attempts, [step]: (progress.attempts[step] ?? 0) + 1 } });
    },
    sawTrainingJob({ job, transitions, metrics }) {
      const known = progress.trainingJob;
      warn(findOddJobAnswer(job.name, job));
      const all = mergeTransitions(known?.transitions ?? [], transitions);
      // A new wait knows nothing of the one before: its first answer may be older than what that one saw.
      const [newest, told] = [all.at(-1), transitions.at(-1)];
      const isFromBefore =
        isEarlierJobStatus(job.status, known?.status) ||
        (newest !== undefined && told !== undefined && told.startTime < newest.startTime);
      change({
        trainingJob: {
          ...known,
          name: job.name,
          ...(job.arn !== '' && { arn: job.arn }),
          ...(!isFromBefore && { status: job.status, secondaryStatus: job.secondaryStatus }),
          since: newest?.startTime,
          transitions: all,
          metrics: mergeSamples(known?.metrics ?? [], metrics),
        },
      });
    },
    hasModelData(modelData) {
      change({ modelData });
    },
    sawEndpoint({ name, arn, status, lastModifiedTime, endpointConfigName, lacks }) {
      warn(findOddEndpointAnswer(name, status, lacks));
      const known = progress.endpoint?.name === name ? progress.endpoint : undefined;
      // As with jobs: an answer from before what is known tells nothing.
      if (known?.since !== undefined && lastModifiedTime !== undefined && lastModifiedTime < known.since) return;
      change({
        endpoint: {
          ...known,
          name,
          ...(arn !== '' && { arn }),
          status,
          ...(lastModifiedTime !== undefined && { since: lastModifiedTime }),
          ...(endpointConfigName !== '' && { endpointConfigName }),
        },
      });
    },
    counted(sweep) {
      change({ sweep });
    },
    close(stage, failure) {
      const ledger = stage === 'Done' ? progress.ledger : closeWithoutResult(progress.ledger);
      change({ ...(isWholeRun && { stage }), ledger, ...(failure && { failure }) });
      if (isWholeRun) setSearchAttributes({ SageMakerStage: stage });
      upsertMemo({ [MEMO.run]: memoOf(tellWhole()) });
    },
  };
}
