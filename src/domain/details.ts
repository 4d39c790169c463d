/**
 * A run's progress as Markdown for the Temporal UI. Comes from the workflow's progress, becomes its current details.
 * Names and AWS's texts are escaped: they must not draw in the operator's page.
 */
import type { LedgerEntry, Progress, SweepCounts } from '../contract';
import { escapeCode, escapeMarkdown } from './markdown';

/** The panel passes the text in a URL; beyond some 18 kB it shows an error instead. */
const LENGTH_MAX = 16_000;

export function describeProgress(progress: Progress): string {
  const { trainingJob, endpoint, ledger, warnings, failure, links } = progress;
  const lines = [
    `**${progress.stage}**${failure ? `: ${escapeMarkdown(failure.code)}: ${escapeMarkdown(failure.message)}` : ''}`,
    trainingJob &&
      `Training job \`${escapeCode(trainingJob.name)}\`: ${escapeMarkdown(trainingJob.secondaryStatus ?? 'asked for')}` +
        `${trainingJob.since === undefined ? '' : ` since ${trainingJob.since}`}${linkTo(links.trainingJob)}`,
    endpoint &&
      `Endpoint \`${escapeCode(endpoint.name)}\`: ${escapeMarkdown(endpoint.status ?? 'asked for')}${linkTo(links.endpoint)}`,
    progress.sweep && describeSweep(progress.sweep),
    ...lastMetrics(progress).map(({ name, value }) => `${escapeMarkdown(name)}: ${String(value)}`),
    ledger.length > 0 ? ledgerTable(ledger) : undefined,
    ...warnings.map((warning) => `Warning: ${escapeMarkdown(warning)}`),
  ];
  return cut(lines.filter((line) => line !== undefined).join('\n\n'));
}

function describeSweep({ lookedAt, orphans, removed, inUse, delivered, ofUnknownRuns }: SweepCounts): string {
  const found = `${String(orphans)} orphaned (${String(removed)} removed), ${String(ofUnknownRuns)} of unknown runs`;
  return `Looked at ${String(lookedAt)}: ${found}, ${String(inUse)} in use, ${String(delivered)} delivered`;
}

function lastMetrics({ trainingJob }: Progress): { name: string; value: number }[] {
  const last = new Map((trainingJob?.metrics ?? []).map((sample) => [sample.name, sample]));
  return [...last.values()];
}

function ledgerTable(ledger: LedgerEntry[]): string {
  const rows = ledger.map(
    ({ kind, name, state, reason }) =>
      `| ${kind} | \`${escapeCode(name)}\` | ${state} | ${escapeMarkdown(reason ?? '')} |`,
  );
  return ['| resource | name | state | reason |', '| --- | --- | --- | --- |', ...rows].join('\n');
}

function linkTo(url: string | undefined): string {
  return url === undefined ? '' : ` ([console](${url}))`;
}

function cut(text: string): string {
  if (text.length <= LENGTH_MAX) return text;
  // Half of a surrogate pair at the cut would make the whole text invalid.
  return `${text.slice(0, LENGTH_MAX - 1).replace(/[\ud800-\udbff]$/, '')}…`;
}

/** AWS's console pages of a run's resources. */
export function consoleLinks(
  region: string,
  names: { trainingJob?: string; endpoint?: string },
): Record<string, string> {
  const domain = region.startsWith('cn-') ? 'console.amazonaws.cn' : 'console.aws.amazon.com';
  const base = `https://${region}.${domain}/sagemaker/home?region=${region}#`;
  return {
    ...(names.trainingJob !== undefined && { trainingJob: `${base}/jobs/${names.trainingJob}` }),
    ...(names.endpoint !== undefined && { endpoint: `${base}/endpoints/${names.endpoint}` }),
  };
}
