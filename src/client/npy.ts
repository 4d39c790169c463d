/**
 * NumPy arrays to and from an endpoint (`application/x-npy`), as typed arrays with a shape. The file format itself is
 * read and written in `npy-format.ts`.
 */
import { SageMakerError } from './errors';
import { countElements, NpyFormatError, NPY_TYPES, readNpy, writeNpy, type NpyData, type NpyType } from './npy-format';
import type { DeserializerObject, SerializerObject } from './serializers';

/** An n-dimensional array: elements in C order (the last index runs fastest) and the size of each dimension. */
export interface NpyArray {
  /** As many elements as the sizes of `shape` multiplied. */
  data: NpyData;
  /** Size of each dimension. Empty: a single value. */
  shape: number[];
  /** Element type by NumPy's name. With `bool`, `data` holds zeros and ones. */
  dtype: NpyType;
}

/** Numbers in lists of equal length, to any depth; written as float64. */
export type NestedNumbers = number | readonly NestedNumbers[];

/** An array to be written: as {@link NpyArray}, but its type is that of the typed array where none is given. */
export interface NpyArrayInput {
  /** As many elements as the sizes of `shape` multiplied. */
  data: NpyData;
  /** Size of each dimension. Empty: a single value. */
  shape: readonly number[];
  /** Element type by NumPy's name; `bool` for zeros and ones in a Uint8Array. @default that of `data` */
  dtype?: NpyType;
}

/** What {@link npySerializer} writes: an array with its shape, a typed array of one dimension, or nested lists. */
export type NpyInput = NpyArrayInput | NpyData | readonly NestedNumbers[];

/**
 * Writes arrays in NumPy's format (`application/x-npy`): typed arrays with the type of their elements, lists of numbers
 * as float64.
 *
 * @throws {@link SageMakerError} `InvalidInput` where the shape does not hold the elements, or lists are ragged
 * @see https://sagemaker.readthedocs.io/en/v1.72.0/api/inference/predictors.html `sagemaker.predictor.npy_serializer`
 *
 * @example
 * ```ts
 * import { npyDeserializer, npySerializer, RealTimePredictor } from 'temporal-sagemaker/client';
 *
 * const predictor = new RealTimePredictor('digits', {
 *   aws: { region: 'eu-central-1' },
 *   serializer: npySerializer,
 *   deserializer: npyDeserializer,
 * });
 * const { data, shape } = await predictor.predict({ data: new Float32Array(128), shape: [2, 8, 8] });
 * console.log(shape, data[0]);
 * predictor.close();
 * ```
 */
export const npySerializer: SerializerObject<NpyInput, Uint8Array> = {
  contentType: 'application/x-npy',
  serialize(input) {
    const { data, shape, dtype } = toArray(input);
    if (!shape.every((size) => Number.isInteger(size) && size >= 0)) throw refuse('a shape has whole numbers from 0');
    if (countElements(shape) !== data.length) {
      throw refuse(`shape (${shape.join(', ')}) does not hold ${String(data.length)} elements`);
    }
    if (NPY_TYPES[dtype].make(new ArrayBuffer(0)).constructor !== data.constructor) {
      throw refuse(`${dtype} is not held by ${data.constructor.name}`);
    }
    return writeNpy(dtype, shape, new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  },
};

/**
 * Reads arrays in NumPy's format (`application/x-npy`), in either byte order, in C or Fortran order. Python objects
 * (pickles) are refused, not loaded.
 *
 * @throws {@link SageMakerError} `ModelError` where the answer is no such file, is cut short, or has elements of another
 * type
 * @see https://sagemaker.readthedocs.io/en/v1.72.0/api/inference/predictors.html `sagemaker.predictor.numpy_deserializer`
 *
 * @example
 * ```ts
 * import { npyDeserializer, npySerializer } from 'temporal-sagemaker/client';
 *
 * const bytes = npySerializer.serialize([
 *   [1, 2, 3],
 *   [4, 5, 6],
 * ]);
 * console.log(npyDeserializer.deserialize(bytes, 'application/x-npy').shape); // [ 2, 3 ]
 * ```
 */
export const npyDeserializer: DeserializerObject<NpyArray> = {
  accept: 'application/x-npy',
  deserialize(body, contentType) {
    try {
      const { type, shape, data } = readNpy(body);
      return { data, shape, dtype: type };
    } catch (error) {
      if (!(error instanceof NpyFormatError)) throw error;
      const why = `The answer is no NumPy array that can be read: ${error.message}; its content type is ${contentType}.`;
      throw new SageMakerError('ModelError', why, {
        reason: error.message,
        fix: 'Let the model answer application/x-npy with numbers, such as array.astype("float32").',
        cause: error,
      });
    }
  },
};

const TYPE_OF: Record<string, NpyType> = Object.fromEntries(
  // Of the two that share a typed array the later one holds: bytes are uint8, not bool.
  Object.entries(NPY_TYPES).map(([type, { make }]) => [make(new ArrayBuffer(0)).constructor.name, type as NpyType]),
);

function toArray(input: NpyInput): { data: NpyData; shape: readonly number[]; dtype: NpyType } {
  if (Array.isArray(input)) {
    const numbers: number[] = [];
    const shape = collect(input as readonly NestedNumbers[], numbers);
    return { data: Float64Array.from(numbers), shape, dtype: 'float64' };
  }
  const { data, shape, dtype } = ArrayBuffer.isView(input)
    ? { data: input, shape: [input.length], dtype: undefined }
    : (input as NpyArrayInput);
  const type = dtype ?? TYPE_OF[data.constructor.name];
  if (type === undefined) throw refuse(`there is no NumPy type for the elements of ${data.constructor.name}`);
  return { data, shape, dtype: type };
}

/** Appends the numbers of a list and answers its shape. */
function collect(value: NestedNumbers, numbers: number[]): number[] {
  if (typeof value === 'number') {
    numbers.push(value);
    return [];
  }
  if (!Array.isArray(value)) throw refuse(`a list holds ${typeof value}, no number`);
  const [first, ...others] = (value as readonly NestedNumbers[]).map((item) => collect(item, numbers));
  if (others.some((shape) => shape.join() !== first?.join())) throw refuse('lists of unequal length make no array');
  return [value.length, ...(first ?? [])];
}

function refuse(problem: string): SageMakerError {
  return new SageMakerError('InvalidInput', `The data cannot be written as a NumPy array: ${problem}.`, {
    fix: 'Pass nested lists of numbers, a typed array, or { data, shape }.',
  });
}
