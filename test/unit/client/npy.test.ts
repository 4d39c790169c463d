/** NumPy's file format: what is written is read again, files as NumPy writes them are read, hostile ones are refused. */
import fc from 'fast-check';
import { npyDeserializer, npySerializer, type NpyArray } from '../../../src/client/npy';
import type { NpyType } from '../../../src/client/npy-format';

const CONTENT_TYPE = 'application/x-npy';
const read = (file: Uint8Array): NpyArray => npyDeserializer.deserialize(file, CONTENT_TYPE);

/** A file as the format defines it, made without the code under test. */
function file(header: string, elements: Uint8Array | number[] = [], { version = 1, magic = '\x93NUMPY' } = {}): Buffer {
  const size = Buffer.alloc(version === 1 ? 2 : 4);
  if (version === 1) size.writeUInt16LE(header.length);
  else size.writeUInt32LE(header.length);
  return Buffer.concat([
    Buffer.from(magic, 'latin1'),
    Buffer.from([version, 0]),
    size,
    Buffer.from(header, 'latin1'),
    Buffer.from(elements),
  ]);
}

const header = (descr: string, shape: string, order = 'False') =>
  `{'descr': ${descr}, 'fortran_order': ${order}, 'shape': ${shape}, }`;

const MAKERS: Record<NpyType, (values: number[]) => NpyArray['data']> = {
  bool: (values) => Uint8Array.from(values, (value) => (value > 0 ? 1 : 0)),
  int8: (values) => Int8Array.from(values),
  uint8: (values) => Uint8Array.from(values),
  int16: (values) => Int16Array.from(values),
  uint16: (values) => Uint16Array.from(values),
  int32: (values) => Int32Array.from(values),
  uint32: (values) => Uint32Array.from(values),
  int64: (values) => BigInt64Array.from(values, BigInt),
  uint64: (values) => BigUint64Array.from(values, (value) => BigInt(Math.abs(value))),
  float32: (values) => Float32Array.from(values),
  float64: (values) => Float64Array.from(values),
};

test('what is written is read again: every type, every shape', () => {
  const shapes = fc.array(fc.nat({ max: 4 }), { maxLength: 4 });
  fc.assert(
    fc.property(fc.constantFrom(...(Object.keys(MAKERS) as NpyType[])), shapes, fc.integer(), (dtype, shape, seed) => {
      const count = shape.reduce((product, size) => product * size, 1);
      const data = MAKERS[dtype](Array.from({ length: count }, (_, at) => (seed + at * 7919) % 100));
      expect(read(npySerializer.serialize({ data, shape, dtype }))).toEqual({ data, shape, dtype });
    }),
  );
});

test('the header is NumPy’s to the byte', () => {
  const written = Buffer.from(npySerializer.serialize({ data: new Float32Array([1]), shape: [1, 1] }));
  expect(written.subarray(0, 8).toString('latin1')).toBe('\x93NUMPY\x01\x00');
  expect(written.readUInt16LE(8)).toBe(118);
  expect(written.subarray(10, 128).toString('latin1')).toBe(
    `${"{'descr': '<f4', 'fortran_order': False, 'shape': (1, 1), }".padEnd(117)}\n`,
  );
  expect(written.subarray(128)).toEqual(Buffer.from([0, 0, 0x80, 0x3f]));
});

test.each([
  ['a typed array', new Int16Array([1, 2]), { shape: [2], dtype: 'int16', data: new Int16Array([1, 2]) }],
  ['a part of a larger buffer', new Uint8Array([9, 1, 2, 9]).subarray(1, 3), { data: new Uint8Array([1, 2]) }],
  [
    'nested lists',
    [
      [1, 2.5],
      [3, 4],
    ],
    { shape: [2, 2], dtype: 'float64', data: new Float64Array([1, 2.5, 3, 4]) },
  ],
  ['lists of no elements', [[], []], { shape: [2, 0], data: new Float64Array() }],
  ['a single value', { data: new Float64Array([5]), shape: [] }, { shape: [], data: new Float64Array([5]) }],
])('%s can be sent', (_what, input, wanted) => {
  expect(read(npySerializer.serialize(input))).toMatchObject(wanted);
});

test.each([
  ['ragged lists', [[1, 2], [3]], 'unequal length'],
  ['lists of different depth', [[1], 2], 'unequal length'],
  ['a text within', [['a']], 'a list holds string'],
  ['a shape that does not hold the elements', { data: new Float32Array(3), shape: [2, 2] }, 'does not hold 3 elements'],
  ['a shape with a fraction', { data: new Float32Array(3), shape: [1.5, 2] }, 'whole numbers'],
  ['a shape below zero', { data: new Float32Array(1), shape: [-1, -1] }, 'whole numbers'],
  ['another type than the elements have', { data: new Float32Array(1), shape: [1], dtype: 'int8' }, 'int8 is not held'],
  ['elements that NumPy has not', new Uint8ClampedArray(1), 'no NumPy type'],
])('%s is refused', (_what, input, words) => {
  const write = () => npySerializer.serialize(input as never);
  expect(write).toThrow(
    expect.objectContaining({ code: 'InvalidInput', why: expect.stringContaining(words) as string }),
  );
});

