/**
 * Waits until a Temporal server answers for its namespace: the sign that clients and workers can begin. Called by
 * `start-server.ts` with the new server's address.
 */
import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { Connection } from '@temporalio/client';

const CALL_LIMIT_MS = 2_000;
const PAUSE_MS = 50;

export interface NamespaceWait {
  address: string;
  /** A second port of the same server. Both must answer: one alone may be a stranger's, who was there before. */
  httpPort: number;
  namespace: string;
  /** Settles when the server's process has ended: then there is nothing to wait for. */
  exited: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
  limitMs: number;
  signal?: AbortSignal | undefined;
}

/** @throws Error that says whether the server ended or never answered; or the reason for which the wait was given up */
export async function waitForNamespace(wait: NamespaceWait): Promise<void> {
  const { address, httpPort, namespace, exited, limitMs, signal } = wait;
  const deadline = performance.now() + limitMs;
  const over = new AbortController();
  void exited.then(({ code, signal: killer }) => {
    over.abort(new Error(`it ended with ${killer ?? `exit code ${String(code)}`} before it answered`));
  });
  const giveUp = (): void => {
    over.abort(signal?.reason);
  };
  signal?.addEventListener('abort', giveUp, { once: true });
  if (signal?.aborted === true) giveUp();
  // Lazy: nothing is dialled before the first call, and a refused one does not end the connection. No interceptors: the
  // default one asks again by itself, and goes on with that after the connection is closed.
  const connection = Connection.lazy({ address, connectTimeout: CALL_LIMIT_MS, interceptors: [] });
  try {
    for (;;) {
      const trouble = (await askNamespace(connection, namespace)) ?? (await tryConnecting(httpPort));
      over.signal.throwIfAborted();
      if (trouble === undefined) return;
      if (performance.now() > deadline) {
        throw new Error(`namespace ${namespace} did not answer within ${String(limitMs)} ms: ${trouble}`);
      }
      await pause(PAUSE_MS);
    }
  } finally {
    signal?.removeEventListener('abort', giveUp);
    await connection.close();
  }
}

/** Answers why the namespace cannot be used yet; undefined when it can. */
async function askNamespace(connection: Connection, namespace: string): Promise<string | undefined> {
  try {
    await connection.withDeadline(Date.now() + CALL_LIMIT_MS, () =>
      connection.workflowService.describeNamespace({ namespace }),
    );
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** Answers why nothing can be sent to the port yet; undefined when it can. */
async function tryConnecting(port: number): Promise<string | undefined> {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  } finally {
    socket.destroy();
  }
}
