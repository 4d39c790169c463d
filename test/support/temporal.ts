/**
 * The run's shared Temporal server and workflow bundle, as test files see them. Both are made in `global-setup.ts`. The
 * server is shared, so every test takes a task queue of its own.
 */
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Client, Connection } from '@temporalio/client';
import { NativeConnection } from '@temporalio/worker';

/**
 * The shared server's second namespace, for runs that are encrypted: sweeps spare whatever a run that they cannot read might
 * be about.
 */
export const SEALED = 'sealed';

/** Connections to the shared server; close them in `afterAll`. */
export interface TestServer {
  address: string;
  namespace: string;
  client: Client;
  connection: Connection;
  /** For workers. */
  nativeConnection: NativeConnection;
  close(): Promise<void>;
}

/** @param namespace one that is there */
export async function connectToTestServer(namespace = 'default'): Promise<TestServer> {
  const address = testServerAddress();
  const connection = await Connection.connect({ address });
  const nativeConnection = await NativeConnection.connect({ address });
  return {
    address,
    namespace,
    client: new Client({ connection, namespace }),
    connection,
    nativeConnection,
    close: async () => {
      await nativeConnection.close();
      await connection.close();
    },
  };
}

/** `host:port` of the shared server. */
export function testServerAddress(): string {
  return required('TEST_TEMPORAL_ADDRESS', 'this room starts no Temporal server (test/support/rooms.cjs)');
}

/** The shared server's HTTP API. */
export function testServerHttpUrl(): string {
  return required('TEST_TEMPORAL_HTTP_URL', 'this room starts no Temporal server (test/support/rooms.cjs)');
}

/** The `temporal` executable, for tests that start a server of their own. */
export function temporalCliPath(): string {
  return required('TEST_TEMPORAL_CLI_PATH', 'this room starts no Temporal server (test/support/rooms.cjs)');
}

/** A task queue, or any other name, that no other test has. */
export function uniqueTaskQueue(prefix = 'test'): string {
  return `${prefix}-${randomUUID()}`;
}

/** The workflow bundle, in the form that `Worker.create` and `Worker.runReplayHistory` take. */
export function workflowBundle(): { code: string } {
  const path = required('TEST_WORKFLOW_BUNDLE', 'this room makes no workflow bundle (test/support/rooms.cjs)');
  return { code: readFileSync(path, 'utf8') };
}

function required(variable: string, why: string): string {
  const value = process.env[variable];
  if (value === undefined) throw new Error(`${variable} is not set: ${why}`);
  return value;
}
