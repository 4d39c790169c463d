/**
 * The checksums that S3's clients send along with a body, computed as the body passes. `request-body.ts` and
 * `aws-chunked.ts` compare them with what was claimed in headers and trailers.
 */
import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';

export interface Checksum {
  update(bytes: Uint8Array): void;
  /** In base64, as headers carry it. */
  digest(): string;
}

/** Header or trailer name without `x-amz-checksum-`. */
export const CHECKSUM_ALGORITHMS = ['crc32', 'crc32c', 'crc64nvme', 'sha1', 'sha256', 'sha512', 'md5'] as const;
export type ChecksumAlgorithm = (typeof CHECKSUM_ALGORITHMS)[number];

function base64Of32(value: number): string {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value >>> 0);
  return bytes.toString('base64');
}

function crc32Checksum(): Checksum {
  let value = 0;
  return {
    update(bytes) {
      value = crc32(bytes, value);
    },
    digest: () => base64Of32(value),
  };
}

const CASTAGNOLI_REFLECTED = 0x82f63b78;
let castagnoliTable: Int32Array | undefined;

function makeCastagnoliTable(): Int32Array {
  return Int32Array.from({ length: 256 }, (_, index) => {
    let value = index;
    for (let bit = 0; bit < 8; bit += 1) value = value & 1 ? (value >>> 1) ^ CASTAGNOLI_REFLECTED : value >>> 1;
    return value;
  });
}

function crc32cChecksum(): Checksum {
  const table = (castagnoliTable ??= makeCastagnoliTable());
  let value = -1;
  return {
    update(bytes) {
      for (const byte of bytes) value = (value >>> 8) ^ (table[(value ^ byte) & 0xff] ?? 0);
    },
    digest: () => base64Of32(~value),
  };
}

/** The polynomial of NVMe, reflected. Numbers have 53 exact bits, so each 64-bit word is kept in two halves. */
const NVME_REFLECTED = 0x9a6c9329ac4bc9b5n;
let nvmeTable: { high: Int32Array; low: Int32Array } | undefined;

function makeNvmeTable(): { high: Int32Array; low: Int32Array } {
  const table = { high: new Int32Array(256), low: new Int32Array(256) };
  for (let index = 0; index < 256; index += 1) {
    let value = BigInt(index);
    for (let bit = 0; bit < 8; bit += 1) value = value & 1n ? (value >> 1n) ^ NVME_REFLECTED : value >> 1n;
    table.high[index] = Number(value >> 32n);
    table.low[index] = Number(value & 0xffffffffn);
  }
  return table;
}

function crc64nvmeChecksum(): Checksum {
  const table = (nvmeTable ??= makeNvmeTable());
  let high = -1;
  let low = -1;
  return {
    update(bytes) {
      for (const byte of bytes) {
        const index = (low ^ byte) & 0xff;
        low = ((low >>> 8) | (high << 24)) ^ (table.low[index] ?? 0);
        high = (high >>> 8) ^ (table.high[index] ?? 0);
      }
    },
    digest() {
      const bytes = Buffer.alloc(8);
      bytes.writeUInt32BE(~high >>> 0, 0);
      bytes.writeUInt32BE(~low >>> 0, 4);
      return bytes.toString('base64');
    },
  };
}

function hashChecksum(algorithm: 'sha1' | 'sha256' | 'sha512' | 'md5'): Checksum {
  const hash = createHash(algorithm);
  return {
    update(bytes) {
      hash.update(bytes);
    },
    digest: () => hash.digest('base64'),
  };
}

/** Begins a checksum; undefined where the algorithm is not one that can be checked here. */
export function startChecksum(algorithm: string): Checksum | undefined {
  switch (algorithm) {
    case 'crc32':
      return crc32Checksum();
    case 'crc32c':
      return crc32cChecksum();
    case 'crc64nvme':
      return crc64nvmeChecksum();
    case 'sha1':
    case 'sha256':
    case 'sha512':
    case 'md5':
      return hashChecksum(algorithm);
    default:
      return undefined;
  }
}
