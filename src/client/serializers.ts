/**
 * Between values and the bytes that an endpoint takes and gives. A predictor serializes what it is asked to predict and
 * deserializes the answer; anyone may write others of the same two shapes.
 */
import { SageMakerError } from './errors';

/** Turns data into the body of an invocation. */
export interface Serializer<Data> {
  /** Content type that is sent, unless the predictor has one of its own. */
  readonly contentType?: string;
  /** @throws {@link SageMakerError} `InvalidInput` where the data cannot be written */
  serialize(data: Data): Uint8Array | string;
}

/** Turns the answer of an invocation into a value. */
export interface Deserializer<Answer> {
  /** Content type that is asked for, unless the predictor has one of its own. */
  readonly accept?: string;
  /** @throws {@link SageMakerError} `ModelError` where the answer is not what was asked for */
  deserialize(body: Uint8Array, contentType: string): Answer;
}

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
export const csvSerializer: Serializer<CsvData> = {
  contentType: 'text/csv',
  serialize(data) {
    if (typeof data === 'string') return refuseEmpty(data.length, data);
    refuseEmpty(data.length, data);
    const rows = Array.from<CsvCell | CsvRow>(data);
    return rows.some(isRow)
      ? rows.map((row) => (isRow(row) ? writeRow(row) : String(row ?? ''))).join('\n')
      : writeRow(rows as CsvCell[]);
  },
};

/**
 * Writes a value as JSON (`application/json`); typed arrays as arrays.
 *
 * @throws {@link SageMakerError} `InvalidInput` for an empty text, array or object, for what JSON cannot hold, and for
 * numbers that it would turn into null
 * @see https://sagemaker.readthedocs.io/en/v1.72.0/api/inference/predictors.html `sagemaker.predictor.json_serializer`
 *
 * @example
 * ```ts
 * import { jsonSerializer } from 'temporal-sagemaker/client';
 *
 * console.log(jsonSerializer.serialize({ instances: [new Float32Array([0.5, 1])] })); // {"instances":[[0.5,1]]}
 * ```
 */
export const jsonSerializer: Serializer<unknown> = {
  contentType: 'application/json',
  serialize(data) {
    refuseEmpty(lengthOf(data), data);
    try {
      const text = JSON.stringify(data, replaceForJson) as string | undefined;
      if (text !== undefined) return text;
    } catch (error) {
      if (error instanceof SageMakerError) throw error;
      throw new SageMakerError('InvalidInput', `The data cannot be written as JSON: ${String(error)}`, {
        cause: error,
      });
    }
    throw new SageMakerError('InvalidInput', `The data cannot be written as JSON: it is a ${typeof data}.`);
  },
};

/** The answer as it came: any content type, no copy. */
export const bytesDeserializer: Deserializer<Uint8Array> = {
  deserialize: (body) => body,
};

/** The answer as text, read as UTF-8. */
export const stringDeserializer: Deserializer<string> = {
  deserialize: (body) => Buffer.from(body).toString('utf8'),
};

/**
 * Reads JSON (`application/json`).
 *
 * @throws {@link SageMakerError} `ModelError` where the answer is no JSON
 */
export const jsonDeserializer: Deserializer<unknown> = {
  accept: 'application/json',
  deserialize(body, contentType) {
    const text = stringDeserializer.deserialize(body, contentType);
    try {
      return JSON.parse(text) as unknown;
    } catch (error) {
      throw new SageMakerError('ModelError', `The answer is no JSON; its content type is ${contentType}.`, {
        reason: text.slice(0, REASON_LENGTH_MAX),
        cause: error,
      });
    }
  },
};

/** Reads CSV (`text/csv`) into rows of texts; quoted cells may hold commas and newlines. */
export const csvDeserializer: Deserializer<string[][]> = {
  accept: 'text/csv',
  deserialize(body, contentType) {
    return readRows(stringDeserializer.deserialize(body, contentType));
  },
};

const REASON_LENGTH_MAX = 500;

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
  // A cell and what ends it: quoted with doubled quotes, or plain.
  const cells = /(?:"((?:[^"]|"")*)"|([^,\r\n]*))(,|\r?\n|\r|$)/gy;
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

function refuseEmpty<T>(length: number, data: T): T {
  if (length === 0) {
    throw new SageMakerError('InvalidInput', 'There is nothing to predict: the data is empty.', {
      fix: 'Pass at least one value.',
    });
  }
  return data;
}

function lengthOf(data: unknown): number {
  if (data === undefined || data === null) return 0;
  if (typeof data === 'string' || Array.isArray(data)) return data.length;
  if (ArrayBuffer.isView(data)) return data.byteLength;
  return typeof data === 'object' ? Object.keys(data).length : 1;
}

function replaceForJson(_key: string, value: unknown): unknown {
  if (typeof value === 'number' && !Number.isFinite(value)) {
    throw new SageMakerError('InvalidInput', `The data cannot be written as JSON: it holds ${String(value)}.`);
  }
  return ArrayBuffer.isView(value) && !(value instanceof DataView) ? Array.from(value as Uint8Array) : value;
}
