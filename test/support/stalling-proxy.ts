/**
 * A proxy on loopback that hands bytes on both ways until the client sends a given text; from then on the client gets no
 * answer until it is let go on. For what happens while a call is on its way.
 */
import { startRelay, type Relay } from './relay';

export interface StallingProxy extends Relay {
  /** Resolves when the text has been sent on. */
  stalled: Promise<void>;
  /** Hands on what was held back, and all that follows. */
  goOn(): void;
}

export async function startStallingProxy(target: string, text: string): Promise<StallingProxy> {
  const resumers: (() => void)[] = [];
  let stall: () => void = () => undefined;
  const stalled = new Promise<void>((resolve) => {
    stall = resolve;
  });
  let hasStalled = false;
  const relay = await startRelay(target, (client, upstream) => {
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
  return {
    ...relay,
    stalled,
    goOn() {
      for (const resume of resumers.splice(0)) resume();
    },
  };
}
