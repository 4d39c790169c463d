/**
 * Temporal's record of runs, read though their memo cannot be: one run under a key that is not here must hide neither
 * itself nor the others of a listing, and it must be possible to cancel it. Comes from the session's client;
 * `run-description.ts` and `list-runs.ts` read by it.
 */
import { WorkflowClient } from '@temporalio/client';
import type { LoadedDataConverter, Payload, PayloadCodec } from '@temporalio/common';
import type { Session } from './session';

/** Stands for what cannot be read; nothing of ours is null in a memo. */
const NOTHING = { metadata: { encoding: Buffer.from('json/plain') }, data: Buffer.from('null') };

/** For describing and listing alone: whatever else it reads may be missing without a word. */
export function memoReader({ client }: Session): WorkflowClient {
  const { namespace, identity, dataConverter, loadedDataConverter } = client.options;
  return new WorkflowClient({
    connection: client.connection,
    namespace,
    identity,
    dataConverter: { ...dataConverter, payloadCodecs: [tolerate(loadedDataConverter)] },
  });
}

function tolerate({ payloadCodecs, payloadConverter }: LoadedDataConverter): PayloadCodec {
  const readable = (payload: Payload): Payload => {
    try {
      payloadConverter.fromPayload(payload);
      return payload;
    } catch {
      // Encrypted, and this client has no codec at all.
      return NOTHING;
    }
  };
  return {
    encode: (payloads) => Promise.resolve(payloads),
    async decode(payloads, context) {
      try {
        let decoded = payloads;
        for (const codec of [...payloadCodecs].reverse()) decoded = await codec.decode(decoded, context);
        return decoded.map(readable);
      } catch {
        return payloads.map(() => NOTHING);
      }
    },
  };
}
