/**
 * A proxy on loopback that hands bytes on both ways until the client sends a given text; from then on the client gets no
 * answer until it is let go on. For what happens while a call is on its way.
 */
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

export interface StallingProxy {
  address: string;
  /** Resolves when the text has been sent on. */
  stalled: Promise<void>;
  /** Hands on what was held back, and all that follows. */
  goOn(): void;
  /** How many connections are open. */
  connectionCount(): number;
  close(): Promise<void>;
}

export async function startStallingProxy(target: string, text: string): Promise<StallingProxy> {
  const [host, port] = target.split(':');
  const sockets = new Set<Socket>();
  const resumers: (() => void)[] = [];
  let stall: () => void = () => undefined;
  const stalled = new Promise<void>((resolve) => {
    stall = resolve;
  });
  let hasStalled = false;
  const server = createServer((client) => {
    const upstream = connect(Number(port), host);
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        sockets.delete(socket);
        client.destroy();
        upstream.destroy();
      });
    }
    client.on('data', (bytes) => {
      if (!hasStalled && bytes.includes(text)) {
        hasStalled = true;
        // What has been asked before gets no answer either: they share the connection.
        upstream.unpipe(client);
        resumers.push(() => upstream.pipe(client));
        stall();
      }
      upstream.write(bytes);
    });
    upstream.pipe(client);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    address: `127.0.0.1:${String((server.address() as AddressInfo).port)}`,
    stalled,
    goOn() {
      for (const resume of resumers.splice(0)) resume();
    },
    connectionCount: () => sockets.size / 2,
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}
