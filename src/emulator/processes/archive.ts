/**
 * model.tar.gz and output.tar.gz: packing what a training job made, and unpacking model data that may come from anyone.
 * Compression runs on Node's thread pool, so that a large model does not hold up the emulator.
 */
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';
import { extract, Pack } from 'tar';
import type { ReadEntry } from 'tar';
import { isDiskFull } from '../disk';

/** What an archive may hold. */
export interface ArchiveLimits {
  bytes: number;
  entries: number;
  /** How many times its own size it may become. */
  ratio: number;
  /** From here on the ratio counts: small archives of zeros harm nobody. */
  ratioFromBytes: number;
}

const DEFAULT_LIMITS: ArchiveLimits = { bytes: 20 * 2 ** 30, entries: 100_000, ratio: 200, ratioFromBytes: 2 ** 30 };

const ACCEPTED_TYPES = new Set(['File', 'OldFile', 'ContiguousFile', 'Directory', 'SymbolicLink', 'Link']);

/** An archive that is not unpacked, and why. */
export class ArchiveRefused extends Error {
  constructor(reason: string) {
    super(reason);
    this.name = 'ArchiveRefused';
  }
}

/** The contents of `folder` as a gzipped tar, with the contents at its root. Links are packed as links. */
export function packFolder(folder: string, names: readonly string[]): Readable {
  // `portable` leaves out whatever differs between machines: owners, and times but for the modification's.
  const archive = new Pack({ cwd: folder, portable: true });
  // An archive without any entry is not taken for one everywhere.
  for (const name of names.length === 0 ? ['.'] : names) archive.add(name);
  archive.end();
  const compressed = createGzip();
  const source = Readable.from(archive as AsyncIterable<Buffer>);
  source.on('error', (error) => compressed.destroy(error));
  compressed.on('close', () => source.destroy());
  return source.pipe(compressed);
}

/**
 * Unpacks a gzipped tar into `folder`.
 *
 * @throws ArchiveRefused where it is damaged, larger than the limits, or would write or point outside of the folder.
 */
export async function unpackArchive(
  archive: Readable,
  folder: string,
  { signal, ...given }: Partial<ArchiveLimits> & { signal?: AbortSignal } = {},
): Promise<void> {
  const limits = { ...DEFAULT_LIMITS, ...given };
  await mkdir(folder, { recursive: true });
  const state: { entries: number; packed: number; bytes: number; refusal?: ArchiveRefused } = {
    entries: 0,
    packed: 0,
    bytes: 0,
  };
  const filter = (_path: string, entry: unknown): boolean => {
    state.entries++;
    state.refusal ??=
      state.entries > limits.entries ? refuse(`more than ${String(limits.entries)} entries`) : checkEntry(entry);
    return state.refusal === undefined;
  };
  const unpacker = extract({
    cwd: folder,
    strict: true,
    preserveOwner: false,
    noMtime: true,
    filter,
  });
  const counter = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      state.packed += chunk.length;
      done(null, chunk);
    },
  });
  const guard = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      state.bytes += chunk.length;
      if (state.bytes > limits.bytes) state.refusal ??= refuse(`more than ${String(limits.bytes)} bytes`);
      if (state.bytes > Math.max(limits.ratioFromBytes, limits.ratio * state.packed)) {
        state.refusal ??= refuse(`more than ${String(limits.ratio)} times its own size`);
      }
      done(state.refusal ?? null, chunk);
    },
  });
  try {
    await pipeline(archive, counter, createGunzip(), guard, unpacker as unknown as NodeJS.WritableStream, { signal });
  } catch (error) {
    // No fault of the archive's.
    if (signal?.aborted === true || isDiskFull(error)) throw error;
    throw state.refusal ?? refuse(error instanceof Error ? error.message : String(error));
  }
  // An entry that was refused in the last chunk has not met the guard.
  if (state.refusal !== undefined) throw state.refusal;
}

function refuse(reason: string): ArchiveRefused {
  return new ArchiveRefused(reason);
}

function checkEntry(value: unknown): ArchiveRefused | undefined {
  const entry = value as ReadEntry;
  const name = entry.path;
  if (!ACCEPTED_TYPES.has(entry.type)) return refuse(`'${name}' is a ${entry.type}`);
  if (escapes(name)) return refuse(`'${name}' lies outside of the archive`);
  const target = entry.linkpath ?? '';
  // A symbolic link counts from its own folder, a hard link from the archive's root.
  const from = entry.type === 'SymbolicLink' ? path.posix.dirname(name) : '.';
  if (entry.type === 'SymbolicLink' || entry.type === 'Link') {
    // Steps up may only lead: after a name that is itself a link they would go up from elsewhere.
    const climbs = /[^./][^/]*\/(?:.*\/)?\.\.(?:\/|$)/.test(target);
    if (climbs || path.posix.isAbsolute(target) || escapes(path.posix.join(from, target))) {
      return refuse(`'${name}' links to '${target}', outside of the archive`);
    }
  }
  return undefined;
}

function escapes(name: string): boolean {
  const normal = path.posix.normalize(name);
  return path.posix.isAbsolute(normal) || normal === '..' || normal.startsWith('../') || name.split('/').includes('..');
}
