/**
 * A proxy on loopback that hands bytes on both ways, and once loses an answer: from the moment that the client sends a
 * given text nothing comes back to it, until its connections are dropped. What it asked has been heard all the same.
 */
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

export interface LosingProxy {
  address: string;
  /** Resolves when the text has been sent on. */
  asked: Promise<void>;
  /** Closes the connections that have lost an answer; new ones lose none. */
  drop(): void;
  close(): Promise<void>;
}

export async function startLosingProxy(target: string, text: string): Promise<LosingProxy> {
  const [host, port] = target.split(':');
  const sockets = new Set<Socket>();
  const losing = new Set<Socket>();
  let hasLost = false;
  let tell: () => void = () => undefined;
  const asked = new Promise<void>((resolve) => {
    tell = resolve;
  });
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
      if (!hasLost && bytes.includes(text)) {
        hasLost = true;
        losing.add(client);
        tell();
      }
      upstream.write(bytes);
    });
    upstream.on('data', (bytes) => {
      if (!losing.has(client)) client.write(bytes);
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    address: `127.0.0.1:${String((server.address() as AddressInfo).port)}`,
    asked,
    drop() {
      for (const client of losing) client.destroy();
    },
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}
