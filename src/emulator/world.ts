/**
 * What the emulator's parts share: the shape of a call and its handler, AWS's errors, and the stores that hold what
 * was made. `server.ts` turns HTTP into calls; handlers in `sagemaker/`, `s3/`, `logs/` and `identity/` answer them out
 * of the world; `index.ts` builds one world and hands it to all.
 */
import type { Readable } from 'node:stream';

/** The services that are emulated, by the name their signatures are scoped to (the runtime signs as `sagemaker`). */
export type Service = 'sagemaker' | 'sagemaker-runtime' | 'logs' | 's3' | 'sts' | 'iam';

/** An error as AWS answers it: the code, the text, the HTTP status, and further modelled fields. */
export class AwsError extends Error {
  constructor(
    readonly code: string,
    message: string,
    readonly status = 400,
    readonly fields: Record<string, unknown> = {},
  ) {
    super(message);
    this.name = 'AwsError';
  }
}

/** One verified, decoded and validated request. */
export interface Call<Input = Record<string, unknown>> {
  service: Service;
  operation: string;
  input: Input;
  requestId: string;
  /** Raw request body, for operations whose body is the payload itself (PutObject, UploadPart, InvokeEndpoint). */
  body: Readable;
  /** Aborted when the caller has gone. */
  signal: AbortSignal;
}

/** Answers one operation with the output's members, or throws an {@link AwsError}. A stream or Buffer payload passes as it is. */
export type Handler<Input = never> = (call: Call<Input>) => unknown;
export type Handlers = Record<string, Handler>;

/** Durable JSON records, one file each, written before the call returns (temporary file, then rename). */
export interface Records {
  get(kind: string, name: string): unknown;
  /**
   * With `eventually`, what a full disk has no room for is remembered, and written as soon as there is some: for what has
   * happened whether it is written down or not.
   */
  put(kind: string, name: string, value: unknown, options?: { eventually?: boolean }): void;
  delete(kind: string, name: string): void;
  list<T>(kind: string): T[];
}

/** One stored S3 object. */
export interface StoredObject {
  bucket: string;
  key: string;
  size: number;
  /** Without the quotes it travels in. */
  etag: string;
  lastModified: number;
  contentType?: string;
  metadata: Record<string, string>;
  /** Further fields that reading gives back as they were sent, by AWS member name (CacheControl, ...). */
  attributes: Record<string, string>;
  /** Base64, by AWS member name (ChecksumCRC32, ...). */
  checksums: Record<string, string>;
  /** Name of the file that holds the bytes: this version's own, so that a reader never sees two versions mixed. */
  file: string;
}

/** What is said of an object while it is written. */
export interface ObjectAbout {
  contentType?: string;
  metadata?: Record<string, string>;
  attributes?: Record<string, string>;
  /** In place of the MD5 of the bytes. */
  etag?: string;
  /** Base64, by AWS member name (ChecksumSHA256, ...), as the sender claimed and the server checked; the CRC32 is made. */
  checksums?: Record<string, string>;
  /** Asked just before the object appears, with what stands under its key; throws to refuse. */
  allow?: (present: StoredObject | undefined) => void;
}

/** One bucket of the account. */
export interface StoredBucket {
  name: string;
  createdAt: number;
}

/** S3's contents, on disk; bodies are streamed. */
export interface Objects {
  /** Sorted by name. */
  buckets(): StoredBucket[];
  hasBucket(bucket: string): boolean;
  createBucket(bucket: string): void;
  /** Refuses while the bucket holds objects. */
  deleteBucket(bucket: string): void;
  head(bucket: string, key: string): StoredObject | undefined;
  /** Sorted by key in UTF-8 byte order. */
  list(bucket: string, prefix?: string): StoredObject[];
  /** Bytes `start` to `end`, both inclusive; the whole object without them. */
  read(object: StoredObject, range?: { start: number; end: number }): Readable;
  write(bucket: string, key: string, body: Readable, about?: ObjectAbout): Promise<StoredObject>;
  /** False where there was nothing to delete. */
  delete(bucket: string, key: string): boolean;
}

/** CloudWatch Logs' contents. A group or stream begins with its first append. */
export interface LogStore {
  append(group: string, stream: string, lines: { timestamp: number; message: string }[]): void;
}

/** Phases whose durations can be set, in the order a job or an endpoint passes them. */
export const PHASES = [
  'Starting',
  'Downloading',
  'Training',
  'Uploading',
  'Stopping',
  'Creating',
  'Updating',
  'Deleting',
] as const;
/** A phase of a training job or an endpoint, in AWS's words. */
export type Phase = (typeof PHASES)[number];

/** Time, and how long the phases take. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** The shortest time that a phase takes, in ms. What really happens in it (copying, processes) comes on top. */
  durationMs(phase: Phase): number;
  /** True: jobs and endpoints run no process; the phase Training lasts its duration and then succeeds. */
  simulated(): boolean;
}

/** All that the handlers work on. */
export interface World {
  region: string;
  account: string;
  /** Folder that holds everything, survives a restart. */
  folder: string;
  /** Where the emulator answers, for the processes it starts. */
  endpointUrl(): string;
  /** Image name to the folder with its executables `train` and `serve`. */
  images: Pick<ReadonlyMap<string, string>, 'get'>;
  records: Records;
  objects: Objects;
  logs: LogStore;
  clock: Clock;
  /** Tells the operator something worth knowing; one line, never a secret. */
  warn(message: string): void;
  /** This world as an execution role may see it. @default all of it */
  actAs?: (roleArn: string) => World;
}
