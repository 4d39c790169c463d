/** NumPy reads what our serializer writes, and our deserializer reads what NumPy writes. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { npyDeserializer, npySerializer } from '../../src/client/npy';
import { runProcess } from '../support/processes';
import { findPython, PYTHON_ENVIRONMENT_LIMIT_MS } from '../support/python';
import { makeScratchFolder, removeScratchFolders } from '../support/scratch';

interface Told {
  file: string;
  dtype: string;
  shape: number[];
  data: (string | number)[];
}

let folder: string;
let python: string;
beforeAll(async () => {
  python = await findPython();
  folder = makeScratchFolder();
}, PYTHON_ENVIRONMENT_LIMIT_MS);
afterAll(() => {
  removeScratchFolders();
});

async function runScript(...args: string[]): Promise<Told[]> {
  const script = join(__dirname, 'numpy_arrays.py');
  const { code, stdout, stderr } = await runProcess(python, [script, ...args]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Told);
}

const readFile = (file: string) => npyDeserializer.deserialize(readFileSync(join(folder, file)), 'application/x-npy');
const tell = (value: number | bigint, dtype: string) => (dtype.startsWith('float') ? Number(value) : String(value));

test('what NumPy writes is read, in each type, byte order, order and version', async () => {
  const written = await runScript('write', folder);
  expect(written.length).toBe(11 * 4 + 3 + 2);
  for (const { file, dtype, shape, data } of written) {
    const array = readFile(file);
    expect({ file, ...array, data: Array.from<number | bigint>(array.data) }).toEqual({
      file,
      dtype,
      shape,
      data: data.map((value) => (/^u?int64/.test(dtype) ? BigInt(value) : Number(value))),
    });
  }
  for (const file of ['objects.npy', 'half.npy', 'record.npy']) {
    expect(() => readFile(file)).toThrow(expect.objectContaining({ code: 'ModelError' }));
  }
});

test('what we write is read by NumPy', async () => {
  const arrays = [
    { data: Uint8Array.of(1, 0, 1), shape: [3], dtype: 'bool' },
    { data: Int8Array.of(-1, 2), shape: [2, 1], dtype: 'int8' },
    { data: Uint8Array.of(255, 0), shape: [2], dtype: 'uint8' },
    { data: Int16Array.of(-300), shape: [1], dtype: 'int16' },
    { data: Uint16Array.of(60_000), shape: [1], dtype: 'uint16' },
    { data: Int32Array.of(1, 2, 3, 4, 5, 6), shape: [1, 2, 3], dtype: 'int32' },
    { data: Uint32Array.of(4_000_000_000), shape: [1], dtype: 'uint32' },
    { data: BigInt64Array.of(-(2n ** 63n)), shape: [1], dtype: 'int64' },
    { data: BigUint64Array.of(2n ** 64n - 1n), shape: [1], dtype: 'uint64' },
    { data: Float32Array.of(0.5), shape: [], dtype: 'float32' },
    { data: Float64Array.of(0.1, -1e300), shape: [2], dtype: 'float64' },
    { data: new Float64Array(), shape: [0, 4], dtype: 'float64' },
  ] as const;
  const files = arrays.map((array, at) => {
    const file = join(folder, `ours-${String(at)}.npy`);
    writeFileSync(file, npySerializer.serialize(array));
    return file;
  });
  expect((await runScript('read', ...files)).map(({ dtype, shape, data }) => ({ dtype, shape, data }))).toEqual(
    arrays.map(({ dtype, shape, data }) => ({
      dtype,
      shape,
      data: Array.from<number | bigint>(data).map((value) => tell(value, dtype)),
    })),
  );
});
