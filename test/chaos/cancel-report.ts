/** The cancel table as text: a row for each call, a column for each moment and number of cancels. Printed by its test. */
import type { CancelCase } from './cancel-cases';
import { align } from './kill-report';

export interface Verdict extends CancelCase {
  /** How the run ended, or `BROKEN`. */
  end: string;
  /** The call of the clean-up at which the second cancel came. */
  secondAt?: string;
}

const COLUMNS = ['before its effect', 'after its effect'].flatMap((moment) =>
  ['once', 'twice'].map((times) => `${moment}, ${times}`),
);

export function drawCancelTable(verdicts: readonly Verdict[], tookMs: number): string {
  const rows = new Map<string, string[]>();
  for (const { scenario, call, moment, times, end } of verdicts) {
    const key = `${scenario}\t${call}`;
    const row = rows.get(key) ?? COLUMNS.map(() => '-');
    row[COLUMNS.indexOf(`${moment}, ${times === 1 ? 'once' : 'twice'}`)] = end;
    rows.set(key, row);
  }
  const lines = [
    ['scenario', 'cancelled at', ...COLUMNS],
    ...[...rows].map(([key, cells]) => [...key.split('\t'), ...cells]),
  ];
  const broken = verdicts.filter(({ end }) => end === 'BROKEN').length;
  const totals = `cases ${String(verdicts.length)}, broken ${String(broken)}, in ${(tookMs / 1000).toFixed(0)} s`;
  return `${align(lines)}\n${totals}\n${describeSeconds(verdicts)}\n`;
}

function describeSeconds(verdicts: readonly Verdict[]): string {
  const counts = new Map<string, number>();
  for (const { secondAt } of verdicts)
    if (secondAt !== undefined) counts.set(secondAt, (counts.get(secondAt) ?? 0) + 1);
  const told = [...counts].sort(([, one], [, other]) => other - one).map(([call, count]) => `${call} ${String(count)}`);
  return `second cancels within the clean-up, at ${told.join(', ')}`;
}
