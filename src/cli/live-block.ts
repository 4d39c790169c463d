/**
 * The picture of a run that is kept at the foot of a terminal: pure functions from what is known to lines of at most
 * the terminal's width. `output.ts` draws them; what is known comes from the run's progress and its log.
 */
import type { Progress } from '../contract';

/** All that the picture shows. */
export interface RunView {
  workflowId: string;
  startedAtMs: number;
  progress: Progress | undefined;
  /** Where the progress came from no worker: what is missing, in one sentence. */
  notice?: string;
  /** Values of the metric that is drawn, oldest first. */
  curve?: { name: string; values: number[] };
}

const BARS = '▁▂▃▄▅▆▇█';
const CURVE_WIDTH_MAX = 40;

/** Lines for a terminal that is `columns` wide. */
export function frame(view: RunView, columns: number, nowMs: number): string[] {
  const { progress, curve } = view;
  const lines = [`${view.workflowId}  ${progress?.stage ?? 'Starting'}  ${duration(nowMs - view.startedAtMs)}`];
  const job = progress?.trainingJob;
  if (job) {
    const status = [job.status, job.secondaryStatus].filter((part) => part !== undefined);
    lines.push(`  training job  ${[...new Set(status)].join(' · ')}${sinceText(job.since, nowMs)}`);
  }
  if (curve && curve.values.length > 0) {
    lines.push(`  ${curve.name}  ${sparkline(curve.values)}  ${summary(curve.values)}`);
  }
  const endpoint = progress?.endpoint;
  if (endpoint?.status !== undefined) {
    lines.push(`  endpoint      ${endpoint.status}${sinceText(endpoint.since, nowMs)}`);
  }
  if (view.notice !== undefined) lines.push(`  ${view.notice}`);
  return lines.map((line) => fit(dropControlCharacters(line), columns));
}

/** One character a value; more values than fit are thinned evenly, the last one kept. */
export function sparkline(values: number[], width = CURVE_WIDTH_MAX): string {
  const shown = thin(values, width);
  const least = Math.min(...shown);
  const most = Math.max(...shown);
  return shown
    .map((value) => {
      const share = most === least ? 0 : (value - least) / (most - least);
      return BARS.charAt(Math.round(share * (BARS.length - 1)));
    })
    .join('');
}

function thin(values: number[], width: number): number[] {
  const finite = values.filter((value) => Number.isFinite(value));
  if (finite.length <= width) return finite;
  const step = (finite.length - 1) / (width - 1);
  return Array.from({ length: width }, (_, index) => finite[Math.round(index * step)] ?? 0);
}

function summary(values: number[]): string {
  const first = values[0] ?? 0;
  const last = values.at(-1) ?? 0;
  return values.length === 1 ? String(last) : `${String(first)} → ${String(last)}`;
}

function sinceText(since: string | undefined, nowMs: number): string {
  return since === undefined ? '' : `  (${duration(nowMs - Date.parse(since))})`;
}

/** `4.2 s`, `2m 05s` or `3h 07m`. */
export function duration(ms: number): string {
  if (!Number.isFinite(ms)) return '?';
  const seconds = Math.max(0, ms) / 1000;
  if (seconds < 60) return `${seconds.toFixed(1)} s`;
  const two = (value: number): string => String(Math.floor(value)).padStart(2, '0');
  if (seconds < 3600) return `${String(Math.floor(seconds / 60))}m ${two(seconds % 60)}s`;
  return `${String(Math.floor(seconds / 3600))}h ${two((seconds % 3600) / 60)}m`;
}

/** `14:03:59` in the local zone. */
export function timeOfDay(ms: number): string {
  return new Date(ms).toLocaleTimeString('en-GB');
}

/**
 * Takes away the characters that make a terminal move its cursor or change colours, and leaves what they were followed by:
 * names and log lines come from outside.
 */
export function dropControlCharacters(text: string): string {
  return text.replace(/[^\P{Cc}\t\n]/gu, '');
}

function fit(line: string, columns: number): string {
  // The last column stays free: some terminals wrap when it is written.
  return line.length < columns ? line : `${line.slice(0, Math.max(0, columns - 2))}…`;
}
