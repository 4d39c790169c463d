import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { createGzip, gzipSync } from 'node:zlib';
import { ArchiveRefused, packFolder, unpackArchive } from '../../../src/emulator/processes/archive';
import { makeTarBlocks, makeTarGz, readTarGz } from '../../support/tar-file';
import type { TarEntry } from '../../support/tar-file';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'archive-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

async function unpack(archive: Buffer, limits = {}): Promise<string> {
  const target = path.join(folder, 'in', 'model');
  await unpackArchive(Readable.from([archive]), target, limits);
  return target;
}

describe('packing', () => {
  test('what is packed comes out the same, at the root of the archive', async () => {
    const model = path.join(folder, 'model');
    mkdirSync(path.join(model, 'deep'), { recursive: true });
    writeFileSync(path.join(model, 'weights'), 'w'.repeat(100_000));
    writeFileSync(path.join(model, 'deep', 'ü.txt'), 'deep');
    writeFileSync(path.join(model, '@odd'), 'odd');
    const archive = await buffer(packFolder(model, readdirSync(model)));
    expect(await readTarGz(archive)).toEqual({ weights: 'w'.repeat(100_000), 'deep/ü.txt': 'deep', '@odd': 'odd' });
    const target = await unpack(archive);
    expect(readFileSync(path.join(target, 'deep', 'ü.txt'), 'utf8')).toBe('deep');
  });

  test('an empty folder makes an archive that can be unpacked', async () => {
    const model = path.join(folder, 'model');
    mkdirSync(model);
    expect(readdirSync(await unpack(await buffer(packFolder(model, []))))).toEqual([]);
  });

  test('a link that leads out of the folder is packed as a link, not as what it leads to', async () => {
    const model = path.join(folder, 'model');
    mkdirSync(model);
    writeFileSync(path.join(folder, 'secret'), 'secret');
    symlinkSync(path.join(folder, 'secret'), path.join(model, 'link'));
    expect(await readTarGz(await buffer(packFolder(model, ['link'])))).toEqual({});
  });
});