describe('a file as NumPy writes it', () => {
  test.each([1, 2, 3])('of version %i is read, though its elements are not aligned', (version) => {
    const elements = new Uint8Array(Float64Array.of(0.5, -2).buffer);
    const text = header("'<f8'", '(2,)').padEnd(61 + version);
    expect(read(file(text, elements, { version }))).toEqual({
      data: Float64Array.of(0.5, -2),
      shape: [2],
      dtype: 'float64',
    });
  });

  test.each([
    ["'>i2'", [1, 2, 0xff, 0xfe], Int16Array.of(258, -2)],
    ["'>u4'", [0, 0, 1, 0], Uint32Array.of(256)],
    ["'>f8'", [0x3f, 0xe0, 0, 0, 0, 0, 0, 0], Float64Array.of(0.5)],
    ["'>i8'", [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff], BigInt64Array.of(-1n)],
    ["'|b1'", [1, 0], Uint8Array.of(1, 0)],
    ['"|i1"', [0xff], Int8Array.of(-1)],
  ])('with elements %s is read', (descr, bytes, data) => {
    expect(read(file(header(descr, `(${String(data.length)},)`), bytes)).data).toEqual(data);
  });

  test('in Fortran order comes in C order', () => {
    // np.asfortranarray(np.arange(24).reshape(2, 3, 4)) in memory: the first index runs fastest.
    const inMemory: number[] = [];
    for (let k = 0; k < 4; k += 1)
      for (let j = 0; j < 3; j += 1) for (let i = 0; i < 2; i += 1) inMemory.push(i * 12 + j * 4 + k);
    const { data, shape } = read(file(header("'|u1'", '(2, 3, 4)', 'True'), inMemory));
    expect(shape).toEqual([2, 3, 4]);
    expect([...data]).toEqual(Array.from({ length: 24 }, (_, at) => at));
  });

  test('in another order of entries, or by Python 2, is read', () => {
    const text = '{"shape": (2L, 1L), "descr": "|u1", "fortran_order": False}';
    expect(read(file(text, [7, 8]))).toMatchObject({ shape: [2, 1], data: Uint8Array.of(7, 8) });
  });
});

describe('refused, as an error of the model', () => {
  const GOOD = header("'|u1'", '(2,)');
  test.each([
    ['nothing', Buffer.alloc(0), 'does not begin'],
    ['something else', Buffer.from('<html>oops</html>'), 'does not begin'],
    ['a pickle of Python objects', file(header("'|O'", '(1,)'), [1]), 'Python objects'],
    ['objects by another name', file(header("'O8'", '(1,)'), [1]), 'Python objects'],
    ['a record type', file(header("[('a', '<f4'), ('b', '|O')]", '(1,)'), [1]), 'element type'],
    ['float16', file(header("'<f2'", '(1,)'), [0, 0]), "element type '<f2'"],
    ['texts', file(header("'<U3'", '(1,)'), []), "element type '<U3'"],
    ['version 9', file(GOOD, [1, 2], { version: 9 }), 'version 9'],
    ['a header that is cut', file(GOOD).subarray(0, 30), 'ends within its header'],
    ['a length that is cut', file(GOOD).subarray(0, 9), 'ends within its header'],
    [
      'a header of gigabytes',
      Buffer.concat([file('', [], { version: 2 }).subarray(0, 8), Buffer.from('ffffffff7f', 'hex')]),
      'longer than 10000',
    ],
    ['elements that are cut', file(GOOD, [1]), 'but 1 follow'],
    ['elements too many', file(GOOD, [1, 2, 3]), 'but 3 follow'],
    ['a shape of petabytes', file(header("'<f8'", '(999999999999, 999999999999)'), [1]), 'larger than any memory'],
    [
      'a shape that multiplies to infinity',
      file(header("'<f8'", `(${'9999999999999999, '.repeat(60)})`), [1]),
      'larger',
    ],
    ['a shape of a thousand sizes', file(header("'|u1'", `(${'1, '.repeat(1_000)})`), [1]), 'more than 64 sizes'],
    ['a shape below zero', file(header("'|u1'", '(-1,)'), [1]), 'tuple of sizes'],
    ['a shape that is a call', file(header("'|u1'", "(__import__('os'),)"), [1]), 'other entries'],
    ['another entry', file(`{'descr': '|u1', 'x': 1, 'fortran_order': False, 'shape': (1,)}`, [1]), 'other entries'],
    [
      'an entry twice',
      file(`{'descr': '|u1', 'descr': '|O', 'fortran_order': False, 'shape': (1,)}`, [1]),
      'other entries',
    ],
    ['no shape', file(`{'descr': '|u1', 'fortran_order': False}`, [1]), 'tuple of sizes'],
    ['no order', file(`{'descr': '|u1', 'shape': (1,)}`, [1]), 'fortran_order'],
    ['no dictionary', file('[]'), 'no dictionary'],
  ])('%s', (_what, bytes, words) => {
    const wanted = { code: 'ModelError', reason: expect.stringContaining(words) as string };
    expect(() => read(bytes)).toThrow(expect.objectContaining(wanted));
  });

  test('any bytes at all: an array or that error, in no time and no memory', () => {
    const start = file(header("'|u1'", '(2, 1)'), [1, 2]);
    const damaged = fc
      .array(fc.tuple(fc.nat({ max: start.length - 1 }), fc.integer({ min: 0, max: 255 })), {
        minLength: 1,
        maxLength: 6,
      })
      .map((changes) => {
        const bytes = Buffer.from(start);
        for (const [at, value] of changes) bytes[at] = value;
        return bytes;
      });
    fc.assert(
      fc.property(fc.oneof(damaged, fc.uint8Array({ maxLength: 200 })), (bytes) => {
        try {
          expect(read(bytes).data.length).toBeLessThanOrEqual(bytes.length);
        } catch (error) {
          expect(error).toMatchObject({ code: 'ModelError' });
        }
      }),
      { numRuns: 500 },
    );
  });
});
