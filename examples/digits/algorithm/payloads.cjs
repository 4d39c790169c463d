// What may be sent to /invocations and how it is answered: CSV and JSON, either way. A PayloadError is the sender's
// mistake and says what to send instead; SageMaker passes status and text on to the caller.
'use strict';
const { numberedLines } = require('./digits-csv.cjs');
const { PIXEL_MAX, PIXELS } = require('./network.cjs');

const CSV = 'text/csv';
const JSON_TYPE = 'application/json';

class PayloadError extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

const bareType = (header) => (header ?? '').split(';')[0].trim().toLowerCase();

/** The rows of 64 pixels that a body holds. */
function readRows(body, contentType) {
  const type = bareType(contentType);
  if (type !== CSV && type !== JSON_TYPE) {
    const got = type === '' ? 'no Content-Type' : `the Content-Type ${JSON.stringify(type)}`;
    throw new PayloadError(415, `got ${got}; send ${CSV} or ${JSON_TYPE}`);
  }
  const rows = type === CSV ? csvRows(body) : jsonRows(body);
  if (rows.length === 0) throw new PayloadError(400, `the body holds no rows; send ${PIXELS} pixels for each digit`);
  for (const { row, place } of rows) checkRow(row, place);
  return rows.map(({ row }) => row);
}

function csvRows(body) {
  return numberedLines(body).map(({ line, number }) => ({
    row: line.split(',').map((cell) => (cell.trim() === '' ? NaN : Number(cell))),
    place: `line ${number}`,
  }));
}

/** `[[…], …]`, one row alone, or either under `instances`, where a row may also be `{ "features": […] }`. */
function jsonRows(body) {
  let value;
  try {
    value = JSON.parse(body);
  } catch (error) {
    throw new PayloadError(400, `the body is not JSON: ${error.message}`);
  }
  const given = value?.instances ?? value;
  if (!Array.isArray(given)) {
    throw new PayloadError(400, `send {"instances": [[${PIXELS} pixels], …]} or the array of rows alone`);
  }
  const rows = given.length > 0 && given.every((item) => typeof item !== 'object') ? [given] : given;
  return rows.map((row, at) => ({ row: row?.features ?? row, place: `row ${at + 1}` }));
}

function checkRow(row, place) {
  if (!Array.isArray(row)) throw new PayloadError(400, `${place} is no array of ${PIXELS} pixels`);
  if (row.length !== PIXELS) {
    const hint = row.length === PIXELS + 1 ? '; leave the label out' : '';
    throw new PayloadError(400, `${place} has ${row.length} values where ${PIXELS} pixels are needed${hint}`);
  }
  const wrong = row.findIndex((pixel) => !(typeof pixel === 'number' && pixel >= 0 && pixel <= PIXEL_MAX));
  if (wrong >= 0) throw new PayloadError(400, `${place}, pixel ${wrong + 1} is no number from 0 to ${PIXEL_MAX}`);
}

/** The content type to answer in: what is accepted most, else what was sent. */
function chooseAccept(header, contentType) {
  const sent = bareType(contentType) === CSV ? CSV : JSON_TYPE;
  const ranges = (header ?? '*/*')
    .split(',')
    .map((item) => {
      const [range, ...parameters] = item.split(';').map((part) => part.trim().toLowerCase());
      const weight = parameters.find((parameter) => parameter.startsWith('q='));
      return { range, weight: weight === undefined ? 1 : Number(weight.slice(2)) };
    })
    .filter(({ weight }) => weight > 0)
    .sort((a, b) => b.weight - a.weight);
  for (const { range } of ranges) {
    if (range === '*/*' || range === '') return sent;
    for (const type of [CSV, JSON_TYPE]) if (range === type || range === `${type.split('/')[0]}/*`) return type;
  }
  throw new PayloadError(406, `cannot answer in ${JSON.stringify(header)}; accept ${CSV} or ${JSON_TYPE}`);
}

/** A label on each line, or with JSON the probabilities too. */
function writePredictions(predictions, accept) {
  if (accept === CSV) return predictions.map(({ label }) => `${label}\n`).join('');
  return JSON.stringify({ predictions });
}

module.exports = { chooseAccept, PayloadError, readRows, writePredictions };
