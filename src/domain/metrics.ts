/**
 * Series of metric samples, kept short. Samples come from the status reader and, merged, stand in progress; at most 30
 * of each metric ever reach a workflow's history.
 */
import type { MetricSample } from '../contract';

export const SAMPLES_PER_METRIC_MAX = 30;

/** Joins two lots of samples: each once, in order of time, thinned. */
export function mergeSamples(known: MetricSample[], further: MetricSample[]): MetricSample[] {
  const byIdentity = new Map([...known, ...further].map((sample) => [`${sample.name} ${sample.time}`, sample]));
  const byName = new Map<string, MetricSample[]>();
  for (const sample of byIdentity.values()) {
    const series = byName.get(sample.name);
    if (series) series.push(sample);
    else byName.set(sample.name, [sample]);
  }
  return [...byName.values()].flatMap((series) => thin(series.sort((a, b) => (a.time < b.time ? -1 : 1))));
}

/** Keeps first and last and an even choice between. */
function thin(series: MetricSample[]): MetricSample[] {
  if (series.length <= SAMPLES_PER_METRIC_MAX) return series;
  const step = (series.length - 1) / (SAMPLES_PER_METRIC_MAX - 1);
  return Array.from({ length: SAMPLES_PER_METRIC_MAX }, (_, i) => series[Math.round(i * step)]).filter(
    (sample) => sample !== undefined,
  );
}
