/**
 * The looking half of a sweep: page by page through SageMaker's lists, and through what uses what. The activities judge
 * each resource by itself; whether anything uses it is judged here, once all is known. Findings go to `sweep.ts`.
 */
import type { SearchAttributeName } from '../contract';
import { SWEPT_KINDS, type Finding } from '../domain/sweep';
import { countFindings } from '../domain/sweep-told';
import { isToGo, judgeConfigUse, judgeModelUse, type Use, type Uses } from '../domain/sweep-uses';
import { surveying } from './activity-options';
import type { Run } from './run';

/** Pages of one list, of fifty resources each: so many are looked at, and the history stays below its limit. */
const PAGES_MAX = 800;

export interface SurveyedResources {
  findings: Finding[];
  /** Resources that were looked at, of whoever made them. */
  lookedAt: number;
}

export async function surveyAll(run: Run, createdAfter: string | undefined): Promise<SurveyedResources> {
  const { searchAttributes } = run.plan.run;
  warnOfMissingAttributes(run);
  const findings: Finding[] = [];
  let lookedAt = 0;
  for (const kind of SWEPT_KINDS) {
    const isWhole = await eachPage(async (nextToken, page) => {
      const survey = await surveying(run.plan.run, `look at ${kind}s, page ${String(page)}`).surveyResources({
        kind,
        searchAttributes,
        ...(nextToken !== undefined && { nextToken }),
        ...(createdAfter !== undefined && { createdAfter }),
      });
      findings.push(...survey.findings);
      lookedAt += survey.lookedAt;
      run.record.warn(survey.warnings ?? []);
      run.record.counted(countFindings(findings, lookedAt));
      return survey.nextToken;
    });
    if (!isWhole)
      run.record.warn([`there are more ${kind}s than a sweep looks at: give createdWithinSeconds or createdAfter`]);
  }
  return { findings, lookedAt };
}

/** Where the namespace lacks one, runs of workflows of the user's own cannot be asked for by their endpoint or job. */
function warnOfMissingAttributes({ plan, record }: Run): void {
  const lacks = (name: SearchAttributeName): boolean => !plan.run.searchAttributes.includes(name);
  if (lacks('EndpointName')) {
    record.warn([
      'without the search attribute EndpointName, a deploy under way in a workflow of your own is known only by what it makes',
    ]);
  }
  if (lacks('TrainingJobName')) {
    record.warn([
      'without the search attribute TrainingJobName, a deploy in a workflow of your own is not known to wait for a job',
    ]);
  }
}

/** Endpoints with their configs, or configs with their models, whoever made them; none where nothing hangs on it. */
export async function listUses(run: Run, kind: 'endpoint' | 'endpoint config'): Promise<Uses> {
  const all: Use[] = [];
  const isWhole = await eachPage(async (nextToken, page) => {
    const answer = await surveying(run.plan.run, `look at what ${kind}s use, page ${String(page)}`).listUses({
      kind,
      ...(nextToken !== undefined && { nextToken }),
    });
    all.push(...answer.uses);
    return answer.nextToken;
  });
  return { all, isWhole };
}

/** What a sweep would find to be in use, were the orphaned endpoints gone. */
export async function judgeUses(run: Run, findings: Finding[]): Promise<Finding[]> {
  if (!hasOrphans(findings, 'endpoint config') && !hasOrphans(findings, 'model')) return findings;
  const endpoints = await listUses(run, 'endpoint');
  const judged = judgeConfigUse(findings, endpoints);
  return hasOrphans(judged, 'model')
    ? judgeModelUse(judged, endpoints, await listUses(run, 'endpoint config'))
    : judged;
}

export function hasOrphans(findings: Finding[], kind: Finding['kind']): boolean {
  return findings.some((finding) => finding.kind === kind && isToGo(finding));
}

/** False where there were more pages than are read. */
async function eachPage(
  readPage: (nextToken: string | undefined, page: number) => Promise<string | undefined>,
): Promise<boolean> {
  let nextToken: string | undefined;
  for (let page = 1; page <= PAGES_MAX; page += 1) {
    nextToken = await readPage(nextToken, page);
    if (nextToken === undefined) return true;
  }
  return false;
}
