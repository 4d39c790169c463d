import { createHash, createHmac } from 'node:crypto';
import { Readable } from 'node:stream';
import { decodeAwsChunked, type ChunkedBody } from '../../../src/emulator/wire/aws-chunked';
import { CHECKSUM_ALGORITHMS, startChecksum } from '../../../src/emulator/wire/checksums';
import { AwsError } from '../../../src/emulator/world';

const mismatch = () => new AwsError('SignatureDoesNotMatch', 'mismatch', 403);

/** What the decoder makes of a framed body that arrives in pieces of `pieceBytes`. */
async function decode(framed: string, about: Partial<ChunkedBody> = {}, pieceBytes = framed.length): Promise<string> {
  const bytes = Buffer.from(framed, 'latin1');
  const pieces: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += pieceBytes) pieces.push(bytes.subarray(at, at + pieceBytes));
  const decoder = decodeAwsChunked({ decodedLength: undefined, trailers: [], mismatch, ...about });
  const parts: Buffer[] = [];
  for await (const part of Readable.from(pieces).pipe(decoder) as AsyncIterable<Buffer>) parts.push(part);
  return Buffer.concat(parts).toString('latin1');
}

describe('checksums', () => {
  it.each([
    ['crc32', 'y/Q5Jg=='],
    ['crc32c', '4waSgw=='],
    ['crc64nvme', 'rosUhgp5mIg='],
    ['sha1', '98O8HYCOBHMq32eZZczDTKeuNEE='],
    ['sha256', 'FeKw08M4keuw8e9gnsQZQgwg4yDOlMZfvIwzEkSOsiU='],
    ['md5', 'JfnnlDI7RTiF9RgfG2JNCw=='],
  ])('%s of 123456789 is the published one, in one piece or in many', (algorithm, digest) => {
    const whole = startChecksum(algorithm);
    whole?.update(Buffer.from('123456789'));
    expect(whole?.digest()).toBe(digest);
    const pieces = startChecksum(algorithm);
    for (const character of '123456789') pieces?.update(Buffer.from(character));
    expect(pieces?.digest()).toBe(digest);
  });

  it('are all there that are named, and no others', () => {
    for (const algorithm of CHECKSUM_ALGORITHMS) expect(startChecksum(algorithm)).toBeDefined();
    expect(startChecksum('xxhash3')).toBeUndefined();
  });
});

describe('the aws-chunked framing', () => {
  const framed = '4\r\nWiki\r\n5;chunk-signature=ignored\r\npedia\r\n0\r\nx-amz-checksum-crc32:TTpVTA==\r\n\r\n';
  const trailers = ['x-amz-checksum-crc32'];

  it.each([1, 2, 3, 7, 1000])('comes off in pieces of %d bytes', async (pieceBytes) => {
    const checksum = startChecksum('crc32');
    checksum?.update(Buffer.from('Wikipedia'));
    const sent = framed.replace('TTpVTA==', checksum?.digest() ?? '');
    await expect(decode(sent, { decodedLength: 9, trailers }, pieceBytes)).resolves.toBe('Wikipedia');
  });

  it('may end without the empty line after the trailers', async () => {
    await expect(decode('3\r\nabc\r\n0\r\n')).resolves.toBe('abc');
  });

  it.each([
    ['a wrong trailer', framed, { trailers }, 'BadDigest'],
    ['a trailer that was announced and did not come', '1\r\na\r\n0\r\n\r\n', { trailers }, 'MalformedTrailerError'],
    ['a body that is cut short in a chunk', '4\r\nWi', {}, 'IncompleteBody'],
    ['a body that is cut short between chunks', '4\r\nWiki\r\n', {}, 'IncompleteBody'],
    ['fewer bytes than were announced', '4\r\nWiki\r\n0\r\n\r\n', { decodedLength: 5 }, 'IncompleteBody'],
    ['more bytes than were announced', '4\r\nWiki\r\n0\r\n\r\n', { decodedLength: 3 }, 'IncompleteBody'],
    ['a size that is no number', 'z\r\nWiki\r\n0\r\n\r\n', {}, 'InvalidChunkSizeError'],
    ['a chunk longer than its size', '4\r\nWikipedia\r\n0\r\n\r\n', {}, 'InvalidChunkSizeError'],
    ['a size line without end', `${'0'.repeat(10_000)}\r\n`, {}, 'InvalidChunkSizeError'],
  ])('is refused with %s', async (_name, sent, about, code) => {
    await expect(decode(sent, about)).rejects.toMatchObject({ code });
  });

  it('refuses to pretend that it checked a trailer it cannot check', () => {
    expect(() => decodeAwsChunked({ decodedLength: 1, trailers: ['x-amz-checksum-xxhash3'], mismatch })).toThrow(
      'cannot check',
    );
  });

  it('follows the chain of chunk signatures, and of the trailer', async () => {
    const seed = { signature: 'seed', timestamp: '20260101T000000Z', scope: 'scope', signingKey: Buffer.from('key') };
    const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
    const sign = (lines: string[]) => createHmac('sha256', seed.signingKey).update(lines.join('\n')).digest('hex');
    const chunk = (previous: string, data: string) =>
      sign(['AWS4-HMAC-SHA256-PAYLOAD', seed.timestamp, seed.scope, previous, sha256(''), sha256(data)]);
    const first = chunk('seed', 'Wiki');
    const last = chunk(first, '');
    const checksum = startChecksum('crc32');
    checksum?.update(Buffer.from('Wiki'));
    const trailer = `x-amz-checksum-crc32:${checksum?.digest() ?? ''}`;
    const end = sign(['AWS4-HMAC-SHA256-TRAILER', seed.timestamp, seed.scope, last, sha256(`${trailer}\n`)]);
    const sent = (data: string, trailerSignature: string) =>
      `4;chunk-signature=${first}\r\n${data}\r\n0;chunk-signature=${last}\r\n${trailer}\r\nx-amz-trailer-signature:${trailerSignature}\r\n\r\n`;

    await expect(decode(sent('Wiki', end), { seed, trailers }, 5)).resolves.toBe('Wiki');
    await expect(decode(sent('Wikj', end), { seed, trailers })).rejects.toMatchObject({
      code: 'SignatureDoesNotMatch',
    });
    await expect(decode(sent('Wiki', first), { seed, trailers })).rejects.toMatchObject({
      code: 'SignatureDoesNotMatch',
    });
  });
});
