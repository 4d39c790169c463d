/**
 * A payload as bytes and back, as Protocol Buffers write Temporal's `Payload` message, so that codecs in other languages
 * can use their own library for it. `codec.ts` encrypts what comes out.
 *
 * @see https://github.com/temporalio/api `temporal/api/common/v1/message.proto`
 */
import type { Payload } from '@temporalio/common';

/** Field numbers and wire type 2 (a length, then bytes). */
const METADATA = (1 << 3) | 2;
const DATA = (2 << 3) | 2;
const ENTRY_KEY = (1 << 3) | 2;
const ENTRY_VALUE = (2 << 3) | 2;

export function writePayload({ metadata, data }: Payload): Buffer {
  const parts: Uint8Array[] = [];
  for (const [name, value] of Object.entries(metadata ?? {})) {
    const entry = [...field(ENTRY_KEY, Buffer.from(name)), ...field(ENTRY_VALUE, bytesOf(value))];
    parts.push(...field(METADATA, Buffer.concat(entry)));
  }
  if (data && data.length > 0) parts.push(...field(DATA, bytesOf(data)));
  return Buffer.concat(parts);
}

/** No bytes are an empty list in what Temporal's worker hands over, whatever the type says. */
export function bytesOf(value: Uint8Array | null | undefined): Buffer {
  return Buffer.from(value ?? []);
}

/** Undefined where the bytes are no payload, or one with fields beside metadata and data, such as `external_payloads`. */
export function readPayload(bytes: Uint8Array): Payload | undefined {
  const metadata: [string, Uint8Array][] = [];
  let data: Uint8Array = new Uint8Array();
  for (const part of readFields(bytes)) {
    if (part?.tag === DATA) data = part.value;
    else if (part?.tag === METADATA) {
      const entry = readEntry(part.value);
      if (!entry) return undefined;
      metadata.push(entry);
    } else return undefined;
  }
  return { metadata: Object.fromEntries(metadata), data };
}

function readEntry(bytes: Uint8Array): [string, Uint8Array] | undefined {
  let name = '';
  let value: Uint8Array = new Uint8Array();
  for (const part of readFields(bytes)) {
    if (part?.tag === ENTRY_KEY) name = Buffer.from(part.value).toString('utf8');
    else if (part?.tag === ENTRY_VALUE) value = part.value;
    else return undefined;
  }
  return [name, value];
}

function* field(tag: number, value: Uint8Array): Generator<Uint8Array> {
  yield Buffer.from([tag]);
  yield writeLength(value.byteLength);
  yield value;
}

function writeLength(length: number): Buffer {
  const bytes: number[] = [];
  let rest = length;
  for (; rest > 0x7f; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 0x80);
  bytes.push(rest);
  return Buffer.from(bytes);
}

/** Undefined in the place of a field that cannot be read; nothing comes after it. */
function* readFields(bytes: Uint8Array): Generator<{ tag: number; value: Uint8Array } | undefined> {
  for (let at = 0; at < bytes.byteLength;) {
    const tag = bytes[at] ?? 0;
    const length = readLength(bytes, at + 1);
    const end = length ? length.next + length.value : Infinity;
    if (!length || end > bytes.byteLength) {
      yield undefined;
      return;
    }
    yield { tag, value: bytes.subarray(length.next, end) };
    at = end;
  }
}

/** Payloads are far below 2^35 bytes: five bytes of a length are enough. */
function readLength(bytes: Uint8Array, from: number): { value: number; next: number } | undefined {
  let value = 0;
  for (let count = 0; count < 5; count += 1) {
    const byte = bytes[from + count];
    if (byte === undefined) return undefined;
    value += (byte & 0x7f) * 128 ** count;
    if (byte < 0x80) return { value, next: from + count + 1 };
  }
  return undefined;
}
