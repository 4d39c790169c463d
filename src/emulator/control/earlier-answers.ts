/**
 * What reads have answered before: for rules that make a read stale. `wire/pipeline.ts` tells every answer of a read, and
 * what a read would answer just before and just after a write; the latter is what makes a new thing missing again.
 */
import { ANSWERS_REMEMBERED } from './fault-rules';

/** The answer of a read: an output, or the error in its place. */
export type ReadAnswer = { output: unknown } | { error: Error };

export interface EarlierAnswers {
  remember(operation: string, resource: string | null, answer: ReadAnswer): void;
  /** The answer as it was; undefined where nothing is remembered. The present one has been remembered before. */
  recall(operation: string, resource: string | null, ago: { back?: number; ageMs?: number }): ReadAnswer | undefined;
}

/** Things that are remembered, over all operations; the longest unread is forgotten first. */
const RESOURCES_MAX = 2_000;

interface Remembered {
  answer: ReadAnswer;
  text: string;
  sinceMs: number;
}

/** Tells two answers apart. An output of JSON's kinds only: what streams is never remembered. */
function textOf(answer: ReadAnswer): string {
  return 'error' in answer ? `error ${answer.error.message}` : JSON.stringify(answer.output);
}

/** The read that shows what a write changes, by AWS's way of naming operations. */
export function readAffectedBy(operation: string): string | undefined {
  const noun = /^(?:Create|Update|Stop|Delete)(.+)$/.exec(operation)?.[1];
  return noun === undefined ? undefined : `Describe${noun}`;
}

/** True for reads of one thing that may be remembered. */
export function isRemembered(operation: string): boolean {
  return operation.startsWith('Describe') || operation === 'ListTags';
}

/** Starts without any memory. */
export function createEarlierAnswers(now: () => number): EarlierAnswers {
  const known = new Map<string, Remembered[]>();
  const keyOf = (operation: string, resource: string) => `${operation} ${resource}`;
  return {
    remember(operation, resource, answer) {
      if (resource === null) return;
      const key = keyOf(operation, resource);
      const answers = known.get(key) ?? [];
      const text = textOf(answer);
      if (answers.at(-1)?.text !== text) answers.push({ answer, text, sinceMs: now() });
      if (answers.length > ANSWERS_REMEMBERED) answers.shift();
      known.delete(key);
      known.set(key, answers);
      const [oldest] = known.keys();
      if (known.size > RESOURCES_MAX && oldest !== undefined) known.delete(oldest);
    },
    recall(operation, resource, { back = 1, ageMs }) {
      const answers = known.get(keyOf(operation, resource ?? '')) ?? [];
      const index =
        ageMs === undefined
          ? answers.length - 1 - back
          : answers.findLastIndex(({ sinceMs }) => sinceMs <= now() - ageMs);
      return answers[Math.max(0, index)]?.answer;
    },
  };
}
