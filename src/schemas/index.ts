/**
 * The wire contract as zod schemas: what starters and `prepare` check inputs with, and what the published JSON Schema is
 * made from. `contract/` holds the same shapes as types.
 */
export { checkInput, type CheckedInput } from './check-input';
export { nameOf } from './describe-issue';
export { checkRequest, findNewerFields, findRequestWarnings, findUnknownParts } from './preflight';
export { buildDryRequests, requestsOf } from './dry-requests';
export { buildJsonSchema, WIRE_DOCUMENTS, type JsonSchema, type SchemaDocument } from './documents';
export {
  deleteEndpointInputSchema,
  deployInputSchema,
  fitInputSchema,
  fitThenDeployInputSchema,
  INPUT_SCHEMAS,
  sweepInputSchema,
  type InputOf,
} from './inputs';
export { deploySchema } from './hosting-arguments';
export { estimatorSchema, fitSchema } from './training-arguments';
export { fileSystemInputSchema, s3InputSchema } from './training-data';
export { failureDetailsSchema, progressSchema, RESULT_SCHEMAS, runMemoSchema } from './outcomes';
