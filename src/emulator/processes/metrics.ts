/**
 * Reads metrics out of a training log by the expressions of the job's metric definitions. The expressions are the
 * caller's, so they run where V8 can interrupt them, on lines of bounded length.
 */
import { createContext, Script } from 'node:vm';
import type { Context } from 'node:vm';

/** One metric's latest value. Times are milliseconds since the epoch. */
export interface MetricValue {
  name: string;
  value: number;
  time: number;
}

export interface MetricReader {
  read: (lines: readonly string[], time: number) => void;
  latest: () => MetricValue[];
}

const MAX_LINE_CHARACTERS = 4_096;

/** For all expressions on one chunk of the log. */
const TIME_LIMIT_MS = 500;

const MATCH_ALL = new Script(`
  lines.flatMap((line) => expressions.flatMap((expression, index) => {
    const match = expression === null ? null : expression.exec(line);
    return match === null || match[1] === undefined ? [] : [[index, match[1]]];
  }))
`);

const COMPILE_ALL = new Script(`
  expressions = sources.map((source) => { try { return new RegExp(source); } catch { return null; } })
`);

/** `warn` is told once of expressions that cannot be used. */
export function createMetricReader(
  definitions: readonly { name: string; regex: string }[],
  warn: (message: string) => void,
): MetricReader {
  const latest = new Map<string, MetricValue>();
  let context: Context | undefined;
  if (definitions.length > 0) {
    // Python names its groups otherwise; all else that people write means the same in both.
    const sources = definitions.map(({ regex }) => regex.replaceAll('(?P<', '(?<'));
    context = createContext({ sources, lines: [], expressions: [] });
    const compiled = COMPILE_ALL.runInContext(context) as (RegExp | null)[];
    const unusable = definitions.filter((_, index) => compiled[index] === null).map(({ name }) => name);
    if (unusable.length > 0) warn(`metrics without a usable expression are not read: ${unusable.join(', ')}`);
  }
  return {
    read(lines, time) {
      if (context === undefined) return;
      context.lines = lines.map((line) => line.slice(0, MAX_LINE_CHARACTERS));
      let matches: [number, string][];
      try {
        matches = MATCH_ALL.runInContext(context, { timeout: TIME_LIMIT_MS }) as [number, string][];
      } catch (error) {
        context = undefined;
        warn(`metrics are no longer read: their expressions took over ${String(TIME_LIMIT_MS)} ms (${String(error)})`);
        return;
      }
      for (const [index, text] of matches) {
        const definition = definitions[index];
        const value = Number(text);
        if (definition === undefined || text.trim() === '' || !Number.isFinite(value)) continue;
        latest.set(definition.name, { name: definition.name, value, time });
      }
    },
    latest: () => [...latest.values()],
  };
}