describe('unpacking', () => {
  test('links within the archive are taken', async () => {
    const target = await unpack(
      makeTarGz([
        { path: 'code/model.txt', content: 'here' },
        { path: 'link.txt', type: 'SymbolicLink', linkpath: 'code/model.txt' },
        { path: 'code/up.txt', type: 'SymbolicLink', linkpath: '../code/model.txt' },
      ]),
    );
    expect(readFileSync(path.join(target, 'link.txt'), 'utf8')).toBe('here');
    expect(readFileSync(path.join(target, 'code', 'up.txt'), 'utf8')).toBe('here');
  });

  const hostile: [string, TarEntry[]][] = [
    ['a path that climbs out', [{ path: '../../escaped', content: 'x' }]],
    ['a path that climbs out in the middle', [{ path: 'a/../../../escaped', content: 'x' }]],
    ['an absolute path', [{ path: '/tmp/archive-escaped', content: 'x' }]],
    ['a symbolic link to an absolute path', [{ path: 'link', type: 'SymbolicLink', linkpath: '/etc/passwd' }]],
    ['a symbolic link that climbs out', [{ path: 'd/link', type: 'SymbolicLink', linkpath: '../../out' }]],
    [
      'a symbolic link that climbs out by way of another',
      [
        { path: 'd/up', type: 'SymbolicLink', linkpath: '..' },
        { path: 'd/out', type: 'SymbolicLink', linkpath: 'up/..' },
      ],
    ],
    [
      'a file through a link',
      [
        { path: 'd', type: 'SymbolicLink', linkpath: '/tmp' },
        { path: 'd/archive-escaped', content: 'x' },
      ],
    ],
    ['a hard link to something outside', [{ path: 'link', type: 'Link', linkpath: '../../outside' }]],
    ['a device', [{ path: 'device', type: 'CharacterDevice' }]],
    ['a pipe', [{ path: 'pipe', type: 'FIFO' }]],
  ];
  test.each(hostile)('%s is refused', async (_what, entries) => {
    writeFileSync(path.join(folder, 'outside'), 'untouched');
    await expect(unpack(makeTarGz([{ path: 'first', content: 'x' }, ...entries]))).rejects.toThrow(ArchiveRefused);
    expect(existsSync(path.join(folder, 'escaped'))).toBe(false);
    expect(existsSync('/tmp/archive-escaped')).toBe(false);
    expect(readFileSync(path.join(folder, 'outside'), 'utf8')).toBe('untouched');
  });

  test('an archive is refused that grows beyond its limit of bytes', async () => {
    const bomb = makeTarGz([{ path: 'zeros', content: Buffer.alloc(3_000_000) }]);
    expect(bomb.length).toBeLessThan(10_000);
    await expect(unpack(bomb, { bytes: 1_000_000 })).rejects.toThrow('more than 1000000 bytes');
  });

  test('an archive is refused that becomes many times its own size, once that is much', async () => {
    const bomb = makeTarGz([{ path: 'zeros', content: Buffer.alloc(3_000_000) }]);
    const limits = { ratio: 100, ratioFromBytes: 1_000_000 };
    await expect(unpack(bomb, limits)).rejects.toThrow('more than 100 times its own size');
    const small = makeTarGz([{ path: 'zeros', content: Buffer.alloc(900_000) }]);
    await expect(unpack(small, limits)).resolves.toBe(path.join(folder, 'in', 'model'));
  });

  test('a million entries are refused at the limit, not at their end', async () => {
    const block = makeTarBlocks([{ path: 'x', type: 'Directory' }]);
    const thousand = Buffer.concat(Array.from({ length: 1_000 }, () => block));
    let sent = 0;
    const archive = Readable.from(
      (function* () {
        for (; sent < 1_000_000; sent += 1_000) yield thousand;
      })(),
    ).pipe(createGzip({ level: 1 }));
    const target = path.join(folder, 'many');
    await expect(unpackArchive(archive, target, { entries: 1_000 })).rejects.toThrow('more than 1000 entries');
    expect(sent).toBeLessThan(1_000_000);
  });

  test('a name that comes twice is the last one’s, and nothing is written through a link of the same name', async () => {
    const target = await unpack(
      makeTarGz([
        { path: 'a', content: 'first' },
        { path: 'a', content: 'second' },
        { path: 'kept', content: 'kept' },
        { path: 'l', type: 'SymbolicLink', linkpath: 'kept' },
        { path: 'l', content: 'own' },
        { path: 'h', type: 'Link', linkpath: 'kept' },
        { path: 'h', content: 'own' },
      ]),
    );
    const read = (name: string) => readFileSync(path.join(target, name), 'utf8');
    expect(['a', 'kept', 'l', 'h'].map(read)).toEqual(['second', 'kept', 'own', 'own']);
  });

  test('names that differ in case alone are two files, or the last one where the disk makes no difference', async () => {
    const target = await unpack(
      makeTarGz([
        { path: 'a', content: '1' },
        { path: 'A', content: '2' },
      ]),
    );
    const found = readdirSync(target).map((name) => readFileSync(path.join(target, name), 'utf8'));
    expect([['1', '2'], ['2']]).toContainEqual(found.sort());
  });

  test('a folder through a link, and a folder in the place of a file, are refused', async () => {
    const first = { path: 'd/x', content: '1' };
    const link: TarEntry = { path: 'l', type: 'SymbolicLink', linkpath: 'd' };
    await expect(unpack(makeTarGz([first, link, { path: 'l/x', content: '2' }]))).rejects.toThrow(ArchiveRefused);
    await expect(unpack(makeTarGz([first, { path: 'd/x/y', content: '2' }]))).rejects.toThrow(ArchiveRefused);
  });

  test('an archive is refused that has more entries than its limit', async () => {
    const entries = Array.from({ length: 20 }, (_, index) => ({ path: `file-${String(index)}`, content: 'x' }));
    await expect(unpack(makeTarGz(entries), { entries: 10 })).rejects.toThrow('more than 10 entries');
  });

  test.each([
    ['not gzipped', Buffer.from('plain text')],
    ['not a tar', gzipSync(Buffer.alloc(5_000, 'x'))],
    ['cut short', makeTarGz([{ path: 'a', content: 'a'.repeat(9_000) }]).subarray(0, 60)],
    ['empty', Buffer.alloc(0)],
  ])('data that is %s is refused', async (_what, data) => {
    await expect(unpack(data)).rejects.toThrow(ArchiveRefused);
  });

  test('an aborted unpacking ends with the abort', async () => {
    const signal = AbortSignal.abort(new Error('enough'));
    await expect(unpack(makeTarGz([{ path: 'a', content: 'a' }]), { signal })).rejects.not.toThrow(ArchiveRefused);
  });
});
