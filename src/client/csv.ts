/**
 * CSV as algorithms read and write it: rows of cells, no header of their own. A predictor takes the two of them.
 */
import { refuseEmpty, stringDeserializer, type DeserializerObject, type SerializerObject } from './serializers';

/** A value in a cell of a CSV row. */
export type CsvCell = string | number | boolean | null;
/** One row of cells; typed arrays too. */
export type CsvRow = ArrayLike<CsvCell>;
/** A ready text, one row, or several. */
export type CsvData = string | CsvRow | ArrayLike<CsvRow>;

/**
 * Writes rows as CSV (`text/csv`), joined by newlines, without one at the end; a text passes as it is.
 *
 * @throws {@link SageMakerError} `InvalidInput` where there is nothing to write
 * @see https://sagemaker.readthedocs.io/en/v1.72.0/api/inference/predictors.html `sagemaker.predictor.csv_serializer`
 *
 * @example
 * ```ts
 * import { csvSerializer } from 'temporal-sagemaker/client';
 *
 * console.log(csvSerializer.serialize([[0, 5.5], [1, 'a,b']])); // 0,5.5 and 1,"a,b" in two lines
 * ```
 */
export const csvSerializer: SerializerObject<CsvData, string> = {
  contentType: 'text/csv',
  serialize(data) {
    refuseEmpty(data.length);
    if (typeof data === 'string') return data;
    const rows = Array.from<CsvCell | CsvRow>(data);
    return rows.some(isRow)
      ? rows.map((row) => (isRow(row) ? writeRow(row) : String(row ?? ''))).join('\n')
      : writeRow(rows as CsvCell[]);
  },
};

/**
 * Reads CSV (`text/csv`) into rows of texts, as the SageMaker SDK does; quoted cells may hold commas and newlines.
 *
 * @see https://sagemaker.readthedocs.io/en/v1.72.0/api/inference/predictors.html `sagemaker.predictor.csv_deserializer`
 *
 * @example
 * ```ts
 * import { csvDeserializer } from 'temporal-sagemaker/client';
 *
 * const rows = csvDeserializer.deserialize(new TextEncoder().encode('7,0.93\n2,0.88\n'), 'text/csv');
 * console.log(rows.map(([digit, score]) => ({ digit: Number(digit), score: Number(score) })));
 * ```
 */
export const csvDeserializer: DeserializerObject<string[][]> = {
  accept: 'text/csv',
  deserialize(body, contentType) {
    return readRows(stringDeserializer.deserialize(body, contentType));
  },
};

function isRow(value: CsvCell | CsvRow | undefined): value is CsvRow {
  return typeof value === 'object' && value !== null;
}

function writeRow(row: CsvRow): string {
  return Array.from(row, (cell) => {
    const text = String(cell ?? '');
    return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  }).join(',');
}

function readRows(text: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  // A cell and what ends it: quoted with doubled quotes, or plain. Unrolled, so that a cell of megabytes is one step.
  const cells = /(?:"([^"]*(?:""[^"]*)*)"|([^,\r\n]*))(,|\r?\n|\r|$)/gy;
  for (const [whole, quoted, plain, end] of text.matchAll(cells)) {
    if (whole === '' && row.length === 0) break;
    row.push(quoted?.replaceAll('""', '"') ?? plain ?? '');
    if (end === ',') continue;
    rows.push(row);
    row = [];
    if (end === '') break;
  }
  return rows;
}
