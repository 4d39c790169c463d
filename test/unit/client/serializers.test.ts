/** Each serializer and deserializer by itself; `predictor.test.ts` of the integration room sends what they write. */
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { csvDeserializer, csvSerializer } from '../../../src/client/csv';
import { SageMakerError } from '../../../src/client/errors';
import { BODY_BYTES_MAX, serializeBody } from '../../../src/client/invocation-body';
import {
  bytesDeserializer,
  bytesSerializer,
  jsonDeserializer,
  jsonSerializer,
  stringDeserializer,
  stringSerializer,
} from '../../../src/client/serializers';
import { streamDeserializer, streamSerializer } from '../../../src/client/streams';

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
    ['"unclosed,b', [['"unclosed', 'b']]],
    ['"a"b,c', [['"a"b', 'c']]],
  ])('reads %j', (text, rows) => {
    expect(csvDeserializer.deserialize(bytes(text), 'text/csv')).toEqual(rows);
  });

  test('what is written is read again', () => {
    const rows = [
      ['plain', 'with "quotes"', 'with, comma', 'with\nnewline', ''],
      ['second', '1', '2', '3', '4'],
    ];
    expect(csvDeserializer.deserialize(bytes(csvSerializer.serialize(rows)), 'text/csv')).toEqual(rows);
  });
});

test('a quoted cell of megabytes is read', () => {
  const cell = 'a""'.repeat(1_000_000);
  expect(csvDeserializer.deserialize(bytes(`"${cell}",2`), 'text/csv')[0]?.[0]).toHaveLength(2_000_000);
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

test('text and bytes come and go as they are', () => {
  expect(stringDeserializer.deserialize(bytes('ä'), 'text/plain')).toBe('ä');
  expect(stringSerializer.serialize('ä')).toBe('ä');
  const body = bytes('x');
  expect(bytesDeserializer.deserialize(body, 'x/y')).toBe(body);
  expect(bytesSerializer.serialize(Uint16Array.of(1, 258).subarray(1))).toEqual(Uint8Array.of(2, 1));
  expect(bytesSerializer.serialize(Uint8Array.of(1).buffer)).toEqual(Uint8Array.of(1));
});

describe('a stream', () => {
  async function* give(...chunks: (Uint8Array | string)[]): AsyncGenerator<Uint8Array | string> {
    for (const chunk of chunks) yield await Promise.resolve(chunk);
  }

  test.each([
    ['Node’s', () => Readable.from([Buffer.from('a'), Buffer.from('ä')])],
    ['the web’s', () => new Blob(['aä']).stream() as unknown as AsyncIterable<Uint8Array>],
    ['a generator', () => give('a', bytes('ä'))],
  ])('is collected: %s', async (_whose, make) => {
    expect(Buffer.from(await streamSerializer.serialize(make())).toString()).toBe('aä');
  });

  test('over the limit is refused and destroyed as soon as that is seen', async () => {
    let given = 0;
    const endless = new Readable({
      read() {
        given += 1;
        this.push(Buffer.alloc(1_000_000));
      },
    });
    await expect(streamSerializer.serialize(endless)).rejects.toMatchObject({
      code: 'InvalidInput',
      why: expect.stringContaining('more than 6291456 bytes') as string,
    });
    expect(endless.destroyed).toBe(true);
    expect(given).toBeLessThan(20);
  });

  test.each([
    ['fails', () => Readable.from(failing()), 'the disk is gone'],
    ['gives no bytes', () => Readable.from([1]), 'type number'],
    ['was read before', () => Readable.from(['a']).destroy(), 'could not be read'],
  ])('that %s is refused', async (_how, make, words) => {
    const wanted = { code: 'InvalidInput', why: expect.stringContaining(words) as string };
    await expect(streamSerializer.serialize(make())).rejects.toMatchObject(wanted);
  });

  async function* failing(): AsyncGenerator<string> {
    yield 'a';
    throw new Error('the disk is gone');
  }

  test('that never ends is left when the prediction is given up', async () => {
    const silent = new Readable({ read: () => undefined });
    const given = new AbortController();
    const body = serializeBody(streamSerializer, silent, given.signal);
    given.abort(new Error('no longer'));
    await expect(body).rejects.toThrow('no longer');
    expect(silent.destroyed).toBe(true);
  });

  test('comes as a stream with its content type', async () => {
    const answer = streamDeserializer.deserializeStream(Readable.from([bytes('a')]), 'x/y');
    expect(answer.contentType).toBe('x/y');
    expect(await text(answer.stream)).toBe('a');
  });
});

describe('the body', () => {
  const { signal } = new AbortController();

  test.each([
    ['an object with serialize', { serialize: (data: number) => String(data) }],
    ['a function', (data: number) => String(data)],
    ['a function that takes its time', (data: number) => Promise.resolve(String(data))],
  ])('is written by %s', async (_what, serializer) => {
    expect(await serializeBody(serializer, 7, signal)).toBe('7');
  });

  test.each([
    ['nothing', () => undefined, 'not undefined'],
    ['null', () => null, 'not null'],
    ['an object', () => ({}), 'not object'],
    ['an empty text', () => '', 'empty'],
    ['too much', () => Buffer.alloc(BODY_BYTES_MAX + 1), 'too long: 6291457 bytes'],
  ])('is refused where a serializer gives %s', async (_what, serializer, words) => {
    await expect(serializeBody(serializer as never, 7, signal)).rejects.toMatchObject({
      code: 'InvalidInput',
      why: expect.stringContaining(words) as string,
    });
  });

  test('what a serializer throws is passed on', async () => {
    const error = new RangeError('mine');
    const serializer = () => {
      throw error;
    };
    await expect(serializeBody(serializer, 7, signal)).rejects.toBe(error);
  });
});
