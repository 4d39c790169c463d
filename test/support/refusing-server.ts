/**
 * A server that speaks just enough gRPC to be taken for Temporal, and then refuses what it is told to refuse: the
 * development server cannot be made to deny anybody anything.
 */
import { createServer, type Http2Server, type ServerHttp2Session, type ServerHttp2Stream } from 'node:http2';
import type { AddressInfo } from 'node:net';

const PERMISSION_DENIED = '7';

export interface RefusingServer {
  address: string;
  close(): Promise<void>;
}

/** Refuses calls of one method, such as `DescribeNamespace`; everything else is answered with an empty message. */
export async function startRefusingServer(method: string): Promise<RefusingServer> {
  const sessions = new Set<ServerHttp2Session>();
  const server: Http2Server = createServer();
  server.on('session', (session) => {
    sessions.add(session);
    session.on('close', () => sessions.delete(session));
  });
  server.on('stream', (stream, headers) => {
    // A client that has heard enough hangs up.
    stream.on('error', () => undefined);
    if (String(headers[':path']).endsWith(`/${method}`)) refuse(stream);
    else answerNothing(stream);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    address: `127.0.0.1:${String((server.address() as AddressInfo).port)}`,
    async close() {
      const closed = new Promise<void>((resolve) => {
        server.close(() => {
          resolve();
        });
      });
      for (const session of sessions) session.destroy();
      await closed;
    },
  };
}

const HEADERS = { ':status': 200, 'content-type': 'application/grpc' };

function refuse(stream: ServerHttp2Stream): void {
  const status = { 'grpc-status': PERMISSION_DENIED, 'grpc-message': 'Request unauthorized.' };
  stream.respond({ ...HEADERS, ...status }, { endStream: true });
}

function answerNothing(stream: ServerHttp2Stream): void {
  stream.respond(HEADERS, { waitForTrailers: true });
  stream.on('wantTrailers', () => {
    stream.sendTrailers({ 'grpc-status': '0' });
  });
  // An uncompressed message of no bytes.
  stream.end(Buffer.alloc(5));
}
