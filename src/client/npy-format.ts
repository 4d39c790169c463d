/**
 * NumPy's file format for one array, versions 1 to 3: the header read strictly, since an answer comes from a model that
 * anyone may have trained. Written here and not taken from npyjs 1.2.0: that one trusts shape and length, cannot read
 * big-endian arrays or put Fortran order right, fails on headers that are not aligned, and brings node-fetch along.
 *
 * @see https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
 */

/** Element type by NumPy's name. */
export type NpyType =
  'bool' | 'int8' | 'uint8' | 'int16' | 'uint16' | 'int32' | 'uint32' | 'int64' | 'uint64' | 'float32' | 'float64';

/** The typed arrays that hold NumPy's elements; 64-bit integers are bigints. */
export type NpyData =
  | Int8Array
  | Uint8Array
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | BigInt64Array
  | BigUint64Array
  | Float32Array
  | Float64Array;

interface NpyElement {
  /** As a header writes it, behind the byte order. */
  code: string;
  bytes: number;
  make: (bytes: ArrayBuffer) => NpyData;
}

/** Element types that are read and written. */
export const NPY_TYPES: Record<NpyType, NpyElement> = {
  bool: { code: 'b1', bytes: 1, make: (bytes) => new Uint8Array(bytes) },
  int8: { code: 'i1', bytes: 1, make: (bytes) => new Int8Array(bytes) },
  uint8: { code: 'u1', bytes: 1, make: (bytes) => new Uint8Array(bytes) },
  int16: { code: 'i2', bytes: 2, make: (bytes) => new Int16Array(bytes) },
  uint16: { code: 'u2', bytes: 2, make: (bytes) => new Uint16Array(bytes) },
  int32: { code: 'i4', bytes: 4, make: (bytes) => new Int32Array(bytes) },
  uint32: { code: 'u4', bytes: 4, make: (bytes) => new Uint32Array(bytes) },
  int64: { code: 'i8', bytes: 8, make: (bytes) => new BigInt64Array(bytes) },
  uint64: { code: 'u8', bytes: 8, make: (bytes) => new BigUint64Array(bytes) },
  float32: { code: 'f4', bytes: 4, make: (bytes) => new Float32Array(bytes) },
  float64: { code: 'f8', bytes: 8, make: (bytes) => new Float64Array(bytes) },
};

/** Says what is wrong with a file or an array; the serializers tell it in their own terms. */
export class NpyFormatError extends Error {}

interface NpyHeader {
  type: NpyType;
  isBigEndian: boolean;
  isFortranOrder: boolean;
  shape: number[];
  /** Where the elements begin. */
  offset: number;
}

const MAGIC = '\u0093NUMPY';
/** NumPy reads no longer ones either, unless it is told to. */
const HEADER_BYTES_MAX = 10_000;
const DIMENSIONS_MAX = 64;
const ALIGNMENT_BYTES = 64;

/** The elements in C order, whatever their order and byte order in the file. */
export function readNpy(file: Uint8Array): { type: NpyType; shape: number[]; data: NpyData } {
  const { type, isBigEndian, isFortranOrder, shape, offset } = readHeader(file);
  const { bytes, make } = NPY_TYPES[type];
  const count = countElements(shape);
  const held = file.byteLength - offset;
  if (count * bytes !== held) {
    const wanted = `${type} of shape (${shape.join(', ')}) takes ${String(count * bytes)} bytes`;
    throw new NpyFormatError(`${wanted}, but ${String(held)} follow the header`);
  }
  // A copy, since elements must be aligned; `slice` of a Buffer would be none.
  const elements = new Uint8Array(file.subarray(offset));
  if (isBigEndian) swapBytes(Buffer.from(elements.buffer), bytes);
  const data = make(elements.buffer);
  return { type, shape, data: isFortranOrder && shape.length > 1 ? toCOrder(data, shape) : data };
}

/** A file of version 1 around elements in C order, with a header as NumPy writes it. */
export function writeNpy(type: NpyType, shape: readonly number[], elements: Uint8Array): Uint8Array {
  const { code, bytes } = NPY_TYPES[type];
  const sizes = shape.length === 1 ? `${String(shape[0])},` : shape.join(', ');
  const dictionary = `{'descr': '${bytes === 1 ? '|' : '<'}${code}', 'fortran_order': False, 'shape': (${sizes}), }`;
  const prefixBytes = MAGIC.length + 4;
  const unpadded = prefixBytes + dictionary.length + 1;
  const total = Math.ceil(unpadded / ALIGNMENT_BYTES) * ALIGNMENT_BYTES;
  const file = Buffer.alloc(total + elements.byteLength, ' ');
  file.write(`${MAGIC}\u0001\u0000`, 'latin1');
  file.writeUInt16LE(total - prefixBytes, MAGIC.length + 2);
  file.write(dictionary, prefixBytes, 'latin1');
  file.write('\n', total - 1, 'latin1');
  file.set(elements, total);
  return file;
}

