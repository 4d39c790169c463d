/**
 * Starts one Temporal server for development out of the official CLI and owns its process: free ports in, an address
 * that answers out, no process left behind. The CLI's path comes from `find-cli.ts`; `dev`, `quickstart` and the tests
 * connect to the address.
 */
import type { ChildProcess } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { chooseFreePorts, type Ports } from './free-ports';
import { closeOnce } from './close-once';
import { spawnGuarded, waitForOutput } from './spawn-guarded';
import { waitForNamespace } from './wait-for-namespace';

/** Search attributes that our runs set, and their type. */
const SEARCH_ATTRIBUTES: Record<string, string> = {
  TrainingJobName: 'Keyword',
  EndpointName: 'Keyword',
  SageMakerStage: 'Keyword',
};

/** Without it, each activity that a workflow schedules waits for a poll: twice the overhead on an idle machine. */
const DYNAMIC_CONFIG: Record<string, unknown> = { 'system.enableActivityEagerExecution': true };

const READY_LIMIT_MS = 60_000;
const STOP_LIMIT_MS = 10_000;
const ATTEMPTS = 3;
const OUTPUT_TAIL_CHARACTERS = 4_000;

export interface TemporalServerOptions {
  /** The `temporal` executable. */
  cliPath: string;
  /** Ports to listen on; those not given are chosen. Given ones are not replaced when they are taken. */
  ports?: Partial<Ports>;
  /** SQLite file. A server started again on the same file goes on where the last one was. @default in memory */
  dbFilename?: string;
  /** Serve the Web UI. @default true */
  ui?: boolean;
  /** @default 'default' */
  namespace?: string;
  /** Search attributes beside our own: name to type. */
  searchAttributes?: Record<string, string>;
  /** Dynamic configuration beside our own: key to JSON value. */
  dynamicConfig?: Record<string, unknown>;
  /** File that the server's output is appended to. @default kept in memory, the last lines only, for the error */
  logFile?: string;
  /** Gives up the start and ends what it began. */
  signal?: AbortSignal;
}

/** How a process ended: by itself with a code, or by a signal. */
export interface Exit {
  code: number | null;
  signal: NodeJS.Signals | null;
}

export interface TemporalServer {
  /** `host:port` for clients and workers. */
  address: string;
  namespace: string;
  /** Web UI, where it was asked for. */
  uiUrl: string | undefined;
  /** HTTP API. */
  httpUrl: string;
  ports: Ports;
  pid: number;
  /** SIGTERM, then SIGKILL after 10 s. Resolves when the process has gone; may be called again. */
  close(): Promise<void>;
  /** Resolves when the process has gone, for whatever reason. */
  exited: Promise<Exit>;
}

/**
 * Starts a server and waits until its namespace answers. Its process ends with ours, even where ours is killed.
 *
 * @throws Error with the server's last output when it ends before it answers, or answers nothing for 60 s
 */
export async function startTemporalServer(options: TemporalServerOptions): Promise<TemporalServer> {
  for (let attempt = 1; ; attempt += 1) {
    options.signal?.throwIfAborted();
    const ports = await chooseFreePorts(options.ports);
    const started = await startOnce(options, ports);
    if ('server' in started) return started.server;
    // Between choosing a port and listening on it, anyone may take it.
    const otherPortsMayHelp = /address already in use/i.test(started.output);
    if (!otherPortsMayHelp || attempt === ATTEMPTS) {
      const output = started.output === '' ? '(no output)' : started.output;
      throw new Error(`the Temporal server did not start: ${started.reason} [cli=${options.cliPath}]\n${output}`);
    }
  }
}

type Started = { server: TemporalServer } | { reason: string; output: string };

async function startOnce(options: TemporalServerOptions, ports: Ports): Promise<Started> {
  const namespace = options.namespace ?? 'default';
  const log = options.logFile === undefined ? undefined : openSync(options.logFile, 'a');
  const child = spawnGuarded(options.cliPath, buildArguments(options, ports, namespace), {
    env: process.env,
    output: log ?? 'pipe',
  });
  if (log !== undefined) closeSync(log);
  const output = keepTail(child);
  const ended = watchEnd(child);

  const { pid } = child;
  if (pid === undefined) {
    const { failure } = await ended;
    return { reason: failure?.message ?? 'no process', output: '' };
  }
  const exited = ended.then(({ code, signal }) => ({ code, signal }));
  const close = closeOnce(child, exited, STOP_LIMIT_MS);

  const address = `127.0.0.1:${String(ports.grpc)}`;
  try {
    const { signal } = options;
    await waitForNamespace({ address, httpPort: ports.http, namespace, exited, limitMs: READY_LIMIT_MS, signal });
  } catch (error) {
    await close();
    options.signal?.throwIfAborted();
    // The process may have gone before the last of what it printed was read.
    await waitForOutput(child);
    return { reason: error instanceof Error ? error.message : String(error), output: output() };
  }
  return {
    server: {
      address,
      namespace,
      uiUrl: options.ui === false ? undefined : `http://127.0.0.1:${String(ports.ui)}`,
      httpUrl: `http://127.0.0.1:${String(ports.http)}`,
      ports,
      pid,
      close,
      exited,
    },
  };
}

function buildArguments(options: TemporalServerOptions, ports: Ports, namespace: string): string[] {
  const searchAttributes = Object.entries({ ...SEARCH_ATTRIBUTES, ...options.searchAttributes });
  const dynamicConfig = Object.entries({ ...DYNAMIC_CONFIG, ...options.dynamicConfig });
  return [
    ...['server', 'start-dev', '--ip', '127.0.0.1', '--log-level', 'warn'],
    ...['--port', String(ports.grpc), '--http-port', String(ports.http), '--metrics-port', String(ports.metrics)],
    ...(options.ui === false ? ['--headless'] : ['--ui-port', String(ports.ui)]),
    ...(namespace === 'default' ? [] : ['--namespace', namespace]),
    ...(options.dbFilename === undefined ? [] : ['--db-filename', options.dbFilename]),
    ...searchAttributes.flatMap(([name, type]) => ['--search-attribute', `${name}=${type}`]),
    ...dynamicConfig.flatMap(([key, value]) => ['--dynamic-config-value', `${key}=${JSON.stringify(value)}`]),
  ];
}

/** Collects the last characters of what the process prints, where it prints to us. */
function keepTail(child: ChildProcess): () => string {
  let tail = '';
  const append = (chunk: Buffer): void => {
    tail = (tail + chunk.toString()).slice(-OUTPUT_TAIL_CHARACTERS);
  };
  child.stdout?.on('data', append);
  child.stderr?.on('data', append);
  return () => tail.trim();
}

function watchEnd(child: ChildProcess): Promise<Exit & { failure?: Error }> {
  return new Promise((resolve) => {
    child.once('error', (failure) => {
      if (child.pid === undefined) resolve({ code: null, signal: null, failure });
    });
    child.once('exit', (code, signal) => {
      resolve({ code, signal });
    });
  });
}
