/**
 * A proxy on loopback that hands bytes on both ways, and once loses an answer: from the moment that the client sends a
 * given text nothing comes back to it, until its connections are dropped. What it asked has been heard all the same.
 */
import type { Socket } from 'node:net';
import { startRelay, type Relay } from './relay';

export interface LosingProxy extends Pick<Relay, 'address' | 'close'> {
  /** Resolves when the text has been sent on. */
  asked: Promise<void>;
  /** Closes the connections that have lost an answer; new ones lose none. */
  drop(): void;
}

export async function startLosingProxy(target: string, text: string): Promise<LosingProxy> {
  const losing = new Set<Socket>();
  let hasLost = false;
  let tell: () => void = () => undefined;
  const asked = new Promise<void>((resolve) => {
    tell = resolve;
  });
  const { address, close } = await startRelay(target, (client, upstream) => {
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
  return {
    address,
    close,
    asked,
    drop() {
      for (const client of losing) client.destroy();
    },
  };
}
