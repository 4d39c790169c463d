// Reads digits out of CSV: 64 pixels of 0 to 16 row by row, then the label, no header. Every complaint names the file
// and the line, because it is all that the person who started the job gets to see.
'use strict';
const { CLASSES, PIXEL_MAX, PIXELS } = require('./network.cjs');

/** The lines of a text that are not empty, each with its number. */
function numberedLines(text) {
  return text
    .replace(/^\uFEFF/, '')
    .split('\n')
    .map((line, at) => ({ line: line.trim(), number: at + 1 }))
    .filter(({ line }) => line !== '');
}

/** One line's 65 integers. @throws Error without a place: the caller knows it */
function parseDigit(line) {
  const cells = line.split(',');
  if (cells.length !== PIXELS + 1) {
    throw new Error(`${cells.length} values where ${PIXELS + 1} are needed (${PIXELS} pixels, then the label)`);
  }
  return cells.map((cell, at) => {
    const max = at < PIXELS ? PIXEL_MAX : CLASSES - 1;
    const value = Number(cell);
    if (cell.trim() !== '' && Number.isInteger(value) && value >= 0 && value <= max) return value;
    const what = at < PIXELS ? `pixel ${at + 1}` : 'the label';
    throw new Error(`${what} is ${JSON.stringify(cell.slice(0, 40))}, not an integer from 0 to ${max}`);
  });
}

/**
 * All rows of several texts as one set.
 * @param sources `{ name, text }` each; the name is for complaints
 * @returns `{ count, pixels, labels }`, pixels scaled to 0..1, 64 for each row one after the other
 */
function parseDigits(sources) {
  const rows = [];
  for (const { name, text } of sources) {
    const before = rows.length;
    for (const { line, number } of numberedLines(text)) {
      try {
        rows.push(parseDigit(line));
      } catch (error) {
        throw new Error(`${name}, line ${number}: ${error.message}`, { cause: error });
      }
    }
    if (rows.length === before) throw new Error(`${name} holds no rows`);
  }
  const pixels = new Float64Array(rows.length * PIXELS);
  const labels = new Uint8Array(rows.length);
  rows.forEach((row, at) => {
    for (let pixel = 0; pixel < PIXELS; pixel += 1) pixels[at * PIXELS + pixel] = row[pixel] / PIXEL_MAX;
    labels[at] = row[PIXELS];
  });
  return { count: rows.length, pixels, labels };
}

module.exports = { numberedLines, parseDigits };
