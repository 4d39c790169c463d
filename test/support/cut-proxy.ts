/**
 * A proxy on loopback that hands bytes on both ways until it is cut; from then on neither side hears of the other. For
 * a worker that knows something and cannot tell Temporal.
 */
import { startRelay, type Relay } from './relay';

export interface CutProxy extends Pick<Relay, 'address' | 'close'> {
  /** Nothing passes any more, though no connection is closed. */
  cut(): void;
  /** How many bytes the client has sent since the cut. */
  unheardBytes(): number;
}

export async function startCutProxy(target: string): Promise<CutProxy> {
  let isCut = false;
  let unheardBytes = 0;
  const { address, close } = await startRelay(target, (client, upstream) => {
    client.on('data', (bytes) => {
      if (isCut) unheardBytes += bytes.byteLength;
      else upstream.write(bytes);
    });
    upstream.on('data', (bytes) => {
      if (!isCut) client.write(bytes);
    });
  });
  return {
    address,
    close,
    cut() {
      isCut = true;
    },
    unheardBytes: () => unheardBytes,
  };
}
