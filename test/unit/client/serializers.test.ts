import {
  bytesDeserializer,
  csvDeserializer,
  csvSerializer,
  jsonDeserializer,
  jsonSerializer,
  SageMakerError,
  stringDeserializer,
} from '../../../src/client';

const bytes = (text: string) => new TextEncoder().encode(text);

describe('CSV', () => {
  test.each([
    ['one row', [1, 2.5, 'a'], '1,2.5,a'],
    [
      'several rows',
      [
        [1, 2],
        [3, 4],
      ],
      '1,2\n3,4',
    ],
    ['typed arrays', [new Float64Array([0.5, 1]), new Uint8Array([2, 3])], '0.5,1\n2,3'],
    ['one typed array', new Int16Array([-1, 7]), '-1,7'],
    ['cells that need quotes', [['a,b', 'say "hi"', 'two\nlines']], '"a,b","say ""hi""","two\nlines"'],
    ['absent cells', [[null, true, '']], ',true,'],
    ['a ready text', '1,2\n3,4', '1,2\n3,4'],
  ])('writes %s', (_what, data, text) => {
    expect(csvSerializer.serialize(data)).toBe(text);
  });

  test.each([
    ['no rows', []],
    ['an empty text', ''],
  ])('refuses %s', (_what, data) => {
    expect(() => csvSerializer.serialize(data)).toThrow(expect.objectContaining({ code: 'InvalidInput' }));
  });

  test.each([
    [
      'a,b\n1,2\n',
      [
        ['a', 'b'],
        ['1', '2'],
      ],
    ],
    [
      '"a,b","say ""hi""","two\nlines"\r\nx,,',
      [
        ['a,b', 'say "hi"', 'two\nlines'],
        ['x', '', ''],
      ],
    ],
    ['0.93', [['0.93']]],
    ['a\n\nb', [['a'], [''], ['b']]],
    ['', []],
  ])('reads %j', (text, rows) => {
    expect(csvDeserializer.deserialize(bytes(text), 'text/csv')).toEqual(rows);
  });

  test('what is written is read again', () => {
    const rows = [
      ['plain', 'with "quotes"', 'with, comma', 'with\nnewline', ''],
      ['second', '1', '2', '3', '4'],
    ];
    expect(csvDeserializer.deserialize(bytes(csvSerializer.serialize(rows) as string), 'text/csv')).toEqual(rows);
  });
});

describe('JSON', () => {
  test('writes values, and typed arrays as arrays', () => {
    expect(jsonSerializer.serialize({ instances: [new Float32Array([0.5, 1])], n: 0 })).toBe(
      '{"instances":[[0.5,1]],"n":0}',
    );
    expect(jsonSerializer.serialize(0)).toBe('0');
    expect(jsonSerializer.serialize(false)).toBe('false');
  });

  test.each([
    ['nothing', undefined],
    ['null', null],
    ['an empty list', []],
    ['an empty object', {}],
    ['an empty text', ''],
    ['an empty typed array', new Float32Array()],
    ['a function', () => 1],
    ['a number that JSON would lose', [1, Number.NaN]],
    ['a bigint', [1n]],
  ])('refuses %s', (_what, data) => {
    expect(() => jsonSerializer.serialize(data)).toThrow(SageMakerError);
    expect(() => jsonSerializer.serialize(data)).toThrow(expect.objectContaining({ code: 'InvalidInput' }));
  });

  test('reads JSON', () => {
    expect(jsonDeserializer.deserialize(bytes('{"a":[1]}'), 'application/json')).toEqual({ a: [1] });
  });

  test('an answer that is no JSON is an error of the model, with its words', () => {
    const read = () => jsonDeserializer.deserialize(bytes('<html>oops</html>'), 'text/html');
    expect(read).toThrow(expect.objectContaining({ code: 'ModelError', reason: '<html>oops</html>' }));
  });
});

test('text and bytes come as they are', () => {
  expect(stringDeserializer.deserialize(bytes('ä'), 'text/plain')).toBe('ä');
  const body = bytes('x');
  expect(bytesDeserializer.deserialize(body, 'x/y')).toBe(body);
});
