/**
 * A proxy on loopback that hands bytes on both ways until it is cut; from then on neither side hears of the other. For
 * a worker that knows something and cannot tell Temporal.
 */
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

export interface CutProxy {
  address: string;
  /** Nothing passes any more, though no connection is closed. */
  cut(): void;
  /** How many bytes the client has sent since the cut. */
  unheardBytes(): number;
  close(): Promise<void>;
}

export async function startCutProxy(target: string): Promise<CutProxy> {
  const [host, port] = target.split(':');
  const sockets = new Set<Socket>();
  let isCut = false;
  let unheardBytes = 0;
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
    client.on('data', (bytes) => {
      if (isCut) unheardBytes += bytes.byteLength;
      else upstream.write(bytes);
    });
    upstream.on('data', (bytes) => {
      if (!isCut) client.write(bytes);
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    address: `127.0.0.1:${String((server.address() as AddressInfo).port)}`,
    cut() {
      isCut = true;
    },
    unheardBytes: () => unheardBytes,
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}