/** How many elements a shape holds; 1 where it has no dimension. */
export function countElements(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

function readHeader(file: Uint8Array): NpyHeader {
  const bytes = Buffer.from(file.buffer, file.byteOffset, file.byteLength);
  if (bytes.subarray(0, MAGIC.length).toString('latin1') !== MAGIC) {
    throw new NpyFormatError('it does not begin as a .npy file does');
  }
  const version = bytes[MAGIC.length] ?? 0;
  if (version < 1 || version > 3) throw new NpyFormatError(`version ${String(version)} of the format is not known`);
  const start = MAGIC.length + 2 + (version === 1 ? 2 : 4);
  if (bytes.length < start) throw new NpyFormatError('it ends within its header');
  const length = version === 1 ? bytes.readUInt16LE(MAGIC.length + 2) : bytes.readUInt32LE(MAGIC.length + 2);
  if (length > HEADER_BYTES_MAX) {
    throw new NpyFormatError(`its header of ${String(length)} bytes is longer than ${String(HEADER_BYTES_MAX)}`);
  }
  const offset = start + length;
  if (bytes.length < offset) throw new NpyFormatError('it ends within its header');
  const text = bytes.subarray(start, offset).toString(version === 3 ? 'utf8' : 'latin1');
  const fields = readDictionary(text);
  return { ...readType(fields.descr), isFortranOrder: readOrder(fields), shape: readShape(fields.shape), offset };
}

type Fields = Partial<Record<'descr' | 'fortran_order' | 'shape', string>>;

/** A Python dictionary with the three entries of the format, and no other. */
function readDictionary(text: string): Fields {
  const [, inner] = /^\s*\{([^{}]*)\}\s*$/.exec(text) ?? [];
  if (inner === undefined) throw new NpyFormatError('its header is no dictionary');
  const entry = /\s*(['"])(descr|fortran_order|shape)\1\s*:\s*('[^']*'|"[^"]*"|\w+|\([^()]*\)|\[[^[\]]*\])\s*(?:,|$)/y;
  const fields: Fields = {};
  while (inner.slice(entry.lastIndex).trim() !== '') {
    const [, , name, value] = entry.exec(inner) ?? [];
    const key = name as keyof Fields | undefined;
    if (key === undefined || fields[key] !== undefined) {
      throw new NpyFormatError('its header has other entries than descr, fortran_order and shape');
    }
    fields[key] = value ?? '';
  }
  return fields;
}

function readType(descr: string | undefined): Pick<NpyHeader, 'type' | 'isBigEndian'> {
  const [, order, code] = /^['"]([<>|=]?)(\w+)['"]$/.exec(descr ?? '') ?? [];
  // NumPy would have to unpickle them, which runs whatever program stands there.
  if (code?.startsWith('O')) throw new NpyFormatError('it holds Python objects, which are never loaded');
  const found = Object.entries(NPY_TYPES).find(([, { code: known }]) => known === code);
  if (!found)
    throw new NpyFormatError(`its element type ${(descr ?? 'is missing').slice(0, 40)} is none of ${known()}`);
  return { type: found[0] as NpyType, isBigEndian: order === '>' };
}

function known(): string {
  return Object.keys(NPY_TYPES).join(', ');
}

function readOrder({ fortran_order: order }: Fields): boolean {
  if (order !== 'True' && order !== 'False') throw new NpyFormatError('its fortran_order is neither True nor False');
  return order === 'True';
}

function readShape(text: string | undefined): number[] {
  const [, inner] = /^\(\s*((?:\d{1,16}L?\s*,\s*)*(?:\d{1,16}L?\s*)?)\)$/.exec(text ?? '') ?? [];
  if (inner === undefined) throw new NpyFormatError('its shape is no tuple of sizes');
  const shape = [...inner.matchAll(/\d+/g)].map(([size]) => Number(size));
  if (shape.length > DIMENSIONS_MAX)
    throw new NpyFormatError(`its shape has more than ${String(DIMENSIONS_MAX)} sizes`);
  if (!Number.isSafeInteger(countElements(shape) * 8)) throw new NpyFormatError('its shape is larger than any memory');
  return shape;
}

function swapBytes(elements: Buffer, bytes: number): void {
  if (bytes === 2) elements.swap16();
  if (bytes === 4) elements.swap32();
  if (bytes === 8) elements.swap64();
}

/** From the first index running fastest to the last one. */
function toCOrder<Data extends ArrayLike<number | bigint>>(from: Data, shape: readonly number[]): Data {
  const to = (from as unknown as Float64Array).slice();
  const strides = shape.map((_size, axis) => countElements(shape.slice(0, axis)));
  const index = shape.map(() => 0);
  let source = 0;
  for (let at = 0; at < to.length; at += 1) {
    to[at] = from[source] as number;
    for (let axis = shape.length - 1; axis >= 0; axis -= 1) {
      const [size = 1, stride = 1, position = 0] = [shape[axis], strides[axis], index[axis]];
      const isLast = position + 1 === size;
      index[axis] = isLast ? 0 : position + 1;
      source += isLast ? -position * stride : stride;
      if (!isLast) break;
    }
  }
  return to as unknown as Data;
}
