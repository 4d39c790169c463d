/**
 * Asks the quickstart's endpoint about every held-out digit, in batches, and counts what it gets right. The digits come
 * from the split of the data, the answers from the endpoint alone.
 */
import { CommandFailure } from '../command-failure';
import type { Digit } from './dataset';

const BATCH_ROWS = 60;

export interface JudgedDigit {
  digit: Digit;
  answer: number;
}

/** Asks the endpoint about rows of pixels; answers what the model answered, read as JSON. */
export type AskEndpoint = (rows: (readonly number[])[]) => Promise<unknown>;

/** @throws CommandFailure ModelError where the endpoint does not answer one label for each digit */
export async function predictDigits(ask: AskEndpoint, digits: Digit[]): Promise<JudgedDigit[]> {
  const judged: JudgedDigit[] = [];
  for (let start = 0; start < digits.length; start += BATCH_ROWS) {
    const batch = digits.slice(start, start + BATCH_ROWS);
    const labels = readLabels(await ask(batch.map(({ pixels }) => pixels)));
    if (labels.length !== batch.length) {
      const counts = `${String(labels.length)} labels for ${String(batch.length)} digits`;
      throw new CommandFailure('ModelError', `the endpoint gave ${counts}`);
    }
    judged.push(...batch.map((digit, index) => ({ digit, answer: labels[index] ?? Number.NaN })));
  }
  return judged;
}

export function accuracyOf(judged: JudgedDigit[]): number {
  const right = judged.filter(({ digit, answer }) => digit.label === answer).length;
  return judged.length === 0 ? 0 : right / judged.length;
}

/** A few digits worth looking at: the first ones that were mistaken, and the first that were not. */
export function chooseExamples(judged: JudgedDigit[], count: number): JudgedDigit[] {
  const wrong = judged.filter(({ digit, answer }) => digit.label !== answer).slice(0, 1);
  const right = judged.filter(({ digit, answer }) => digit.label === answer).slice(0, count - wrong.length);
  return [...right, ...wrong];
}

function readLabels(answer: unknown): number[] {
  const { predictions } = (answer ?? {}) as { predictions?: { label?: unknown }[] };
  return Array.isArray(predictions) ? predictions.map(({ label }) => Number(label)) : [];
}
