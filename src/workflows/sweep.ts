/** `sweep`: find what ended runs left, and remove it. Started by the client, a Schedule or any Temporal client. */
import type { SweepInput, SweepResult } from '../contract';
import type { SweepPlan } from '../domain/plan';
import { countFindings, tellFindings } from '../domain/sweep-told';
import { outcome } from './failures';
import { removeOrphans } from './remove-orphans';
import { inRun, type RunSummary } from './run';
import { judgeUses, surveyAll } from './survey';

/** Resources told in one result: it must stay well below what Temporal takes. */
const TOLD_MAX = 1_000;
const PROBLEMS_MAX = 50;

/**
 * Finds what runs made that ended without delivering it: after they were terminated or timed out, or could not clean up.
 * With `apply` it stops such training jobs and deletes such endpoints, endpoint configs and models; without, it only
 * tells.
 *
 * An orphan is what bears the run tag of a run that Temporal knows to have ended without naming it as delivered. What an
 * unknown run made is listed and never touched; so is what an open run or a standing endpoint uses. Each orphan is looked
 * at once more right before it goes. Sweeping again is always safe.
 *
 * @throws ApplicationFailure of type `AccessDenied` and the like where something could not be read, or, after all else was
 *   removed, where an orphan could not be; its `problems` name each
 * @see https://docs.temporal.io/schedule
 *
 * @example
 * ```ts
 * import { sweep } from 'temporal-sagemaker/workflows';
 *
 * export async function tidyUp(): Promise<string[]> {
 *   const { resources } = await sweep({ apply: true, createdWithinSeconds: 7 * 86_400 });
 *   return resources.filter(({ verdict }) => verdict === 'unknown run').map(({ arn }) => arn);
 * }
 * ```
 */
export function sweep(input: SweepInput = {}): Promise<SweepResult> {
  return inRun('sweep', input, async (run): Promise<Omit<SweepResult, keyof RunSummary>> => {
    const { apply, createdAfter } = run.plan.sweep as SweepPlan;
    const survey = await surveyAll(run, createdAfter);
    let { findings } = survey;
    const failures = [];
    if (apply) {
      const removed = await removeOrphans(run, survey);
      ({ findings } = removed);
      failures.push(...removed.failures);
    } else findings = await judgeUses(run, findings);
    const counts = countFindings(findings, survey.lookedAt);
    run.record.counted(counts);
    const [first] = failures;
    if (first) {
      const what = `${String(failures.length)} of ${String(counts.orphans)} orphans could not be removed`;
      const problems = failures.slice(0, PROBLEMS_MAX).map(({ message }) => message);
      throw outcome(first.code, `${what}: ${first.message}`, { ...first.details, problems });
    }
    const resources = tellFindings(findings, TOLD_MAX);
    return { applied: apply, counts, resources, omitted: findings.length - resources.length };
  });
}
