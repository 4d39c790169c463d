/**
 * A relay of TCP connections on loopback, on which proxies are built that lose, hold back or cut off what passes. What a
 * pair of sockets hands on is for the proxy to say; that both end together is seen to here.
 */
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

export interface Relay {
  address: string;
  /** How many connections are open. */
  connectionCount(): number;
  close(): Promise<void>;
}

/** @param wire makes two sockets talk, of each connection that comes */
export async function startRelay(target: string, wire: (client: Socket, upstream: Socket) => void): Promise<Relay> {
  const [host, port] = target.split(':');
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const upstream = connect(Number(port), host);
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.setNoDelay(true);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        sockets.delete(socket);
        client.destroy();
        upstream.destroy();
      });
    }
    wire(client, upstream);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    address: `127.0.0.1:${String((server.address() as AddressInfo).port)}`,
    connectionCount: () => sockets.size / 2,
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}
