/**
 * A proxy on loopback that hands every request on as it came, and changes the answers: what AWS would say and the
 * emulator does not.
 */
import { once } from 'node:events';
import { createServer, request, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Alterations {
  /** How far the answers' Date header is ahead of this machine's clock. */
  skewMs?: number;
  rewriteBody?: (body: string) => string;
}

export interface AlteringProxy {
  url: string;
  close(): Promise<void>;
}

export async function startAlteringProxy(
  target: string,
  { skewMs = 0, rewriteBody }: Alterations,
): Promise<AlteringProxy> {
  const answer = async (incoming: IncomingMessage, response: ServerResponse): Promise<void> => {
    // The Host header is signed, so it stays what the client sent; the control paths want their own.
    const { host, ...others } = incoming.headers;
    const headers = incoming.url?.startsWith('/_emulator/') ? others : { ...others, host };
    const onward = request(new URL(incoming.url ?? '/', target), {
      method: incoming.method,
      headers,
    });
    incoming.pipe(onward);
    const [reply] = (await once(onward, 'response')) as [IncomingMessage];
    const parts: Buffer[] = [];
    for await (const part of reply as AsyncIterable<Buffer>) parts.push(part);
    const text = Buffer.concat(parts).toString('utf8');
    const body = rewriteBody ? rewriteBody(text) : text;
    const { 'transfer-encoding': _chunked, ...kept } = reply.headers;
    response.writeHead(reply.statusCode ?? 502, {
      ...kept,
      ...(incoming.method !== 'HEAD' && { 'content-length': Buffer.byteLength(body) }),
      date: new Date(Date.now() + skewMs).toUTCString(),
    });
    response.end(body);
  };
  const server = createServer((incoming, response) => {
    answer(incoming, response).catch(() => response.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
