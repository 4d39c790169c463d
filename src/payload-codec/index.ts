/** The payload codec for the rooms that talk to Temporal: `client` and `worker`, whose doors export the first four. */
export { createPayloadCodec } from './codec';
export { createDataConverter, createKeylessConverter, payloadCodecFromEnvironment } from './data-converter';
export { PayloadError, type PayloadErrorDetails } from './errors';
export type { PayloadKeys } from './keys';
