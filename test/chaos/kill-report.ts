/** The kill table as text: a row for each call, a column for each moment, the totals below. Printed by the table's test. */
import { MOMENTS, type Moment } from '../support/call-gate';

/** How one case came out. */
export interface Verdict {
  scenario: string;
  call: string;
  moment: Moment;
  /** True where everything ended as if nobody had been killed. */
  isKept: boolean;
  toProgressMs?: number;
  /** Effective creates and updates beyond those of the healthy run, and what stands beyond it. */
  duplicates: number;
  orphans: number;
}

export function drawKillTable(verdicts: readonly Verdict[]): string {
  const rows = new Map<string, string[]>();
  for (const { scenario, call, moment, isKept } of verdicts) {
    const key = `${scenario}\t${call}`;
    const row = rows.get(key) ?? MOMENTS.map(() => '-');
    row[MOMENTS.indexOf(moment)] = isKept ? 'ok' : 'BROKEN';
    rows.set(key, row);
  }
  const lines = [
    ['scenario', 'killed at', ...MOMENTS],
    ...[...rows].map(([key, cells]) => [...key.split('\t'), ...cells]),
  ];
  return `${align(lines)}\n${describeTotals(verdicts)}\n`;
}

export function align(lines: readonly string[][]): string {
  const widths = (lines[0] ?? []).map((_, at) => Math.max(...lines.map((line) => line[at]?.length ?? 0)));
  return lines
    .map((line) =>
      line
        .map((cell, at) => cell.padEnd(widths[at] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

function describeTotals(verdicts: readonly Verdict[]): string {
  const sum = (of: (verdict: Verdict) => number): string => String(verdicts.reduce((total, one) => total + of(one), 0));
  const times = verdicts.flatMap(({ toProgressMs }) => toProgressMs ?? []).sort((a, b) => a - b);
  const percentile = (share: number): string => {
    const ms = times[Math.min(times.length - 1, Math.floor(times.length * share))];
    return ms === undefined ? '-' : `${(ms / 1_000).toFixed(1)} s`;
  };
  return [
    `cases ${String(verdicts.length)}`,
    `broken ${sum(({ isKept }) => (isKept ? 0 : 1))}`,
    `duplicates ${sum(({ duplicates }) => duplicates)}`,
    `orphans ${sum(({ orphans }) => orphans)}`,
    `kill to progress p50 ${percentile(0.5)}, p95 ${percentile(0.95)}`,
  ].join(', ');
}
