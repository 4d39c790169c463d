/**
 * A world for tests of single handlers, without a server: real stores in a temporary folder, a clock that stands still
 * until it is moved. `callHandler` does what the server does once a request is decoded.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { openLogStore, type ReadableLogStore } from '../../src/emulator/logs/log-store';
import { openRecords } from '../../src/emulator/records';
import { giveBucketToStranger, type ForeignBucket } from '../../src/emulator/s3/bucket-access';
import { openObjects } from '../../src/emulator/s3/objects';
import type { Handlers, World } from '../../src/emulator/world';

export interface TestWorld {
  world: World;
  logs: ReadableLogStore;
  /** Sets the clock, in ms since the epoch. */
  setNow(nowMs: number): void;
  /** The same world as a new process would find it. */
  reopen(): TestWorld;
  remove(): void;
}

export const START_MS = Date.parse('2026-05-04T10:00:00Z');

export function makeTestWorld(region = 'us-east-1'): TestWorld {
  return openTestWorld(mkdtempSync(join(tmpdir(), 'emulator-world-')), region);
}

function openTestWorld(folder: string, region: string): TestWorld {
  let nowMs = START_MS;
  const now = () => nowMs;
  const logs = openLogStore(join(folder, 'logs'), now);
  const world: World = {
    region,
    account: '123456789012',
    folder,
    endpointUrl: () => 'http://127.0.0.1:1',
    images: new Map(),
    records: openRecords(join(folder, 'records'), failOnWarning),
    objects: openObjects(join(folder, 's3'), now),
    logs,
    clock: { now, durationMs: () => 0, simulated: () => false },
    warn: failOnWarning,
  };
  return {
    world,
    logs,
    setNow: (ms) => {
      nowMs = ms;
    },
    reopen: () => openTestWorld(folder, region),
    remove: () => {
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Gives a bucket to another account, in the folder of an emulator that is not running. */
export function squatBucket(emulatorFolder: string, bucket: ForeignBucket): void {
  const records = openRecords(join(emulatorFolder, 'records'), failOnWarning);
  giveBucketToStranger({ records, objects: openObjects(join(emulatorFolder, 's3')) }, bucket);
}

function failOnWarning(message: string): never {
  throw new Error(message);
}

/** Calls one operation with a decoded input; `body` is the payload of operations that have one. */
export async function callHandler(
  handlers: Handlers,
  operation: string,
  input: object,
  body: Readable | string | Buffer = '',
): Promise<Record<string, unknown>> {
  const handler = handlers[operation];
  if (!handler) throw new Error(`no handler for ${operation}`);
  const output = await handler({
    service: 's3',
    operation,
    input: input as never,
    requestId: 'test',
    body: body instanceof Readable ? body : Readable.from([Buffer.from(body)]),
    signal: new AbortController().signal,
  });
  return output as Record<string, unknown>;
}
