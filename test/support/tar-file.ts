/**
 * Gzipped tars made entry by entry, hostile ones included; and what is in one.
 */
import { gunzipSync, gzipSync } from 'node:zlib';
import { Header, Parser } from 'tar';
import type { HeaderData } from 'tar';

export interface TarEntry extends HeaderData {
  path: string;
  content?: string | Buffer;
}

const BLOCK_BYTES = 512;

export function makeTarGz(entries: readonly TarEntry[]): Buffer {
  return gzipSync(Buffer.concat([makeTarBlocks(entries), Buffer.alloc(2 * BLOCK_BYTES)]));
}

/** Entries without the end of an archive. */
export function makeTarBlocks(entries: readonly TarEntry[]): Buffer {
  const blocks = entries.flatMap(({ content, ...about }) => {
    const body = Buffer.from(content ?? '');
    const header = new Header({ type: 'File', mode: 0o644, mtime: new Date(0), ...about, size: body.length });
    header.encode();
    const padding = Buffer.alloc((BLOCK_BYTES - (body.length % BLOCK_BYTES)) % BLOCK_BYTES);
    return [header.block ?? Buffer.alloc(0), body, padding];
  });
  return Buffer.concat(blocks);
}

/** The files of a gzipped tar, by path. */
export async function readTarGz(archive: Buffer): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  await new Promise<void>((resolve, reject) => {
    const parser = new Parser({
      onReadEntry: (entry) => {
        const chunks: Buffer[] = [];
        entry.on('data', (chunk) => chunks.push(chunk));
        entry.on('end', () => {
          if (entry.type === 'File') found[entry.path.replace(/^\.\//, '')] = Buffer.concat(chunks).toString();
        });
      },
    });
    parser.on('end', () => {
      resolve();
    });
    parser.on('error', reject);
    parser.end(gunzipSync(archive));
  });
  return found;
}
