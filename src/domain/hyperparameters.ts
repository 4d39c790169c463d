/**
 * Hyperparameters as SageMaker takes them: text to text. Comes from the estimator's arguments, goes into
 * CreateTrainingJob. Strings stay byte-identical; numbers are written as Python's `str()` writes them, so that a
 * training script meets what it met before; everything else is JSON, or what `str()` makes of it; null is left out.
 */
import type { EstimatorArguments, JsonValue } from '../contract';

type Encoding = NonNullable<EstimatorArguments['hyperparameterEncoding']>;

export function encodeHyperparameters(
  values: Record<string, JsonValue>,
  encoding: Encoding = 'json',
): Record<string, string> {
  const encoded: Record<string, string> = {};
  for (const [name, value] of Object.entries(values)) {
    if (value !== null) encoded[name] = encodeHyperparameter(value, encoding);
  }
  return encoded;
}

function encodeHyperparameter(value: Exclude<JsonValue, null>, encoding: Encoding): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return encodeNumber(value);
  return encoding === 'python' ? formatAsPython(value) : JSON.stringify(value);
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

/** A value as it stands within a list or an object that Python prints. */
function formatAsPython(value: JsonValue): string {
  if (value === null) return 'None';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (typeof value === 'number') return encodeNumber(value);
  if (typeof value === 'string') return quoteAsPython(value);
  if (Array.isArray(value)) return `[${value.map(formatAsPython).join(', ')}]`;
  const entries = Object.entries(value).map(([name, inner]) => `${quoteAsPython(name)}: ${formatAsPython(inner)}`);
  return `{${entries.join(', ')}}`;
}

const PYTHON_ESCAPES: Record<string, string> = { '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t' };
/** What Python does not print as it is: controls, what has no glyph, and spaces that are not the common one. */
const UNPRINTABLE = /[\\\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}\p{Zs}]/gu;

/** Single quotes, unless the text has some and no double ones. */
function quoteAsPython(text: string): string {
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'";
  const escaped = text.replace(UNPRINTABLE, (character) => {
    if (character === ' ') return character;
    return PYTHON_ESCAPES[character] ?? escapeCodePoint(character.codePointAt(0) ?? 0);
  });
  return quote + (quote === "'" ? escaped.replaceAll("'", "\\'") : escaped) + quote;
}

function escapeCodePoint(point: number): string {
  const digits = point.toString(16);
  if (point <= 0xff) return `\\x${digits.padStart(2, '0')}`;
  return point <= 0xffff ? `\\u${digits.padStart(4, '0')}` : `\\U${digits.padStart(8, '0')}`;
}
