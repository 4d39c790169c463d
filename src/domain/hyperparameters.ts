/**
 * Hyperparameters as SageMaker takes them: text to text. Comes from the estimator's arguments, goes into
 * CreateTrainingJob. Strings stay byte-identical; numbers are written as Python's `str()` writes them, so that a
 * training script meets what it met before; everything else is JSON; null is left out.
 */
import type { JsonValue } from '../contract';

export function encodeHyperparameters(values: Record<string, JsonValue>): Record<string, string> {
  const encoded: Record<string, string> = {};
  for (const [name, value] of Object.entries(values)) {
    if (value !== null) encoded[name] = encodeHyperparameter(value);
  }
  return encoded;
}

function encodeHyperparameter(value: Exclude<JsonValue, null>): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return encodeNumber(value);
  return JSON.stringify(value);
}

/** Python writes exponents with at least two digits, and switches to them at 1e16 and below 1e-4. */
function encodeNumber(value: number): string {
  const magnitude = Math.abs(value);
  if (Number.isInteger(value) && magnitude < 1e21) return BigInt(value).toString();
  if (magnitude !== 0 && (magnitude < 1e-4 || magnitude >= 1e16)) {
    return value.toExponential().replace(/e([+-])(\d)$/, 'e$10$2');
  }
  return String(value);
}
