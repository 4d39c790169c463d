/**
 * Chooses ports on loopback that nothing listens on. `start-server.ts` hands them to the server; between choosing and
 * listening somebody else may take one, which the starter has to notice.
 */
import { createServer, type AddressInfo, type Server } from 'node:net';
import { once } from 'node:events';

/** The ports a Temporal server listens on. */
export interface Ports {
  grpc: number;
  http: number;
  metrics: number;
  ui: number;
}

const NAMES = ['grpc', 'http', 'metrics', 'ui'] as const;

/**
 * Keeps the given ports and chooses the others. All are held at once while choosing, so no two are the same.
 *
 * @throws Error when something listens on a given port: whoever waits for an answer there would get a stranger's
 */
export async function chooseFreePorts(given: Partial<Ports> = {}): Promise<Ports> {
  const held: Server[] = [];
  const hold = async (port = 0): Promise<number> => {
    const server = createServer();
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    held.push(server);
    return (server.address() as AddressInfo).port;
  };
  const ports: Partial<Ports> = {};
  try {
    // Given ones first, so that none of them is chosen for another purpose.
    for (const name of NAMES) if (given[name] !== undefined) ports[name] = await hold(given[name]);
    for (const name of NAMES) ports[name] ??= await hold();
    return ports as Ports;
  } finally {
    await Promise.all(held.map((server) => new Promise((resolve) => server.close(resolve))));
  }
}
