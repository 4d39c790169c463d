/**
 * The handwritten digits of `examples/digits`, for the quickstart: read from the file, split into what is trained on
 * and what is held out, written as CSV for S3 and for predictions, drawn for the terminal.
 */
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';

const PIXELS = 64;
const ROW_PIXELS = 8;
const PIXEL_MAX = 16;
const LABEL_MAX = 9;
/** Many times the size of the file that is meant; a stray archive is not unpacked into memory. */
const MAX_BYTES = 32 * 1024 ** 2;

export interface Digit {
  /** 64 integers from 0 (paper) to 16 (ink), row by row. */
  pixels: readonly number[];
  /** What the digit is: 0 to 9. */
  label: number;
}

/** Reads a CSV file of digits, plain or gzipped. @throws Error that names the file and what is wrong with it */
export function readDigits(path: string): Digit[] {
  try {
    const bytes = readFileSync(path);
    const isGzip = bytes[0] === 0x1f && bytes[1] === 0x8b;
    return parseDigits((isGzip ? gunzipSync(bytes, { maxOutputLength: MAX_BYTES }) : bytes).toString('utf8'));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`The digits in ${path} cannot be used: ${reason}`, { cause: error });
  }
}

/** Digits out of CSV text: 65 integers a line, the pixels and then the label, no header. */
export function parseDigits(csv: string): Digit[] {
  const lines = csv.split('\n');
  while (lines.at(-1)?.trim() === '') lines.pop();
  if (lines.length === 0) throw new Error('there are no lines');
  return lines.map((line, at) => parseDigit(line.trim(), at + 1));
}

function parseDigit(line: string, lineNumber: number): Digit {
  const cells = line.split(',');
  if (cells.length !== PIXELS + 1) {
    const found = line === '' ? 'nothing' : `${String(cells.length)} values`;
    throw new Error(`line ${String(lineNumber)} holds ${found} where 64 pixels and a label are needed`);
  }
  const values = cells.map((cell, at) => {
    const isLabel = at === PIXELS;
    const max = isLabel ? LABEL_MAX : PIXEL_MAX;
    if (/^\d{1,2}$/.test(cell) && Number(cell) <= max) return Number(cell);
    const what = isLabel ? 'the label' : `pixel ${String(at + 1)}`;
    throw new Error(
      `line ${String(lineNumber)}: ${what} is ${JSON.stringify(cell.slice(0, 20))}, not an integer from 0 to ${String(max)}`,
    );
  });
  return { pixels: values.slice(0, PIXELS), label: values[PIXELS] ?? 0 };
}

/**
 * Shuffles the digits, the same way for the same seed, and holds out a part of them.
 * @param heldOutShare Above 0 and below 1.
 */
export function splitDigits(
  digits: readonly Digit[],
  { seed, heldOutShare = 0.2 }: { seed: number; heldOutShare?: number },
): { training: Digit[]; heldOut: Digit[] } {
  if (!(heldOutShare > 0 && heldOutShare < 1)) {
    throw new Error(`The held-out share is ${String(heldOutShare)}; it must lie between 0 and 1`);
  }
  const shuffled = shuffleBySeed(digits, seed);
  const heldOutCount = Math.round(digits.length * heldOutShare);
  return { training: shuffled.slice(heldOutCount), heldOut: shuffled.slice(0, heldOutCount) };
}

/** A shuffled copy (Fisher and Yates), driven by a linear congruential generator over 32 bits. */
function shuffleBySeed(digits: readonly Digit[], seed: number): Digit[] {
  const shuffled = [...digits];
  let state = seed >>> 0;
  for (let last = shuffled.length - 1; last > 0; last -= 1) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    // The high bits are the random ones.
    const other = Math.floor((state / 2 ** 32) * (last + 1));
    const [a, b] = [shuffled[last], shuffled[other]];
    if (a && b) [shuffled[last], shuffled[other]] = [b, a];
  }
  return shuffled;
}

/** The digits as CSV lines: with labels to train on, without to ask for predictions. */
export function toCsv(digits: readonly Digit[], { labels = true }: { labels?: boolean } = {}): string {
  return digits.map(({ pixels, label }) => `${(labels ? [...pixels, label] : pixels).join(',')}\n`).join('');
}

/**
 * The digit in eight lines of sixteen columns, two to a pixel, since a terminal's character is twice as high as wide.
 * @param pixels 64 numbers from 0 to 16.
 * @param options `ascii` for terminals without block characters.
 */
export function drawDigit(pixels: readonly number[], { ascii = false }: { ascii?: boolean } = {}): string[] {
  if (pixels.length !== PIXELS || pixels.some((pixel) => !(pixel >= 0 && pixel <= PIXEL_MAX))) {
    throw new Error(`A digit is ${String(PIXELS)} pixels from 0 to ${String(PIXEL_MAX)}`);
  }
  const shades = ascii ? ' .+#@' : ' ░▒▓█';
  const shade = (pixel: number) => shades.charAt(Math.round((pixel / PIXEL_MAX) * (shades.length - 1)));
  return Array.from({ length: PIXELS / ROW_PIXELS }, (_, row) =>
    pixels
      .slice(row * ROW_PIXELS, (row + 1) * ROW_PIXELS)
      .map((pixel) => shade(pixel).repeat(2))
      .join(''),
  );
}
