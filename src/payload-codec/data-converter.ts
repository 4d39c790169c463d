/**
 * A codec as Temporal takes it: a data converter, in which failures are encoded too. And the codec that the environment
 * sets. Both go into the client's session and into the worker.
 */
import type { DataConverter, PayloadCodec } from '@temporalio/common';
import { createPayloadCodec } from './codec';
import { KEYS_VARIABLE, readKeysFile } from './keys';

/**
 * The data converter with which a codec sees everything: inputs, results and memo, and messages and stack traces of
 * failures, which Temporal otherwise stores as they are.
 *
 * For a Temporal client or worker of your own. A workflow bundle that you make yourself needs its `failureConverterPath` too;
 * without it, messages of failed workflows are stored in plain text.
 *
 * @see https://docs.temporal.io/develop/typescript/converters-and-encryption
 *
 * @example
 * ```ts
 * import { readFileSync } from 'node:fs';
 * import { NativeConnection, Worker } from '@temporalio/worker';
 * import { createDataConverter, createPayloadCodec, SageMakerPlugin } from 'temporal-sagemaker/worker';
 *
 * export async function createOwnWorker(keyFile: string): Promise<Worker> {
 *   const codec = createPayloadCodec({ keys: { '2026-03': readFileSync(keyFile) }, activeKeyId: '2026-03' });
 *   return Worker.create({
 *     connection: await NativeConnection.connect({ address: 'localhost:7233' }),
 *     taskQueue: 'nightly',
 *     workflowsPath: new URL('workflows.ts', import.meta.url).pathname,
 *     dataConverter: createDataConverter(codec),
 *     plugins: [new SageMakerPlugin({ region: 'eu-central-1' })],
 *   });
 * }
 * ```
 */
export function createDataConverter(codec: PayloadCodec): DataConverter {
  return { payloadCodecs: [codec], failureConverterPath: require.resolve('./failure-converter') };
}

/** The codec of the key file that the environment names; undefined where it names none. @throws PayloadError InvalidInput */
export function payloadCodecFromEnvironment(env: NodeJS.ProcessEnv): PayloadCodec | undefined {
  const file = env[KEYS_VARIABLE];
  return file === undefined || file === '' ? undefined : createPayloadCodec(readKeysFile(file));
}

/** For who has no keys: what is encrypted is told to be so, by the id of the key that is missing. */
export function createKeylessConverter(): DataConverter {
  return { payloadCodecs: [createPayloadCodec({ keys: {}, activeKeyId: null })] };
}
