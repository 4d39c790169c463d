/**
 * The emulator's HTTP server: loopback only, strict about the Host header, and limited in time, size and connections.
 * Control paths go to `control/endpoints.ts`, everything else to `wire/pipeline.ts`.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { CONTROL_PREFIX } from './control/endpoints';

type Listener = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

/** Addresses that no other machine can reach. */
const LOOPBACK_HOSTS = ['127.0.0.1', '::1', 'localhost'] as const;
/** An address that no other machine can reach. */
export type LoopbackHost = (typeof LOOPBACK_HOSTS)[number];

const HEADERS_MS_MAX = 10_000;
/** A large object on a slow disk may take a while; small bodies have a limit of their own. */
const REQUEST_MS_MAX = 600_000;
const IDLE_MS_MAX = 30_000;
const LIMITS_CHECKED_EVERY_MS = 1_000;
const CONNECTIONS_MAX = 2_048;
/** A caller may send on for so long after its answer: long enough to read it, too short to hold a connection. */
const UNREAD_BODY_MS_MAX = 5_000;
const HEADER_BYTES_MAX = 32 * 1024;

export interface RunningServer {
  url: string;
  close(): Promise<void>;
}

/**
 * A page that has its own name resolve to this machine still sends that name. Names under `localhost` cannot be had by
 * anyone else; S3 puts the bucket there.
 */
function isLocalHost(host: string | undefined): boolean {
  const name = (host ?? '').toLowerCase().replace(/:\d{1,5}$/, '');
  return name === '127.0.0.1' || name === '[::1]' || /^([a-z0-9._-]+\.)?localhost$/.test(name);
}

function refuse(response: ServerResponse, status: number, message: string): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(`${JSON.stringify({ message })}\n`);
}

/** Who was answered before all of its body was read, most often a refusal, is not listened to much longer. */
function endAfterAnswer(request: IncomingMessage, response: ServerResponse): void {
  // By the end of the answer, the request may have let go of it.
  const { socket } = request;
  response.once('finish', () => {
    if (request.complete || socket.destroyed) return;
    const end = setTimeout(() => socket.destroy(), UNREAD_BODY_MS_MAX);
    const clear = (): void => {
      clearTimeout(end);
    };
    request.once('end', clear);
    socket.once('close', clear);
  });
}

/** Starts to listen; `port` 0 lets the system choose. @throws Error for any host but loopback. */
export async function startServer(options: {
  host: LoopbackHost;
  port: number;
  answerControl: Listener;
  answerAws: Listener;
  warn: (message: string) => void;
}): Promise<RunningServer> {
  const { host, port, answerControl, answerAws, warn } = options;
  if (!LOOPBACK_HOSTS.includes(host)) {
    throw new Error(
      `The emulator listens on loopback only: ${LOOPBACK_HOSTS.join(', ')}. Its key pair and its programs are meant for this machine [host=${host}]`,
    );
  }

  const server = createServer(
    {
      headersTimeout: HEADERS_MS_MAX,
      requestTimeout: REQUEST_MS_MAX,
      keepAliveTimeout: IDLE_MS_MAX,
      connectionsCheckingInterval: LIMITS_CHECKED_EVERY_MS,
      maxHeaderSize: HEADER_BYTES_MAX,
      requireHostHeader: true,
    },
    (request, response) => {
      endAfterAnswer(request, response);
      if (!isLocalHost(request.headers.host)) {
        refuse(response, 403, 'The emulator answers to its loopback address only; this Host is another');
        return;
      }
      if (request.method === 'OPTIONS') {
        refuse(response, 403, 'The emulator allows no other origins');
        return;
      }
      const answer = request.url?.startsWith(CONTROL_PREFIX) === true ? answerControl : answerAws;
      answer(request, response).catch((error: unknown) => {
        warn(`A request ended in a defect: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
        response.destroy();
      });
    },
  );
  server.maxConnections = CONNECTIONS_MAX;
  let warned = false;
  server.on('drop', () => {
    if (!warned) warn(`More than ${String(CONNECTIONS_MAX)} connections: further ones are dropped`);
    warned = true;
  });

  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host, port }, () => {
      server.off('error', reject);
      resolve();
    });
  });
  const { address, port: bound } = server.address() as AddressInfo;
  return {
    url: `http://${address.includes(':') ? `[${address}]` : address}:${String(bound)}`,
    close: () =>
      new Promise((resolve, reject) => {
        server.close((error) => {
          if (error) reject(error);
          else resolve();
        });
        server.closeAllConnections();
      }),
  };
}
